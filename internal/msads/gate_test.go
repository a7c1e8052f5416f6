package msads

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// enter takes a place in the gate or fails the test.
func enter(t *testing.T, g *Gate) int {
	t.Helper()
	epoch, err := g.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return epoch
}

// free counts how many calls may be under way together at this moment.
func free(t *testing.T, g *Gate) int {
	t.Helper()
	if g.pauses > 0 {
		return 0
	}
	return g.limit - g.underWay
}

func TestGateHalvesOnceAndGrowsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(8, 0, time.Now, nil)
		var epochs []int
		for range 8 {
			epochs = append(epochs, enter(t, g))
		}
		for _, e := range epochs { // all eight were throttled together
			g.throttle(e, time.Minute, asksFor)
			g.leave(0, open)
		}
		if n := free(t, g); n != 0 {
			t.Errorf("%d calls while the gate is closed", n)
		}
		start := time.Now()
		enter(t, g)
		if d := time.Since(start); d != time.Minute {
			t.Errorf("open after %v", d)
		}
		g.leave(0, open)
		for answered, want := range []int{4, 4, 4, 4, 5, 5, 5, 5, 5, 6} {
			if n := free(t, g); n != want {
				t.Errorf("after %d answers %d calls, want %d", answered, n, want)
			}
			enter(t, g)
			g.leave(0, served)
		}
		for range 100 {
			enter(t, g)
			g.leave(0, served)
		}
		if n := free(t, g); n != 8 {
			t.Errorf("grew back to %d", n)
		}
		for range 5 {
			g.throttle(enter(t, g), 0, atOnce)
			g.leave(0, open)
		}
		if n := free(t, g); n != 1 {
			t.Errorf("never less than one: %d", n)
		}
	})
}

func TestGateStaysClosedForTheLongestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown []time.Duration
		g := NewGate(4, 0, time.Now, func(d time.Duration) { shown = append(shown, d) })
		a, b, c := enter(t, g), enter(t, g), enter(t, g)
		g.throttle(a, 10*time.Second, asksFor)
		time.Sleep(5 * time.Second)
		g.throttle(b, 60*time.Second, asksFor)
		g.throttle(c, 0, atOnce)
		for range 3 {
			g.leave(0, open)
		}
		start := time.Now()
		enter(t, g)
		if d := time.Since(start); d != 60*time.Second {
			t.Errorf("open after %v", d)
		}
		if len(shown) != 2 || shown[0] != 10*time.Second || shown[1] != 60*time.Second {
			t.Errorf("pauses reported: %v", shown)
		}
	})
}

func TestWaitingAtTheGateCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(1, 0, time.Now, nil)
		enter(t, g)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := g.enter(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waited: %v", err)
		}
		g.leave(0, served)
		if _, err := g.enter(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("open, but cancelled before: %v", err)
		}
		enter(t, g)
	})
}

func TestCallsPerMinuteAreCapped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(4, 30, time.Now, nil)
		start := time.Now()
		for range 31 {
			enter(t, g)
			g.leave(0, served)
		}
		if d := time.Since(start); d < time.Minute-time.Millisecond || d > time.Minute+time.Second {
			t.Errorf("31 calls took %v", d)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := g.enter(ctx); err == nil {
			t.Error("the cap was passed over")
		}
		if n := free(t, g); n != 4 {
			t.Errorf("%d places left after a call that gave up", n)
		}
	})
}

func TestNoCallPassesAGateThatClosedWhileItWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(4, 30, time.Now, nil) // one call in two seconds
		e := enter(t, g)
		passed := make(chan time.Time, 1)
		go func() {
			g.enter(t.Context()) // waits for its share of the minute
			passed <- time.Now()
		}()
		time.Sleep(time.Second)
		closed := time.Now()
		g.throttle(e, time.Minute, asksFor)
		if d := (<-passed).Sub(closed); d < time.Minute {
			t.Errorf("a call was let through after %v", d)
		}
	})
}

func TestOneThrottleStopsAllClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var closed, opens time.Time
		busy, most, calls := 0, 0, 0
		server := func(*http.Request) (*http.Response, error) {
			mu.Lock()
			calls++
			n := calls
			// Calls of the very moment of the throttle may have passed before it was read.
			if now := time.Now(); now.After(closed) && now.Before(opens) {
				t.Errorf("call %d while the gate is closed", n)
			}
			busy++
			most = max(most, busy)
			mu.Unlock()
			time.Sleep(100 * time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			busy--
			if n%10 == 5 {
				closed, opens = time.Now(), time.Now().Add(20*time.Second)
				return response(429, "", "Retry-After", "20"), nil
			}
			return response(200, "{}"), nil
		}
		g := NewGate(4, 0, time.Now, nil)
		clients := []*Client{bubble(t, g, server), bubble(t, g, server)}
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				if _, err := clients[i%2].AddClientLinks(t.Context(), oneAdd); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if most > 4 || calls < 44 {
			t.Errorf("%d calls, at most %d at once", calls, most)
		}
	})
}

// TestFailuresCloseTheGate: a service that is out of order is left alone, for
// longer each time, until it answers; single failures change nothing.
func TestFailuresCloseTheGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := true
		var at []time.Duration
		start := time.Now()
		c := bubble(t, NewGate(2, 0, time.Now, func(d time.Duration) { t.Errorf("a throttle of %v was reported", d) }), func(*http.Request) (*http.Response, error) {
			at = append(at, time.Since(start).Round(time.Second))
			if down {
				return response(503, ""), nil
			}
			return response(200, "{}"), nil
		})
		for range 9 {
			c.AddClientLinks(t.Context(), oneAdd)
		}
		if want := []time.Duration{0, 0, 1e9, 3e9, 7e9, 15e9, 31e9, 47e9, 63e9}; !slices.Equal(at, want) {
			t.Errorf("calls of a service that is down after %v, want %v", at, want)
		}
		time.Sleep(time.Minute)
		down = false
		for i := range 8 {
			down = i%2 == 1 // every other call fails
			at, start = nil, time.Now()
			if c.AddClientLinks(t.Context(), oneAdd); at[0] != 0 {
				t.Errorf("call %d waited for %v", i, at[0])
			}
		}
	})
}

// TestADeadlineThatThePaceCannotMeet ends a call at once, in plain words.
func TestADeadlineThatThePaceCannotMeet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := bubble(t, NewGate(4, 30, time.Now, nil), func(*http.Request) (*http.Response, error) { return response(200, "{}"), nil })
		if _, err := c.AddClientLinks(t.Context(), oneAdd); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := c.AddClientLinks(ctx, oneAdd)
		const want = "AddClientLinks: not sent: the limit of calls per minute allows the next call in 2s, which is too late for this one"
		ce, ok := errors.AsType[*CallError](err)
		if !ok || !ce.NothingApplied() || !errors.Is(err, context.DeadlineExceeded) || err.Error() != want || time.Since(start) != 0 {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}
