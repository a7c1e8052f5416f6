package main

import (
	"cmp"
	"fmt"
	"iter"

	"github.com/spf13/cobra"

	"linkbatch/ingest"
	"linkbatch/internal/flagvalue"
	"linkbatch/internal/ledger"
	"linkbatch/internal/part"
	"linkbatch/internal/run"
	"linkbatch/internal/undo"
	"linkbatch/report"
)

// undoFlags are those of undo beside those of a job.
type undoFlags struct {
	job
	rows part.Numbers
	file string // for the roster; empty = carry it out
}

func newUndoCommand(a *app) *cobra.Command {
	f := undoFlags{job: job{serviceFlags: serviceFlags{app: a}}}
	var yes, dryRun bool
	cmd := &cobra.Command{
		Use:   "undo RUN",
		Short: "Take back what a run did, where that is possible",
		Long: `undo takes back what one run did and nobody has changed since. RUN is its name, an
unambiguous beginning of it, or "last". It searches the links as they are now,
plans, asks and reports as apply does, and is a run of its own.

An invitation that is still pending is cancelled. A link that was cancelled or
unlinked is invited again on its former terms: who pays, name, note, customer
number and permission, and the start date if that is to come. An invitation that
the client has answered, an accept and a decline cannot be taken back.

Not undone are the e-mails that were sent. A link that was unlinked comes back as
an invitation, which the client must accept; until then the account cannot be
managed, and its ads may have paused.

A link that somebody else or a later run has changed since is blocked, and the
reason says so. A run that was interrupted is closed: apply plans its roster anew.
Applying the same roster again does again what undo has taken back.

--row takes back some rows only, by their numbers in the roster. -o writes the way
back as a roster, for apply, and changes nothing. --max-unlinks is as many as the
run has invited, unless it is given.

` + exitHelp,
		Args: oneArgument,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0], yes, dryRun) },
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	f.cmd = cmd
	fs.Var(&f.rows, "row", "take back only the rows with these numbers in the roster, such as 12 or 6-20: `ROWS` (repeatable)")
	fs.StringVarP(&f.file, "out", "o", "", "write the way back to `FILE` (.csv or .xlsx) as a roster, and change nothing")
	f.serviceFlags.addSignIn(fs)
	f.addWorld(fs)
	f.addCalls(fs)
	f.roster.addSuppress(fs)
	f.roster.output.Add(fs)
	f.guards.addLimits(fs)
	f.addRun(fs, &yes, &dryRun)
	f.addShown(fs)
	return cmd
}

func (f *undoFlags) run(cmd *cobra.Command, name string, yes, dryRun bool) error {
	if f.file != "" {
		if err := report.RosterWritable(f.file); err != nil {
			return usage("--out %q: %w", f.file, err)
		}
	}
	if dryRun || f.file != "" {
		return runPlan(cmd.Context(), &f.job, f.open(name), false)
	}
	return runApply(cmd.Context(), &f.job, f.open(name), yes)
}

// open opens the way back from a run.
func (f *undoFlags) open(name string) opener {
	return func(j *job) (*source, error) {
		rec, err := j.openFormer(name)
		if err != nil {
			return nil, err
		}
		if err := undoable(&rec.Run); err != nil {
			return nil, err
		}
		if err := j.notTheInput(rec.Path); err != nil {
			return nil, err
		}
		if err := notTheRoster("--out", []string{f.file}, rec.Path); err != nil {
			return nil, &usageError{err: err}
		}
		back, err := undo.Of(run.Deeds(rec), &f.rows, j.now())
		if err != nil {
			return nil, usage("--row: %w", err)
		}
		j.allowCancels(back.Cancels())
		former := &formerRun{Record: rec}
		s := &source{
			name: rec.File, path: rec.Path, sheet: rec.Sheet, digest: rec.Digest, header: undo.Columns(),
			rows: f.way(j, former), mention: func() {}, close: func() {},
			purpose: ledger.Purpose{Undoes: rec.ID}, former: former,
		}
		if f.rows.Any() {
			s.purpose.Part = "--row " + f.rows.String()
		}
		return s, nil
	}
}

// way gives the rows of the way back, as the ledger has the run once its turn has
// come: what was in flight when it was interrupted is settled then.
func (f *undoFlags) way(j *job, former *formerRun) iter.Seq2[ingest.Row, error] {
	return func(yield func(ingest.Row, error) bool) {
		rec, err := j.ledger.Load(former.ID)
		if err != nil {
			yield(ingest.Row{}, err)
			return
		}
		back, err := undo.Of(run.Deeds(rec), &f.rows, j.planner.Now)
		if err != nil {
			yield(ingest.Row{}, err)
			return
		}
		former.Record = rec
		former.meet = func(sent func(int) bool) error { return j.meetUndo(back, rec, sent) }
		if f.file != "" {
			former.save = func() error { return f.write(j, back) }
		}
		back.Rows()(yield)
	}
}

// meetUndo blocks what is not as the run has left it, and says what is not undone.
func (j *job) meetUndo(back *undo.Undo, rec *ledger.Record, sent func(int) bool) error {
	later, err := j.ledger.Recent(j.scope, rec.Started)
	if err != nil {
		return err
	}
	back.Meet(j.plan, later, rec.Ended, sent)
	if n := back.Left(); n > 0 {
		j.say("left out: %s that run %s did not change", report.Plural(n, "row"), rec.ID)
	}
	for _, sentence := range back.Remains(j.plan) {
		j.say("not undone: %s", sentence)
	}
	return nil
}

// undoable refuses a run that cannot be taken back as a whole. One that was
// interrupted or stopped can be, as far as it came.
func undoable(r *ledger.Run) error {
	switch {
	case r.State == ledger.Running, r.State == ledger.NotStarted:
		return unfinished(r)
	case r.Undoes != "":
		return &formerRunError{
			fmt.Sprintf("run %s is itself an undo, of run %s; nothing was changed", r.ID, r.Undoes),
			"to do again what it has taken back, apply the roster again: linkbatch apply " + cmp.Or(r.File, "ROSTER"),
		}
	}
	return nil
}

// allowCancels lets an undo cancel as many invitations as the run has made, unless
// a limit is set somewhere.
func (j *job) allowCancels(n int) {
	if j.settings.origins["max-unlinks"] == "" && j.guards.maxUnlinks.N < n {
		j.guards.maxUnlinks = flagvalue.Share{N: n}
	}
}

// write writes the way back as a roster.
func (f *undoFlags) write(j *job, back *undo.Undo) error {
	rows := back.Roster(j.plan)
	roster := report.Roster{Sheet: "Undo", Names: undo.RosterColumns(), Rows: len(rows), Cells: func(i int) []string { return rows[i] }}
	if err := roster.File(f.file); err != nil {
		return fmt.Errorf("--out %q: %w", f.file, err)
	}
	j.say("wrote the way back to %s: linkbatch apply %s", f.file, f.file)
	return nil
}
