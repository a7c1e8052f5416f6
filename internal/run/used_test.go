package run

import (
	"errors"
	"testing"

	"linkbatch/internal/ledger"
	"linkbatch/planner"
)

// A saved plan is used by a run that has ended with it; a run that can be resumed
// needs it again.
func TestASavedPlanIsUsedOnce(t *testing.T) {
	for state, used := range map[ledger.State]bool{
		ledger.Running: false, ledger.Interrupted: false, ledger.Stopped: false, ledger.Finished: true, ledger.Closed: true,
	} {
		l := openLedger(t)
		if err := Unused(l, "sha256:1"); err != nil {
			t.Errorf("without a run: %v", err)
		}
		rec, err := l.Begin(ledger.Run{ID: "one", SavedPlan: "sha256:1"}, &planner.Plan{})
		if err == nil && state != ledger.Running {
			err = rec.End(state, "", nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		err = Unused(l, "sha256:1")
		if e, ok := errors.AsType[*UsedError](err); ok != used || used && e.Run.ID != "one" || !used && err != nil {
			t.Errorf("a run that is %s: %v", state, err)
		}
		for _, other := range []string{"", "sha256:2"} {
			if err := Unused(l, other); err != nil {
				t.Errorf("the plan %q: %v", other, err)
			}
		}
	}
}
