package report

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
)

// WriteRuns lists recorded runs in the order given, one line each. width is that
// of the terminal in columns, 0 for anything else.
func WriteRuns(w io.Writer, runs []ledger.Run, width int) error {
	if len(runs) == 0 {
		_, err := fmt.Fprintln(w, "no runs yet")
		return err
	}
	t := Table{Width: width, Columns: []Column{
		{Name: "run"}, {Name: "started (UTC)"}, {Name: "state"}, {Name: "agency"}, {Name: "roster", Prose: true}, {Name: "rows", Right: true},
		{Name: "outcomes", Prose: true},
	}}
	for _, r := range runs {
		roster := r.File
		if what := purposeWords(r.Purpose); what != "" {
			roster += " (" + what + ")"
		}
		t.Row(r.ID, Minute(r.Started), stateWord(r.State), r.ManagingCustomerID.String(), Visible(roster), strconv.Itoa(r.Rows), outcomeWords(r.Outcomes))
	}
	return t.Write(w)
}

// WriteRunsJSON writes recorded runs, and what was done to the ledger itself, as
// one JSON object: format_version, runs and acts.
func WriteRunsJSON(w io.Writer, runs []ledger.Run, acts []ledger.Act) error {
	d := newDocument(w)
	d.field("format_version", FormatVersion)
	d.array("runs", len(runs), func(i int) any { return newRunJSON(&runs[i], runs[i].Outcomes) })
	d.array("acts", len(acts), func(i int) any { return newActJSON(&acts[i]) })
	return d.close()
}

// Past is a recorded run, as far as its record knows.
type Past struct {
	*Run
	record *ledger.Record
}

// NewPast is the report of a recorded run; the error is that of [New].
func NewPast(rec *ledger.Record, results []executor.Result) (*Past, error) {
	run, err := New(Head{
		File: rec.File, Sheet: rec.Sheet, Digest: rec.Digest, Header: rec.Header,
		Endpoint: rec.Endpoint, ManagingCustomerID: rec.ManagingCustomerID.String(), Run: rec.ID,
	}, rec.Plan, results)
	return &Past{run, rec}, err
}

// Show writes who ran it, when, and the outcome of each row.
func (p *Past) Show(w io.Writer, opts TableOptions) error {
	if err := p.describe().Write(w); err != nil {
		return err
	}
	if err := p.Table(w, opts); err != nil {
		return err
	}
	return p.Summary(w, opts)
}

// ShowJSON writes the same as one JSON object: format_version, run, calls, and
// results, one for each row with the columns of the report.
func (p *Past) ShowJSON(w io.Writer) error {
	d := newDocument(w)
	d.field("format_version", FormatVersion)
	outcomes := make(map[executor.Outcome]int)
	for i := range p.results {
		outcomes[p.results[i].Outcome]++
	}
	d.field("run", newRunJSON(&p.record.Run, outcomes))
	d.field("calls", p.record.Calls)
	d.array("results", len(p.results), func(i int) any { return p.layout.record(p.line(i)) })
	return d.close()
}

// describe is what a person wants to know of a run before its rows.
func (p *Past) describe() *Table {
	r := p.record
	t := &Table{Columns: []Column{{}, {}}}
	line := func(name, format string, args ...any) { t.Row(name, Visible(fmt.Sprintf(format, args...))) }
	line("run", "%s", r.ID)
	line("roster", "%s (%s, %s)", r.File, Plural(r.Rows-pruned(r.Plan.Steps), "row"), r.Digest)
	if what := purposeWords(r.Purpose); what != "" {
		line("purpose", "%s", what)
	}
	line("agency", "%s at %s", r.ManagingCustomerID, r.Endpoint)
	line("by", "user %s, profile %s, linkbatch %s", r.UserID, r.Profile, r.Version)
	line("started", "%s UTC", Minute(r.Started))
	ended := stateWord(r.State)
	if !r.Ended.IsZero() {
		ended += " " + Minute(r.Ended) + " UTC"
	}
	if r.Note != "" {
		ended += ": " + r.Note
	}
	line("state", "%s", ended)
	if r.Parts > 1 {
		line("parts", "%d (resumed %s)", r.Parts, times(r.Parts-1))
	}
	line("calls", "%d", r.Calls)
	t.Row()
	return t
}

// purposeWords say what a run was for, if not for its roster as a whole.
func purposeWords(p ledger.Purpose) string {
	var words []string
	if p.Undoes != "" {
		words = append(words, "undo of run "+p.Undoes)
	}
	if p.Retries != "" {
		words = append(words, "retry of run "+p.Retries)
	}
	if p.Part != "" {
		words = append(words, p.Part)
	}
	return strings.Join(words, ", ")
}

// runJSON is a recorded run as programs read it.
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
	Undoes             *string                  `json:"undoes"`
	Retries            *string                  `json:"retries"`
	Part               *string                  `json:"part"`
	UserID             string                   `json:"user_id"`
	Profile            string                   `json:"profile"`
	Version            string                   `json:"version"`
	Rows               int                      `json:"rows"`
	Counts             map[executor.Outcome]int `json:"counts"`
}

func newRunJSON(r *ledger.Run, outcomes map[executor.Outcome]int) runJSON {
	return runJSON{
		Run: r.ID, State: string(r.State), Note: blank(r.Note), Started: r.Started, Ended: blank(r.Ended), Parts: r.Parts,
		Endpoint: r.Endpoint, ManagingCustomerID: r.ManagingCustomerID.String(), File: r.File, Sheet: blank(r.Sheet), Digest: r.Digest,
		Undoes: blank(r.Undoes), Retries: blank(r.Retries), Part: blank(r.Part),
		UserID: r.UserID.String(), Profile: r.Profile, Version: r.Version, Rows: r.Rows, Counts: outcomes,
	}
}

// Minute is a time as tables show it, in UTC; the zero time is blank.
func Minute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// stateWord is a state as a person reads it.
func stateWord(s ledger.State) string {
	switch s {
	case ledger.Running:
		return "not ended"
	case ledger.NotStarted:
		return "not started"
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
