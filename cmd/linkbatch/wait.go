package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linkbatch/executor"
	"linkbatch/internal/duration"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// defaultWait is how long --wait alone waits.
const defaultWait = "15m"

const waitHelp = `--wait goes on after the calls, for 15 minutes or as long as it says, until the
service has settled the links of the roster: those accepted until they are
Active, those unlinked until they are Inactive, whether this run or an earlier
one asked for it (such rows are unchanged). A link that fails to settle makes
its row refused. Rows that need somebody else are not waited for: invitations
that no client_profile accepts, blocked rows, and links that start at a later
date. A row that is not settled when the time is up, or at an interrupt, is
waiting. Nothing is sent meanwhile.`

// oneRoster wants one argument. A duration beside it is one that was meant for
// --wait, whose value needs the equals sign.
func oneRoster(cmd *cobra.Command, args []string) error {
	err := oneArgument(cmd, args)
	if err != nil && cmd.Flags().Changed("wait") {
		for _, arg := range args {
			if _, bad := duration.Parse(arg); bad == nil {
				return usage("--wait %s: write --wait=%s", arg, arg)
			}
		}
	}
	return err
}

// The intervals at which links are looked at that the service moves on: often
// at first, since a link without a change of who pays settles in seconds.
const (
	firstLook = 2 * time.Second
	maxLook   = time.Minute
	lastLook  = 10 * time.Second // what the look at the end may take beyond it
)

// await waits for the links of a run to settle, and shows how far they are.
func (j *job) await(ctx context.Context, r *rounds) error {
	until := time.Now().Add(time.Duration(j.wait))
	told := false
	j.progress.begin("waiting", -1)
	return r.wait(ctx, time.Duration(j.wait), func(open int, funnel string) {
		if !told && !j.err.terminal {
			j.say("waiting until %s at most for %s to settle: %s; an interrupt ends the waiting", until.UTC().Format(time.RFC3339), count(open, "row"), funnel)
		}
		told = true
		j.progress.describe(fmt.Sprintf("%s; waiting for %s until %s at most", funnel, count(open, "row"), until.Format(time.TimeOnly)))
	})
}

// wait follows the links that are settling until each is settled, limit has
// passed or ctx ends; the results then say what is known. show is given the
// number of open rows and the funnel before each look. The error is that of the
// record of what was seen.
func (r *rounds) wait(ctx context.Context, limit time.Duration, show func(open int, funnel string)) error {
	defer r.share()
	end := time.Now().Add(limit)
	looking, cancel := context.WithDeadline(ctx, end.Add(lastLook))
	defer cancel()
	open, known := r.awaited(time.Now())
	err := r.remember(known)
	var failed error
	var took time.Duration
	for every := firstLook; err == nil && len(open) > 0 && !lasting(failed) && time.Now().Before(end); every = min(2*every, maxLook) {
		show(len(open), r.funnel())
		// Looks take no more than half of the time.
		if pause(ctx, min(max(every, took), time.Until(end))) != nil {
			break
		}
		begun, last := time.Now(), error(nil)
		open, known, last = r.follow(looking, open)
		if !errors.Is(last, context.DeadlineExceeded) {
			failed = last
		}
		took, err = time.Since(begun), r.remember(known)
	}
	why := "not settled after " + duration.String(limit)
	switch {
	case ctx.Err() != nil:
		why = "interrupted before it was settled"
	case failed != nil:
		why = "not settled as far as searches could tell: " + failed.Error()
	}
	for _, w := range open {
		r.end(w, executor.Waiting, r.standing(w).Reason+"; "+why)
	}
	return cmp.Or(err, r.remember(open))
}

// lasting reports whether a search failed in a way that waiting does not help.
func lasting(err error) bool {
	return err != nil && diagnose(err).code != exitTryLater
}

// awaited are the rows to wait for, in the order of the roster, and those whose
// reason now says why they are not.
func (r *rounds) awaited(now time.Time) (open, known []*work) {
	for i := range r.results {
		s, res := &r.plan.Steps[i], &r.results[i]
		if s.SameAs >= 0 || res.Outcome != executor.Done && res.Outcome != executor.Unchanged {
			continue
		}
		w := cmp.Or(r.open[i], &work{step: s})
		stands := r.standing(w)
		switch start, later := planner.StartsLater(w.step, planner.Sight{}, now); {
		case stands.Course == planner.Settled && len(w.done) == 0:
			continue
		case stands.Course == planner.Settled:
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

// standing is where a row stands by what was seen of its link last.
func (r *rounds) standing(w *work) planner.Standing {
	return planner.StandingOf(w.step, w.lastDone(), r.statusOf(w.step.Index))
}

// statusOf is what was seen of a row's link last: after its op, if it had one.
func (r *rounds) statusOf(i int) msads.Status {
	if w := r.open[i]; w != nil && len(w.done) > 0 {
		return r.results[i].StatusAfter
	}
	return cmp.Or(r.results[i].StatusAfter, r.plan.Steps[i].Before.Status)
}

// notAwaited words a row whose link the service moves on at a later date only.
func (r *rounds) notAwaited(w *work, start time.Time) {
	res := &r.results[w.step.Index]
	r.end(w, res.Outcome, r.standing(w).Reason+"; not waited for: it starts at "+minute(start)+" UTC")
}

// follow looks once at open rows. It returns those that stay open, and those
// that do not with their new outcome. After an error the rest stays as it was.
func (r *rounds) follow(ctx context.Context, open []*work) (still, known []*work, err error) {
	for part := range slices.Chunk(open, lookAfterPart) {
		var sights []planner.Sight
		if err == nil {
			sights, err = r.planner.Look(ctx, r.inView(part))
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
func (r *rounds) inView(part []*work) []*planner.Step {
	out := make([]*planner.Step, len(part))
	for i, w := range part {
		step := *r.viaMain(w.step)
		step.Key.EntityID = cmp.Or(step.Key.EntityID, r.results[w.step.Index].EntityID)
		out[i] = &step
	}
	return out
}

// arrived takes what a look shows of a row, and reports whether that ends it.
func (r *rounds) arrived(w *work, now planner.Sight) bool {
	stands := planner.Stand(w.step, w.lastDone(), now)
	r.saw(w, now)
	start, later := planner.StartsLater(w.step, now, time.Now())
	switch {
	case stands.Course == planner.Undone:
		r.end(w, executor.Refused, stands.Reason)
		r.results[w.step.Index].NextStep = stands.NextStep
	case stands.Course == planner.Settled && len(w.done) > 0:
		r.end(w, executor.Done, stands.Reason)
	case stands.Course == planner.Settled:
		r.end(w, executor.Unchanged, stands.Reason)
	case later:
		r.notAwaited(w, start)
	default:
		return false
	}
	return true
}

// funnel counts the rows of the roster by how far their links have come.
func (r *rounds) funnel() string {
	var n [len(planner.Stages)]int
	for i := range r.results {
		if r.plan.Steps[i].SameAs >= 0 {
			continue
		}
		if at := planner.StageOf(r.statusOf(i)); at >= 0 {
			n[at]++
		}
	}
	var parts []string
	for i, name := range planner.Stages {
		if name != "unlinking" || n[i] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", name, n[i]))
		}
	}
	return strings.Join(parts, ", ")
}
