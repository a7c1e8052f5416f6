package run

import (
	"context"
	"errors"
	"fmt"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Caution is when a run stops itself, so that a mistake costs a few rows and not
// all. The rows that are left are held; resumed, the run sends them. The zero
// value never stops.
type Caution struct {
	// Canary is how many writes are sent first, in calls of their own. The others
	// follow only if every one of them is done.
	Canary int

	// TooMany is the number of rows, refused or failed, at which nothing more is
	// sent; 0 = no number is too many. Calls in flight are finished, so that there
	// may be more in the end.
	TooMany int
}

// The reasons why a run stopped itself.
var (
	ErrCanary  = errors.New("not all of the first writes are done")
	ErrTooMany = errors.New("too many rows were refused or failed")
)

// Writes is how many rows of the run have a write, those of its earlier parts
// included.
func (r *Run) Writes() int {
	n := 0
	for i := range r.plan.Steps {
		if s := &r.plan.Steps[i]; s.Op.Writes() && s.SameAs < 0 && s.Held == "" {
			n++
		}
	}
	return n
}

// round sends steps, settles what the replies leave open, and returns those to be
// sent again.
func (r *Run) round(ctx context.Context, exec *executor.Executor, todo []*work) ([]*work, error) {
	stop := exec.Run(ctx, steps(todo), func(answers []executor.Answer) error {
		r.take(answers)
		r.engine.watch().Step()
		return r.tooMany(r.mayHold)
	})
	return r.settle(ctx, todo, stop)
}

// sendFirst sends the first writes of a run until each has its outcome. The error
// is an [ErrCanary] if not all of them are done and others wait for that.
func (r *Run) sendFirst(ctx context.Context, exec *executor.Executor, first []*work, others int) (stop error) {
	for todo := first; stop == nil && len(todo) > 0; {
		todo, stop = r.round(ctx, exec, todo)
	}
	undone := 0
	for _, w := range first {
		if r.results[w.step.Index].Outcome != executor.Done {
			undone++
		}
	}
	switch {
	case stop != nil || others == 0:
		return stop
	case undone > 0:
		return fmt.Errorf("%w: %d of %d", ErrCanary, undone, len(first))
	}
	r.engine.watch().Say(fmt.Sprintf("canary: %d of %d done; sending the other %d", len(first), len(first), others))
	r.engine.watch().Phase("sending", others)
	return nil
}

// tooMany is an [ErrTooMany] once so many rows are refused or failed. A row that
// spared reports true of does not count.
func (r *Run) tooMany(spared func(*work) bool) error {
	if r.Caution.TooMany == 0 {
		return nil
	}
	n := 0
	for i := range r.failing {
		if w := r.open[i]; w != nil && !spared(w) {
			n++
		}
	}
	if n < r.Caution.TooMany {
		return nil
	}
	return fmt.Errorf("%w: %d, with at most %d allowed", ErrTooMany, n, r.Caution.TooMany-1)
}

// none spares no row.
func none(*work) bool { return false }

// mayHold reports whether what the last reply refused may turn out otherwise when
// the round is settled: the op was done before, or the link only has to be read
// again.
func (r *Run) mayHold(w *work) bool {
	switch r.asks(w) {
	case stale:
		return true
	case refused:
		return w.maybe || w.step.Op == planner.OpAdd && saysInvited(w.last.Errors)
	}
	return false
}

// saysInvited reports whether the service refused an add since it has been done.
func saysInvited(errs []msads.OperationError) bool {
	for _, e := range errs {
		if e.Code == msads.CodeAlreadyInvited {
			return true
		}
	}
	return false
}

// unsent says why a row that the executor was never given was not sent.
func unsent(stop error) string {
	if errors.Is(stop, ErrCanary) || errors.Is(stop, ErrTooMany) {
		return "not sent: " + stop.Error()
	}
	return "not sent: the run was stopped before it"
}
