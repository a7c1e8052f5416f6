package ingest

import (
	"io"
	"strconv"
	"strings"

	"linkbatch/internal/sheet"
)

// xlsxSource gives the rows of a sheet as a person sees them.
type xlsxSource struct {
	book   *workbook
	sheet  sheet.Worksheet
	rows   *sheet.Reader
	ahead  *readAhead[sheet.Row] // takes over from rows below the header
	merges sheet.Merges
	width  int // of the header; 0 while it is looked for

	row rawRow
}

// rows opens a sheet of the workbook.
func (b *workbook) rows(w sheet.Worksheet) (*xlsxSource, error) {
	rows, err := b.Rows(w)
	if err != nil {
		return nil, b.in.broken(err)
	}
	return &xlsxSource{book: b, sheet: w, rows: rows}, nil
}

// Close ends the reading of the sheet.
func (s *xlsxSource) Close() error {
	if s.ahead != nil {
		_ = s.ahead.Close() // neither has an error
	}
	return s.rows.Close()
}

// next understands the next row, and finds the merged cells over it.
func (s *xlsxSource) next() (*rawRow, error) {
	row, err := s.written()
	if err == nil {
		s.understand(row)
		s.row.merges, err = s.merges.Over(row.Number)
	}
	switch {
	case err == io.EOF:
		s.row = rawRow{number: row.Number}
		return &s.row, err
	case err != nil:
		return nil, s.fault(row.Number, err)
	}
	return &s.row, nil
}

// written is the next row as it is written.
func (s *xlsxSource) written() (*sheet.Row, error) {
	if s.ahead != nil {
		return s.ahead.next()
	}
	row, err := s.rows.Next()
	return &row, err
}

// fault is a fault of the sheet at the row where the reading ended.
func (s *xlsxSource) fault(row int, err error) *FileError {
	return &FileError{File: s.book.in.label, Sheet: s.sheet.Name, Row: row, Message: "cannot be read exactly: " + err.Error(), Hint: saveAgain, Err: err}
}

// understand turns the cells of a row into what a person sees in them.
func (s *xlsxSource) understand(row *sheet.Row) {
	n := 0
	if last := len(row.Cells) - 1; last >= 0 {
		n = row.Cells[last].Column + 1
	}
	s.row = rawRow{
		number: row.Number, hidden: row.Hidden, filtered: row.Filtered,
		cells: make([]string, n, max(n, s.width)),
		kinds: append(s.row.kinds[:0], make([]kind, n)...), // textCell where there is no cell
	}
	for i := range row.Cells {
		c := &row.Cells[i]
		s.row.cells[c.Column], s.row.kinds[c.Column] = s.cell(c)
		if c.Value != "" && (c.Formula || c.Struck != sheet.None || c.Raised != sheet.None) {
			s.row.looks = append(s.row.looks, look{c.Column, c.Struck, c.Raised, c.Formula})
		}
	}
}

// cell is what a person sees in a cell: a number in plain digits, a date as ISO
// text.
func (s *xlsxSource) cell(c *sheet.Cell) (string, kind) {
	switch {
	case c.Formula && (!c.HasValue || c.Value == "" && c.Type != sheet.String):
		return "", formulaCell
	case c.Formula && c.Type == sheet.Number && c.Value == "0" && s.book.Recalculated:
		return c.Value, formulaCell // what writers that cannot calculate put there
	case c.Value == "":
		return "", textCell
	}
	switch c.Type {
	case sheet.Number:
		return s.number(c)
	case sheet.Bool:
		return strings.ToUpper(strconv.FormatBool(c.Value == "1")), boolCell
	case sheet.Error:
		return c.Value, errorCell
	case sheet.ISODate:
		return isoDay(c.Value), dateCell
	}
	return c.Value, textCell
}

// number is what a person sees in a cell with a number.
func (s *xlsxSource) number(c *sheet.Cell) (string, kind) {
	style := s.book.Style(c.Style)
	if style.Date {
		if date, ok := serialDate(c.Value, s.book.Date1904); ok {
			return date, dateCell
		}
		if number, k := plainNumber(c.Value); k == numberCell {
			s.row.altered = append(s.row.altered, c.Column)
			return number, strayDate
		}
	}
	if style.Alters {
		s.row.altered = append(s.row.altered, c.Column)
	}
	return plainNumber(c.Value)
}

// isoDay is the text of an ISO date cell. A time of midnight says nothing, as the
// number of a day says nothing about the time.
func isoDay(text string) string {
	if day, time, ok := strings.Cut(text, "T"); ok && strings.Trim(time, "0:.Z") == "" {
		return day
	}
	return text
}
