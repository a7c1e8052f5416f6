package msads

import (
	"context"
	"fmt"
	"sync"
	"time"

	"linkbatch/internal/duration"
)

// Gate bounds the calls of a run: how many are under way at once, how many are
// made in a minute, and none while the service asks for a pause. All clients of
// a run share one, since the service counts calls and not profiles. It is safe
// for concurrent use.
//
// A throttle closes the gate for everyone. Afterwards half as many calls are
// let through at once; each time as many calls as may be under way were
// answered, one more, up to the number it was made with. The gate also learns
// from it how many calls the service accepts in a minute ([Pace]), stays within
// that, and rarely and slowly tries more. Before the first throttle it holds
// nothing back.
//
// Calls that keep failing close the gate as well, for 1, 2, 4, 8 and then 16 s,
// so that a service that is down is not flooded.
//
// A gate is patient for two hours: it does not wait for a pause that is longer,
// nor for pauses that add up to more without one call answered in between. The
// calls end throttled then, and further ones end without being sent as long as
// too long a pause lasts.
type Gate struct {
	max      int
	patience time.Duration // bounds the pauses that are waited for, one by one and together
	rest     time.Duration // the first pause after calls that failed
	now      func() time.Time
	onPause  func(time.Duration)

	mu       sync.Mutex
	pacer    pacer
	limit    int // calls under way at most, 1 to max
	underWay int
	good     int           // calls answered since limit changed
	epoch    int           // times that limit was halved
	pauses   int           // pauses that are not over
	longest  time.Duration // the longest of them that a throttle asked for
	asked    time.Duration // the longest pause of this epoch
	waited   time.Duration // pauses since a call was answered, one an epoch
	failures int           // calls in a row that failed
	outage   int           // pauses for that reason since a call was answered
	changed  chan struct{} // closed when somebody may get in, and replaced
}

// patience is that of every gate. Throttling counts the calls of a minute
// (services-protocol, Throttling): one that lasts for hours is an outage, and
// an unattended run must end before the next night's.
const patience = 2 * time.Hour

// pauseError is a call that is not sent since the service asks for a pause that
// is too long to wait for.
type pauseError struct{ pause time.Duration }

func (e *pauseError) Error() string {
	return fmt.Sprintf("the service asks for a pause of %s, longer than this run waits", duration.String(e.pause))
}

// paceError is a call that is not sent since its deadline passes before the
// limit of calls per minute allows it.
type paceError struct{ wait time.Duration }

func (e *paceError) Error() string {
	return fmt.Sprintf("the limit of calls per minute allows the next call in %s, which is too late for this one", duration.String(e.wait))
}

// Unwrap makes the error a [context.DeadlineExceeded].
func (e *paceError) Unwrap() error { return context.DeadlineExceeded }

// NewGate makes a gate for at most concurrency calls at once (at least 1) and
// callsPerMinute calls per minute (0 = no cap), evenly spread. now is the time of
// this machine, by which calls are counted. onPause, which may be nil, is called
// with the time that the gate stays closed when the service throttles; the
// goroutine whose call was throttled calls it, so it must not block.
func NewGate(concurrency, callsPerMinute int, now func() time.Time, onPause func(time.Duration)) *Gate {
	g := &Gate{
		max: max(1, concurrency), patience: patience, rest: time.Second,
		now: now, onPause: onPause, changed: make(chan struct{}),
	}
	g.limit = g.max
	if callsPerMinute > 0 {
		g.pacer.gap = window / time.Duration(callsPerMinute)
	}
	return g
}

// SetPace hands in what an earlier run learned. It is called before the calls
// that it is to hold back: the one that finds out who the user is may come first.
// A Pace of less than one call per minute is ignored.
func (g *Gate) SetPace(p Pace) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.PerMinute >= 1 {
		g.pacer.rate, g.pacer.even, g.pacer.given = p.PerMinute, p.Even, true
	}
}

// Pace is what the gate has learned so far, or was handed in: the zero Pace as
// long as the service has not throttled.
func (g *Gate) Pace() Pace {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pacer.pace()
}

// enter waits for leave to make one call. The epoch that it returns belongs to
// the call and goes to throttle and leave.
func (g *Gate) enter(ctx context.Context) (epoch int, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		epoch, wait, changed, err := g.tryEnter()
		if changed == nil {
			return epoch, err
		}
		if deadline, ok := ctx.Deadline(); ok && wait > 0 && deadline.Sub(g.now()) < wait {
			return 0, &paceError{wait}
		}
		pause(ctx, wait, changed)
	}
}

// pause waits for a while, or without an end if d is 0, but no longer than
// until something changes.
func pause(ctx context.Context, d time.Duration, changed <-chan struct{}) {
	var due <-chan time.Time
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		due = t.C
	}
	select {
	case <-ctx.Done():
	case <-changed:
	case <-due:
	}
}

// tryEnter takes a place, or returns a channel that is closed when it is worth
// trying again. If only the pace holds the call back, wait says for how long.
// The error is a pause that is too long to wait for.
func (g *Gate) tryEnter() (epoch int, wait time.Duration, changed <-chan struct{}, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.longest > g.patience:
		return 0, 0, nil, &pauseError{g.longest}
	case g.pauses > 0 || g.underWay >= g.limit:
		return 0, 0, g.changed, nil
	}
	now := g.now()
	if wait := g.pacer.due(now, g.underWay).Sub(now); wait > 0 {
		return 0, wait, g.changed, nil
	}
	g.pacer.start(now, g.underWay)
	g.underWay++
	return g.epoch, 0, nil, nil
}

// ending is how a call that was let in ended, as far as the gate is concerned.
type ending int

const (
	open   ending = iota // not sent, throttled, cancelled or repeated
	served               // the service answered
	failed               // no answer, or one of a service that is out of order
)

// leave gives the place of a call back.
func (g *Gate) leave(epoch int, how ending) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.underWay--
	if how != open {
		g.pacer.accepted(g.now(), epoch != g.epoch)
	}
	switch how {
	case served:
		g.answered()
	case failed:
		g.fail(epoch)
	}
	g.wake()
}

// answered counts an answer, and lets more calls through at once after as many
// answers as calls may be under way. The caller holds mu.
func (g *Gate) answered() {
	g.waited, g.failures, g.outage = 0, 0, 0
	if g.limit == g.max {
		return
	}
	if g.good++; g.good >= g.limit {
		g.limit++
		g.good = 0
	}
}

// fail closes the gate when as many calls in a row have failed as may be under
// way, and at least two; after that with each call that fails, except those that
// were under way when it closed. The caller holds mu.
func (g *Gate) fail(epoch int) {
	g.failures++
	if epoch != g.epoch || g.outage == 0 && g.failures < max(2, g.limit) {
		return
	}
	g.halve()
	g.close(g.rest << min(g.outage, 4))
	g.outage++
}

// halve lets half as many calls through at once. The caller holds mu.
func (g *Gate) halve() {
	g.epoch++
	g.limit = max(1, g.limit/2)
	g.good, g.asked = 0, 0
}

// close closes the gate for d. The caller holds mu.
func (g *Gate) close(d time.Duration) {
	g.pauses++
	time.AfterFunc(d, g.reopen)
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

// advice is what the service said, with a throttle, about the next call.
type advice int

const (
	unsaid  advice = iota // nothing, or less than the pause that is made
	asksFor               // after just that pause
	atOnce                // at once, whatever pause is made
)

// throttle closes the gate for d; 0 or less lets the next call through at once.
// said is what the service said about it. It reports whether the call
// may wait and try again. Of the calls that were under way together only the
// first halves the limit: together they were too many once.
func (g *Gate) throttle(epoch int, d time.Duration, said advice) (again bool) {
	d = max(d, 0)
	again, show := g.refuse(epoch, d, said)
	if show && g.onPause != nil {
		g.onPause(d)
	}
	return again
}

// refuse is throttle without its report: show says whether the pause is longer
// than those that were reported before.
func (g *Gate) refuse(epoch int, d time.Duration, said advice) (again, show bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if epoch == g.epoch {
		g.pacer.refused(g.now(), d, said)
		g.halve()
	}
	g.waited += min(max(d-g.asked, 0), 2*patience) // a date can be centuries away
	g.asked = max(d, g.asked)
	show = d > g.longest && d <= g.patience
	if d > 0 {
		g.longest = max(g.longest, d)
		g.close(d)
		g.wake() // calls that would wait too long end
	}
	return g.waited <= g.patience, show
}

// wake lets everyone who waits try again. The caller holds mu.
func (g *Gate) wake() {
	close(g.changed)
	g.changed = make(chan struct{})
}
