package msads

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Gate bounds the calls of a run: how many are under way at once, how many a
// minute, and none while the service asks for a pause. All clients of a run
// share one, since the service counts calls and not profiles. It is safe for
// concurrent use.
//
// A throttle closes the gate for everyone. Afterwards half as many calls are
// let through at once; each time as many calls as may be under way were
// answered, one more, up to the number it was made with.
//
// A gate is patient for two hours: a pause that is longer, or pauses that add
// up to more without one call answered in between, are waited for no more. The
// calls end throttled then, and as long as too long a pause lasts, further ones
// end without being sent.
type Gate struct {
	max      int
	rate     *rate.Limiter // nil = no cap
	patience time.Duration // bounds the pauses that are waited for, one by one and together
	onPause  func(time.Duration)

	mu       sync.Mutex
	limit    int // calls under way at most, 1 to max
	underWay int
	good     int           // calls answered since limit changed
	epoch    int           // throttles that changed limit
	pauses   int           // pauses that are not over
	longest  time.Duration // the longest of them
	asked    time.Duration // the longest pause of this epoch
	waited   time.Duration // pauses since a call was answered, one an epoch
	changed  chan struct{} // closed when somebody may get in, and replaced
}

// patience is that of every gate. Throttling counts the calls of a minute
// (services-protocol, Throttling): one that lasts for hours is an outage, and
// a run that nobody watches must end before the next night's.
const patience = 2 * time.Hour

// pauseError is a call that is not sent since the service asks for a pause
// that is longer than anybody waits.
type pauseError struct{ pause time.Duration }

func (e *pauseError) Error() string {
	return fmt.Sprintf("the service asks for a pause of %v, longer than this run waits", e.pause)
}

// NewGate makes a gate for at most concurrency calls at once (at least 1) and
// callsPerMinute calls a minute (0 = no cap), evenly spread. onPause, which may
// be nil, is told how long the gate stays closed when the service throttles;
// it is called by the goroutine whose call was throttled and must not block.
func NewGate(concurrency, callsPerMinute int, onPause func(time.Duration)) *Gate {
	g := &Gate{max: max(1, concurrency), patience: patience, onPause: onPause, changed: make(chan struct{})}
	g.limit = g.max
	if callsPerMinute > 0 {
		g.rate = rate.NewLimiter(rate.Limit(callsPerMinute)/60, 1)
	}
	return g
}

// enter waits for leave to make one call. The epoch that it returns belongs to
// the call and goes to throttle and leave.
func (g *Gate) enter(ctx context.Context) (epoch int, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if err := g.tooLong(); err != nil {
			return 0, err
		}
		epoch, wait := g.tryEnter()
		if wait != nil {
			select {
			case <-ctx.Done():
			case <-wait:
			}
			continue
		}
		if g.rate == nil {
			return epoch, nil
		}
		if err := g.rate.Wait(ctx); err != nil {
			g.leave(false)
			return 0, err
		}
		if !g.closed() { // it may have closed while the minute's share was awaited
			return epoch, nil
		}
		g.leave(false)
	}
}

// tryEnter takes a place, or returns a channel that is closed when it is worth
// trying again.
func (g *Gate) tryEnter() (epoch int, wait <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pauses > 0 || g.underWay >= g.limit {
		return 0, g.changed
	}
	g.underWay++
	return g.epoch, nil
}

// tooLong is an error while the gate is closed for longer than anybody waits.
func (g *Gate) tooLong() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.longest > g.patience {
		return &pauseError{g.longest}
	}
	return nil
}

func (g *Gate) closed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pauses > 0
}

// leave gives the place back. answered says that the service answered the call
// and did not throttle it.
func (g *Gate) leave(answered bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.underWay--
	if answered {
		g.waited = 0
	}
	if answered && g.limit < g.max {
		if g.good++; g.good >= g.limit {
			g.limit++
			g.good = 0
		}
	}
	g.wake()
}

// throttle closes the gate for d; 0 or less lets the next call through at
// once. It reports whether the call may wait and try again. Of the calls that
// were under way together only the first halves the limit: they were too many
// once, not each on its own.
func (g *Gate) throttle(epoch int, d time.Duration) (again bool) {
	d = max(d, 0)
	g.mu.Lock()
	if epoch == g.epoch {
		g.epoch++
		g.limit = max(1, g.limit/2)
		g.good, g.asked = 0, 0
	}
	g.waited += min(max(d-g.asked, 0), 2*patience) // a date can be centuries away
	g.asked = max(d, g.asked)
	again = g.waited <= g.patience
	tell := d > g.longest && d <= g.patience && g.onPause != nil
	if d > 0 {
		g.pauses++
		g.longest = max(g.longest, d)
		time.AfterFunc(d, g.reopen)
		g.wake() // who would wait too long gives up
	}
	g.mu.Unlock()
	if tell {
		g.onPause(d)
	}
	return again
}

// reopen ends one pause; the gate opens when none is left.
func (g *Gate) reopen() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pauses--; g.pauses == 0 {
		g.longest = 0
		g.wake()
	}
}

// wake lets everybody who waits try again. The caller holds mu.
func (g *Gate) wake() {
	close(g.changed)
	g.changed = make(chan struct{})
}
