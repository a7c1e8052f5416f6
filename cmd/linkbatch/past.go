package main

import (
	"strings"

	"github.com/spf13/cobra"

	"linkbatch/internal/msads"
	"linkbatch/internal/run"
	"linkbatch/report"
)

// pastFlags are those of show and report.
type pastFlags struct {
	recordFlags
	reports []string
	all     bool
	noColor bool
}

func (f *pastFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	f.recordFlags.add(fs)
	fs.BoolVar(&f.all, "all", false, "show every row")
	addNoColor(fs, &f.noColor)
}

func newShowCommand(a *app) *cobra.Command {
	f := pastFlags{recordFlags: recordFlags{app: a}}
	cmd := &cobra.Command{
		Use:   "show RUN",
		Short: "Show one run: who ran it, when, and the outcome of each row",
		Long: `show prints what is recorded about a run: when it started and how it ended, who
ran it and with which version, and the outcome of each row. RUN is its name, an
unambiguous beginning of it, or "last".`,
		Args: oneArgument,
		RunE: func(cmd *cobra.Command, args []string) error { return showRun(&f, args[0]) },
	}
	f.add(cmd)
	return cmd
}

func newReportCommand(a *app) *cobra.Command {
	f := pastFlags{recordFlags: recordFlags{app: a}}
	cmd := &cobra.Command{
		Use:   "report RUN",
		Short: "Write a run's report again",
		Long: `report writes the report of any recorded run, exactly as apply wrote it: to the
files that --report names, otherwise to standard output. RUN is its name, an
unambiguous beginning of it, or "last". Rows that were in flight when the process
of a run died are unknown until apply resumes it.`,
		Args: oneArgument,
		RunE: func(cmd *cobra.Command, args []string) error { return reportRun(cmd, &f, args[0]) },
	}
	f.add(cmd)
	cmd.Flags().StringArrayVar(&f.reports, "report", nil, "write the result of every row to `FILE` (.csv, .xlsx or .jsonl; repeatable)")
	return cmd
}

// load reads a run from the ledger, and where its roster was.
func (f *pastFlags) load(name string) (past *report.Past, roster string, err error) {
	l, err := f.read()
	if err != nil {
		return nil, "", err
	}
	defer l.Close()
	found, err := l.Find(name)
	if err != nil {
		return nil, "", err
	}
	rec, err := l.Load(found.ID)
	if err != nil {
		return nil, "", err
	}
	past, err = report.NewPast(rec, run.Recorded(rec))
	return past, rec.Path, err
}

// table is how text is laid out on standard output.
func (f *pastFlags) table() report.TableOptions {
	return report.TableOptions{All: f.all, Width: width(f.out), Color: f.colour(f.noColor)}
}

func showRun(f *pastFlags, name string) error {
	past, _, err := f.load(name)
	if err != nil {
		return err
	}
	if f.JSON() {
		return shown(past.ShowJSON(f.out))
	}
	return shown(past.Show(f.out, f.table()))
}

func reportRun(cmd *cobra.Command, f *pastFlags, name string) error {
	for _, file := range f.reports {
		if err := report.Writable(file); err != nil {
			return usage("--%w", err)
		}
	}
	past, roster, err := f.load(name)
	if err != nil {
		return err
	}
	if err := notTheRoster("--report", f.reports, roster); err != nil {
		return &usageError{err: err}
	}
	return f.deliver(past.Run, f.reports, f.JSON(), f.table())
}

func newHistoryCommand(a *app) *cobra.Command {
	f := recordFlags{app: a}
	cmd := &cobra.Command{
		Use:   "history ACCOUNT",
		Short: "Show everything recorded about an account",
		Long: `history prints every decision, call, reply and status recorded about an account or
customer, oldest first. The service itself keeps only the latest link. ACCOUNT is
an id (whole number) or a number (X1234567).`,
		Args: oneArgument,
		RunE: func(_ *cobra.Command, args []string) error { return runHistory(&f, args[0]) },
	}
	f.add(cmd.Flags())
	return cmd
}

func runHistory(f *recordFlags, account string) error {
	l, err := f.read()
	if err != nil {
		return err
	}
	defer l.Close()
	id, number := identifiersOf(account)
	events, err := l.History(id, number)
	if err != nil {
		return err
	}
	if f.JSON() {
		return shown(report.WriteHistoryJSON(f.out, account, events))
	}
	return shown(report.WriteHistory(f.out, account, events, width(f.out)))
}

// identifiersOf reads an id or a number. Most numbers have letters; one of digits
// alone is looked up as both.
func identifiersOf(s string) (msads.ID, string) {
	number := strings.ToUpper(strings.TrimSpace(s))
	id, err := msads.ParseID(number)
	if err != nil {
		id = 0
	}
	return id, number
}
