package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"

	"linkbatch/internal/atomicfile"
)

// Roster is rows that are written as a roster, to be read again. A cell is one
// line, since no cell of a roster may have control characters.
type Roster struct {
	Sheet string   // name of the sheet in a workbook
	Names []string // of the columns
	Rows  int
	Cells func(row int) []string // of a row, from 0: as many as there are names
}

// cells are those of a row, each on one line.
func (r *Roster) cells(row int) []string {
	cells := r.Cells(row)
	for c := range cells {
		cells[c] = oneLine(cells[c])
	}
	return cells
}

// CSV writes the roster as CSV, of the form that reports have.
func (r *Roster) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(r.Names); err != nil {
		return err
	}
	for i := range r.Rows {
		cells := r.cells(i)
		for c := range cells {
			cells[c] = neutral(cells[c])
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// XLSX writes the roster as a workbook of one sheet, in which every cell is text.
func (r *Roster) XLSX(w io.Writer) error {
	if r.Rows >= excelize.TotalRows {
		return fmt.Errorf("%d rows do not fit into a sheet, which has %d: use .csv", r.Rows, excelize.TotalRows)
	}
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // removes excelize's temporary file
	s := &sheet{book: book, layout: layout{names: r.Names}, name: r.Sheet}
	if err := s.open(r.Rows, fittingWidths(r.Names, r.Rows, r.cells)); err != nil {
		return err
	}
	for i := range r.Rows {
		if err := s.texts(i+2, r.cells(i)); err != nil {
			return err
		}
	}
	return s.end(w)
}

// RosterWritable reports whether [Roster.File] could write to name, as [Writable]
// does for reports.
func RosterWritable(name string) error {
	switch suffix := strings.ToLower(filepath.Ext(name)); suffix {
	case ".csv", ".xlsx":
		return atomicfile.Check(name)
	case "":
		return fmt.Errorf("the name has no suffix: use .csv or .xlsx")
	default:
		return fmt.Errorf("suffix %q is not known: use .csv or .xlsx", suffix)
	}
}

// File writes the roster to the file name, in the format of its suffix (.csv or
// .xlsx), beside it and renamed, as [Run.File] does.
func (r *Roster) File(name string) error {
	if err := RosterWritable(name); err != nil {
		return err
	}
	write := r.CSV
	if strings.EqualFold(filepath.Ext(name), ".xlsx") {
		write = r.XLSX
	}
	return atomicfile.ReplaceOrKeep(name, 0o666, write)
}
