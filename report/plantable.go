package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"linkbatch/executor"
	"linkbatch/planner"
)

// Table writes the plan as a person reads it: steps that change
// something, by op and in roster order, then blocked and invalid rows, then those
// that are not due yet, with a reason and the warnings for each. Steps that need
// nothing are counted, and listed only with opts.All. The counts add up to the rows. An unlink where the
// agency pays, or may pay, is marked, since it can pause the client's ads.
func (p *Plan) Table(w io.Writer, opts TableOptions) error {
	opts = opts.once(p.sharedWarnings())
	g := newGrid(planColumns)
	for i := range p.steps {
		if opts.shows(&p.steps[i]) {
			g.measure(opts.planCells(&p.steps[i]))
		}
	}
	g.fit(opts.Width)
	for _, op := range ops {
		for i := range p.steps {
			if step := &p.steps[i]; step.Op == op && opts.shows(step) {
				if err := g.add(w, opts.planCells(step)); err != nil {
					return err
				}
			}
		}
	}
	if err := g.flush(w); err != nil {
		return err
	}
	if g.lines > 0 {
		if _, err := io.WriteString(w, "\n"); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, opts.planCounts(p))
	return err
}

var planColumns = []Column{
	{Name: "row", Right: true}, {Name: "account"}, {Name: "client", Prose: true}, {Name: "action"}, {Name: "status"},
	{Name: "payer"}, {Name: "reason", Prose: true},
}

// shows reports whether a step is listed: a night with nothing to do shows its
// counts alone.
func (o TableOptions) shows(s *planner.Step) bool {
	return o.All || s.Op != planner.OpNone || !s.Due.IsZero() && s.SameAs < 0
}

// planCells is a step as a row of the table. The payer of an unlink that can
// pause ads is marked also where colours are off.
func (o TableOptions) planCells(s *planner.Step) []string {
	pays := payer(agreedPayer(s))
	if s.PausesAds() {
		pays = o.paint(strings.TrimSpace(pays+" !"), red)
	}
	return []string{
		rowNumber(s), o.stacked(s), clientName(s, s.Before.Name), o.paint(action(s), opColor(s.Op)),
		Visible(string(s.Before.Status)), pays, o.why(cmp.Or(s.Held, s.Reason+starts(s)), s.Warnings),
	}
}

// action is what the row asks for, and the op where it has another name.
func action(s *planner.Step) string {
	op := opWord(s)
	if s.Intent == "" || string(s.Intent) == op {
		return op
	}
	return Visible(string(s.Intent)) + " → " + op
}

// opWords are the words of [opWord], in the order of [ops].
var opWords = []string{"add", "accept", "decline", "cancel", "unlink", "held", "blocked", "invalid", "scheduled", "none"}

// opWord is a step's op in words: a row that is rejected ends as invalid, and one
// that is not due as scheduled. One that is held is not sent.
func opWord(s *planner.Step) string {
	switch {
	case s.Op == planner.OpReject:
		return string(executor.Invalid)
	case !s.Due.IsZero():
		return string(executor.Scheduled)
	case s.Held != "":
		return string(executor.Held)
	}
	return string(s.Op)
}

// agreedPayer is whether the client pays: under the link that an add asks for,
// otherwise under the link that is there.
func agreedPayer(s *planner.Step) *bool {
	if s.Op == planner.OpAdd && s.Send != nil {
		return s.Send.IsBillToClient
	}
	return s.Before.IsBillToClient
}

// payer names who pays; nothing where the link does not say.
func payer(client *bool) string {
	switch {
	case client == nil:
		return ""
	case *client:
		return "client"
	}
	return "agency"
}

// starts says from when a new link is to hold, as it will be sent; nothing for
// a link that starts at once.
func starts(s *planner.Step) string {
	if s.Op != planner.OpAdd || s.Send == nil || s.Send.StartDate.IsZero() {
		return ""
	}
	start := s.Send.StartDate.UTC()
	layout := "2006-01-02 15:04:05"
	if start.Equal(start.Truncate(24 * time.Hour)) {
		layout = time.DateOnly
	}
	return "; starts " + start.Format(layout) + " UTC"
}

// dates says what is to come by the roster, a line each.
func dates(d planner.Dates) string {
	var b strings.Builder
	if d.Scheduled > 0 {
		fmt.Fprintf(&b, "scheduled: %s, %sdue on %s\n", Plural(d.Scheduled, "row"), either(d.Scheduled, "", "the first "), d.FirstDue.Words())
	}
	if d.Ending > 0 {
		fmt.Fprintf(&b, "ending: %s, %son %s\n", Plural(d.Ending, "link"), either(d.Ending, "", "the first "), d.FirstEnd.Words())
	}
	return b.String()
}

// sharedWarnings are those that many rows of the plan have.
func (p *Plan) sharedWarnings() []sharedWarning {
	return sharedWarnings(len(p.steps), func(i int) (int, []string) { return p.steps[i].Row.Number, p.steps[i].Warnings })
}

// duplicates says how many rows repeat another one; nothing if none does.
func duplicates(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("duplicates: %s (same outcome as the row %s)\n", Plural(n, "row"), either(n, "it repeats", "they repeat"))
}

// pruned is how many of the lines are about a link that no row names.
func pruned(steps []planner.Step) (n int) {
	for i := range steps {
		if steps[i].Pruned() {
			n++
		}
	}
	return n
}

// unnamed says so; nothing if none is.
func unnamed(steps []planner.Step) string {
	n := pruned(steps)
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("not in the roster: %s (--prune)\n", Plural(n, "link"))
}

// why is the reason and each warning that is not said once for many rows: on lines of their own where the line is
// bounded and will be wrapped, else on one line.
func (o TableOptions) why(reason string, warnings []string) string {
	parts := make([]string, 0, 1+len(warnings))
	if reason != "" {
		parts = append(parts, Visible(reason))
	}
	for _, warning := range warnings {
		if !o.said(warning) {
			parts = append(parts, o.paint("! "+Visible(warning), yellow))
		}
	}
	if o.Width > 0 {
		return strings.Join(parts, "\n")
	}
	return strings.Join(parts, "  ")
}

// planCounts is the line of counts, and a line for each thing that a person
// should know before saying yes.
func (o TableOptions) planCounts(p *Plan) string {
	counts := make(map[string]int)
	var warned, warnedNone, repeats int
	var ending unlinks
	for i := range p.steps {
		s := &p.steps[i]
		counts[opWord(s)]++
		if len(s.Warnings) > 0 {
			warned++
			if s.Op == planner.OpNone && s.Due.IsZero() {
				warnedNone++
			}
		}
		if s.SameAs >= 0 {
			repeats++
		}
		ending.add(s)
	}
	var b strings.Builder
	fmt.Fprintln(&b, countLine(len(p.steps), opWords, counts, func(word string, n int) string {
		switch {
		case word != string(planner.OpNone):
			return fmt.Sprintf("%d %s", n, word)
		case o.All:
			return fmt.Sprintf("%d unchanged", n)
		}
		return fmt.Sprintf("%d unchanged (--all shows them)", n)
	}))
	b.WriteString(dates(p.dates))
	if warned > 0 {
		fmt.Fprintf(&b, "warnings: %s", Plural(warned, "row"))
		if warnedNone > 0 {
			fmt.Fprintf(&b, " (%d unchanged)", warnedNone)
		}
		b.WriteByte('\n')
		o.sayOnce(&b)
	}
	b.WriteString(duplicates(repeats))
	b.WriteString(unnamed(p.steps))
	for _, line := range ending.lines() {
		fmt.Fprintln(&b, o.paint(line, red))
	}
	if p.head.PlanDigest != "" {
		fmt.Fprintf(&b, "digest: %s\n", p.head.PlanDigest)
	}
	return b.String()
}
