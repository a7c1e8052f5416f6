package run

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/planner"
)

// revive rebuilds from its record what a run knew of its rows: what was kept of
// them, and after that the replies of the calls that were recorded since. A
// call without a reply leaves its rows unknown.
func revive(e *Engine, rec *ledger.Record) *Run {
	r := &Run{engine: e, plan: rec.Plan}
	r.begin()
	for i, kept := range rec.Kept {
		w := r.work(i)
		w.step = cmp.Or(kept.Step, w.step)
		if !w.step.Op.Writes() { // it has met another row
			r.plan.Steps[i] = *w.step
		}
		w.sent = kept.Sent
		w.done, w.whole, w.maybe = kept.Done, kept.Whole, kept.Result.Outcome == executor.Unknown
		if slices.Contains(kept.Result.Ops, w.step.Op) && !slices.Contains(w.done, w.step.Op) {
			w.sends = kept.Result.Attempts
		}
		if len(kept.Done) == 0 { // else they may be of an op that is done
			w.last.Errors = kept.Result.Errors
		}
		r.results[i] = kept.Result
	}
	for _, t := range rec.Loose {
		held := t.Answer.Outcome == executor.Held // taken back before it was sent
		if _, kept := rec.Kept[t.Step.Index]; held && kept {
			continue // it adds nothing to what was kept
		}
		w := r.work(t.Step.Index)
		if w.step.Op != t.Step.Op {
			w.sends, w.maybe = 0, false
		}
		w.step = t.Step
		got := t.Answer
		if !held && got.At.IsZero() {
			got.Reason = "sent; the process ended before a reply was recorded"
		}
		r.take([]executor.Answer{got})
	}
	r.share()
	return r
}

// work is the open step of a row.
func (r *Run) work(i int) *work {
	if r.open[i] == nil {
		r.open[i] = &work{step: &r.plan.Steps[i]}
	}
	return r.open[i]
}

// sent reports whether something was sent for a row.
func (r *Run) sent(i int) bool {
	return r.open[i] != nil && r.plan.Steps[i].SameAs < 0 && (r.results[i].Attempts > 0 || len(r.open[i].done) > 0)
}

// doubtful are the rows whose record does not say what happened to what was
// sent, in the order of the roster: those of calls without a reply, and
// those that no search could settle, unless their last reply came before since.
// One without any reply, whose searches were interrupted, has no age.
func (r *Run) doubtful(loose []ledger.Trace, since time.Time) (open []*work) {
	fresh := make(map[int]bool)
	for _, t := range loose {
		fresh[t.Step.Index] = true
	}
	for _, i := range slices.Sorted(maps.Keys(r.open)) {
		at := r.results[i].At
		if w := r.open[i]; r.asks(w) == lost && (fresh[i] || at.IsZero() || at.After(since)) {
			open = append(open, w)
		}
	}
	return open
}

// Recorded are the results of a recorded run, as far as its record knows: the
// same as the run itself reported. Rows that were in flight when its process
// died are unknown.
func Recorded(rec *ledger.Record) []executor.Result {
	return revive(&Engine{}, rec).results
}

// Deed is what a recorded run is known to have done about the link of one row.
type Deed struct {
	// Step is the row's as it was decided last, with the row of the plan. Rows that
	// share an outcome have the step of the one that was sent, each with its own row.
	Step   *planner.Step
	Done   []planner.Op // what is confirmed, in order; nil = nothing
	Sent   time.Time    // when the step was first sent, by the service's clock; zero = not known
	Result executor.Result
}

// Deeds are what a recorded run has done, one for each step of its plan, in order.
func Deeds(rec *ledger.Record) []Deed {
	r := revive(&Engine{}, rec)
	deeds := make([]Deed, len(r.plan.Steps))
	for i := range deeds {
		of := i
		if same := r.plan.Steps[i].SameAs; same >= 0 {
			of = same
		}
		d := Deed{Step: &r.plan.Steps[of], Result: r.results[i]}
		if w := r.open[of]; w != nil {
			d.Step, d.Done, d.Sent = w.step, w.done, cmp.Or(w.step.Sent, w.sent)
		}
		if of != i {
			own := *d.Step
			own.Index, own.Row = i, r.plan.Steps[i].Row
			d.Step = &own
		}
		deeds[i] = d
	}
	return deeds
}

// doubtEnds is the age at which no reply is on its way any more, and a search
// shows every write: far above the minutes that a call may take and the
// seconds by which a search may lag: a search that is made for another run is
// right about those rows, and does not wait for them.
const doubtEnds = 10 * time.Minute

// settleOnly settles rows of a run whose process is gone, by searches alone.
func (r *Run) settleOnly(ctx context.Context, open []*work) error {
	_, err := r.settle(ctx, open, nil)
	return err
}

// carryOver resumes a row that an earlier part of this run has sent. What was
// done stays done and is never sent again; what was not is decided by the new
// plan. A row of which nothing is known stays unknown, unless the search of the
// new plan shows what happened to it.
func (r *Run) carryOver(i int) {
	next, old, known := r.plan.Steps[i], r.before.open[i], &r.before.results[i]
	w, res := &work{step: old.step, done: old.done, last: old.last, whole: old.whole, sent: old.sent}, &r.results[i]
	r.open[i], *res = w, *known
	if known.Outcome == executor.Unknown && old.step.Judge(next.Before.Sight()) == planner.Applied {
		r.confirm(w, "the reply was lost; a search shows "+next.Before.Sight().String())
	}
	if known.Outcome == executor.Waiting && len(w.done) > 0 {
		r.end(w, executor.Done, confirmed[w.lastDone()]) // whether this part waits too is its own matter
	}
	switch {
	case res.Outcome == executor.Unknown:
		if old.untold {
			r.unsettled++ // the search of the plan may lag: the next part asks again
		}
	case res.Outcome == executor.Refused && slices.Equal(known.Ops, w.done):
		// It was done, and the service gave it up while the run waited.
	case len(w.done) == 0:
		r.startAgain(i)
		return
	case res.Outcome == executor.Done && r.asks(w) != follow, slices.Contains(w.done, next.Op):
		if next.Op == planner.OpNone { // else the search does not show it yet, or it has ended since
			res.StatusAfter, res.ModifiedAfter = next.Before.Status, next.Before.LastModified
		}
	case r.again(w, next):
		r.due(w)
	}
	r.plan.Steps[i] = r.before.plan.Steps[i]
	r.plan.Steps[i].Row = next.Row
	if w.step == &r.before.plan.Steps[i] {
		w.step = &r.plan.Steps[i] // which has taken its place
	}
}

// startAgain takes the new plan's step for a row that an earlier part of this
// run has sent in vain.
func (r *Run) startAgain(i int) {
	old, known := r.before.open[i], &r.before.results[i]
	delete(r.open, i)
	r.start(i)
	if again := r.open[i]; again != nil {
		again.whole = old.whole
		if again.step.Op == old.step.Op {
			again.maybe, again.step.Sent = old.maybe, old.step.Sent // what had no effect may still arrive, and refuse this one
		}
	}
	res := &r.results[i]
	res.Attempts, res.Call, res.TrackingID, res.At, res.Errors = known.Attempts, known.Call, known.TrackingID, known.At, known.Errors
}
