package main

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"linkbatch/internal/flagvalue"
	"linkbatch/internal/ledger"
	"linkbatch/report"
)

// recordFlags are those of the commands that look into the ledger.
type recordFlags struct {
	*app
	stateDir string
	flagvalue.Output
}

func (f *recordFlags) add(fs *pflag.FlagSet) {
	fs.SortFlags = false
	addStateFlag(fs, &f.stateDir)
	f.Output.Add(fs)
}

// read opens the ledger to look into it.
func (f *recordFlags) read() (*ledger.Ledger, error) {
	dir, err := f.stateFolder(f.stateDir)
	if err != nil {
		return nil, err
	}
	l, err := ledger.Read(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &noLedgerError{dir}
	}
	return l, err
}

// noLedgerError is a state folder in which no run was recorded yet.
type noLedgerError struct{ dir string }

func (e *noLedgerError) Error() string { return e.dir + ": no run is recorded in this state folder" }

func newRunsCommand(a *app) *cobra.Command {
	f := recordFlags{app: a}
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "List the recorded runs, newest first",
		Long: `runs lists what apply has recorded in the state folder. A run shown as "not ended"
is still running, or its process died; apply on the same roster resumes it, as it
does a run that was interrupted or stopped.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return listRuns(&f) },
	}
	f.add(cmd.Flags())
	cmd.AddCommand(newPruneCommand(a))
	return cmd
}

func listRuns(f *recordFlags) error {
	var runs []ledger.Run
	l, err := f.read()
	if _, none := errors.AsType[*noLedgerError](err); err != nil && !none {
		return err
	} else if err == nil {
		defer l.Close()
		if runs, err = l.Runs(); err != nil {
			return err
		}
	}
	if f.JSON() {
		return shown(report.WriteRunsJSON(f.out, runs))
	}
	return shown(report.WriteRuns(f.out, runs, width(f.out)))
}

func newPruneCommand(a *app) *cobra.Command {
	f := recordFlags{app: a}
	var olderThan flagvalue.Span
	cmd := &cobra.Command{
		Use:   "prune --older-than AGE",
		Short: "Delete old runs from the ledger",
		Long: `prune deletes from the ledger the runs that ended longer ago than --older-than,
and everything recorded about their rows: their reports cannot be written again,
and history no longer shows them. A run with rows that may still be in flight is
kept.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("older-than") {
				return usage("--older-than is missing: give the age of the runs to delete, such as --older-than 400d")
			}
			dir, err := f.stateFolder(f.stateDir)
			if err != nil {
				return err
			}
			l, err := ledger.Open(dir)
			if err != nil {
				return err
			}
			defer l.Close()
			pruned, err := l.Prune(ledger.Retention{Before: a.now().Add(-time.Duration(olderThan))}, ledger.Actor{})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.out, "%s deleted\n", report.Plural(len(pruned), "run"))
			return shown(err)
		},
	}
	addStateFlag(cmd.Flags(), &f.stateDir)
	cmd.Flags().Var(&olderThan, "older-than", "`DURATION` since the end of the runs to delete, such as 90d or 36h")
	return cmd
}
