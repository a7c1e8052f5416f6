package run

import (
	"fmt"

	"linkbatch/internal/ledger"
)

// UsedError is a saved plan that a run has carried out already.
type UsedError struct {
	Run ledger.Run // that did
}

// Error names the run.
func (e *UsedError) Error() string {
	return fmt.Sprintf("the plan was used already, by run %s, started %s UTC", e.Run.ID, minute(e.Run.Started))
}

// Unused reports with a [*UsedError] whether a run has used the saved plan with
// this seal: it is finished, or was closed. One that can be resumed is not at an
// end with its plan. Who is about to apply the plan asks under the lock of its
// scope, as [Take] does. A blank seal is unused.
func Unused(l *ledger.Ledger, seal string) error {
	if seal == "" {
		return nil
	}
	runs, err := l.Runs()
	if err != nil {
		return err
	}
	for i := range runs {
		if r := &runs[i]; r.SavedPlan == seal && (r.State == ledger.Finished || r.State == ledger.Closed) {
			return &UsedError{*r}
		}
	}
	return nil
}
