package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"linkbatch/ingest"
	"linkbatch/planner"
)

// WriteCheck writes what a check found for a person: the problems of one kind
// together with their count, errors before warnings, then the lines that were
// skipped, and a line that counts. Of many problems of a kind the first ten are
// listed and the rest is counted, unless all is set.
func WriteCheck(w io.Writer, c *planner.Checked, all bool) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s: %s, header in row %d\n", rosterName(c.Roster), howRead(c.Roster), c.Roster.HeaderRow)
	groups := group(c.Problems)
	for _, g := range groups {
		g.write(b, all)
	}
	if writeSkipped(b, c.Roster) || len(groups) > 0 {
		fmt.Fprintln(b)
	}
	fmt.Fprintf(b, "%s: %d can be used, %d invalid; %s; %s skipped\n",
		Plural(len(c.Usable), "row"), len(c.Usable)-c.Invalid, c.Invalid, Plural(warnings(c), "warning"), Plural(c.Roster.SkippedRows, "line"))
	_, err := b.WriteString(dates(c.Dates))
	return cmp.Or(err, b.Flush())
}

// rosterName is the roster as messages call it.
func rosterName(r *ingest.Roster) string {
	if r.File == "-" {
		return "standard input"
	}
	return r.File
}

// howRead says what was read of the file, and how.
func howRead(r *ingest.Roster) string {
	if r.Sheet == "" {
		return r.Format + ", " + r.Encoding
	}
	return "sheet " + r.Sheet
}

// writeSkipped lists the lines that are not rows, without the blank ones: there
// is nothing in them to lose. It reports whether there were any.
func writeSkipped(w io.Writer, r *ingest.Roster) bool {
	any := false
	for _, s := range r.Skipped {
		if s.Blank() {
			continue
		}
		if !any {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "skipped: %s: %s\n", r.Place(s.Row), s.Reason)
		any = true
	}
	return any
}

// problemGroup is the problems of one kind: of one severity, in one column,
// whose messages differ at most in what they quote and count.
type problemGroup struct {
	severity        ingest.Severity
	column, message string
	problems        []*ingest.Problem
	alike           bool // all have the same message and hint
}

// group sorts problems by kind: errors first, then in the order in which the
// roster shows the kinds.
func group(problems []ingest.Problem) []*problemGroup {
	type key struct {
		severity        ingest.Severity
		column, message string
	}
	at := make(map[key]*problemGroup)
	var groups []*problemGroup
	for i := range problems {
		p := &problems[i]
		k := key{p.Severity, p.Column, general(p.Message)}
		g := at[k]
		if g == nil {
			g = &problemGroup{severity: p.Severity, column: p.Column, message: p.Message, alike: true}
			at[k], groups = g, append(groups, g)
		}
		if g.message != p.Message {
			g.message = k.message
		}
		g.problems = append(g.problems, p)
		g.alike = g.alike && p.Message == g.problems[0].Message && p.Hint == g.problems[0].Hint
	}
	slices.SortStableFunc(groups, func(a, b *problemGroup) int {
		return rank(a.severity) - rank(b.severity)
	})
	return groups
}

// rank orders severities: errors come first.
func rank(s ingest.Severity) int {
	if s == ingest.Error {
		return 0
	}
	return 1
}

// general is a message without what differs from row to row: each quoted text
// and each word with a digit becomes an ellipsis.
func general(message string) string {
	var b strings.Builder
	for i, part := range strings.Split(message, `"`) {
		if i%2 == 1 {
			b.WriteString("…")
			continue
		}
		for word := range strings.SplitAfterSeq(part, " ") {
			if strings.ContainsAny(word, "0123456789") {
				rest := strings.TrimRight(word, ":;,. ")
				word = "…" + word[len(rest):]
			}
			b.WriteString(word)
		}
	}
	return b.String()
}

// write prints the kind and its count if there are several, then each problem,
// and a hint that they share once, at their end. Of many that say the same only
// the places and values are listed.
func (g *problemGroup) write(w io.Writer, all bool) {
	kind := g.message
	if g.column != "" {
		kind = g.column + ": " + kind
	}
	fmt.Fprintln(w)
	if n := len(g.problems); n > 1 {
		fmt.Fprintf(w, "%s: %s\n", Plural(n, string(g.severity)), kind)
	}
	shown, more := g.problems, 0
	if !all && len(shown) > listed {
		shown, more = shown[:listed], len(shown)-listed
	}
	if !all && g.alike && len(g.problems) >= many {
		g.writePlaces(w, shown, more)
		return
	}
	for i, p := range shown {
		fmt.Fprintf(w, "%s: %s\n", p.Severity, p)
		if last := i == len(shown)-1; p.Hint != "" && (last || shown[i+1].Hint != p.Hint) {
			fmt.Fprintf(w, "  hint: %s\n", p.Hint)
		}
	}
	if more > 0 {
		fmt.Fprintf(w, "  … and %d more (--all)\n", more)
	}
}

// writePlaces lists where problems are that say the same, each cell with its value,
// and their hint. The file and sheet are in the first place alone.
func (g *problemGroup) writePlaces(w io.Writer, shown []*ingest.Problem, more int) {
	var places []string
	for i, p := range shown {
		where := p.Place
		if i > 0 {
			where = where[strings.LastIndexAny(where, ":!")+1:]
		}
		if p.Value != "" {
			where += fmt.Sprintf(" %q", p.Value)
		}
		places = append(places, where)
	}
	fmt.Fprintf(w, "  %s", strings.Join(places, ", "))
	if more > 0 {
		fmt.Fprintf(w, " and %d more (--all)", more)
	}
	fmt.Fprintln(w)
	if hint := shown[0].Hint; hint != "" {
		fmt.Fprintf(w, "  hint: %s\n", hint)
	}
}
