package run

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

// applyAndWait carries a plan out and waits for its links.
func (g *rig) applyAndWait(ctx context.Context, t *testing.T, plan *planner.Plan, limit time.Duration) *Run {
	t.Helper()
	r := g.begin(plan, nil)
	if _, err := r.Carry(ctx); err != nil {
		t.Fatal(err)
	}
	if err := r.Wait(ctx, limit, func(int, Funnel) {}); err != nil {
		t.Fatal(err)
	}
	return r
}

// settleWorld has links in every state that is waited for, or not. A link
// settles in ten minutes.
func settleWorld() simulator.World {
	w := simtest.World(12, "", msads.Active, msads.LinkInProgress, msads.UnlinkPending, "", "", msads.Active, "", "",
		msads.LinkPending, msads.LinkInProgress, msads.UnlinkInProgress)
	w.SettleSeconds = 600
	w.Accounts[5].LinkFails, w.Accounts[10].LinkFails = true, true
	w.Accounts[6].UnlinkFails, w.Accounts[11].UnlinkFails = true, true
	return w
}

const settleRoster = header +
	"1000001,,F200000001,link,true,client\n" + // is added, accepted and settles
	"1000002,,,unlink,,\n" + // is unlinked
	"1000003,,,link,true,\n" + // settles, from before
	"1000004,,,unlink,,\n" + // settles, from before
	"1000005,,F200000001,link,true,\n" + // waits for its client
	"1000006,,F200000001,link,true,client\n" + // fails to link
	"1000007,,,unlink,,\n" + // fails to unlink
	",X0000008,F200000001,link,true,client\n" + // by number alone
	"1000001,,F200000001,link,true,client\n" + // the first again
	"1000010,,,accept,,client\n" +
	"1000011,,,add,true,\n" + // fails to link, from before
	"1000012,,,unlink,,\n" // fails to unlink, from before

// TestWaitFollowsLinksUntilTheySettle has every way in which a wait ends a row.
func TestWaitFollowsLinksUntilTheySettle(t *testing.T) {
	const linkFails, unlinkFails = "the service could not link the account (LinkFailed)", "the unlink failed: the link is Active again"
	want := []struct {
		outcome executor.Outcome
		reason  string
		status  msads.Status
	}{
		{executor.Done, "linked", msads.Active},
		{executor.Done, "unlinked", msads.Inactive},
		{executor.Unchanged, "linked", msads.Active},
		{executor.Unchanged, "unlinked", msads.Inactive},
		{executor.Done, "invited, waiting for the client", msads.LinkPending},
		{executor.Refused, linkFails, msads.LinkFailed},
		{executor.Refused, unlinkFails, ""},
		{executor.Done, "linked", msads.Active},
		{executor.Done, "same as row 2", msads.Active},
		{executor.Done, "linked", msads.Active},
		{executor.Refused, linkFails, msads.LinkFailed},
		{executor.Refused, unlinkFails, ""},
	}
	for _, mode := range []simulator.Mode{"", simulator.Lag} {
		synctest.Test(t, func(t *testing.T) {
			g := memoryRig(t, settleWorld(), simulator.Options{Modes: slices.DeleteFunc([]simulator.Mode{mode}, func(m simulator.Mode) bool { return m == "" })})
			plan, begin := g.Plan(t, settleRoster), time.Now()
			kept := map[int]executor.Result{}
			r := &Run{engine: g.engine, journal: g.journal, plan: plan, keep: func(rows []ledger.Progress) error {
				for _, p := range rows {
					kept[p.Result.Step] = p.Result
				}
				return nil
			}}
			r.begin()
			if _, err := r.Carry(t.Context()); err != nil {
				t.Fatal(err)
			}
			sent := g.Sim.State().Calls
			if err := r.Wait(t.Context(), 15*time.Minute, func(int, Funnel) {}); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(begin); took < 10*time.Minute || took > 12*time.Minute {
				t.Errorf("%q: took %v, want the ten minutes that links settle in and little more", mode, took)
			}
			for i, w := range want {
				res := r.results[i]
				if res.Outcome != w.outcome || res.Reason != w.reason || w.status != "" && res.StatusAfter != w.status || (res.NextStep != "") != (res.Outcome == executor.Refused) {
					t.Errorf("%q: row %d: %+v, want %v", mode, i, res, w)
				}
				if plan.Steps[i].SameAs < 0 && fmt.Sprint(kept[i]) != fmt.Sprint(res) {
					t.Errorf("%q: row %d: recorded %+v, reported %+v", mode, i, kept[i], res)
				}
			}
			state := g.Sim.State()
			if state.Calls["AddClientLinks"] != sent["AddClientLinks"] || state.Calls["UpdateClientLinks"] != sent["UpdateClientLinks"] || len(state.Violations) > 0 {
				t.Errorf("%q: the wait wrote: %v after %v, %v", mode, state.Calls, sent, state.Violations)
			}
			// 2 s, then doubled up to a minute; all open rows fit into one call.
			if n := state.Calls["SearchClientLinks"] - sent["SearchClientLinks"]; n > 16 {
				t.Errorf("%q: the wait made %d searches", mode, n)
			}
		})
	}
}

// TestWaitEnds at the time that it is given, at an interrupt, and when a search
// fails in a way that waiting does not help: what is open then is waiting.
func TestWaitEnds(t *testing.T) {
	tests := []struct {
		name   string
		ends   time.Duration // when the context does; 0 = not
		faults simulator.Faults
		took   time.Duration // since the calls
		reason string
	}{
		{"in time", 0, nil, 15 * time.Minute, "accepted, still being set up; not settled after 15m"},
		{"interrupted", 5 * time.Minute, nil, 5 * time.Minute, "accepted, still being set up; interrupted before it was settled"},
		{"refused", 0, simulator.Faults{{Operation: "SearchClientLinks", Kind: simulator.FaultErrorBefore, Status: 401, Code: 108, Skip: 4}}, 2 * time.Second,
			"accepted, still being set up; not settled as far as searches could show: "},
		{"out of order", 0, simulator.Faults{{Operation: "SearchClientLinks", Kind: simulator.FaultErrorBefore, Status: 503, Skip: 4}}, 15 * time.Minute,
			"accepted, still being set up; not settled as far as searches could show: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := simtest.World(2)
				w.SettleSeconds = 3600
				g := memoryRig(t, w, simulator.Options{Faults: test.faults})
				plan := g.Plan(t, header+"1000001,,F200000001,link,true,client\n"+"1000002,,F200000001,link,true,\n")
				r := g.begin(plan, nil)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if _, err := r.Carry(ctx); err != nil {
					t.Fatal(err)
				}
				if test.ends > 0 {
					time.AfterFunc(test.ends, cancel)
				}
				begin := time.Now()
				if err := r.Wait(ctx, 15*time.Minute, func(int, Funnel) {}); err != nil {
					t.Error(err)
				}
				if took := time.Since(begin); took < test.took || took > test.took+lastLook {
					t.Errorf("took %v, want %v", took, test.took)
				}
				if res := r.results[0]; res.Outcome != executor.Waiting || !strings.HasPrefix(res.Reason, test.reason) || res.StatusAfter != msads.LinkInProgress || res.NextStep == "" {
					t.Errorf("%+v, want %s", res, test.reason)
				}
				if res := r.results[1]; res.Outcome != executor.Done {
					t.Errorf("%+v", res)
				}
			})
		})
	}
}

// TestWaitSurvivesFailures goes on when searches fail for a while.
func TestWaitSurvivesFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		two := 2
		faults := simulator.Faults{
			{Operation: "SearchClientLinks", Kind: simulator.FaultTooMany, RetryAfter: &two, Skip: 4, First: 5},
			{Operation: "SearchClientLinks", Kind: simulator.FaultErrorBefore, Status: 503, Skip: 4, First: 12},
		}
		g := memoryRig(t, simtest.World(1), simulator.Options{Faults: faults})
		r := g.applyAndWait(t.Context(), t, g.Plan(t, header+"1000001,,F200000001,link,true,client\n"), 15*time.Minute)
		if res := r.results[0]; res.Outcome != executor.Done || res.Reason != "linked" || res.StatusAfter != msads.Active {
			t.Errorf("%+v", res)
		}
		if struck := g.Sim.State().Faults; struck[string(simulator.FaultErrorBefore)] < 7 {
			t.Errorf("faults %v", struck)
		}
	})
}

// TestWaitSkipsLaterStarts does not wait for a link that starts at a later date,
// and says so; with nothing else to wait for it makes no search.
func TestWaitSkipsLaterStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := memoryRig(t, simtest.World(2), simulator.Options{})
		rows := "account_id,customer_number,action,bill_to_client,client_profile,start_date\n" +
			"1000001,F200000001,link,true,client,2027-01-15\n"
		r := g.applyAndWait(t.Context(), t, g.Plan(t, rows), 15*time.Minute)
		const want = "accepted, still being set up; not waited for: it starts at 2027-01-15 00:00 UTC"
		if res := r.results[0]; res.Outcome != executor.Done || res.Reason != want {
			t.Errorf("%+v, want %s", res, want)
		}
		// a link of an earlier run, found so
		searches := g.Sim.State().Calls["SearchClientLinks"]
		plan := g.Plan(t, rows)
		r = g.applyAndWait(t.Context(), t, plan, 15*time.Minute)
		if res := r.results[0]; res.Outcome != executor.Unchanged || res.Reason != want {
			t.Errorf("%+v, want %s", res, want)
		}
		if n := g.Sim.State().Calls["SearchClientLinks"] - searches; n != 1 {
			t.Errorf("%d searches, want that of the plan alone", n)
		}
	})
}

// searchTimes notes when searches come.
type searchTimes struct {
	http.Handler
	at []time.Time
}

func (s *searchTimes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/ClientLinks/Search") {
		s.at = append(s.at, time.Now())
	}
	s.Handler.ServeHTTP(w, r)
}

// TestWaitLooksLessAndLessOften doubles the interval up to a minute, looks once
// more when the time is up, and shows the funnel before each look.
func TestWaitLooksLessAndLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := simtest.World(4, msads.LinkInProgress, msads.LinkPending, msads.Active, msads.UnlinkPending)
		w.SettleSeconds = 3600
		sim := simtest.New(t, w, simulator.Options{})
		s := &searchTimes{Handler: sim}
		g := newRig(t, sim, simtest.Serve(t, s), simtest.URL, 4)
		plan := g.Plan(t, header+"1000001,,,link,true,\n1000002,,,link,true,\n1000003,,,link,true,\n1000004,,,unlink,,\n")
		r := g.begin(plan, nil)
		s.at = nil
		begin := time.Now()
		var funnels []string
		if err := r.Wait(t.Context(), 200*time.Second, func(open int, funnel Funnel) { funnels = append(funnels, fmt.Sprint(open, " ", funnel)) }); err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, at := range s.at {
			got = append(got, int(at.Sub(begin).Seconds()))
		}
		if want := []int{2, 6, 14, 30, 62, 122, 182, 200}; !slices.Equal(got, want) {
			t.Errorf("searches after %v s, want %v", got, want)
		}
		if len(funnels) != len(got) || funnels[0] != "2 invited 1, accepted 1, active 1, unlinking 1" {
			t.Errorf("shown %q", funnels)
		}
		if got := outcomesOf(r.results); got != "map[unchanged:2 waiting:2]" {
			t.Error(got)
		}
	})
}
