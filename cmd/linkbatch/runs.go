package main

import (
	"errors"
	"io/fs"

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
func (f *recordFlags) read() (*ledger.Ledger, error) { return f.existing(f.stateDir, ledger.Read) }

// existing opens the ledger of a state folder that has one.
func (a *app) existing(stateDir string, open func(dir string) (*ledger.Ledger, error)) (*ledger.Ledger, error) {
	dir, err := a.stateFolder(stateDir)
	if err != nil {
		return nil, err
	}
	l, err := open(dir)
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
does a run that was interrupted or stopped. One that is "not started" was stopped by
a guard, by the answer or by a failed sign-in before anything was sent.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return listRuns(&f) },
	}
	f.add(cmd.Flags())
	cmd.AddCommand(newPruneCommand(a))
	return cmd
}

func listRuns(f *recordFlags) error {
	var runs []ledger.Run
	var acts []ledger.Act
	l, err := f.read()
	if _, none := errors.AsType[*noLedgerError](err); err != nil && !none {
		return err
	} else if err == nil {
		defer l.Close()
		if runs, err = l.Runs(); err != nil {
			return err
		}
		if acts, err = l.Acts(); err != nil {
			return err
		}
	}
	if f.JSON() {
		return shown(report.WriteRunsJSON(f.out, runs, acts))
	}
	return shown(errors.Join(report.WriteRuns(f.out, runs, width(f.out)), report.WriteActs(f.out, acts)))
}
