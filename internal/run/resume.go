package run

import (
	"reflect"
	"slices"

	"linkbatch/ingest"
	"linkbatch/internal/ledger"
	"linkbatch/planner"
)

// Ahead is the turn that a run would have if it began at this moment, as far as the
// ledger tells: nothing is locked, searched, settled or recorded. It knows what
// the run would resume, for the guards to judge all of it; only its Pruned,
// Earlier, Join and Resumed may be used. Without a ledger it knows of no past.
func Ahead(o Options) (*Turn, error) {
	t := &Turn{Options: o}
	if o.Ledger == nil {
		return t, nil
	}
	runs, err := o.Ledger.Unfinished(o.Scope)
	for i := 0; i < len(runs) && err == nil; i++ {
		if !o.concerns(&runs[i]) {
			continue
		}
		var rec *ledger.Record
		if rec, err = o.Ledger.Load(runs[i].ID); err == nil {
			t.past = append(t.past, &past{Record: rec, run: revive(&t.Engine, rec)})
		}
	}
	return t, err
}

// resumable is the past run that a run of the plan resumes; nil = none. A saved
// plan resumes its own run alone, and nothing else does.
func (t *Turn) resumable(plan *planner.Plan) *past {
	for _, p := range t.past {
		if t.mayResume(p) && sameJob(p.Plan, plan) {
			return p
		}
	}
	return nil
}

// mayResume reports whether a past run is of the same source.
func (t *Turn) mayResume(p *past) bool {
	return !t.Fresh && p.Digest == t.Digest && p.SavedPlan == t.SavedPlan && p.Purpose == t.Purpose
}

// Earlier is the record of the run that [Turn.Join] would resume with a plan, and
// whether that run has sent something for a row, by the index of its step. The
// record is nil, and nothing was sent, if it would resume none.
func (t *Turn) Earlier(plan *planner.Plan) (rec *ledger.Record, sent func(step int) bool) {
	if p := t.resumable(plan); p != nil {
		return p.Record, p.run.sent
	}
	return nil, func(int) bool { return false }
}

// Pruned are the rows of the links that the run to be resumed was to prune, for
// [planner.Prune]; nil if none is to be resumed.
func (t *Turn) Pruned() (rows []ingest.Row) {
	at := slices.IndexFunc(t.past, t.mayResume)
	if at < 0 {
		return nil
	}
	for i := range t.past[at].Plan.Steps {
		if s := &t.past[at].Plan.Steps[i]; s.Pruned() {
			rows = append(rows, s.Row)
		}
	}
	return rows
}

// sameJob reports whether two plans are about the same rows and ask the same of
// each, so that the second can go on where the first ended. Cells that are read
// in another way (--map, --date-order) ask for something else. The second may
// prune more links than the first.
func sameJob(a, b *planner.Plan) bool {
	for i := range b.Steps {
		s := &b.Steps[i]
		if i >= len(a.Steps) && s.Pruned() {
			continue
		}
		if i >= len(a.Steps) || a.Steps[i].Intent != s.Intent || !sameRow(&a.Steps[i].Row, &s.Row) {
			return false
		}
	}
	return len(a.Steps) <= len(b.Steps)
}

// sameRow reports whether two rows are in the same place, hold the same and mean
// the same, in every column that there is. What a row asks for is the step's.
func sameRow(a, b *ingest.Row) bool {
	x, y := *a, *b
	same := slices.Equal(x.Cells, y.Cells) && x.StartDate.Equal(y.StartDate.Time) && x.EndDate.Equal(y.EndDate.Time)
	for _, r := range []*ingest.Row{&x, &y} {
		r.Cells, r.StartDate, r.EndDate, r.Action, r.Problems = nil, ingest.Date{}, ingest.Date{}, "", nil
	}
	return same && reflect.DeepEqual(x, y)
}
