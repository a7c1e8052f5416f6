package report

import (
	"fmt"
	"io"
	"strings"

	"linkbatch/executor"
)

// Table writes the rows of a run as a table in roster order, with what happened
// to each: the rows that are neither done nor unchanged, or every row with
// opts.All. It writes nothing when there is no such row.
func (r *Run) Table(w io.Writer, opts TableOptions) error {
	opts = opts.once(r.sharedWarnings())
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

// Summary writes what a run came to: what a person does next about each row that
// is unknown, failed, refused or held, and last, where the eye is, the rows by
// outcome, in the order of [executor.Outcomes] and adding up to the rows. Rows to
// which many others are alike are listed by number together, and warnings of many
// rows said once. It lists 20 and counts the rest, unless opts.All.
func (r *Run) Summary(w io.Writer, opts TableOptions) error {
	opts = opts.once(r.sharedWarnings())
	counts := make(map[executor.Outcome]int)
	warned, repeats := 0, 0
	for i := range r.results {
		counts[r.results[i].Outcome]++
		if len(r.line(i).warnings()) > 0 {
			warned++
		}
		if r.plan.steps[i].SameAs >= 0 {
			repeats++
		}
	}
	var b strings.Builder
	if r.troubles(&b, opts) {
		b.WriteByte('\n')
	}
	if run := r.plan.head.Run; run != "" {
		fmt.Fprintf(&b, "run %s: ", Visible(run))
	}
	fmt.Fprintln(&b, countLine(len(r.results), executor.Outcomes, counts, func(o executor.Outcome, n int) string {
		return opts.paint(fmt.Sprintf("%d %s", n, o), outcomeColor(o))
	}))
	b.WriteString(dates(r.plan.dates))
	if warned > 0 {
		fmt.Fprintf(&b, "warnings: %s\n", Plural(warned, "row"))
		opts.sayOnce(&b)
	}
	b.WriteString(duplicates(repeats))
	b.WriteString(unnamed(r.plan.steps))
	_, err := io.WriteString(w, b.String())
	return err
}

// sharedWarnings are those that many rows of the run have.
func (r *Run) sharedWarnings() []sharedWarning {
	return sharedWarnings(len(r.results), func(i int) (int, []string) {
		l := r.line(i)
		return l.step.Row.Number, l.warnings()
	})
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
