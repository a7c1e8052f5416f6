package ingest

import (
	"slices"
	"strconv"
	"strings"
)

// A template has an example row, which is no row of the roster: its first cell
// begins with exampleMark, and it has no other account than the example's. A
// marked row with another one is refused, since whoever filled it in may have
// left the mark by mistake.
const (
	exampleMark   = "EXAMPLE:"
	exampleID     = "123456789"
	exampleNumber = "X0000000"

	exampleRow = "example" // why it is in Skipped
)

// marked is the index of a row's first cell that is filled if that begins with
// the mark of an example, else -1.
func marked(cells []string) int {
	for i, text := range cells {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		if strings.HasPrefix(text, exampleMark) {
			return i
		}
		return -1
	}
	return -1
}

// isExample tells whether a row is the template's example, as it was written.
func (r *Roster) isExample(raw *rawRow) bool {
	if marked(raw.cells) < 0 {
		return false
	}
	for _, f := range r.fields {
		if !f.isKey() || f.index >= len(raw.cells) {
			continue
		}
		switch text := strings.TrimSpace(raw.cells[f.index]); {
		case text == "" && raw.kind(f.index) == textCell:
		case text == exampleID && f.name == "account_id":
		case text == exampleNumber && f.name == "account_number":
		default:
			return false
		}
	}
	return true
}

// unmarked refuses the example whose mark was overwritten: its account is
// nobody's client.
func (r *Roster) unmarked(row *Row) {
	if row.AccountNumber != exampleNumber || strconv.FormatInt(row.AccountID, 10) != exampleID {
		return
	}
	f := fault{message: "is the account of the template's example, not your client's", hint: "write the client's account, or delete the row"}
	at := slices.Index(r.Columns, "account_id")
	row.Problems = append(row.Problems, f.problem(r.place(row.Number, at), row.Number, "account_id", exampleID))
}

// leftMarked refuses a row that is marked as an example and has an account of its
// own.
func (r *Roster) leftMarked(row *Row) {
	i := marked(row.Cells)
	if i < 0 {
		return
	}
	f := fault{
		message: "marks the example of a template, but the row has an account of its own",
		hint:    "write the client's name in place of the mark, or delete the row",
	}
	row.Problems = append(row.Problems, f.problem(r.place(row.Number, i), row.Number, r.Columns[i], strings.TrimSpace(row.Cells[i])))
}
