package report

import (
	"fmt"
	"strings"

	"linkbatch/executor"
	"linkbatch/internal/msads"
)

// summaryRows is how many rows or groups of them a summary lists; the report has
// every row.
const summaryRows = 20

// troubleGroup is rows with one outcome that need the same done about them.
type troubleGroup struct {
	lines []line
	alike bool // all of them say the very same
}

// troubles lists what a person must look at, the worst first, and reports whether
// there was anything.
func (r *Run) troubles(b *strings.Builder, o TableOptions) bool {
	groups := r.troubleGroups(o)
	more := 0
	for i, g := range groups {
		if i < summaryRows || o.All {
			o.trouble(b, g)
		} else {
			more += len(g.lines)
		}
	}
	if more > 0 {
		fmt.Fprintf(b, "\n… and %d more (use --all or --report)\n", more)
	}
	return len(groups) > 0
}

// troubleGroups puts rows together to which many others are alike but for names
// and figures: of the same outcome, codes and words. The rest, and with All every
// row, are groups of their own.
func (r *Run) troubleGroups(o TableOptions) []troubleGroup {
	var groups []troubleGroup
	for _, outcome := range []executor.Outcome{executor.Unknown, executor.Failed, executor.Refused, executor.Held} {
		kinds := make(map[string][]line)
		var order []string
		for i := range r.results {
			if r.results[i].Outcome != outcome {
				continue
			}
			l := r.line(i)
			kind := joinErrors(l.result.Errors, errorCode) + general(o.explained(l))
			if kinds[kind] == nil {
				order = append(order, kind)
			}
			kinds[kind] = append(kinds[kind], l)
		}
		for _, kind := range order {
			groups = append(groups, o.grouped(kinds[kind])...)
		}
	}
	return groups
}

// grouped is rows of one kind as one group if they are many, else one by one.
func (o TableOptions) grouped(lines []line) []troubleGroup {
	if len(lines) < many || o.All {
		groups := make([]troubleGroup, len(lines))
		for i := range lines {
			groups[i] = troubleGroup{lines[i : i+1], true}
		}
		return groups
	}
	g := troubleGroup{lines, true}
	for _, l := range lines {
		g.alike = g.alike && o.explained(l) == o.explained(lines[0])
	}
	return []troubleGroup{g}
}

// trouble is one group: its row by place, account and client, or its rows by
// number; then what happened to it, or to the first, and a tracking id.
func (o TableOptions) trouble(b *strings.Builder, g troubleGroup) {
	first := g.lines[0]
	outcome := o.paint(string(first.result.Outcome), outcomeColor(first.result.Outcome))
	if len(g.lines) == 1 {
		var name []string
		for _, part := range []string{place(first.step), accountText(first.step), clientName(first.step, first.entityName())} {
			if part != "" {
				name = append(name, part)
			}
		}
		fmt.Fprintf(b, "\n%s  %s\n", outcome, strings.Join(name, ", "))
	} else {
		rows := make([]int, len(g.lines))
		for i, l := range g.lines {
			rows[i] = l.step.Row.Number
		}
		fmt.Fprintf(b, "\n%s  %s: %s\n", outcome, Plural(len(rows), "row"), numbers(rows))
	}
	if !g.alike {
		o.indented(b, "", place(first.step)+", for example:")
	}
	b.WriteString(o.explained(first))
	label := "tracking id: "
	if len(g.lines) > 1 {
		label = fmt.Sprintf("tracking id of %s: ", place(first.step))
	}
	o.indented(b, label, first.result.TrackingID)
}

// explained is what happened to a row: its reason, the service's words unless the
// reason has them, and the next step.
func (o TableOptions) explained(l line) string {
	var b strings.Builder
	reason := l.reason()
	o.indented(&b, "", reason)
	if !strings.Contains(reason, joinErrors(l.result.Errors, errorText)) {
		o.indented(&b, "service: ", joinErrors(l.result.Errors, func(e msads.OperationError) string {
			return errorCode(e) + " " + errorText(e)
		}))
	}
	o.indented(&b, "next: ", l.result.NextStep)
	return b.String()
}
