package msads

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestAPauseOfADayIsNotWaitedFor ends the throttled call, those that wait at
// the gate and those that come while the pause lasts, and sends none of them.
func TestAPauseOfADayIsNotWaitedFor(t *testing.T) {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for name, header := range map[string][]string{
		"seconds": {"Retry-After", "86400"},
		"date":    {"Retry-After", now.Add(24 * time.Hour).Format(http.TimeFormat), "Date", now.Format(http.TimeFormat)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent, shown := 0, 0
				c := bubble(t, NewGate(1, 0, time.Now, func(time.Duration) { shown++ }), func(*http.Request) (*http.Response, error) {
					sent++
					time.Sleep(time.Second)
					return response(429, "", header...), nil
				})
				start, waiting := time.Now(), make(chan error, 1)
				go func() {
					time.Sleep(time.Millisecond)
					_, err := c.AddClientLinks(t.Context(), oneAdd)
					waiting <- err
				}()
				_, first := c.AddClientLinks(t.Context(), oneAdd)
				_, later := c.SearchClientLinks(t.Context(), Search{})
				for name, err := range map[string]error{"throttled": first, "waiting": <-waiting, "later": later} {
					ce, ok := errors.AsType[*CallError](err)
					if !ok || ce.Class() != ClassThrottled || !ce.NothingApplied() || ce.RetryAfter != 24*time.Hour {
						t.Errorf("%s: %#v", name, err)
					} else if !strings.Contains(ce.Error(), "a pause of 1d") || !strings.Contains(ce.Advice(), "when the pause of 1d is over") {
						t.Errorf("%s: %q, advice %q", name, ce, ce.Advice())
					}
				}
				if d := time.Since(start); d != time.Second || sent != 1 || shown != 0 {
					t.Errorf("ended after %v and %d calls, %d pauses reported", d, sent, shown)
				}
				time.Sleep(25 * time.Hour)
				if c.SearchClientLinks(t.Context(), Search{}); sent != 2 {
					t.Error("a call after the pause was not sent")
				}
			})
		})
	}
}

// TestThrottlingForEverEnds bounds what a run waits for, without a storm of
// calls where the service says that nobody need wait.
func TestThrottlingForEverEnds(t *testing.T) {
	for name, tc := range map[string]struct {
		header []string
		sent   int
	}{
		"without Retry-After": {nil, 121},
		"at once":             {[]string{"Retry-After", "0"}, 126},
		"half an hour":        {[]string{"Retry-After", "1800"}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				c := bubble(t, NewGate(4, 0, time.Now, nil), func(*http.Request) (*http.Response, error) {
					sent++
					return response(429, "busy", tc.header...), nil
				})
				start := time.Now()
				_, err := c.AddClientLinks(t.Context(), oneAdd)
				ce, ok := errors.AsType[*CallError](err)
				if !ok || ce.Class() != ClassThrottled || !ce.NothingApplied() ||
					!strings.Contains(ce.Error(), "throttled repeatedly for more than 2h") || !strings.Contains(ce.Advice(), "run it again later") {
					t.Errorf("%v", err)
				}
				if d := time.Since(start); d > patience || d < patience-time.Minute || sent != tc.sent {
					t.Errorf("gave up after %v and %d calls, want %v and %d", d, sent, patience, tc.sent)
				}
			})
		})
	}
}

// TestPatienceIsThatOfTheRun counts the pauses since any call was answered,
// however many calls wait for them together.
func TestPatienceIsThatOfTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		server := func(*http.Request) (*http.Response, error) {
			if sent++; sent == 40 {
				return response(200, "{}"), nil
			}
			return response(429, ""), nil
		}
		c, start := bubble(t, NewGate(1, 0, time.Now, nil), server), time.Now()
		ends := make(chan time.Duration, 4)
		for range 4 {
			go func() {
				c.AddClientLinks(t.Context(), oneAdd)
				ends <- time.Since(start)
			}()
		}
		var got []time.Duration
		for range 4 {
			got = append(got, <-ends)
		}
		// One call a minute: call 40 is that of minute 39. From then on it takes
		// two hours until nobody waits any more, and two minutes until the last
		// have been let in and have heard so.
		want := []time.Duration{39 * time.Minute, 159 * time.Minute, 160 * time.Minute, 161 * time.Minute}
		if !slices.Equal(got, want) {
			t.Errorf("the calls ended after %v, want %v", got, want)
		}
	})
}

// TestAnInterruptEndsAPauseAtOnce holds for as long a pause as is waited for.
func TestAnInterruptEndsAPauseAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := bubble(t, NewGate(1, 0, time.Now, nil), func(*http.Request) (*http.Response, error) {
			return response(429, "", "Retry-After", "7200"), nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Minute)
		defer cancel()
		start := time.Now()
		_, err := c.AddClientLinks(ctx, oneAdd)
		if ce, ok := errors.AsType[*CallError](err); !ok || !ce.NothingApplied() || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 90*time.Minute {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}
