package run

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/auth"
	"linkbatch/internal/msads"
	"linkbatch/internal/run/runtest"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// addRows is a roster that adds the first n accounts.
func addRows(n int) string {
	var rows strings.Builder
	rows.WriteString(header)
	for i := range n {
		rows.WriteString(addRow(i))
	}
	return rows.String()
}

// outcomesOf counts rows.
func outcomesOf(results []executor.Result) string {
	count := map[executor.Outcome]int{}
	for i := range results {
		count[results[i].Outcome]++
	}
	return fmt.Sprint(count)
}

// throttler is a service that throttles every call of an operation while it
// has reason to, in one way after another.
type throttler struct {
	http.Handler
	busy      func() bool
	throttled atomic.Int32
}

func (s *throttler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.busy == nil || !strings.Contains(r.URL.Path, "/ClientLinks") || !s.busy() {
		s.Handler.ServeHTTP(w, r)
		return
	}
	now := time.Now().UTC()
	w.Header().Set("Date", now.Format(http.TimeFormat))
	switch s.throttled.Add(1) % 5 {
	case 0: // as its documentation has it: no header, wait for a minute
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"Type":"AdApiFaultDetail","TrackingId":"T","Errors":[{"Code":117,"ErrorCode":"CallRateExceeded"}]}`)
	case 1:
		w.Header().Set("Retry-After", "45")
		w.WriteHeader(http.StatusTooManyRequests)
	case 2:
		w.Header().Set("Retry-After", now.Add(90*time.Second).Format(http.TimeFormat))
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, "Too Many Requests")
	case 3:
		w.Header().Set("Retry-After", "0")
		fmt.Fprint(w, `{"Type":"AdApiFaultDetail","TrackingId":"T","Errors":[{"Code":117,"ErrorCode":"CallRateExceeded"}]}`)
	default:
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

// TestAnHourOfThrottling throttles first the planning and then the writing for
// an hour each, and then in bursts: all is done once, in little more time than
// the service needed. That hours are cheap here is a promise too.
func TestAnHourOfThrottling(t *testing.T) {
	var simulated time.Duration
	real := time.Now()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		sim := simtest.New(t, simtest.World(300), simulator.Options{Latency: 100 * time.Millisecond})
		s := &throttler{Handler: sim}
		g := newRig(t, sim, simtest.Serve(t, s), simtest.URL, 4)
		forAnHour := func() func() bool {
			end := time.Now().Add(time.Hour)
			return func() bool { return time.Now().Before(end) }
		}
		begin := time.Now()
		s.busy = forAnHour()
		plan := g.Plan(t, addRows(300))
		if d := time.Since(begin); d < time.Hour || d > time.Hour+2*time.Minute {
			t.Errorf("planning took %v", d)
		}

		begin, s.busy = time.Now(), forAnHour()
		half := *plan
		half.Steps = plan.Steps[:150]
		results, err := g.apply(t.Context(), &half)
		if got := outcomesOf(results); err != nil || got != "map[done:150]" {
			t.Errorf("%s, %v", got, err)
		}
		if d := time.Since(begin); d < time.Hour || d > time.Hour+2*time.Minute {
			t.Errorf("writing took %v", d)
		}
		if n := s.throttled.Load(); n < 60 || n > 300 {
			t.Errorf("%d calls were throttled in two hours", n)
		}

		var n atomic.Int32
		s.busy = func() bool { return n.Add(1)%7 > 2 }
		results, err = g.apply(t.Context(), g.Plan(t, addRows(300)))
		if got := outcomesOf(results); err != nil || got != "map[done:150 unchanged:150]" {
			t.Errorf("in bursts: %s, %v", got, err)
		}
		state := sim.State()
		runtest.CheckCounters(t, state)
		if state.Invitations != 300 || state.DuplicateAddsAttempted != 0 {
			t.Errorf("%d invitations, %d duplicates", state.Invitations, state.DuplicateAddsAttempted)
		}
		simulated = time.Since(start)
	})
	if d := time.Since(real); d.Hours()*3600 > simulated.Hours() {
		t.Errorf("%v of throttling took %v here, more than a second an hour", simulated, d)
	} else {
		t.Logf("%v of throttling took %v here", simulated, d)
	}
}

// TestOneRefreshForAllCallers expires the token of eight calls at once.
func TestOneRefreshForAllCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fault := simulator.Fault{Operation: "write", Kind: simulator.FaultExpired, Skip: 8, First: 8}
		sim := simtest.New(t, simtest.World(320), simulator.Options{Latency: time.Second, Faults: simulator.Faults{fault}})
		g := newRig(t, sim, simtest.Serve(t, sim), simtest.URL, 8)
		plan := g.Plan(t, addRows(320))
		before := sim.State().Calls[simulator.Token]
		results, err := g.apply(t.Context(), plan)
		state := sim.State()
		if got := outcomesOf(results); err != nil || got != "map[done:320]" || state.Invitations != 320 {
			t.Errorf("%s, %d invitations, %v", got, state.Invitations, err)
		}
		if n := state.Calls[simulator.Token] - before; n != 1 || state.Faults["expired-token"] != 8 {
			t.Errorf("%d refreshes for %d refused calls, want 1 for 8", n, state.Faults["expired-token"])
		}
	})
}

// TestASignInThatIsRevokedHoldsTheRest refuses every token from the ninth call
// on, and the refresh token with them: nobody asks for one again and again.
func TestASignInThatIsRevokedHoldsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		faults := simulator.Faults{
			{Operation: "write", Kind: simulator.FaultExpired, Skip: 8},
			{Operation: simulator.Token, Kind: simulator.FaultExpired, Skip: 2},
		}
		sim := simtest.New(t, simtest.World(320), simulator.Options{Latency: time.Second, Faults: faults})
		g := newRig(t, sim, simtest.Serve(t, sim), simtest.URL, 8)
		results, err := g.apply(t.Context(), g.Plan(t, addRows(320)))
		if got := outcomesOf(results); got != "map[done:80 failed:80 held:160]" {
			t.Errorf("%s", got)
		}
		refused, ok := errors.AsType[*auth.Error](err)
		if !ok || refused.Code != "invalid_grant" || !strings.Contains(refused.Next, "sign in again") {
			t.Errorf("stopped by %v", err)
		}
		state := sim.State()
		if n := state.Calls[simulator.Token]; n != 4 || state.Invitations != 80 {
			t.Errorf("%d token calls, want two sign-ins and one refresh with its repetition; %d invitations", n, state.Invitations)
		}
	})
}

// TestABrokenServiceStopsTheRun has no write succeed: a breaker ends the run,
// what was sent is looked up, and the rest is held.
func TestABrokenServiceStopsTheRun(t *testing.T) {
	refuse := func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("connection refused")
	}
	tests := []struct {
		name    string
		faults  simulator.Faults
		offline bool
		failed  []string // outcomes: after how many calls of ten rows depends on random pauses where each call is tried again
		calls   int      // that reach the service
	}{
		{"5xx before commit", simulator.Faults{{Operation: "write", Kind: simulator.FaultErrorBefore, Status: 503, Body: simulator.BodyAny}}, false, []string{"map[failed:80 held:220]"}, 8},
		{"resets before commit", simulator.Faults{{Operation: "write", Kind: simulator.FaultDropBefore}}, false, []string{"map[failed:70 held:230]"}, 7},
		{"nobody to connect to", nil, true, []string{"map[failed:20 held:280]", "map[failed:30 held:270]"}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := simtest.New(t, simtest.World(300), simulator.Options{Faults: test.faults})
				client := simtest.Serve(t, sim)
				g := newRig(t, sim, client, simtest.URL, 1)
				plan := g.Plan(t, addRows(300))
				if test.offline {
					transport := client.Transport.(*http.Transport)
					transport.CloseIdleConnections()
					transport.DialContext = refuse
				}
				results, err := g.apply(t.Context(), plan)
				if got := outcomesOf(results); !errors.Is(err, executor.ErrBreaker) || !slices.Contains(test.failed, got) {
					t.Errorf("%s, stopped by %v", got, err)
				}
				if n := sim.State().Calls["AddClientLinks"]; n != test.calls || sim.State().Invitations != 0 {
					t.Errorf("%d calls reached the service, want %d; %d invitations", n, test.calls, sim.State().Invitations)
				}
			})
		})
	}
}

// TestSlowAndBrokenReplies goes through calls whose answer comes too late, or
// not whole, and one whose link is stale each time.
func TestSlowAndBrokenReplies(t *testing.T) {
	const lost = "invited; the reply was lost; a search shows LinkPending"
	tests := []struct {
		name     string
		fault    simulator.Fault
		outcome  executor.Outcome
		reason   string
		attempts int
		least    time.Duration
	}{
		{"slow, within the deadline", simulator.Fault{Kind: simulator.FaultLatency, Millis: 119_000, First: 1}, executor.Done, "invited", 1, 119 * time.Second},
		{"slower than the deadline", simulator.Fault{Kind: simulator.FaultLatency, Millis: 600_000, First: 1}, executor.Done, lost, 1, 122 * time.Second},
		{"a reply that drips", simulator.Fault{Kind: simulator.FaultSlowReply, Millis: 600_000, First: 1}, executor.Done, lost, 1, 122 * time.Second},
		{"a reply that is cut", simulator.Fault{Kind: simulator.FaultCut, First: 1}, executor.Done, lost, 1, 2 * time.Second},
		{"5xx after commit", simulator.Fault{Kind: simulator.FaultErrorAfter, Status: 503, Body: simulator.BodyEmpty, First: 1}, executor.Done, lost, 1, 2 * time.Second},
		{"5xx before commit", simulator.Fault{Kind: simulator.FaultErrorBefore, Status: 503, Body: simulator.BodyEmpty, First: 1}, executor.Done, "invited", 2, 10 * time.Second},
		{"a throttle within a 5xx", simulator.Fault{Kind: simulator.FaultErrorBefore, Code: 117, First: 1}, executor.Done, "invited", 2, 60 * time.Second},
		{"stale each time", simulator.Fault{Kind: simulator.FaultStale}, executor.Refused, "refused: 209 The time stamp does not match: the object has changed", 2, 10 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.fault.Operation = "write"
				g := memoryRig(t, simtest.World(1), simulator.Options{Faults: simulator.Faults{test.fault}})
				plan, begin := g.Plan(t, addRows(1)), time.Now()
				results, err := g.apply(t.Context(), plan)
				if r := results[0]; err != nil || r.Outcome != test.outcome || r.Reason != test.reason || r.Attempts != test.attempts {
					t.Errorf("got  %s after %d attempts: %s, %v\nwant %s after %d attempts: %s", r.Outcome, r.Attempts, r.Reason, err, test.outcome, test.attempts, test.reason)
				}
				if d := time.Since(begin); d < test.least || d > test.least+15*time.Second {
					t.Errorf("took %v, want %v and little more", d, test.least)
				}
				invited := 1
				if test.outcome == executor.Refused {
					invited = 0
				}
				if n := g.Sim.State().Invitations; n != invited {
					t.Errorf("%d invitations, want %d", n, invited)
				}
			})
		})
	}
}

// TestAnInterruptEndsAnyWait comes while the service has asked for an hour's
// pause, in planning and in writing.
func TestAnInterruptEndsAnyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hour := 3600
		faults := simulator.Faults{{Operation: "write", Kind: simulator.FaultTooMany, RetryAfter: &hour}}
		g := memoryRig(t, simtest.World(60), simulator.Options{Faults: faults})
		plan, begin := g.Plan(t, addRows(60)), time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
		defer cancel()
		results, err := g.apply(ctx, plan)
		if d := time.Since(begin); d != 20*time.Minute || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended after %v: %v", d, err)
		}
		if got := outcomesOf(results); got != "map[held:60]" {
			t.Errorf("%s", got)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		hour := 3600
		g := memoryRig(t, simtest.World(60), simulator.Options{Faults: simulator.Faults{{Kind: simulator.FaultThrottled, RetryAfter: &hour, Skip: 2}}})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
		defer cancel()
		begin := time.Now()
		_, err := g.Planner.Main.Searcher.SearchClientLinks(ctx, msads.Search{Size: 100})
		if d := time.Since(begin); d != 20*time.Minute || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the search ended after %v: %v", d, err)
		}
	})
}

// TestConcurrencyHalvesAndGrowsBack counts the calls that reach the service
// together: eight, then four after eight were throttled, then one more each
// time that all were answered.
func TestConcurrencyHalvesAndGrowsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		two := 2
		faults := simulator.Faults{{Operation: "write", Kind: simulator.FaultTooMany, RetryAfter: &two, Skip: 16, First: 8}}
		sim := simtest.New(t, simtest.World(1000), simulator.Options{Latency: time.Second, Faults: faults})
		s := &together{Handler: sim}
		g := newRig(t, sim, simtest.Serve(t, s), simtest.URL, 8)
		plan := g.Plan(t, addRows(1000))
		s.most = nil
		results, err := g.apply(t.Context(), plan)
		if got := outcomesOf(results); err != nil || got != "map[done:1000]" {
			t.Errorf("%s, %v", got, err)
		}
		if got, want := fmt.Sprint(s.most), "[8 8 8 0 0 4 5 6 7 8 8 8"; !strings.HasPrefix(got, want) {
			t.Errorf("calls under way together, second by second: %s, want %s …", got, want)
		}
	})
}

// together counts how many writes arrive in each second of a run.
type together struct {
	http.Handler
	mu    sync.Mutex
	begin time.Time
	most  []int
}

func (s *together) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/ClientLinks") {
		s.mu.Lock()
		if s.begin.IsZero() {
			s.begin = time.Now()
		}
		for second := int(time.Since(s.begin) / time.Second); len(s.most) <= second; {
			s.most = append(s.most, 0)
		}
		s.most[len(s.most)-1]++
		s.mu.Unlock()
	}
	s.Handler.ServeHTTP(w, r)
}
