package main

import (
	"fmt"
	"iter"

	"github.com/spf13/cobra"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/flagvalue"
	"linkbatch/internal/ledger"
	"linkbatch/internal/run"
	"linkbatch/report"
)

// retryFlags are those of retry beside those of a job.
type retryFlags struct {
	job
	only flagvalue.Words
}

func newRetryCommand(a *app) *cobra.Command {
	f := retryFlags{job: job{serviceFlags: serviceFlags{app: a}}}
	var yes, dryRun bool
	cmd := &cobra.Command{
		Use:   "retry RUN",
		Short: "Try again what a run could not do",
		Long: `retry takes the rows of a run that were refused, failed, unknown, blocked or held
out of the ledger, plans them anew, and asks, executes and reports as apply does.
The roster is not needed; the rows are as the run has read them, with their
numbers. RUN is its name, an unambiguous beginning of it, or "last".

--only names the outcomes to try again. Rows that were invalid have to be fixed in
the roster first. A run that is not finished is resumed by applying its roster,
not tried again. A retry is a run of its own.

` + exitHelp,
		Args: oneArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			if dryRun {
				return runPlan(cmd.Context(), &f.job, f.open(args[0]), false)
			}
			return runApply(cmd.Context(), &f.job, f.open(args[0]), yes)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	f.cmd = cmd
	f.only = flagvalue.SomeOf(outcomeWords(run.Retriable)...)
	fs.Var(&f.only, "only", "try again only rows with these outcomes: a `LIST` of refused, failed, unknown, blocked and held (default: all of them)")
	f.serviceFlags.addSignIn(fs)
	f.addWorld(fs)
	f.addCalls(fs)
	f.addReinvite(fs)
	f.roster.addZone(fs)
	f.roster.addPayer(fs)
	f.roster.addSuppress(fs)
	f.roster.output.Add(fs)
	f.guards.addLimits(fs)
	f.addRun(fs, &yes, &dryRun)
	f.addShown(fs)
	return cmd
}

func outcomeWords(outcomes []executor.Outcome) []string {
	words := make([]string, len(outcomes))
	for i, o := range outcomes {
		words[i] = string(o)
	}
	return words
}

// open opens what a run has left to do.
func (f *retryFlags) open(name string) opener {
	return func(j *job) (*source, error) {
		rec, err := j.openFormer(name)
		if err != nil {
			return nil, err
		}
		if err := retriable(&rec.Run); err != nil {
			return nil, err
		}
		if err := j.notTheInput(rec.Path); err != nil {
			return nil, err
		}
		outcomes, purpose := run.Retriable, ledger.Purpose{Retries: rec.ID}
		if len(f.only.Values) > 0 {
			outcomes, purpose.Part = nil, "--only "+f.only.String()
			for _, word := range f.only.Values {
				outcomes = append(outcomes, executor.Outcome(word))
			}
		}
		rows, others, pruned := run.Again(rec, outcomes)
		return &source{
			name: rec.File, path: rec.Path, sheet: rec.Sheet, digest: rec.Digest, header: rec.Header,
			rows: readBefore(rows), skipped: func() []ingest.Protected { return others }, close: func() {},
			mention: func() { j.mentionRetry(rec, len(others), pruned) }, purpose: purpose, former: &formerRun{Record: rec},
		}, nil
	}
}

// readBefore gives rows that were read before.
func readBefore(rows []ingest.Row) iter.Seq2[ingest.Row, error] {
	return func(yield func(ingest.Row, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// mentionRetry says what of the run is not tried again.
func (j *job) mentionRetry(rec *ledger.Record, others, pruned int) {
	if others > 0 {
		j.say("left out: %s of run %s", report.Plural(others, "row"), rec.ID)
	}
	if pruned > 0 {
		j.say("left out: %s that no row names (--prune): apply the roster again", report.Plural(pruned, "link"))
	}
}

// retriable refuses a run whose rows cannot be tried again.
func retriable(r *ledger.Run) error {
	if err := unfinished(r); err != nil {
		return err
	}
	if r.Undoes != "" {
		return &formerRunError{
			fmt.Sprintf("run %s is an undo, of run %s; nothing was changed", r.ID, r.Undoes),
			"take back what is left, which checks again who has changed what: linkbatch undo " + r.Undoes,
		}
	}
	return nil
}
