package msads

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// kind is one kind of limit, as strict as perMinute says.
type kind struct {
	name       string
	retryAfter bool
	limit      func(perMinute int) limiter
}

func sliding(n int) limiter { return &slidingWindow{perMinute: n} }
func fixed(n int) limiter   { return &fixedWindow{perMinute: n} }
func blended(n int) limiter { return &blendedWindow{perMinute: n} }

// refilling is a bucket that holds what it refills in a number of seconds.
func refilling(seconds int) func(int) limiter {
	return func(n int) limiter {
		return &bucket{perMinute: float64(n), capacity: max(1, float64(n*seconds)/60)}
	}
}

// TestPaceUsesALimitUp is the benchmark of the pace, in fake time: how much of a
// hidden limit 2,000 calls use, four at a time, and how many of them are
// throttled. With -v it prints both figures for each limit. More than 100 % is
// possible since limits allow a burst before they show.
func TestPaceUsesALimitUp(t *testing.T) {
	const calls, leastUsed, mostThrottled = 2000, 95, 2
	for _, k := range []kind{
		{"sliding window", false, sliding},
		{"sliding window", true, sliding},
		{"minutes of the clock", false, fixed},
		{"minutes of the clock", true, fixed},
		{"the same, from 15 s before a full one", false, func(n int) limiter { time.Sleep(45 * time.Second); return fixed(n) }},
		{"bucket of a minute", false, refilling(60)},
		{"bucket of a minute", true, refilling(60)},
		{"bucket of 10 s", true, refilling(10)},
	} {
		line := fmt.Sprintf("%-40s", fmt.Sprintf("%s %s", k.name, map[bool]string{true: "(Retry-After)"}[k.retryAfter]))
		for _, perMinute := range []int{20, 60, 120, 300, 600} {
			synctest.Test(t, func(t *testing.T) {
				u := newThrottler(k.limit(perMinute), k.retryAfter).load(t, NewGate(4, 0, time.Now, nil), calls)
				line += fmt.Sprintf("%6d: %4.0f%% %4.2f%%", perMinute, u.of(perMinute), u.throttled)
				if u.of(perMinute) < leastUsed || u.throttled >= mostThrottled {
					t.Errorf("%s, %d per minute: %.1f%% used, %.2f%% throttled", k.name, perMinute, u.of(perMinute), u.throttled)
				}
			})
		}
		t.Log(line)
	}
}

// TestPaceFindsOddLimitsInTime: some limits look like another kind at first, and
// the service does not say how long to wait, so each mistake costs a minute. They
// take longer to learn.
func TestPaceFindsOddLimitsInTime(t *testing.T) {
	for _, k := range []kind{{"blended window", false, blended}, {"bucket of 10 s", false, refilling(10)}} {
		for _, perMinute := range []int{20, 60} {
			synctest.Test(t, func(t *testing.T) {
				s, gate := newThrottler(k.limit(perMinute), k.retryAfter), NewGate(4, 0, time.Now, nil)
				first, later := s.load(t, gate, 6000), s.load(t, gate, 6000)
				t.Logf("%s, %d per minute: %.0f%%, then %.0f%% used", k.name, perMinute, first.of(perMinute), later.of(perMinute))
				if later.of(perMinute) < 93 || first.throttled >= 1 || later.throttled >= 0.5 {
					t.Errorf("%+v, then %+v", first, later)
				}
			})
		}
	}
}

// TestPaceIsKeptForTheNextRun: what was learned holds in the next run, where
// few calls look for more. The calls of a run that ended a moment ago still
// count at the service: the throttle for those teaches nothing.
func TestPaceIsKeptForTheNextRun(t *testing.T) {
	for between, most := range map[time.Duration]float64{time.Second: 1, time.Hour: 0.4} {
		synctest.Test(t, func(t *testing.T) {
			s := newThrottler(sliding(60), false)
			gate := NewGate(4, 0, time.Now, nil)
			s.load(t, gate, 200)
			learned := gate.Pace()
			if learned != (Pace{PerMinute: 60}) {
				t.Errorf("learned %+v", learned)
			}
			time.Sleep(between)
			gate = NewGate(4, 0, time.Now, nil)
			gate.SetPace(learned)
			u := s.load(t, gate, 600)
			if u.of(60) < 95 || u.throttled > most || gate.Pace() != learned {
				t.Errorf("after %v: %.1f%% used, %.2f%% throttled, %+v", between, u.of(60), u.throttled, gate.Pace())
			}
		})
	}
}

// TestAWrongPaceIsCorrected: what was handed in holds until the service shows
// that it is too much or, slowly, that it is too little.
func TestAWrongPaceIsCorrected(t *testing.T) {
	for _, handed := range []Pace{{30, false}, {30, true}, {120, false}, {120, true}} {
		synctest.Test(t, func(t *testing.T) {
			s, gate := newThrottler(sliding(60), false), NewGate(4, 0, time.Now, nil)
			gate.SetPace(handed)
			s.load(t, gate, 2000)
			if got := gate.Pace(); got.PerMinute < 54 || got.PerMinute > 61 {
				t.Errorf("%+v became %+v", handed, got)
			}
		})
	}
}

// TestNoPaceWithoutALimit: nothing is held back before the first throttle, and
// a throttle after a few calls, with a pause of an hour, or with none, is not a
// limit.
func TestNoPaceWithoutALimit(t *testing.T) {
	for name, throttled := range map[string]func(call int) *http.Response{
		"never":       func(int) *http.Response { return nil },
		"at once":     func(call int) *http.Response { return throttle117(call == 5) },
		"each time":   func(call int) *http.Response { return response429(call <= 100 && call%12 < 2, "0") },
		"for an hour": func(call int) *http.Response { return response429(call == 100, "3600") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				gate := NewGate(1, 0, time.Now, nil)
				c := bubble(t, gate, func(*http.Request) (*http.Response, error) {
					time.Sleep(100 * time.Millisecond)
					if calls++; throttled(calls) != nil {
						return throttled(calls), nil
					}
					return response(200, "{}"), nil
				})
				var last time.Time
				for range 500 {
					if _, err := c.AddClientLinks(t.Context(), oneAdd); err != nil {
						t.Fatal(err)
					}
					if d := time.Since(last); calls > 102 && d != 100*time.Millisecond {
						t.Fatalf("call %d came %v after the one before", calls, d)
					}
					last = time.Now()
				}
				if gate.Pace() != (Pace{}) {
					t.Errorf("learned %+v", gate.Pace())
				}
			})
		})
	}
}

func throttle117(now bool) *http.Response {
	if !now {
		return nil
	}
	return response(200, `{"Type":"AdApiFaultDetail","Errors":[{"Code":117}]}`)
}

func response429(now bool, retryAfter string) *http.Response {
	if !now {
		return nil
	}
	return response(429, "", "Retry-After", retryAfter)
}

// TestAnOutageIsNotALimit throttles for an hour in every way, with hardly a call
// accepted in between: no rate is learned, and what follows is not held back.
func TestAnOutageIsNotALimit(t *testing.T) {
	for _, accepted := range []int{0, 1, 5} { // calls in the hour
		var p pacer
		now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
		p.start(now, 0)
		for i := range 240 { // each 15 s
			now = now.Add(15 * time.Second)
			if accepted > 0 && i%(240/accepted) == 120/accepted {
				p.start(now, 0)
				p.accepted(now, false)
				continue
			}
			p.start(now, 0)
			p.refused(now, []time.Duration{time.Second, 15 * time.Second, time.Minute}[i%3], []advice{asksFor, asksFor, unsaid}[i%3])
		}
		if got := p.pace(); got.PerMinute != 0 {
			t.Errorf("%d calls accepted in an hour: learned %+v", accepted, got)
		}
		if at := p.due(now, 0); at.After(now) {
			t.Errorf("%d calls accepted in an hour: the next call waits %v", accepted, at.Sub(now))
		}
	}
}
