package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/duration"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// The intervals at which links are looked at that the service moves on: often
// at first, since a link without a change of who pays settles in seconds.
const (
	firstLook = 2 * time.Second
	maxLook   = time.Minute
	lastLook  = 10 * time.Second // what the look at the end may take beyond it
)

// Wait follows the links that are settling until each is settled, limit has
// passed or ctx ends; the results then say what is known. Nothing is sent. show
// is given the number of open rows and how far the links have come before each
// look. The error is that of the record of what was seen.
func (r *Run) Wait(ctx context.Context, limit time.Duration, show func(open int, f Funnel)) error {
	defer r.share()
	now := r.engine.Now
	end := now().Add(limit)
	looking, cancel := context.WithTimeout(ctx, limit+lastLook)
	defer cancel()
	open, known := r.awaited(now())
	err := r.remember(known)
	var failed error
	var took time.Duration
	for every := firstLook; err == nil && len(open) > 0 && !lasting(failed) && now().Before(end); every = min(2*every, maxLook) {
		show(len(open), r.funnel())
		// Looks take no more than half of the time.
		if pause(ctx, min(max(every, took), end.Sub(now()))) != nil {
			break
		}
		begun, last := now(), error(nil)
		open, known, last = r.follow(looking, open)
		if !errors.Is(last, context.DeadlineExceeded) {
			failed = last
		}
		took, err = now().Sub(begun), r.remember(known)
	}
	why := "not settled after " + duration.String(limit)
	switch {
	case ctx.Err() != nil:
		why = "interrupted before it was settled"
	case failed != nil:
		why = "not settled as far as searches could show: " + failed.Error()
	}
	for _, w := range open {
		r.end(w, executor.Waiting, r.standing(w).Reason+"; "+why)
	}
	return cmp.Or(err, r.remember(open))
}

// lasting reports whether a search failed in a way that waiting does not help.
func lasting(err error) bool {
	if err == nil {
		return false
	}
	call, ok := errors.AsType[*msads.CallError](err)
	return !ok || !slices.Contains([]msads.Class{msads.ClassTransient, msads.ClassThrottled, msads.ClassLater}, call.Class())
}

// awaited are the rows to wait for, in the order of the roster, and those whose
// reason now says why they are not.
func (r *Run) awaited(now time.Time) (open, known []*work) {
	for i := range r.results {
		s, res := &r.plan.Steps[i], &r.results[i]
		if s.SameAs >= 0 || res.Outcome != executor.Done && res.Outcome != executor.Unchanged {
			continue
		}
		w := cmp.Or(r.open[i], &work{step: s})
		stands := r.standing(w)
		switch start, later := w.step.StartsLater(planner.Sight{}, now); {
		case stands.Settled() && len(w.done) == 0:
			continue
		case stands.Settled():
			if res.StatusAfter != "" {
				r.end(w, executor.Done, stands.Reason)
				known = append(known, w)
			}
		case later:
			r.notAwaited(w, start)
			known = append(known, w)
		default:
			open = append(open, w)
		}
		r.open[i] = w
	}
	return open, known
}

// lastDone is the last op that is confirmed, or none.
func (w *work) lastDone() planner.Op {
	if len(w.done) == 0 {
		return planner.OpNone
	}
	return w.done[len(w.done)-1]
}

// standing is how far a row is, by what was last seen of its link.
func (r *Run) standing(w *work) planner.Standing {
	return w.step.Standing(w.lastDone(), r.statusOf(w.step.Index))
}

// statusOf is what was seen of a row's link last: after its op, if it had one.
func (r *Run) statusOf(i int) msads.Status {
	if w := r.open[i]; w != nil && len(w.done) > 0 {
		return r.results[i].StatusAfter
	}
	return cmp.Or(r.results[i].StatusAfter, r.plan.Steps[i].Before.Status)
}

// notAwaited words a row whose link the service moves on at a later date only.
func (r *Run) notAwaited(w *work, start time.Time) {
	res := &r.results[w.step.Index]
	r.end(w, res.Outcome, r.standing(w).Reason+"; not waited for: it starts at "+minute(start)+" UTC")
}

// follow looks once at open rows. It returns those that stay open, and those
// that do not with their new outcome. After an error the rest stays as it was.
func (r *Run) follow(ctx context.Context, open []*work) (still, known []*work, err error) {
	for part := range slices.Chunk(open, lookAfterPart) {
		var sights []planner.Sight
		if err == nil {
			sights, err = r.engine.Planner.Look(ctx, r.inView(part))
		}
		if err != nil {
			still = append(still, part...)
			continue
		}
		for i, w := range part {
			if r.arrived(w, sights[i]) {
				known = append(known, w)
			} else {
				still = append(still, w)
			}
		}
	}
	return still, known, err
}

// inView are the steps to look at rows by: through the main login if it can,
// and by id if that is known by now, since one number costs the whole list.
func (r *Run) inView(part []*work) []*planner.Step {
	out := make([]*planner.Step, len(part))
	for i, w := range part {
		step := *r.engine.viaMain(w.step)
		step.Key.EntityID = cmp.Or(step.Key.EntityID, r.results[w.step.Index].EntityID)
		out[i] = &step
	}
	return out
}

// arrived takes what a look shows of a row, and reports whether that ends it.
func (r *Run) arrived(w *work, now planner.Sight) bool {
	stands := w.step.Stand(w.lastDone(), now)
	r.saw(w, now)
	start, later := w.step.StartsLater(now, r.engine.Now())
	switch {
	case stands.Undone():
		r.end(w, executor.Refused, stands.Reason)
		r.results[w.step.Index].NextStep = stands.NextStep
	case stands.Settled() && len(w.done) > 0:
		r.end(w, executor.Done, stands.Reason)
	case stands.Settled():
		r.end(w, executor.Unchanged, stands.Reason)
	case later:
		r.notAwaited(w, start)
	default:
		return false
	}
	return true
}

// Funnel is how many rows of a roster have links at each of [planner.Stages].
type Funnel [len(planner.Stages)]int

// funnel counts the rows by how far their links have come.
func (r *Run) funnel() (f Funnel) {
	for i := range r.results {
		if r.plan.Steps[i].SameAs >= 0 {
			continue
		}
		if at := planner.Stages.Of(r.statusOf(i)); at >= 0 {
			f[at]++
		}
	}
	return f
}

// String is "invited 3, accepted 1, active 20", with the links that are being
// unlinked if there are any.
func (f Funnel) String() string {
	var parts []string
	for i, name := range planner.Stages {
		if name != "unlinking" || f[i] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", name, f[i]))
		}
	}
	return strings.Join(parts, ", ")
}
