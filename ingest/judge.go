package ingest

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// judges find what is wrong with a row, in the order in which it is reported.
// Each sees what the ones before it have found, in Row.Problems. None knows where
// the row is.
var judges = []func(*Roster, *Row, *rawRow) []fault{
	(*Roster).visible,
	(*Roster).asWritten,
	(*Roster).understand,
	(*Roster).shownOtherwise,
	(*Roster).crossedOut,
	(*Roster).raised,
	(*Roster).outdated,
	(*Roster).commented,
	(*Roster).letterOrZero,
	(*Roster).merged,
	(*Roster).unheaded,
	(*Roster).outside,
	(*Roster).leftMarked,
	(*Roster).unmarked,
	(*Roster).dated,
	(*Roster).named,
	(*Roster).typed,
	(*Roster).likeTotal,
}

// fill reads the cells of a row into row, whatever that held before. Every cell
// is read, whatever the others contain.
func (r *Roster) fill(row *Row, raw *rawRow) {
	if missing := len(r.Header) - len(raw.cells); missing > 0 {
		raw.cells = append(raw.cells, make([]string, missing)...)
	}
	*row = Row{Sheet: r.Sheet, Number: raw.number, Cells: raw.cells[:len(r.Header):len(r.Header)]}
	for _, judge := range judges {
		for _, f := range judge(r, row, raw) {
			row.Problems = append(row.Problems, r.problem(raw.number, &f))
		}
	}
}

// A sheet does not say which of its hidden rows its filter hides, only that it
// does.
var (
	hiddenRow   = fault{message: "the row is hidden in the sheet; it is read like any other", hint: "pass --skip-hidden if hidden rows do not count", severity: Warning}
	filteredRow = fault{message: "the row is hidden by the sheet's filter; it is read like any other", hint: hiddenRow.hint, severity: Warning}
)

// visible warns of a row that nobody sees.
func (r *Roster) visible(_ *Row, raw *rawRow) []fault {
	switch {
	case !raw.hidden:
		return nil
	case raw.filtered:
		return []fault{filteredRow}
	}
	return []fault{hiddenRow}
}

// asWritten is what the source has found.
func (r *Roster) asWritten(_ *Row, raw *rawRow) []fault { return raw.faults }

// understand reads the cells of the columns that are understood into row.
func (r *Roster) understand(row *Row, raw *rawRow) (faults []fault) {
	if r.typeAt >= 0 {
		// The length of an account number depends on it. Its fault is kept below,
		// in its turn.
		_ = setType(row, cell{strings.TrimSpace(raw.cells[r.typeAt]), raw.kind(r.typeAt)})
	}
	for i := range r.fields {
		field := &r.fields[i]
		c := cell{trimmed(raw.cells[field.index]), raw.kind(field.index)}
		f := c.bad()
		if f == nil && c.text != "" {
			f = field.set(row, c)
			if f.stops() && field.decides() {
				f = lookAlike(c.text, f)
			}
		}
		if f != nil {
			faults = append(faults, f.in(field.index, field.name, c.text))
		}
	}
	return faults
}

// trimmed is strings.TrimSpace, faster for the texts that have nothing to trim.
func trimmed(text string) string {
	last := len(text) - 1
	if last >= 0 && text[0] > ' ' && text[0] < utf8.RuneSelf && text[last] > ' ' && text[last] < utf8.RuneSelf {
		return text
	}
	return strings.TrimSpace(text)
}

// cellOf is the index of a column in the header, -1 if the roster does not have
// it, and what the row says there.
func (r *Roster) cellOf(row *Row, column string) (i int, text string) {
	if i = slices.Index(r.Columns, column); i >= 0 {
		text = strings.TrimSpace(row.Cells[i])
	}
	return i, text
}

// named demands an account.
func (r *Roster) named(row *Row, _ *rawRow) []fault {
	if row.AccountID != 0 || row.AccountNumber != "" || row.faulty("account_id") || row.faulty("account_number") {
		return nil
	}
	at := slices.IndexFunc(r.Columns, isKeyName)
	return []fault{{message: "neither account_id nor account_number is filled in", hint: "fill in at least one of the two", cell: at + 1}}
}

// typed checks what does not go with the type of the link.
func (r *Roster) typed(row *Row, _ *rawRow) (faults []fault) {
	add := func(column, value string, f fault) {
		faults = append(faults, f.in(slices.Index(r.Columns, column), column, value))
	}
	switch row.Type {
	case unknownType:
		row.Type = ""
	case customerLink:
		if row.mayAdd() && row.AccountID != 0 && row.AccountNumber == "" && !row.faulty("account_number") {
			add("account_number", "", fault{message: "is missing; the service asks for the number when it adds a customer link", hint: "enter the 10 letters and digits of the client's manager account"})
		}
		if row.BillToClient != nil {
			add("bill_to_client", strconv.FormatBool(*row.BillToClient), fault{message: "is not used for a customer link", severity: Warning})
		}
		if row.CustomerNumber != "" {
			add("customer_number", row.CustomerNumber, fault{message: "is not used for a customer link", hint: "the number of the client's manager account goes into account_number", severity: Warning})
		}
	default:
		if row.Permission != "" {
			add("permission", row.Permission, fault{message: "is only for customer links", hint: "empty the cell, or enter CustomerLink as the type"})
		}
	}
	return faults
}
