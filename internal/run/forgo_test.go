package run

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

const leaving = header + "1000001,,,unlink,,\n1000002,,,unlink,,\n1000003,,F200000001,add,true,\n"

// forgo stops a run of a turn before anything of it is sent.
func (g *rig) forgo(t *testing.T, turn *Turn, roster, id, why string) *Run {
	t.Helper()
	defer turn.Close()
	r := turn.Join(g.Plan(t, roster))
	if _, err := turn.Forgo(r, ledger.Run{ID: id}, why); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestARunThatIsNotStarted is recorded with its plan and the reason, says the same
// of its rows later, and is never resumed, closed or used up.
func TestARunThatIsNotStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, l := memoryRig(t, simtest.World(3, msads.Active, msads.Active, ""), simulator.Options{}), openLedger(t)
		turn := g.take(t, l)
		turn.SavedPlan = "sha256:1"
		r := g.forgo(t, turn, leaving, "one", "stopped by 1 guard")
		rec, results := recorded(t, l, "one")
		if rec.State != ledger.NotStarted || rec.Note != "stopped by 1 guard" || rec.Ended.IsZero() || rec.Calls != 0 || rec.Outcomes[executor.Held] != 3 {
			t.Errorf("%+v", rec.Run)
		}
		if d := cmp.Diff(r.Results(), results); d != "" {
			t.Errorf("the record says otherwise (-run +record):\n%s", d)
		}
		for _, res := range results {
			if res.Outcome != executor.Held || res.Reason != "not sent: stopped by 1 guard" || res.Attempts != 0 {
				t.Errorf("%+v", res)
			}
		}
		if err := Unused(l, "sha256:1"); err != nil {
			t.Errorf("its plan: %v", err)
		}
		next := g.take(t, l)
		results, stop := g.carry(t, t.Context(), next, leaving, "two", nil)
		next.Close()
		if next.Resumed() || stop != nil || Tally(results)[executor.Done] != 3 {
			t.Errorf("the next run: resumed %t, %v, %v", next.Resumed(), stop, Tally(results))
		}
		if rec, _ = recorded(t, l, "one"); rec.State != ledger.NotStarted {
			t.Errorf("afterwards it is %s", rec.State)
		}
	})
}

// TestAResumedRunThatIsForgone keeps what its earlier part has done, and the next
// part resumes it.
func TestAResumedRunThatIsForgone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, l := memoryRig(t, simtest.World(3, msads.Active, msads.Active, ""), simulator.Options{}), openLedger(t)
		g.engine.Concurrency = 1
		ctx, interrupt := context.WithCancel(t.Context())
		first := g.take(t, l)
		if _, stop := g.carry(t, ctx, first, leaving, "one", func(j executor.Journal) executor.Journal {
			return &at{Journal: j, call: 1, returned: interrupt}
		}); stop == nil {
			t.Error("the first part was not interrupted")
		}
		first.Close()
		before := g.Sim.State()

		ahead, err := Ahead(g.turn(l, "roster.csv"))
		if err != nil {
			t.Fatal(err)
		}
		whole := ahead.Join(g.Plan(t, leaving)).Plan()
		all := map[int]bool{0: true, 1: true, 2: true}
		if rec, _ := recorded(t, l, "one"); !ahead.Resumed() || count(whole, all, ends) != 2 || count(whole, all, invites) != 1 || rec.Parts != 1 || rec.State != ledger.Interrupted {
			t.Errorf("ahead of the second part: resumed %t, %d unlinks, %d invitations, %+v", ahead.Resumed(), count(whole, all, ends), count(whole, all, invites), rec.Run)
		}

		second := g.take(t, l)
		r := g.forgo(t, second, leaving, "ignored", "cancelled")
		rec, results := recorded(t, l, "one")
		if rec.State != ledger.Stopped || rec.Note != "cancelled" || rec.Parts != 2 || !second.Resumed() {
			t.Errorf("resumed %t: %+v", second.Resumed(), rec.Run)
		}
		if d := cmp.Diff(r.Results(), results); d != "" {
			t.Errorf("the record says otherwise (-run +record):\n%s", d)
		}
		done, held := 0, 0
		for _, res := range results {
			switch {
			case res.Outcome == executor.Done && res.Attempts == 1:
				done++
			case res.Outcome == executor.Held && res.Reason == "not sent: cancelled" && res.Attempts == 0:
				held++
			default:
				t.Errorf("%+v", res)
			}
		}
		if writes := cmp.Diff(before.Transitions, g.Sim.State().Transitions); done == 0 || held == 0 || writes != "" {
			t.Errorf("%d done, %d held, and it wrote:\n%s", done, held, writes)
		}

		third := g.take(t, l)
		results, stop := g.carry(t, t.Context(), third, leaving, "ignored", nil)
		third.Close()
		if !third.Resumed() || stop != nil || Tally(results)[executor.Done] != 3 {
			t.Errorf("the third part: resumed %t, %v, %v", third.Resumed(), stop, Tally(results))
		}
		if rec, _ := recorded(t, l, "one"); rec.State != ledger.Finished || rec.Parts != 3 {
			t.Errorf("%+v", rec.Run)
		}
		for account, ops := range g.Sim.State().Transitions {
			for op, n := range ops {
				if n != 1 {
					t.Errorf("%s of %s: %d times", op, account, n)
				}
			}
		}
	})
}

// TestForgone records an attempt of which no row is known.
func TestForgone(t *testing.T) {
	l := openLedger(t)
	scope := ledger.Scope{Endpoint: "https://ads.example.com", ManagingCustomerID: 7}
	if err := Forgone(l, ledger.Run{ID: "one", Scope: scope, File: "r.csv", Path: "/r.csv"}, "sign-in failed"); err != nil {
		t.Fatal(err)
	}
	rec, results := recorded(t, l, "one")
	if rec.State != ledger.NotStarted || !strings.Contains(rec.Note, "sign-in failed") || rec.Scope != scope || len(results) != 0 {
		t.Errorf("%+v, %d results", rec.Run, len(results))
	}
	if err := l.Verify(); err != nil {
		t.Error(err)
	}
	if open, err := l.Unfinished(scope); err != nil || len(open) != 0 {
		t.Errorf("%d unfinished runs, %v", len(open), err)
	}
	if n, err := l.Accounts(scope, "/r.csv"); n != 0 || err != nil {
		t.Errorf("it counts as a good run: %d, %v", n, err)
	}
}
