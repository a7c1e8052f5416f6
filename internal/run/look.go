package run

import (
	"context"
	"slices"

	"linkbatch/planner"
)

// look searches for the links of open questions, each through the login that
// would act next.
func (r *Run) look(ctx context.Context, due []*inquiry) ([]planner.Sight, error) {
	if err := r.identify(ctx, due); err != nil {
		return nil, err
	}
	out := make([]*planner.Step, len(due))
	for i, q := range due {
		switch out[i] = q.step; {
		case r.searchOnly:
			out[i] = r.engine.viaMain(q.step) // nothing is sent by what it shows
		case q.about == follow:
			out[i] = through(q.step, q.step.Row.ClientProfile)
		}
	}
	return r.engine.Planner.Look(ctx, out)
}

// identify finds the ids of links that were added by number alone, which a
// client's login does not find them by.
func (r *Run) identify(ctx context.Context, due []*inquiry) error {
	byNumber := slices.DeleteFunc(slices.Clone(due), func(q *inquiry) bool { return q.about != follow || q.step.Key.EntityID != 0 })
	out := make([]*planner.Step, len(byNumber))
	for i, q := range byNumber {
		out[i] = q.step
	}
	sights, err := r.engine.Planner.Look(ctx, out)
	for i := range sights {
		if link := sights[i].Link; link != nil {
			step := *out[i]
			step.Key.EntityID = link.ClientEntityID
			byNumber[i].step = &step
		}
	}
	return err
}

// lookAfter searches once for the links that changed and were not seen since,
// so that the report can give their status. Nothing depends on it: when it
// fails, status_after stays empty.
func (r *Run) lookAfter(ctx context.Context) {
	byID := r.changed(func(w *work) bool { return w.step.Key.EntityID != 0 })
	byNumber := r.changed(func(w *work) bool { return w.step.Key.EntityID == 0 })
	parts := slices.Collect(slices.Chunk(byID, lookAfterPart))
	if len(byNumber) > 0 {
		parts = append(parts, byNumber) // one reading of the list for all
	}
	for _, part := range parts {
		out := make([]*planner.Step, len(part))
		for i, w := range part {
			out[i] = r.engine.viaMain(w.step)
		}
		if ctx.Err() != nil {
			return
		}
		sights, err := r.engine.Planner.Look(ctx, out)
		if err != nil {
			return
		}
		for i, w := range part {
			r.saw(w, sights[i])
		}
	}
}

// lookAfterPart is how many links are looked at together after a run: a
// multiple of ten, which a call asks for, and few enough to be held at once.
const lookAfterPart = 2000

// saw keeps what a search showed of a link after its call.
func (r *Run) saw(w *work, now planner.Sight) {
	if !now.Shown() {
		return
	}
	res, seen := &r.results[w.step.Index], now.Seen()
	res.StatusAfter, res.ModifiedAfter, res.EntityID = seen.Status, seen.LastModified, seen.EntityID
	r.met(w, seen)
	if seen.Name != "" {
		res.EntityName = seen.Name
	}
	known := slices.Concat(w.step.Warnings, res.Warnings)
	for _, doubt := range []string{w.step.Mismatch(now), w.step.WrongName(now)} {
		if doubt != "" && !slices.Contains(known, doubt) {
			res.Warnings = append(res.Warnings, doubt)
		}
	}
}
