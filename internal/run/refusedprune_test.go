package run

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

// TestRefusedPruneIsAGuard: it is judged beside the others, names a flag only if
// that allows every reason, and holds the pruned links alone.
func TestRefusedPruneIsAGuard(t *testing.T) {
	shrunk, invalid := planner.Refusal{Reason: "too few accounts", Shrink: true}, planner.Refusal{Reason: "an invalid row"}
	for _, test := range []struct {
		refusals []planner.Refusal
		text     string
		flag     string
	}{
		{[]planner.Refusal{shrunk}, "3 links that no row names, and none may be pruned: too few accounts", "--allow-shrink"},
		{[]planner.Refusal{invalid}, "3 links that no row names, and none may be pruned: an invalid row", ""},
		{[]planner.Refusal{invalid, shrunk}, "3 links that no row names, and none may be pruned: an invalid row; too few accounts", ""},
	} {
		g := memoryRig(t, simtest.World(5, msads.Active, msads.LinkPending), simulator.Options{})
		g.Planner.Prune = planner.Prune{On: true, AllowShrink: true}
		plan := g.Plan(t, header+keepRow(0)+simtest.AccountID(1).String()+",,,cancel,,\n")
		plan.Refusals = test.refusals
		r := g.begin(plan, nil)
		limits := Limits{MaxUnlinks: 3, BillingPause: true, MaxAdds: Unlimited, MaxInvalid: Unlimited}
		want := []planner.Tripped{
			{Guard: MaxUnlinks, Limit: 3, Wanted: 4, Text: "4 unlinks and cancels, and at most 3 are allowed", Flag: "--max-unlinks 4"},
			{Guard: Prune, Wanted: 3, Text: test.text, Flag: test.flag},
		}
		if diff := cmp.Diff(want, limits.Check(plan)); diff != "" || !Holdable(want) {
			t.Errorf("tripped (-want +got):\n%s", diff)
		}
		limits.MaxUnlinks = 4
		r.Hold(limits.Check(plan))
		for i := range plan.Steps {
			if s := &plan.Steps[i]; s.Pruned() != (s.Held != "") {
				t.Errorf("step %d: held %q", i, s.Held)
			}
		}
		if n := len(r.Todo()); n != 1 {
			t.Errorf("%d to be sent", n)
		}
	}
}
