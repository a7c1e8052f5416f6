package run

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

// keepRow is a row that names account i.
func keepRow(i int) string { return simtest.AccountID(i).String() + ",,,keep,,\n" }

// pruneOnce takes a turn and carries out a roster with --prune; hook as in carry.
func (g *rig) pruneOnce(t *testing.T, ctx context.Context, l *ledger.Ledger, roster, id string, hook func(executor.Journal) executor.Journal) (turn *Turn, r *Run, stop error) {
	t.Helper()
	turn = g.take(t, l)
	defer turn.Close()
	g.Planner.Prune = planner.Prune{On: true, AllowShrink: true, Earlier: turn.Pruned()}
	r = turn.Join(g.Plan(t, roster))
	_, err := turn.Begin(r, ledger.Run{ID: id})
	must(t, err)
	if hook != nil {
		r.journal = hook(r.journal)
	}
	_, stop = r.Carry(ctx)
	must(t, turn.End(t.Context(), r, stop))
	return turn, r, stop
}

// TestPrunedStepsAreResumed interrupts a run among the links that it prunes. The
// next one resumes it, though there are more and fewer of them now: what was ended
// stays ended, in its place, and each link is ended once.
func TestPrunedStepsAreResumed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := simtest.World(31, msads.Active)
		w.Links = w.Links[:30]
		g := memoryRig(t, w, simulator.Options{})
		g.engine.Concurrency = 1
		l := openLedger(t)
		roster := header + keepRow(0) + keepRow(1)
		ctx, interrupt := context.WithCancel(t.Context())
		_, r, stop := g.pruneOnce(t, ctx, l, roster, "one", func(j executor.Journal) executor.Journal {
			return &at{Journal: j, call: 1, returned: interrupt}
		})
		if n := Tally(r.results); n[executor.Done] != 10 || n[executor.Held] != 18 || stop == nil {
			t.Fatalf("%v, %v", n, stop)
		}
		past, _ := recorded(t, l, "one")
		first := make(map[planner.Key]int)
		for i := range past.Plan.Steps {
			first[past.Plan.Steps[i].Key] = i
		}

		// Meanwhile somebody else unlinks one of them, and links another account.
		g.door(t, "POST", "links", fmt.Sprintf(`[{"ClientEntityId":%q,"ManagingCustomerId":%q,"Status":"Inactive"},{"ClientEntityId":%q,"ManagingCustomerId":%[2]q,"Status":"Active"}]`,
			simtest.AccountID(25), simtest.AgencyID, simtest.AccountID(30)))
		turn, r, stop := g.pruneOnce(t, t.Context(), l, roster, "two", nil)
		n := Tally(r.results)
		if !turn.Resumed() || stop != nil || n[executor.Done] != 28 || n[executor.Unchanged] != 3 || len(r.results) != 31 {
			t.Errorf("resumed %v: %v, %v", turn.Resumed(), n, stop)
		}
		for i := range r.plan.Steps {
			if s := &r.plan.Steps[i]; i < 30 && first[s.Key] != i {
				t.Errorf("account %s was step %d, and is step %d", s.Key.EntityID, first[s.Key], i)
			}
		}
		rec, results := recorded(t, l, "one")
		if rec.State != ledger.Finished || rec.Parts != 2 || len(results) != 31 || fmt.Sprint(Tally(results)) != fmt.Sprint(n) {
			t.Errorf("recorded: %s, %d parts, %v", rec.State, rec.Parts, Tally(results))
		}
		state := g.Sim.State()
		for i := 2; i < 31; i++ {
			if got := state.Transitions[simtest.AccountID(i).String()]["unlink"]; got != 1 && i != 25 {
				t.Errorf("account %d was unlinked %d times", i, got)
			}
		}
		if state.Calls["UpdateClientLinks"] != 3 {
			t.Errorf("%d calls", state.Calls["UpdateClientLinks"])
		}
	})
}

// TestPruneAfterALostReply: an unlink that no row asked for and whose reply is
// lost is settled by searches as every other.
func TestPruneAfterALostReply(t *testing.T) {
	for _, fault := range []simulator.FaultKind{simulator.FaultDropAfter, simulator.FaultDropBefore} {
		synctest.Test(t, func(t *testing.T) {
			g := memoryRig(t, simtest.World(5, msads.Active, msads.LinkPending), simulator.Options{Faults: simulator.Faults{{Operation: "write", Kind: fault, First: 2}}})
			g.Planner.Prune = planner.Prune{On: true, AllowShrink: true}
			results, err := g.apply(t.Context(), g.Plan(t, header+keepRow(0)))
			if n := Tally(results); err != nil || n[executor.Done] != 4 {
				t.Errorf("%s: %v, %v", fault, n, err)
			}
			for entity, ops := range g.Sim.State().Transitions {
				for op, n := range ops {
					if n != 1 {
						t.Errorf("%s: account %s: %s %d times", fault, entity, op, n)
					}
				}
			}
		})
	}
}

// TestPrunedLinkThatARowNamesNow: the roster is read in another way, so that the
// run is not resumed, and a row now names a link that it was to prune.
func TestPrunedLinkThatARowNamesNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := memoryRig(t, simtest.World(25, msads.Active), simulator.Options{})
		g.engine.Concurrency = 1
		l := openLedger(t)
		ctx, interrupt := context.WithCancel(t.Context())
		g.pruneOnce(t, ctx, l, header+keepRow(0), "one", func(j executor.Journal) executor.Journal {
			return &at{Journal: j, call: 1, returned: interrupt}
		})
		turn, r, stop := g.pruneOnce(t, t.Context(), l, header+keepRow(20)+keepRow(0), "two", nil)
		if turn.Resumed() || stop != nil {
			t.Errorf("resumed %v, %v", turn.Resumed(), stop)
		}
		state := g.Sim.State()
		for i := range 25 {
			named := i == 0 || i == 20
			if got := state.Transitions[simtest.AccountID(i).String()]["unlink"]; got != 1 && !named || got != 0 && named {
				t.Errorf("account %d was unlinked %d times", i, got)
			}
		}
		if past, _ := recorded(t, l, "one"); past.State != ledger.Closed {
			t.Errorf("the first run is %s", past.State)
		}
		if n := Tally(r.results); n[executor.Done] != 13 {
			t.Errorf("%v", n)
		}
	})
}

// TestPruneLeftOutOfAResumedRun: what was ended stays in the report, and nothing
// more is ended.
func TestPruneLeftOutOfAResumedRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := memoryRig(t, simtest.World(25, msads.Active), simulator.Options{})
		g.engine.Concurrency = 1
		l := openLedger(t)
		ctx, interrupt := context.WithCancel(t.Context())
		g.pruneOnce(t, ctx, l, header+keepRow(0), "one", func(j executor.Journal) executor.Journal {
			return &at{Journal: j, call: 1, returned: interrupt}
		})
		turn := g.take(t, l)
		g.Planner.Prune = planner.Prune{Earlier: turn.Pruned()}
		results, stop := g.carry(t, t.Context(), turn, header+keepRow(0), "two", nil)
		turn.Close()
		n := Tally(results)
		if !turn.Resumed() || stop != nil || n[executor.Done] != 10 || n[executor.Unchanged] != 15 {
			t.Errorf("resumed %v: %v, %v", turn.Resumed(), n, stop)
		}
		if calls := g.Sim.State().Calls["UpdateClientLinks"]; calls != 1 {
			t.Errorf("%d calls", calls)
		}
		for _, res := range results {
			if res.Outcome == executor.Done && res.StatusAfter == "" {
				t.Errorf("step %d: no status after", res.Step)
			}
		}
	})
}
