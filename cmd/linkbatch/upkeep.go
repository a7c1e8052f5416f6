package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"linkbatch/internal/flagvalue"
	"linkbatch/internal/ledger"
	"linkbatch/internal/redact"
	"linkbatch/report"
)

// upkeepFlags are those of the commands that change the ledger itself. They ask
// first, and each leaves a record in it.
type upkeepFlags struct {
	*app
	stateDir    string
	reason      string
	yes, dryRun bool
}

func (f *upkeepFlags) add(fs *pflag.FlagSet) {
	fs.SortFlags = false
	addStateFlag(fs, &f.stateDir)
	fs.StringVar(&f.reason, "reason", "", "`TEXT` to record with it, such as a ticket")
	fs.BoolVar(&f.yes, "yes", false, "do not ask before changing anything")
}

func (f *upkeepFlags) addDryRun(fs *pflag.FlagSet) {
	fs.BoolVar(&f.dryRun, "dry-run", false, "show what would be deleted and change nothing")
}

// look opens the ledger to see what would be changed.
func (f *upkeepFlags) look(do func(*ledger.Ledger) error) error {
	l, err := f.existing(f.stateDir, ledger.Read)
	if err != nil {
		return err
	}
	return errors.Join(do(l), l.Close())
}

// change opens the ledger to change it.
func (f *upkeepFlags) change(do func(*ledger.Ledger) error) error {
	l, err := f.existing(f.stateDir, ledger.OpenExisting)
	if err != nil {
		return err
	}
	return errors.Join(do(l), l.Close())
}

// confirm asks, unless --yes has answered.
func (f *upkeepFlags) confirm(ctx context.Context, question string) error {
	if f.yes {
		return nil
	}
	text, want := report.Yes(question)
	return f.agree(ctx, text, want, "add --yes")
}

// actor is who runs a command on this machine, and how. Secrets never come in
// flags; what looks like one, or like an e-mail address, is not recorded.
func (f *upkeepFlags) actor(cmd *cobra.Command, args []string) ledger.Actor {
	line := append([]string{cmd.CommandPath()}, args...)
	cmd.Flags().Visit(func(flag *pflag.Flag) { line = append(line, fmt.Sprintf("--%s=%s", flag.Name, flag.Value)) })
	user, host := f.who()
	user, _, _ = strings.Cut(user, "@")
	return ledger.Actor{OSUser: user, Host: host, Command: redact.Text(strings.Join(line, " ")), Reason: redact.Text(f.reason)}
}

func newPruneCommand(a *app) *cobra.Command {
	f := upkeepFlags{app: a}
	var olderThan flagvalue.Span
	var keep flagvalue.Number
	cmd := &cobra.Command{
		Use:   "prune --older-than DURATION",
		Short: "Delete old runs from the ledger",
		Long: `prune deletes the runs that ended longer ago than --older-than, and everything
recorded of their rows: their reports cannot be written again, and history no
longer shows them. Runs whose rows may still be in flight are kept, and so are
the newest --keep runs of each roster. What was deleted, when and by whom stays
in the ledger; linkbatch runs shows it.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("older-than") {
				return usage("--older-than is missing: pass the age of the runs to delete, such as --older-than 400d")
			}
			return runPrune(cmd, &f, ledger.Retention{Before: a.now().Add(-time.Duration(olderThan)), Keep: keep.Value})
		},
	}
	f.add(cmd.Flags())
	f.addDryRun(cmd.Flags())
	cmd.Flags().Var(&olderThan, "older-than", "`DURATION` since the end of the runs to delete, such as 90d or 36h")
	cmd.Flags().Var(&keep, "keep", "`N` newest runs of each roster to keep, however old (default 0)")
	return cmd
}

func runPrune(cmd *cobra.Command, f *upkeepFlags, r ledger.Retention) error {
	var runs []ledger.Run
	err := f.look(func(l *ledger.Ledger) (err error) {
		runs, err = l.Prunable(r)
		return err
	})
	if err != nil {
		return err
	}
	if len(runs) == 0 {
		_, err := fmt.Fprintln(f.out, "no runs to delete")
		return shown(err)
	}
	if err := report.WriteRuns(f.out, runs, width(f.out)); err != nil {
		return shown(err)
	}
	if f.dryRun {
		_, err := fmt.Fprintf(f.out, "%s would be deleted\n", report.Plural(len(runs), "run"))
		return shown(err)
	}
	if err := f.confirm(cmd.Context(), fmt.Sprintf("About to delete %s from the ledger. Their reports cannot be written again.", report.Plural(len(runs), "run"))); err != nil {
		return err
	}
	err = f.change(func(l *ledger.Ledger) (err error) {
		runs, err = l.Prune(r, f.actor(cmd, nil))
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f.out, "%s deleted\n", report.Plural(len(runs), "run"))
	return shown(err)
}

func newForgetCommand(a *app) *cobra.Command {
	f := upkeepFlags{app: a}
	cmd := &cobra.Command{
		Use:   "forget ACCOUNT",
		Short: "Erase everything recorded about an account",
		Long: `forget erases what the ledger holds of an account or customer: the cells of its
rows, its identifiers and names, what was decided, sent and answered. Each row
keeps its number, op and outcome, so that the counts of its run stay right. That
something was erased stays recorded, without the account. ACCOUNT is an id (whole
number) or a number (X1234567).

A run with the account that can still be resumed must be finished first. A later
run whose roster names the account records it again. Reports and backups that
were written before still have it.`,
		Args: oneArgument,
		RunE: func(cmd *cobra.Command, args []string) error { return runForget(cmd, &f, args[0]) },
	}
	f.add(cmd.Flags())
	f.addDryRun(cmd.Flags())
	return cmd
}

func runForget(cmd *cobra.Command, f *upkeepFlags, account string) error {
	id, number := identifiersOf(account)
	var runs []ledger.Run
	var rows int
	err := f.look(func(l *ledger.Ledger) (err error) {
		runs, rows, err = l.Mentions(id, number)
		return err
	})
	if err != nil {
		return err
	}
	what := func() string {
		return fmt.Sprintf("%s of %s", report.Plural(rows, "row"), report.Plural(len(runs), "run"))
	}
	switch {
	case rows == 0:
		_, err := fmt.Fprintf(f.out, "nothing is recorded about account %s\n", report.Visible(account))
		return shown(err)
	case f.dryRun:
		_, err := fmt.Fprintf(f.out, "%s would be erased\n", what())
		return shown(err)
	}
	if err := f.confirm(cmd.Context(), fmt.Sprintf("About to erase account %s from %s. This cannot be undone.", report.Visible(account), what())); err != nil {
		return err
	}
	err = f.change(func(l *ledger.Ledger) error {
		_, rows, err = l.Forget(id, number, f.actor(cmd, []string{account}))
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f.out, "%s erased\n", what())
	return shown(err)
}

func newStateCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "state",
		Short: "Back up or restore the ledger",
		Args:  unknownCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newBackupCommand(a), newRestoreCommand(a))
	return cmd
}

func newBackupCommand(a *app) *cobra.Command {
	f := upkeepFlags{app: a}
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write a copy of the ledger",
		Long: `backup writes a copy of the ledger to FILE, as it is at one moment, even while a
run is in progress. It holds the cells of the rosters, as the ledger does, and no
credentials. FILE is replaced if it is an earlier copy, and never if it is
anything else.`,
		Args: oneArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			var runs []ledger.Run
			err := f.look(func(l *ledger.Ledger) (err error) {
				if err := l.Backup(args[0]); err != nil {
					return err
				}
				runs, err = l.Runs()
				return err
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.out, "backed up %s to %s\n", report.Plural(len(runs), "run"), args[0])
			return shown(err)
		},
	}
	addStateFlag(cmd.Flags(), &f.stateDir)
	return cmd
}

// copyError is a copy of a ledger that cannot be restored.
type copyError struct{ err error }

func (e *copyError) Error() string { return e.err.Error() }
func (e *copyError) Unwrap() error { return e.err }

func newRestoreCommand(a *app) *cobra.Command {
	f := upkeepFlags{app: a}
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Make a copy of the ledger the ledger",
		Long: `restore checks FILE, which linkbatch state backup has written, and makes it the
ledger of the state folder. A ledger that is there is renamed and not deleted.
What runs did after the copy was made is not in it: linkbatch plan shows the
current links, and apply plans from those.`,
		Args: oneArgument,
		RunE: func(cmd *cobra.Command, args []string) error { return runRestore(cmd, &f, args[0]) },
	}
	f.add(cmd.Flags())
	return cmd
}

func runRestore(cmd *cobra.Command, f *upkeepFlags, name string) error {
	dir, err := f.stateFolder(f.stateDir)
	if err != nil {
		return err
	}
	if err := f.confirm(cmd.Context(), fmt.Sprintf("About to make %s the ledger of %s.", name, dir)); err != nil {
		return err
	}
	done, err := ledger.Restore(dir, name, f.actor(cmd, []string{name}))
	if e, ok := errors.AsType[*ledger.Error](err); ok && e.Path == name {
		return &copyError{err}
	}
	if done.Replaced != "" {
		f.say("the ledger before is now %s", filepath.Base(done.Replaced))
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f.out, "restored %s from %s\n", report.Plural(done.Runs, "run"), name)
	return shown(err)
}
