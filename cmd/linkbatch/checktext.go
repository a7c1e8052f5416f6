package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"linkbatch/ingest"
)

// writeText lists the problems for a person, those of one kind together with
// their count, errors before warnings, and then the lines that were skipped.
func (c *checker) writeText(out io.Writer) error {
	if err := c.read(func(*ingest.Row) error { return nil }); err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "%s: %s, header in row %d\n", c.name(), c.where(), c.roster.HeaderRow)
	groups := group(c.problems)
	for _, g := range groups {
		g.write(w)
	}
	if c.writeSkipped(w) || len(groups) > 0 {
		fmt.Fprintln(w)
	}
	warnings := 0
	for i := range c.problems {
		if c.problems[i].Severity == ingest.Warning {
			warnings++
		}
	}
	fmt.Fprintf(w, "%s: %d can be used, %d invalid; %s; %s skipped\n",
		count(c.rows, "row"), c.usable, c.invalid, count(warnings, "warning"), count(c.roster.SkippedRows, "line"))
	return w.Flush()
}

// name is the roster as messages call it.
func (c *checker) name() string {
	if c.roster.File == "-" {
		return "standard input"
	}
	return c.roster.File
}

// where tells what was read of the file, and how.
func (c *checker) where() string {
	if r := c.roster; r.Sheet == "" {
		return r.Format + ", " + r.Encoding
	}
	return "sheet " + c.roster.Sheet
}

// writeSkipped lists the lines that are no rows, without the blank ones: there
// is nothing in them to lose. It reports whether there were any.
func (c *checker) writeSkipped(w io.Writer) bool {
	any := false
	for _, s := range c.roster.Skipped {
		if s.Blank() {
			continue
		}
		if !any {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "skipped: %s: %s\n", c.roster.Place(s.Row), s.Reason)
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
			g = &problemGroup{severity: p.Severity, column: p.Column, message: p.Message}
			at[k], groups = g, append(groups, g)
		}
		if g.message != p.Message {
			g.message = k.message
		}
		g.problems = append(g.problems, p)
	}
	slices.SortStableFunc(groups, func(a, b *problemGroup) int {
		return rank(a.severity) - rank(b.severity)
	})
	return groups
}

func rank(s ingest.Severity) int {
	if s == ingest.Error {
		return 0
	}
	return 1
}

// general is a message without what differs from row to row: an ellipsis
// stands for each quoted text and each word with a digit.
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

// write prints the kind and its count, then each problem, and a hint that they
// share once, at their end.
func (g *problemGroup) write(w io.Writer) {
	kind := g.message
	if g.column != "" {
		kind = g.column + ": " + kind
	}
	fmt.Fprintf(w, "\n%s: %s\n", count(len(g.problems), string(g.severity)), kind)
	for i, p := range g.problems {
		fmt.Fprintf(w, "%s: %s\n", p.Severity, p)
		if last := i == len(g.problems)-1; p.Hint != "" && (last || g.problems[i+1].Hint != p.Hint) {
			fmt.Fprintf(w, "  hint: %s\n", p.Hint)
		}
	}
}

// count is "1 row" or "2 rows".
func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
