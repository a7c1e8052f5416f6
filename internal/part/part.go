package part

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"linkbatch/ingest"
)

// Part says which rows of a roster are wanted: those that Rows names and that match
// Only, and of these the first Limit in the order of the roster. The zero value
// wants every row.
type Part struct {
	Rows  Numbers
	Only  Only
	Limit int // 0 = no limit
}

// Whole reports whether every row is wanted.
func (p *Part) Whole() bool { return !p.Rows.Any() && len(p.Only) == 0 && p.Limit == 0 }

// String is what is wanted, in the words of the flags; empty = every row.
func (p *Part) String() string {
	var words []string
	if p.Rows.Any() {
		words = append(words, "--rows "+p.Rows.String())
	}
	for _, c := range p.Only {
		words = append(words, fmt.Sprintf("--only '%s=%s'", c.column, c.pattern))
	}
	if p.Limit > 0 {
		words = append(words, fmt.Sprintf("--limit %d", p.Limit))
	}
	return strings.Join(words, " ")
}

// Error is about rows or columns that were asked for and are not there. Nothing was
// done about any row.
type Error struct {
	Message string
	Hint    string // what to do; may be empty
}

// Error is the message.
func (e *Error) Error() string { return e.Message }

// Pick is rows on their way through a part. It is not safe for concurrent use.
type Pick struct {
	part    *Part
	matcher matcher
	kept    int
	rows    []int // the numbers of all rows, if they matter

	// Left are the accounts of the rows that were left out, complete once the last
	// row was read, so that nothing is concluded from their absence.
	Left   []ingest.Protected
	counts [3]int // of rows that were left out, by flag
}

// flags are those by which rows are left out, in the order in which they count.
var flags = [...]string{"--rows", "--only", "--limit"}

// From begins to pick from a roster with a header; columns are what linkbatch calls
// each of them. A condition on a column that is not there is an
// [*Error].
func (p *Part) From(header, columns []string) (*Pick, error) {
	m, err := p.Only.find(header, columns)
	if err != nil {
		return nil, err
	}
	return &Pick{part: p, matcher: m}, nil
}

// Through gives the rows that are wanted. Row numbers that the roster has not, and a
// part without a row, are an [*Error], after the last row and before anything is done
// about any of them.
func (k *Pick) Through(rows iter.Seq2[ingest.Row, error]) iter.Seq2[ingest.Row, error] {
	return func(yield func(ingest.Row, error) bool) {
		for row, err := range rows {
			if err == nil && !k.takes(&row) {
				continue
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
		if err := k.unmet(); err != nil {
			yield(ingest.Row{}, err)
		}
	}
}

// takes reports whether a row is wanted, and notes it if it is not.
func (k *Pick) takes(row *ingest.Row) bool {
	p, by := k.part, -1
	if p.Rows.Any() {
		k.rows = append(k.rows, row.Number)
	}
	switch {
	case p.Rows.Any() && !p.Rows.Has(row.Number):
		by = 0
	case !k.matcher.match(row.Cells):
		by = 1
	case p.Limit > 0 && k.kept == p.Limit:
		by = 2
	default:
		k.kept++
		return true
	}
	k.counts[by]++
	k.Left = append(k.Left, ingest.Protected{
		Row: row.Number, AccountID: row.AccountID, AccountNumber: row.AccountNumber, Unreadable: unreadable(row),
	})
	return false
}

// unreadable reports whether a row may be about another account than it says, or
// about any.
func unreadable(row *ingest.Row) bool {
	return row.AccountID == 0 && row.AccountNumber == "" || slices.ContainsFunc(row.Problems, func(p ingest.Problem) bool {
		return p.Severity == ingest.Error && (p.Column == "account_id" || p.Column == "account_number")
	})
}

// unmet is what was asked for and is not there.
func (k *Pick) unmet() error {
	if missing := k.part.Rows.Missing(k.rows); missing != "" {
		return &Error{"--rows: the roster has no row " + missing, "the numbers are those that the spreadsheet shows; linkbatch check ROSTER lists the rows that are skipped"}
	}
	if k.kept == 0 && len(k.Left) > 0 {
		return &Error{"no row is left: none matches " + k.part.String(), "look at the columns and cells of the roster, or leave out one of these flags"}
	}
	return nil
}

// Words say how many rows were left out, and by which flags: "96 rows (--rows)";
// empty if none was.
func (k *Pick) Words() string {
	var words []string
	for i, n := range k.counts {
		switch n {
		case 0:
		case 1:
			words = append(words, fmt.Sprintf("1 row (%s)", flags[i]))
		default:
			words = append(words, fmt.Sprintf("%d rows (%s)", n, flags[i]))
		}
	}
	return strings.Join(words, ", ")
}
