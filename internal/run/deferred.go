package run

import (
	"context"
	"errors"
	"slices"

	"linkbatch/executor"
	"linkbatch/planner"
)

// decideDeferred reads the links again, since all adds by id are settled now,
// and decides the adds by number anew. What the search must show is the adds
// of this run: as long as it does not, it lags, and an add by number could
// invite an account a second time. Without such a search they stay held.
func (r *Run) decideDeferred(ctx context.Context, later []*work) (todo []*work) {
	added := r.changed(func(w *work) bool { return w.step.Op == planner.OpAdd })
	var sights []planner.Sight
	err := errLagging
	for i := 0; i < len(looks) && err == errLagging; i++ {
		if err = pause(ctx, looks[i]-looks[max(0, i-1)]); err != nil {
			break
		}
		if sights, err = r.engine.Planner.Look(ctx, steps(append(slices.Clone(later), added...))); err != nil {
			break
		}
		for i, w := range added {
			if !shows(w, sights[len(later)+i]) {
				err = errLagging
			}
		}
	}
	if err == nil {
		for i, w := range added {
			r.saw(w, sights[len(later)+i])
		}
	}
	for i, w := range later {
		other, found := r.twin(w.step)
		switch {
		case err != nil:
			r.end(w, executor.Held, "not sent: the links could not be read again: "+err.Error())
		case found:
			r.meet(w.step.Index, other)
		case r.again(w, r.engine.Planner.Decide(*w.step, sights[i])):
			todo = append(todo, w)
		}
	}
	return todo
}

// shows reports whether a search shows an add that was done: as a live link, or
// as one that has ended since, as when the client has declined already.
func shows(added *work, now planner.Sight) bool {
	return now.Live() || added.step.Judge(now) == planner.Applied
}

// errLagging is a search that does not show what this run has done.
var errLagging = errors.New("the search does not show the adds of this run yet")
