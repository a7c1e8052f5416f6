package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/report"
)

// recordFlags are those of the commands that look into the ledger.
type recordFlags struct {
	*app
	stateDir string
	output
}

func (f *recordFlags) add(fs *pflag.FlagSet) {
	fs.SortFlags = false
	addStateFlag(fs, &f.stateDir)
	f.output.add(fs)
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
	out := f.out
	if f.json() {
		list := make([]runJSON, len(runs))
		for i, r := range runs {
			list[i] = newRunJSON(r)
		}
		return shown(encode(out, map[string]any{"format_version": report.FormatVersion, "runs": list}))
	}
	if len(runs) == 0 {
		_, err := fmt.Fprintln(out, "no runs yet")
		return shown(err)
	}
	t := report.Table{Width: width(out), Columns: []report.Column{
		{Name: "run"}, {Name: "started (UTC)"}, {Name: "state"}, {Name: "agency"}, {Name: "roster", Prose: true}, {Name: "rows", Right: true},
		{Name: "outcomes", Prose: true},
	}}
	for _, r := range runs {
		t.Row(r.ID, minute(r.Started), stateWord(r.State), r.ManagingCustomerID.String(), report.Visible(r.File), strconv.Itoa(r.Rows), outcomeWords(r.Outcomes))
	}
	return shown(t.Write(out))
}

func newPruneCommand(a *app) *cobra.Command {
	f := recordFlags{app: a}
	var olderThan span
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
			n, err := l.Prune(a.now().Add(-time.Duration(olderThan)))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.out, "%s deleted\n", report.Plural(n, "run"))
			return shown(err)
		},
	}
	addStateFlag(cmd.Flags(), &f.stateDir)
	cmd.Flags().Var(&olderThan, "older-than", "`DURATION` since the end of the runs to delete, such as 90d or 36h")
	return cmd
}

// runJSON is a run as programs read it.
type runJSON struct {
	Run                string                   `json:"run"`
	State              string                   `json:"state"`
	Note               *string                  `json:"note"`
	Started            time.Time                `json:"started"`
	Ended              *time.Time               `json:"ended"`
	Parts              int                      `json:"parts"`
	Endpoint           string                   `json:"endpoint"`
	ManagingCustomerID string                   `json:"managing_customer_id"`
	File               string                   `json:"file"`
	Sheet              *string                  `json:"sheet"`
	Digest             string                   `json:"digest"`
	UserID             string                   `json:"user_id"`
	Profile            string                   `json:"profile"`
	Version            string                   `json:"version"`
	Rows               int                      `json:"rows"`
	Counts             map[executor.Outcome]int `json:"counts"`
}

func newRunJSON(r ledger.Run) runJSON {
	j := runJSON{
		Run: r.ID, State: string(r.State), Started: r.Started, Parts: r.Parts, Endpoint: r.Endpoint,
		ManagingCustomerID: r.ManagingCustomerID.String(), File: r.File, Digest: r.Digest, UserID: r.UserID.String(),
		Profile: r.Profile, Version: r.Version, Rows: r.Rows, Counts: r.Outcomes,
	}
	if r.Note != "" {
		j.Note = &r.Note
	}
	if r.Sheet != "" {
		j.Sheet = &r.Sheet
	}
	if !r.Ended.IsZero() {
		j.Ended = &r.Ended
	}
	return j
}

// minute is a time as tables show it; the zero time is blank.
func minute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// stateWord is a state as a person reads it.
func stateWord(s ledger.State) string {
	if s == ledger.Running {
		return "not ended"
	}
	return string(s)
}

// outcomeWords are counts by outcome, the worst first.
func outcomeWords(counts map[executor.Outcome]int) string {
	var words []string
	for _, o := range executor.Outcomes {
		if n := counts[o]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, o))
		}
	}
	return cmp.Or(strings.Join(words, ", "), "-")
}
