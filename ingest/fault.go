package ingest

import (
	"cmp"
	"slices"
	"strconv"

	"linkbatch/internal/sheet"
)

// fault is what a judge finds wrong with a row: a problem without its place,
// which is added in [Roster.problem] alone.
type fault struct {
	message  string
	hint     string
	severity Severity // empty = Error

	cell   int    // the number of the cell in its row, from 1; 0 = the row as a whole
	column string // its name in the table of columns, if it has one
	value  string // what the cell says
}

// in is the fault as one of the cell with index i.
func (f fault) in(i int, column, value string) fault {
	f.cell, f.column, f.value = i+1, column, value
	return f
}

// stops reports whether there is a fault that keeps its cell from being used.
func (f *fault) stops() bool { return f != nil && f.severity != Warning }

// problem puts a fault in its place. Row 0 is the file as a whole.
func (r *Roster) problem(row int, f *fault) Problem {
	return Problem{
		Place:    r.place(row, f.cell-1),
		Row:      row,
		Column:   f.column,
		Value:    f.value,
		Severity: cmp.Or(f.severity, Error),
		Message:  f.message,
		Hint:     f.hint,
	}
}

// warn keeps a warning about the header of column i; i < 0 is the whole header.
func (r *Roster) warn(i int, f fault) {
	f.severity = Warning
	if i >= 0 {
		f = f.in(i, "", r.Header[i])
	}
	r.Problems = append(r.Problems, r.problem(r.HeaderRow, &f))
}

// Place names a row as the messages of its problems do, for those who have
// more to say about it.
func (r *Roster) Place(row int) string { return r.place(row, -1) }

// CellPlace names the cell of a row under one of our columns (account_id, …), or
// the row when the roster has no such column. In a CSV file both are the row.
func (r *Roster) CellPlace(row int, column string) string {
	return r.place(row, slices.Index(r.Columns, column))
}

// place names cell i of a row as messages do; i < 0 is the row as a whole, row 0
// the file.
func (r *Roster) place(number, i int) string {
	row := strconv.Itoa(number)
	switch {
	case number == 0:
		return r.in.label
	case r.Sheet == "":
		return r.in.label + ":" + row
	case i < 0:
		return sheetPlace(r.in.label, r.Sheet, row)
	}
	return sheetPlace(r.in.label, r.Sheet, sheet.Letters(i)+row)
}
