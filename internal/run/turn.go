package run

import (
	"context"
	"fmt"
	"slices"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/planner"
)

// Turn is a run's turn in its scope: the lock, and what the ledger knows of the
// runs before it.
type Turn struct {
	Options
	release func()
	past    []*past // the unfinished runs of the same roster, or of what was at its path, newest first
	resumed *past   // the one that this run resumes; nil = a new run
	record  *ledger.Recorder
}

// Options are what a turn needs beside its engine.
type Options struct {
	Engine
	Ledger      *ledger.Ledger
	Scope       ledger.Scope
	Digest      string // of the roster
	Path        string // of the roster; "-" for standard input
	Purpose     ledger.Purpose
	SavedPlan   string        // seal of the saved plan that is applied; empty = the rows come from a roster
	Fresh       bool          // resume nothing
	LockTimeout time.Duration // how long to wait for the lock
}

// past is a run that did not finish, as far as is known.
type past struct {
	*ledger.Record
	run   *Run
	since time.Time // a row whose last reply came before is settled by the search of the plan
}

// Take waits for the lock of the scope and settles what the runs before this
// one left open: rows that were in flight when their process died, and writes
// that a search may not show yet. Nothing is sent. Close must be called unless
// there is an error: a [*ledger.LockedError], an error of the ledger, of a
// search, a [*UsedError], or the cause of ctx.
func Take(ctx context.Context, o Options) (*Turn, error) {
	release, err := o.Ledger.Lock(ctx, o.Scope, o.LockTimeout)
	if err != nil {
		return nil, err
	}
	t := &Turn{Options: o, release: release}
	if err = Unused(o.Ledger, o.SavedPlan); err == nil {
		err = t.settle(ctx)
	}
	if err != nil {
		release()
		return nil, err
	}
	return t, nil
}

// Close gives the lock back.
func (t *Turn) Close() { t.release() }

// Resumed reports whether the run resumes an earlier one.
func (t *Turn) Resumed() bool { return t.resumed != nil }

// settle settles what earlier runs left open.
func (t *Turn) settle(ctx context.Context) error {
	runs, err := t.Ledger.Unfinished(t.Scope)
	if err != nil {
		return err
	}
	for _, run := range runs {
		rec, err := t.Ledger.Load(run.ID)
		if err != nil {
			return err
		}
		p := &past{rec, revive(&t.Engine, rec), t.Now().Add(-doubtEnds)}
		ours := t.concerns(&p.Run)
		if ours {
			p.since = time.Time{} // this run resumes it, or closes it: its rows are settled now or never
		}
		if err := t.settlePast(ctx, p); err != nil {
			return err
		}
		if p.State == ledger.Running {
			if err := t.endDead(p, ours); err != nil {
				return err
			}
		}
		if ours { // others are only settled, and not held in memory
			t.past = append(t.past, p)
		}
	}
	return t.awaitRecent(ctx)
}

// concerns reports whether this run resumes an earlier one, or closes it. A run of
// some rows leaves that of the whole roster open, and other parts of it; one that
// takes another run back closes that one, which must not be resumed.
func (o *Options) concerns(earlier *ledger.Run) bool {
	same, ours := earlier.Digest == o.Digest || earlier.Path == o.Path, o.Purpose
	if ours.Part == "" {
		ours.Part = earlier.Part
	}
	return earlier.ID == ours.Undoes || same && earlier.Purpose == ours
}

// settlePast searches what happened to the rows that a past run left open.
func (t *Turn) settlePast(ctx context.Context, p *past) error {
	p.run.searchOnly = true
	open := p.run.doubtful(p.Loose, p.since)
	if len(open) == 0 {
		return nil
	}
	t.watch().Say(fmt.Sprintf("run %s ended with %s in flight; checking them first", p.ID, rows(len(open))))
	recorder, err := t.Ledger.Recover(p.ID)
	if err != nil {
		return err
	}
	p.run.keep = recorder.Keep
	t.watch().Phase("checking run "+p.ID, -1)
	if err := p.run.settleOnly(ctx, open); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// endDead records how a run ended whose process did not: as interrupted, or as
// finished if nothing of it is open and this run does not resume it. That it is
// dead is certain, since its lock was free.
func (t *Turn) endDead(p *past, ours bool) error {
	recorder, err := t.Ledger.Recover(p.ID)
	if err != nil {
		return err
	}
	p.State = ledger.Interrupted
	if !ours && !slices.ContainsFunc(p.run.results, isOpen) {
		p.State = ledger.Finished
	}
	return recorder.End(p.State, "its process ended early", Tally(p.run.results))
}

// isOpen reports whether a row waits for another run.
func isOpen(res executor.Result) bool {
	return res.Outcome == executor.Unknown || res.Outcome == executor.Failed || res.Outcome == executor.Held
}

// awaitRecent waits until searches show what an earlier run has done a moment
// ago, since a plan made from a search that lags would do it a second time. A
// search has caught up after as long as a run waits for it itself.
func (t *Turn) awaitRecent(ctx context.Context) error {
	begun, lag := t.Now(), looks[settledBy]
	recent, err := t.Ledger.Recent(t.Scope, begun.Add(-lag))
	if err != nil || len(recent) == 0 {
		return err
	}
	t.watch().Phase("waiting for the previous run's changes to appear", -1)
	for {
		steps := make([]*planner.Step, len(recent))
		for i, r := range recent {
			steps[i] = t.viaMain(r.Step)
		}
		sights, err := t.Planner.Look(ctx, steps)
		if err != nil {
			return err
		}
		var missing []ledger.Trace
		for i, r := range recent {
			if r.Step.Judge(sights[i]) == planner.AsBefore {
				missing = append(missing, r)
			}
		}
		if recent = missing; len(recent) == 0 || t.Now().Sub(begun) >= lag {
			return nil
		}
		if err := pause(ctx, looks[1]); err != nil {
			return err
		}
	}
}

// Join makes the run that carries out a plan. It resumes the unfinished run of
// the same roster, read in the same way, unless [Options.Fresh] wants a new one;
// the plan then holds the steps of the whole run.
func (t *Turn) Join(plan *planner.Plan) *Run {
	r := &Run{engine: &t.Engine, plan: plan}
	if p := t.resumable(plan); p != nil {
		t.resumed, r.before, r.calls = p, p.run, p.Calls
		plan.Live = max(plan.Live, p.Live) // as before the run's own unlinks, for the guards
		sent := 0
		for i := range p.Plan.Steps {
			if p.run.sent(i) {
				sent++
			}
		}
		t.watch().Say(fmt.Sprintf("resuming run %s, started %s UTC: %d of %s already sent (--fresh starts a new run)",
			p.ID, minute(p.Started), sent, rows(len(p.Plan.Steps))))
	}
	r.begin()
	return r
}

// Begin records a run that Join has made before anything of it is sent, and
// closes the others of the past, which it replaces. run says what is recorded of
// it; the id of a run that is resumed is kept. It returns the id.
func (t *Turn) Begin(r *Run, run ledger.Run) (id string, err error) {
	for _, p := range t.past {
		if p != t.resumed {
			if err := t.closePast(p); err != nil {
				return "", err
			}
		}
	}
	return t.start(r, run)
}

// start records a run, or another part of the one that it resumes.
func (t *Turn) start(r *Run, run ledger.Run) (id string, err error) {
	run.Scope, run.Path, run.Digest, run.SavedPlan, run.Purpose = t.Scope, t.Path, t.Digest, t.SavedPlan, t.Purpose
	if t.resumed == nil {
		t.record, err = t.Ledger.Begin(run, r.plan)
	} else {
		run.ID = t.resumed.ID
		t.record, err = t.Ledger.Resume(run, r.plan)
	}
	if err != nil {
		return "", err
	}
	r.journal, r.keep = t.record, t.record.Keep
	return run.ID, nil
}

// End records how a run ended: stop is what stopped it, if anything did.
func (t *Turn) End(ctx context.Context, r *Run, stop error) error {
	state, note := ledger.Finished, ""
	switch {
	case ctx.Err() != nil:
		state = ledger.Interrupted
	case stop != nil:
		state, note = ledger.Stopped, stop.Error()
	case r.unsettled > 0:
		state, note = ledger.Stopped, "no search could show what happened to "+rows(r.unsettled)
	}
	return t.record.End(state, note, Tally(r.results))
}

// closePast ends a run finally. What it did not send is held.
func (t *Turn) closePast(p *past) error {
	why := "a new run of the same roster was started"
	switch {
	case p.ID == t.Purpose.Undoes:
		why = "it is being undone"
	case p.Digest != t.Digest:
		why = "the roster has changed since"
	case !t.Fresh && t.resumed == nil && p.SavedPlan == t.SavedPlan && p.Purpose == t.Purpose:
		why = "the roster is now read differently"
	}
	recorder, err := t.Ledger.Recover(p.ID)
	if err != nil {
		return err
	}
	held := 0
	for i, w := range p.run.open {
		if p.run.results[i].Outcome == executor.Held && len(w.done) == 0 {
			p.run.end(w, executor.Held, "not sent: "+why)
			held++
		}
	}
	p.run.keep = recorder.Keep
	if err := p.run.remember(p.run.ordered()); err != nil {
		return err
	}
	p.run.share()
	t.watch().Say(fmt.Sprintf("closed run %s: %s; %s not sent", p.ID, why, rows(held)))
	return recorder.End(ledger.Closed, why, Tally(p.run.results))
}

// Tally counts outcomes.
func Tally(results []executor.Result) map[executor.Outcome]int {
	n := make(map[executor.Outcome]int)
	for i := range results {
		n[results[i].Outcome]++
	}
	return n
}

// rows is "1 row" or "2 rows".
func rows(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

// minute is a time in messages, in UTC.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }
