package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
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

// load reads a run from the ledger, with one result for every row.
func (f *pastFlags) load(name string) (*ledger.Record, []executor.Result, error) {
	l, err := f.read()
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	found, err := l.Find(name)
	if err != nil {
		return nil, nil, err
	}
	rec, err := l.Load(found.ID)
	if err != nil {
		return nil, nil, err
	}
	return rec, run.Recorded(rec), nil
}

// table is how text is laid out on standard output.
func (f *pastFlags) table() report.TableOptions {
	return report.TableOptions{All: f.all, Width: width(f.out), Color: f.colour(f.noColor)}
}

// headOf is what reports say about a recorded run as a whole.
func headOf(r *ledger.Run) report.Head {
	return report.Head{
		File: r.File, Sheet: r.Sheet, Digest: r.Digest, Header: r.Header,
		Endpoint: r.Endpoint, ManagingCustomerID: r.ManagingCustomerID.String(), Run: r.ID,
	}
}

func showRun(f *pastFlags, name string) error {
	rec, results, err := f.load(name)
	if err != nil {
		return err
	}
	out := f.out
	if f.json() {
		past := newRunJSON(rec.Run)
		past.Counts = run.Tally(results)
		return shown(encode(out, map[string]any{"format_version": report.FormatVersion, "run": past, "calls": rec.Calls}))
	}
	if err := describe(rec).Write(out); err != nil {
		return shown(err)
	}
	run, err := report.New(headOf(&rec.Run), rec.Plan, results)
	if err != nil {
		return err
	}
	if err := run.Table(out, f.table()); err != nil {
		return shown(err)
	}
	return shown(run.Summary(out, f.table()))
}

// describe is what a person wants to know of a run before its rows.
func describe(rec *ledger.Record) *report.Table {
	t := &report.Table{Columns: []report.Column{{}, {}}}
	line := func(name, format string, args ...any) { t.Row(name, report.Visible(fmt.Sprintf(format, args...))) }
	line("run", "%s", rec.ID)
	line("roster", "%s (%s, %s)", rec.File, report.Plural(rec.Rows, "row"), rec.Digest)
	line("agency", "%s at %s", rec.ManagingCustomerID, rec.Endpoint)
	line("by", "user %s, profile %s, linkbatch %s", rec.UserID, rec.Profile, rec.Version)
	line("started", "%s UTC", minute(rec.Started))
	ended := stateWord(rec.State)
	if !rec.Ended.IsZero() {
		ended += " " + minute(rec.Ended) + " UTC"
	}
	if rec.Note != "" {
		ended += ": " + rec.Note
	}
	line("state", "%s", ended)
	if rec.Parts > 1 {
		line("parts", "%d (resumed %s)", rec.Parts, times(rec.Parts-1))
	}
	line("calls", "%d", rec.Calls)
	t.Row()
	return t
}

// times is "once", "twice" or "3 times".
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

func reportRun(cmd *cobra.Command, f *pastFlags, name string) error {
	for _, file := range f.reports {
		if err := report.Writable(file); err != nil {
			return usage("--%w", err)
		}
	}
	rec, results, err := f.load(name)
	if err != nil {
		return err
	}
	if err := notTheRoster(f.reports, rec.Path); err != nil {
		return &usageError{err: err}
	}
	return deliver(f.out, headOf(&rec.Run), rec.Plan, results, f.reports, f.json(), f.table())
}
