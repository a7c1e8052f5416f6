package msads

import (
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"
)

// limiter is a limit that a service keeps to itself. take asks for one call;
// if it is refused, wait is how long until one would be taken.
type limiter interface {
	take(now time.Time) (wait time.Duration, ok bool)
}

// slidingWindow counts the calls that it took in the last minute.
type slidingWindow struct {
	perMinute int
	taken     []time.Time
}

func (l *slidingWindow) take(now time.Time) (time.Duration, bool) {
	for len(l.taken) > 0 && now.Sub(l.taken[0]) >= time.Minute {
		l.taken = l.taken[1:]
	}
	if len(l.taken) >= l.perMinute {
		return time.Minute - now.Sub(l.taken[0]), false
	}
	l.taken = append(l.taken, now)
	return 0, true
}

// fixedWindow counts the calls of each minute of the clock.
type fixedWindow struct {
	perMinute int
	minute    int64
	taken     int
}

func (l *fixedWindow) take(now time.Time) (time.Duration, bool) {
	if m := now.Unix() / 60; m != l.minute {
		l.minute, l.taken = m, 0
	}
	if l.taken >= l.perMinute {
		return time.Unix((l.minute+1)*60, 0).Sub(now), false
	}
	l.taken++
	return 0, true
}

// blendedWindow estimates a sliding window from the counts of this minute and
// of the one before, as proxies do that keep no list of calls.
type blendedWindow struct {
	perMinute     int
	minute        int64
	before, taken int
}

func (l *blendedWindow) take(now time.Time) (time.Duration, bool) {
	if m := now.Unix() / 60; m != l.minute {
		if m != l.minute+1 {
			l.taken = 0
		}
		l.minute, l.before, l.taken = m, l.taken, 0
	}
	past := now.Sub(time.Unix(l.minute*60, 0))
	if float64(l.before)*(1-past.Minutes())+float64(l.taken)+1 > float64(l.perMinute) {
		return time.Minute - past, false
	}
	l.taken++
	return 0, true
}

// bucket holds so many calls and refills at its rate.
type bucket struct {
	perMinute, capacity float64
	held                float64
	at                  time.Time
}

func (l *bucket) take(now time.Time) (time.Duration, bool) {
	if l.at.IsZero() {
		l.held = l.capacity
	} else {
		l.held = min(l.capacity, l.held+now.Sub(l.at).Minutes()*l.perMinute)
	}
	l.at = now
	if l.held < 1 {
		return time.Duration((1 - l.held) / l.perMinute * float64(time.Minute)), false
	}
	l.held--
	return 0, true
}

// throttler is a service that answers calls through a limiter. A call takes 60
// to 140 ms, and half of that passes before the limiter is asked.
type throttler struct {
	limit      limiter
	retryAfter bool // HTTP 429 with the exact Retry-After in place of code 117

	mu        sync.Mutex
	random    *rand.Rand
	answered  int
	throttled int
}

// newThrottler makes a service whose latencies are the same in each run.
func newThrottler(limit limiter, retryAfter bool) *throttler {
	return &throttler{limit: limit, retryAfter: retryAfter, random: rand.New(rand.NewPCG(1, 2))}
}

// RoundTrip implements [http.RoundTripper].
func (s *throttler) RoundTrip(r *http.Request) (*http.Response, error) {
	io.Copy(io.Discard, r.Body)
	s.mu.Lock()
	way := time.Duration(30+s.random.IntN(40)) * time.Millisecond
	s.mu.Unlock()
	time.Sleep(way)
	defer time.Sleep(way)
	s.mu.Lock()
	defer s.mu.Unlock()
	wait, ok := s.limit.take(time.Now())
	if ok {
		s.answered++
		return response(200, "{}"), nil
	}
	s.throttled++
	if s.retryAfter {
		return response(429, "", "Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second))), nil
	}
	return response(200, `{"Type":"AdApiFaultDetail","Errors":[{"Code":117}]}`), nil
}

// usage is how a number of calls went.
type usage struct {
	took      time.Duration
	throttled float64 // percent of the calls
	calls     int
}

// of is how much of a limit was used, in percent of what it allows in the time
// that the calls took.
func (u usage) of(perMinute int) float64 {
	return 100 * float64(u.calls) / (float64(perMinute) * u.took.Minutes())
}

// load makes so many calls, four at a time.
func (s *throttler) load(t *testing.T, gate *Gate, calls int) usage {
	t.Helper()
	c := bubble(t, gate, s.RoundTrip)
	work := make(chan struct{}, calls)
	for range calls {
		work <- struct{}{}
	}
	close(work)
	start, before := time.Now(), s.throttled
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range work {
				if _, err := c.AddClientLinks(t.Context(), oneAdd); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	return usage{time.Since(start), 100 * float64(s.throttled-before) / float64(calls), calls}
}
