package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/ledger"
	"linkbatch/planner"
)

// turn is a run's turn in its scope: the lock, and what the ledger knows of
// the runs before it.
type turn struct {
	ledger  *ledger.Ledger
	scope   ledger.Scope
	release func()
	past    []*pastRun // the unfinished runs of the same roster, or of what stood at its path, newest first
	resumed *pastRun   // the one that this run goes on with; nil = a new run
}

// pastRun is a run that did not finish, as far as is known.
type pastRun struct {
	*ledger.Record
	rounds *rounds
	since  time.Time // a row whose last reply came before is settled by the search of the plan
}

// openLedger opens the ledger of the state folder. A run must be able to write
// it before anything else; a plan looks into it if there is one.
func (j *job) openLedger(writes bool) (err error) {
	dir, err := j.stateFolder(j.stateDir)
	if err != nil {
		return err
	}
	if writes {
		j.turn.ledger, err = ledger.Open(dir)
		return err
	}
	if j.turn.ledger, err = ledger.Read(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (t *turn) close() {
	if t.release != nil {
		t.release()
	}
	if t.ledger != nil {
		t.ledger.Close()
	}
}

// takeTurn waits for the lock of the scope and settles what the runs before
// this one left open: rows that were under way when their process died, and
// writes that a search may not show yet. Nothing is sent.
func (j *job) takeTurn(ctx context.Context, name string) (err error) {
	t := &j.turn
	if t.release, err = t.ledger.Lock(ctx, t.scope, time.Duration(j.lockTimeout)); err != nil {
		return err
	}
	runs, err := t.ledger.Unfinished(t.scope)
	if err != nil {
		return err
	}
	for _, run := range runs {
		rec, err := t.ledger.Load(run.ID)
		if err != nil {
			return err
		}
		p := &pastRun{rec, revive(rec), time.Now().Add(-doubtEnds)}
		p.rounds.planner = j.planner
		ours := p.Digest == j.file.Digest || p.Path == rosterPath(name)
		if ours {
			p.since = time.Time{} // this run goes on with it, or closes it: its rows are told for good
		}
		if err := j.settlePast(ctx, p); err != nil {
			return err
		}
		if ours { // others are only settled, and not held in memory
			t.past = append(t.past, p)
		}
	}
	return j.awaitRecent(ctx)
}

// settlePast searches what became of the rows that a past run left open.
func (j *job) settlePast(ctx context.Context, p *pastRun) error {
	p.rounds.searchOnly = true
	open := p.rounds.doubtful(p.Loose, p.since)
	if len(open) == 0 {
		return nil
	}
	j.say("run %s ended with %s under way; searching first what became of them", p.ID, count(len(open), "row"))
	recorder, err := j.turn.ledger.Recover(p.ID)
	if err != nil {
		return err
	}
	p.rounds.keep = recorder.Keep
	j.progress.begin("settling "+p.ID, -1)
	defer j.progress.end()
	if err := p.rounds.settleOnly(ctx, open); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// awaitRecent waits until searches show what an earlier run has done a moment
// ago, since a plan made of a search that lags would do it a second time. A
// search has caught up after as long as a run waits for it itself.
func (j *job) awaitRecent(ctx context.Context) error {
	begun, lag := time.Now(), looks[settledBy]
	recent, err := j.turn.ledger.Recent(j.turn.scope, begun.Add(-lag))
	if err != nil || len(recent) == 0 {
		return err
	}
	j.progress.begin("waiting until searches show what the last run did", -1)
	defer j.progress.end()
	view := &rounds{planner: j.planner}
	for {
		steps := make([]*planner.Step, len(recent))
		for i, t := range recent {
			steps[i] = view.viaMain(t.Step)
		}
		sights, err := j.planner.Look(ctx, steps)
		if err != nil {
			return err
		}
		var missing []ledger.Trace
		for i, t := range recent {
			if planner.Judge(t.Step, sights[i]) == planner.AsBefore {
				missing = append(missing, t)
			}
		}
		if recent = missing; len(recent) == 0 || time.Since(begun) >= lag {
			return nil
		}
		if err := pause(ctx, looks[1]); err != nil {
			return err
		}
	}
}

// join looks for the unfinished run that this one goes on with: one of the same
// roster, read in the same way, unless --fresh wants a new one.
func (j *job) join() {
	for _, p := range j.turn.past {
		if j.fresh || p.Digest != j.file.Digest || !sameJob(p.Plan, j.plan) {
			continue
		}
		j.turn.resumed = p
		j.plan.Live = max(j.plan.Live, p.Live) // as before the run's own unlinks, for the guards
		sent := 0
		for i := range p.Plan.Steps {
			if p.rounds.sent(i) {
				sent++
			}
		}
		j.say("going on with run %s, begun %s UTC: %d of %s sent so far (--fresh begins a new run)",
			p.ID, minute(p.Started), sent, count(len(p.Plan.Steps), "row"))
		return
	}
}

// sameJob reports whether two plans are about the same rows and ask the same
// of each, so that the second can go on where the first ended. Cells that are
// read in another way (--map, --date-order) ask for something else.
func sameJob(a, b *planner.Plan) bool {
	return slices.EqualFunc(a.Steps, b.Steps, func(s, t planner.Step) bool { return s.Intent == t.Intent && sameRow(&s.Row, &t.Row) })
}

// sameRow reports whether two rows stand in the same place, hold the same and
// mean the same.
func sameRow(a, b *ingest.Row) bool {
	return a.Sheet == b.Sheet && a.Number == b.Number && slices.Equal(a.Cells, b.Cells) &&
		a.AccountID == b.AccountID && a.AccountNumber == b.AccountNumber && a.CustomerNumber == b.CustomerNumber &&
		a.ManagingCustomerID == b.ManagingCustomerID && a.ClientName == b.ClientName && a.Type == b.Type && a.Permission == b.Permission &&
		sameBool(a.BillToClient, b.BillToClient) && sameBool(a.SuppressNotification, b.SuppressNotification) &&
		a.StartDate.Equal(b.StartDate.Time) && a.Name == b.Name && a.Note == b.Note && a.ClientProfile == b.ClientProfile
}

func sameBool(a, b *bool) bool { return a == b || a != nil && b != nil && *a == *b }

// record begins the run in the ledger, or goes on with the one it joined, and
// closes the others of the past, whose place it takes.
func (j *job) record(name string) (*ledger.Recorder, string, error) {
	t, path := &j.turn, rosterPath(name)
	for _, p := range t.past {
		if p != t.resumed {
			if err := j.closePast(p); err != nil {
				return nil, "", err
			}
		}
	}
	run := ledger.Run{
		ID: runID(j.now()), Scope: t.scope, File: j.file.File, Path: path, Digest: j.file.Digest, Sheet: j.file.Sheet, Header: j.file.Header,
		UserID: j.session.UserID, Profile: j.profile, Version: version(),
	}
	if t.resumed == nil {
		recorder, err := t.ledger.Begin(run, j.plan)
		return recorder, run.ID, err
	}
	run.ID = t.resumed.ID
	recorder, err := t.ledger.Resume(run, j.plan)
	return recorder, run.ID, err
}

// closePast ends a run for good. What it did not send is held.
func (j *job) closePast(p *pastRun) error {
	why := "a new run of the same roster was begun"
	switch {
	case p.Digest != j.file.Digest:
		why = "the roster has changed since"
	case !j.fresh && j.turn.resumed == nil:
		why = "the roster is read in another way now"
	}
	recorder, err := j.turn.ledger.Recover(p.ID)
	if err != nil {
		return err
	}
	held := 0
	for i, w := range p.rounds.open {
		if p.rounds.results[i].Outcome == executor.Held && len(w.done) == 0 {
			p.rounds.end(w, executor.Held, "not sent: "+why)
			held++
		}
	}
	p.rounds.keep = recorder.Keep
	if err := p.rounds.remember(p.rounds.ordered()); err != nil {
		return err
	}
	p.rounds.share()
	j.say("run %s is closed: %s; %s of it held", p.ID, why, count(held, "row"))
	return recorder.End(ledger.Closed, why, tally(p.rounds.results))
}

// rosterPath tells whether two runs read the same file; "-" is standard input.
func rosterPath(name string) string {
	if abs, err := filepath.Abs(name); err == nil && name != "-" {
		return abs
	}
	return name
}

// tally counts outcomes.
func tally(results []executor.Result) map[executor.Outcome]int {
	n := make(map[executor.Outcome]int)
	for i := range results {
		n[results[i].Outcome]++
	}
	return n
}

// tell prints a message about the run as a whole.
func (j *job) tell(format string, args ...any) {
	fmt.Fprintf(j.err, format+"\n", args...)
}
