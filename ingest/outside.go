package ingest

import (
	"slices"
	"strconv"
	"strings"

	"linkbatch/internal/sheet"
)

// tableWidth is how many columns a table has, up to its last header, and whether
// some between have none.
func tableWidth(header []string) (width int, gaps bool) {
	for i, h := range header {
		if strings.TrimSpace(h) != "" {
			gaps = gaps || i > width
			width = i + 1
		}
	}
	return width, gaps
}

// outside finds a cell to the right of the last header. In a CSV file it means
// that the row's cells have moved, by a delimiter within a value; in a sheet it is
// a remark beside the table.
func (r *Roster) outside(_ *Row, raw *rawRow) []fault {
	i := r.width
	if r.Sheet == "" {
		i = len(r.Header) // which may have blank cells at its end, see unheaded
	}
	for i < len(raw.cells) && strings.TrimSpace(raw.cells[i]) == "" {
		i++
	}
	if i >= len(raw.cells) {
		return nil
	}
	f := fault{
		message: "is to the right of the last column: the row has " + strconv.Itoa(len(raw.cells)) + " cells, the header " + strconv.Itoa(len(r.Header)),
		hint:    "put quotes around a value that contains the delimiter, without a space before them",
	}
	switch {
	case r.Sheet == "":
	case r.underAccount(i) && looksLikeAccount(strings.TrimSpace(raw.cells[i])):
		f = twoAccounts
	default:
		f = fault{message: "is outside the table and is not carried along", hint: "give its column a header", severity: Warning}
	}
	return []fault{f.in(i, "", raw.cells[i])}
}

// What is said of a value without a header.
var (
	noHeader    = fault{message: "is under a blank header and is not used", hint: "give its column a header", severity: Warning}
	lostAccount = fault{message: "looks like an account, and is under a blank header", hint: "give its column a header"}
	twoAccounts = fault{message: "looks like another account, under the merged header of the first", hint: "unmerge the header and name each column; write one row for each account"}
)

// unheaded finds cells under a blank header: between the others, and in a CSV file
// after them, as a delimiter at the end of the header makes one. An account among
// them may be the one that is meant.
func (r *Roster) unheaded(row *Row, _ *rawRow) (faults []fault) {
	if !r.gaps && (r.Sheet != "" || r.width == len(r.Header)) {
		return nil
	}
	leading := true
	width := r.width
	if r.Sheet == "" {
		width = len(r.Header)
	}
	for i := range width {
		if r.Columns[i] != "" || strings.TrimSpace(r.Header[i]) != "" {
			leading = false
			continue
		}
		text := strings.TrimSpace(row.Cells[i])
		if text == "" || leading && countsRows(text, row.Number) {
			continue
		}
		f := noHeader
		switch account := looksLikeAccount(text); {
		case account && r.underAccount(i):
			f = twoAccounts
		case account && r.Sheet == "":
			f = lostAccount
		}
		faults = append(faults, f.in(i, "", text))
	}
	return faults
}

// countsRows reports whether a text is a row's number within a table, as programs
// put it before the first column.
func countsRows(text string, row int) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 0 && n <= row
}

// underAccount reports whether a column without a header is under the merged
// header of a column of the account.
func (r *Roster) underAccount(i int) bool {
	return slices.ContainsFunc(r.titles, func(b sheet.Merge) bool {
		return i > b.FirstColumn && i <= b.LastColumn && isKeyName(r.columnAt(b.FirstColumn))
	})
}
