package ingest

import (
	"strconv"
	"strings"
)

// A template has an example row, which is not a row of the roster: its first cell
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

// isExample reports whether a row is the template's example, as it was written.
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
func (r *Roster) unmarked(row *Row, _ *rawRow) []fault {
	if row.AccountNumber != exampleNumber || strconv.FormatInt(row.AccountID, 10) != exampleID {
		return nil
	}
	f := fault{message: "is the account of the template's example, not your client's", hint: "enter the client's account, or delete the row"}
	i, _ := r.cellOf(row, "account_id")
	return []fault{f.in(i, "account_id", exampleID)}
}

// leftMarked refuses a row that is marked as an example and has an account of its
// own.
func (r *Roster) leftMarked(row *Row, _ *rawRow) []fault {
	i := marked(row.Cells)
	if i < 0 {
		return nil
	}
	f := fault{
		message: "marks the example of a template, but the row has an account of its own",
		hint:    "replace the mark by the client's name, or delete the row",
	}
	return []fault{f.in(i, r.Columns[i], strings.TrimSpace(row.Cells[i]))}
}
