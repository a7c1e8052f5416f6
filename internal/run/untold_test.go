package run

import (
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

// TestWhatNoSearchCouldTell: rows that searches could not settle when a run was
// gone on with stay unknown and leave the run open, also if the search of the
// new plan works. The next part, however late, settles them by searches.
func TestWhatNoSearchCouldTell(t *testing.T) {
	for _, at := range []time.Duration{0, -time.Minute, -24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			g := memoryRig(t, simtest.World(1), simulator.Options{})
			lost := executor.Result{Ops: []planner.Op{planner.OpAdd}, Outcome: executor.Unknown, Call: 1, Attempts: 1}
			if at != 0 {
				lost.At = time.Now().Add(at)
			}
			g.door(t, "POST", "faults", `[{"operation": "SearchClientLinks", "kind": "error-before-commit", "status": 500, "rate": 1}]`)
			p := g.settled(t, lost)
			if p.unsettled != 1 || p.results[0].Outcome != executor.Unknown {
				t.Fatalf("searches that fail: %d unsettled, %+v", p.unsettled, p.results[0])
			}
			g.door(t, "POST", "faults", `[]`)
			r := g.begin(g.Plan(t, header+addRow(0)), p)
			results, err := r.Carry(t.Context())
			if err != nil || results[0].Outcome != executor.Unknown || r.unsettled != 1 {
				t.Errorf("the second part: %d unsettled, %+v, %v", r.unsettled, results[0], err)
			}

			p = g.settled(t, results[0])
			r = g.begin(g.Plan(t, header+addRow(0)), p)
			results, err = r.Carry(t.Context())
			if err != nil || results[0].Outcome != executor.Done || results[0].Attempts != 2 || r.unsettled != 0 {
				t.Errorf("the third part: %d unsettled, %+v, %v", r.unsettled, results[0], err)
			}
			if s := g.Sim.State(); s.Invitations != 1 || s.DuplicateAddsAttempted != 0 {
				t.Errorf("%d invitations, %d duplicates", s.Invitations, s.DuplicateAddsAttempted)
			}
		})
	}
}

// TestACallThatArrivesLate: a call of a dead process that two searches did not
// show reaches the service just before the run sends the row again. The refusal
// says that it was done, and it was this run that did it.
func TestACallThatArrivesLate(t *testing.T) {
	for _, late := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			g := memoryRig(t, simtest.World(1), simulator.Options{})
			known := executor.Result{Ops: []planner.Op{planner.OpAdd}, Outcome: executor.Unknown, Call: 1, Attempts: 1}
			want := "invited; the first reply was lost; a search shows LinkPending"
			if !late {
				known.Outcome, want = executor.Refused, "somebody else added it since the plan was made: LinkPending"
			}
			p := g.settled(t, known)
			r := g.begin(g.Plan(t, header+addRow(0)), p)
			g.door(t, "PUT", "links", `{"ManagingCustomerId":"9100001","ClientEntityId":"1000001","Status":"LinkPending"}`)
			results, err := r.Carry(t.Context())
			if err != nil || results[0].Reason != want {
				t.Errorf("late %v: %+v, %v, want %s", late, results[0], err, want)
			}
		})
	}
}

// settled is a past run of one row, after the searches that its roster's next
// run makes first.
func (g *rig) settled(t *testing.T, known executor.Result) *Run {
	t.Helper()
	step := planner.Step{Intent: "add", Side: planner.Agency, Op: planner.OpAdd, Profile: "agency", SameAs: -1}
	step.Row.AccountID = int64(simtest.AccountID(0))
	step.Key = planner.Key{ManagingCustomerID: g.Planner.Main.CustomerID, Type: "AccountLink", EntityID: msads.ID(simtest.AccountID(0))}
	p := revive(g.engine, &ledger.Record{Plan: &planner.Plan{Steps: []planner.Step{step}}, Kept: map[int]ledger.Progress{0: {Result: known}}})
	p.searchOnly = true
	if err := p.settleOnly(t.Context(), p.doubtful(nil, time.Time{})); err != nil {
		t.Fatal(err)
	}
	return p
}
