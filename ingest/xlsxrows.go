package ingest

import (
	"errors"
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

	kinds   []kind // of the cells of a row
	altered []int  // the cells that show other digits than they contain
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

func (s *xlsxSource) next() (rawRow, error) {
	next := s.rows.Next
	if s.ahead != nil {
		next = s.ahead.next
	}
	row, err := next()
	if err == io.EOF {
		return rawRow{number: row.Number}, err
	}
	blocks, mergeErr := s.merges.Over(row.Number)
	if err = errors.Join(err, mergeErr); err != nil {
		return rawRow{}, s.fault(row.Number, err)
	}
	raw := s.understand(row)
	raw.merges = blocks
	return raw, nil
}

// fault is a fault of the sheet at the row where the reading ended.
func (s *xlsxSource) fault(row int, err error) *FileError {
	return &FileError{File: s.book.in.label, Sheet: s.sheet.Name, Row: row, Message: "cannot be read exactly: " + err.Error(), Hint: saveAgain, Err: err}
}

// understand turns the cells of a row into what a person sees in them.
func (s *xlsxSource) understand(row sheet.Row) rawRow {
	n := 0
	if last := len(row.Cells) - 1; last >= 0 {
		n = row.Cells[last].Column + 1
	}
	cells := make([]string, n, max(n, s.width))
	s.kinds, s.altered = s.kinds[:0], nil
	for i := range row.Cells {
		c := &row.Cells[i]
		for len(s.kinds) < c.Column {
			s.kinds = append(s.kinds, textCell)
		}
		var k kind
		cells[c.Column], k = s.cell(c)
		s.kinds = append(s.kinds, k)
	}
	return rawRow{number: row.Number, cells: cells, kinds: s.kinds, hidden: row.Hidden, filtered: row.Filtered, altered: s.altered}
}

// cell is what a person sees in a cell: a number in plain digits, a date as ISO
// text.
func (s *xlsxSource) cell(c *sheet.Cell) (string, kind) {
	switch {
	case c.Formula && (!c.HasValue || c.Value == "" && c.Type != sheet.String):
		return "", formulaCell
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
			s.altered = append(s.altered, c.Column)
			return number, strayDate
		}
	}
	if style.Alters {
		s.altered = append(s.altered, c.Column)
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
