package report

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"linkbatch/executor"
	"linkbatch/planner"
)

// TableOptions says how text for a terminal looks.
type TableOptions struct {
	All   bool // show also the rows that need nobody's attention
	Color bool // use ANSI colours
	Width int  // columns of the terminal; 0 = lines are not bounded, one a row

	shared []sharedWarning // said once below the table, and not beside each row
}

// ANSI colours of ops and outcomes.
const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	plain  = "\x1b[0m"
)

// opColor marks what gives access, what takes it away, and what cannot be done.
func opColor(op planner.Op) string {
	switch op {
	case planner.OpAdd, planner.OpAccept:
		return green
	case planner.OpUnlink, planner.OpCancel, planner.OpDecline, planner.OpReject:
		return red
	case planner.OpBlocked:
		return yellow
	}
	return ""
}

// outcomeColor marks what went well, what can be tried again, and what a person
// must look at.
func outcomeColor(outcome executor.Outcome) string {
	switch outcome {
	case executor.Done:
		return green
	case executor.Unchanged, executor.Scheduled:
		return ""
	case executor.Held, executor.Blocked, executor.Waiting:
		return yellow
	}
	return red
}

// paint colours s, if colours are wanted and there is one.
func (o TableOptions) paint(s, color string) string {
	if !o.Color || color == "" || s == "" {
		return s
	}
	return color + s + plain
}

// Visible makes text from a roster or from the service safe to print: a
// terminal must not obey it, and it must not rearrange the words around it.
// Spaces of every kind become plain ones; control and format characters, line
// separators and bytes that are not UTF-8 become escapes such as \x1b and
// \u202e. The joiners stay, since names in some scripts need them.
func Visible(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\u2028' || r == '\u2029':
			fmt.Fprintf(&b, `\u%04x`, r)
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.IsControl(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		case r == '\u200c' || r == '\u200d':
			b.WriteRune(r)
		case unicode.Is(unicode.Cf, r) && r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		case unicode.Is(unicode.Cf, r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

// rowNumber is the row in a table; "-" for a link that no row names.
func rowNumber(s *planner.Step) string { return cmp.Or(digits(s.Row.Number), "-") }

// place is where a person finds the row.
func place(s *planner.Step) string {
	switch {
	case s.Row.Number == 0:
		return "no row"
	case s.Row.Sheet == "":
		return fmt.Sprintf("row %d", s.Row.Number)
	}
	return fmt.Sprintf("%s!%d", Visible(s.Row.Sheet), s.Row.Number)
}

// accountText names the account by id and number, as far as they are known.
func accountText(s *planner.Step) string {
	id, number := account(s)
	return Visible(id + " " + number)
}

// stacked is the account in a table: id over number where lines are bounded.
func (o TableOptions) stacked(s *planner.Step) string {
	if o.Width == 0 {
		return accountText(s)
	}
	return strings.ReplaceAll(accountText(s), " ", "\n")
}

// clientName is the name that the roster uses, by which its reader knows the
// client, or else the service's.
func clientName(s *planner.Step, entityName string) string {
	if s.Row.ClientName != "" {
		return Visible(s.Row.ClientName)
	}
	return Visible(entityName)
}

// countLine is "60 rows: 21 add, 39 unchanged": kinds that do not occur are
// left out, and the numbers add up to the rows.
func countLine[K ~string](rows int, order []K, counts map[K]int, word func(K, int) string) string {
	var parts []string
	for _, k := range order {
		if n := counts[k]; n > 0 {
			parts = append(parts, word(k, n))
		}
	}
	if len(parts) == 0 {
		return Plural(rows, "row")
	}
	return Plural(rows, "row") + ": " + strings.Join(parts, ", ")
}

// Plural is "1 row" or "2 rows".
func Plural(n int, word string) string {
	return fmt.Sprintf("%d %s", n, either(n, word, word+"s"))
}

// either is the word for one, or that for several.
func either(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}
