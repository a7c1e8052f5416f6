package report

import (
	"fmt"
	"io"
	"strings"

	"linkbatch/executor"
	"linkbatch/internal/msads"
)

// Table writes the rows of a run as a table in roster order, with what happened
// to each: the rows that are neither done nor unchanged, or every row with
// opts.All. It writes nothing when there is no such row.
func (r *Run) Table(w io.Writer, opts TableOptions) error {
	g := newGrid(resultColumns)
	each := func(do func(cells []string) error) error {
		for i := range r.results {
			outcome := r.results[i].Outcome
			if quiet(outcome) && !opts.All {
				continue
			}
			if err := do(opts.resultCells(r.line(i))); err != nil {
				return err
			}
		}
		return nil
	}
	if err := each(func(cells []string) error { g.measure(cells); return nil }); err != nil {
		return err
	}
	g.fit(opts.Width)
	if err := each(func(cells []string) error { return g.add(w, cells) }); err != nil {
		return err
	}
	return g.flush(w)
}

// quiet reports whether a row of an outcome needs nobody's attention.
func quiet(outcome executor.Outcome) bool {
	return outcome == executor.Done || outcome == executor.Unchanged || outcome == executor.Scheduled
}

var resultColumns = []Column{
	{Name: "row", Right: true}, {Name: "account"}, {Name: "client", Prose: true}, {Name: "op"}, {Name: "outcome"}, {Name: "status"},
	{Name: "reason", Prose: true},
}

// resultCells is a row of the table. The status is the newest that a search saw.
func (o TableOptions) resultCells(l line) []string {
	status := l.result.StatusAfter
	if status == "" {
		status = l.step.Before.Status
	}
	outcome := l.result.Outcome
	return []string{
		rowNumber(l.step), o.stacked(l.step), clientName(l.step, l.entityName()), joinOps(l.ops()),
		o.paint(string(outcome), outcomeColor(outcome)), Visible(string(status)), o.why(l.reason(), l.warnings()),
	}
}

// summaryRows is how many rows a summary lists; the report has them all.
const summaryRows = 20

// Summary writes what a run came to: the rows by outcome, in the order of
// [executor.Outcomes] and adding up to the rows, then what a person does next
// about each row that is unknown, failed, refused or held. It lists 20 of them
// and counts the rest, unless opts.All.
func (r *Run) Summary(w io.Writer, opts TableOptions) error {
	counts := make(map[executor.Outcome]int)
	warned := 0
	for i := range r.results {
		counts[r.results[i].Outcome]++
		if len(r.line(i).warnings()) > 0 {
			warned++
		}
	}
	var b strings.Builder
	if run := r.plan.head.Run; run != "" {
		fmt.Fprintf(&b, "run %s: ", Visible(run))
	}
	fmt.Fprintln(&b, countLine(len(r.results), executor.Outcomes, counts, func(o executor.Outcome, n int) string {
		return opts.paint(fmt.Sprintf("%d %s", n, o), outcomeColor(o))
	}))
	b.WriteString(dates(r.plan.dates))
	if warned > 0 {
		fmt.Fprintf(&b, "warnings: %s\n", Plural(warned, "row"))
	}
	r.troubles(&b, counts, opts)
	_, err := io.WriteString(w, b.String())
	return err
}

// troubles lists the rows that a person must look at, the worst first.
func (r *Run) troubles(b *strings.Builder, counts map[executor.Outcome]int, o TableOptions) {
	shown, total := 0, 0
	for _, outcome := range []executor.Outcome{executor.Unknown, executor.Failed, executor.Refused, executor.Held} {
		total += counts[outcome]
		for i := range r.results {
			if r.results[i].Outcome == outcome && (o.All || shown < summaryRows) {
				shown++
				o.trouble(b, r.line(i))
			}
		}
	}
	if more := total - shown; more > 0 {
		fmt.Fprintf(b, "\n… and %d more (use --all or --report)\n", more)
	}
}

// trouble is one row: place, account and reason, then the service's words
// unless the reason has them, the next step and the tracking id.
func (o TableOptions) trouble(b *strings.Builder, l line) {
	var name []string
	for _, part := range []string{place(l.step), accountText(l.step), clientName(l.step, l.entityName())} {
		if part != "" {
			name = append(name, part)
		}
	}
	outcome := string(l.result.Outcome)
	fmt.Fprintf(b, "\n%s  %s\n", o.paint(outcome, outcomeColor(l.result.Outcome)), strings.Join(name, ", "))
	reason := l.reason()
	o.indented(b, "", reason)
	if !strings.Contains(reason, joinErrors(l.result.Errors, errorText)) {
		o.indented(b, "service: ", joinErrors(l.result.Errors, func(e msads.OperationError) string {
			return errorCode(e) + " " + errorText(e)
		}))
	}
	o.indented(b, "next: ", l.result.NextStep)
	o.indented(b, "tracking id: ", l.result.TrackingID)
}

// indented writes a paragraph under a row; nothing for an empty one.
func (o TableOptions) indented(b *strings.Builder, label, s string) {
	const indent = "  "
	if s = Visible(s); s == "" {
		return
	}
	s = label + s
	if o.Width > 0 {
		s = wrap(s, max(o.Width-len(indent), 2*gridWord))
	}
	for part := range strings.SplitSeq(s, "\n") {
		b.WriteString(strings.TrimRight(indent+part, " ") + "\n")
	}
}
