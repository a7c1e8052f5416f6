package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"linkbatch/internal/sheet"
)

// xlsxSource gives the rows of a sheet. Two readers go over it side by side:
// excelize, and a scanner of the part's bytes. The library (v2.11.0) ends a
// sheet without an error at the first bad character, and puts cells without
// order into wrong places; so each cell that it gives is held against the bytes,
// and a difference is an error.
type xlsxSource struct {
	book  *workbook
	sheet worksheet
	part  io.Closer
	scan  *sheet.Reader
	ahead *readAhead[sheet.Row] // takes over from scan below the header; the scanner costs a sixth of the library's time
	rows  *excelize.Rows

	written sheet.Row // the row as the scanner has it
	row     int       // of excelize
	text    []byte    // the cells of a row, one after the other
	ends    []int     // where each of them ends in text
	kinds   []kind
	altered []int // the cells that show other digits than they hold
	width   int   // of the header
	merges  sheet.Merges
}

// rows opens a sheet of the workbook.
func (b *workbook) rows(s worksheet) (*xlsxSource, error) {
	if err := b.readStrings(); err != nil {
		return nil, err
	}
	part, err := b.parts.open(s.part)
	if err != nil {
		return nil, b.in.broken(err)
	}
	blocks := sheet.ReadMerges(part)
	_ = part.Close() // it was only looked at
	if part, err = b.parts.open(s.part); err != nil {
		return nil, b.in.broken(err)
	}
	src := &xlsxSource{book: b, sheet: s, part: part, scan: sheet.NewReader(part), merges: blocks}
	err = guard(func() (err error) {
		src.rows, err = b.file.Rows(s.name)
		return err
	})
	if err != nil {
		_ = part.Close() // the first error is the one to tell
		return nil, b.in.broken(err)
	}
	return src, nil
}

// readStrings reads the table of shared strings, once.
func (b *workbook) readStrings() error {
	if b.strings != nil {
		return nil
	}
	table, err := b.parts.readStrings(b.found.strings)
	if err != nil {
		return b.in.broken(err)
	}
	b.strings = table
	return nil
}

// Close ends the reading of the sheet, and with it the workbook.
func (s *xlsxSource) Close() error {
	if s.ahead != nil {
		_ = s.ahead.Close() // it has no error
	}
	return errors.Join(s.rows.Close(), s.part.Close(), s.book.close())
}

// fault is a fault of the sheet at the row where the reading ended.
func (s *xlsxSource) fault(row int, err error) *FileError {
	return &FileError{File: s.book.in.label, Sheet: s.sheet.name, Row: row, Message: "cannot be read exactly: " + err.Error(), Hint: saveAgain, Err: err}
}

// scanned is the next row as it is written.
func (s *xlsxSource) scanned() (sheet.Row, error) {
	if s.ahead != nil {
		return s.ahead.next()
	}
	return s.scan.Pull()
}

func (s *xlsxSource) next() (raw rawRow, err error) {
	if s.written, err = s.scanned(); err == io.EOF {
		return s.end()
	} else if err != nil {
		return rawRow{}, s.fault(s.written.Number, err)
	}
	var texts []string
	err = guard(func() (err error) {
		for ; s.row < s.written.Number; s.row++ {
			if !s.rows.Next() {
				return errors.Join(errors.New("the library found no such row"), s.rows.Error())
			}
		}
		texts, err = s.rows.Columns()
		return err
	})
	if err == nil {
		raw, err = s.compare(texts)
	}
	if err == nil {
		return raw, nil
	}
	// The library has read beyond this row already. What is wrong with the next
	// one may be why.
	row := s.written.Number
	if below, scanErr := s.scanned(); scanErr != nil && scanErr != io.EOF {
		row, err = below.Number, scanErr
	}
	return rawRow{}, s.fault(row, err)
}

// end makes sure that excelize has no more rows either.
func (s *xlsxSource) end() (rawRow, error) {
	more := false
	if err := guard(func() error { more = s.rows.Next(); return s.rows.Error() }); err != nil {
		return rawRow{}, s.fault(s.written.Number, err)
	}
	if more {
		return rawRow{}, s.fault(s.written.Number, errors.New("the library found more rows than there are"))
	}
	return rawRow{number: s.written.Number}, io.EOF
}

// compare holds the texts that excelize gave against the row as it is written,
// and tells what kind of cell each is.
func (s *xlsxSource) compare(texts []string) (rawRow, error) {
	s.text, s.ends, s.kinds, s.altered = s.text[:0], s.ends[:0], s.kinds[:0], nil
	for i := range s.written.Cells {
		c := &s.written.Cells[i]
		for len(s.ends) < c.Column {
			if at := len(s.ends); at < len(texts) && texts[at] != "" {
				return rawRow{}, fmt.Errorf("cell %s%d is blank in the file, but not for the library", sheet.Letters(at), s.written.Number)
			}
			s.add("", textCell)
		}
		text := ""
		if c.Column < len(texts) {
			text = texts[c.Column]
		}
		if err := s.cell(c, text); err != nil {
			return rawRow{}, fmt.Errorf("cell %s %w", s.written.Ref(c), err)
		}
	}
	if len(texts) > len(s.ends) {
		return rawRow{}, fmt.Errorf("the library found %d cells where there are %d", len(texts), len(s.ends))
	}
	blocks, err := s.merges.Over(s.written.Number)
	if err != nil {
		return rawRow{}, err
	}
	raw := rawRow{number: s.written.Number, cells: make([]string, len(s.ends), max(len(s.ends), s.width)), kinds: s.kinds, hidden: s.written.Hidden, filtered: s.written.Filtered, merges: blocks, altered: s.altered}
	all, start := string(s.text), 0
	for i, end := range s.ends {
		raw.cells[i] = all[start:end]
		start = end
	}
	return raw, nil
}

func (s *xlsxSource) add(text string, k kind) {
	s.text = append(s.text, text...)
	s.ends = append(s.ends, len(s.text))
	s.kinds = append(s.kinds, k)
}

var errOtherwise = errors.New("is read by the library otherwise than it is written")

// cell adds a cell to the row, unless excelize did not read it as it is written.
// Of shared strings the library knows nothing: the text is taken from the table.
func (s *xlsxSource) cell(c *sheet.Cell, text string) error {
	written := s.written.Value(c)
	switch {
	case c.Type == sheet.Shared && len(written) > 0:
		shared, err := s.book.strings.Get(written)
		if err == nil && text != "" {
			err = errOtherwise
		}
		s.text = append(s.text, shared...)
		s.add("", textCell)
		return err
	case c.Type == sheet.Inline && bytes.Contains(written, []byte("_x")):
		if sheet.Unescape(string(written)) != text {
			return errOtherwise
		}
	case string(written) != text:
		return errOtherwise
	}
	s.add(s.understand(c, text))
	return nil
}

// understand is what a person sees in a cell: a number in plain digits, a date
// as ISO text.
func (s *xlsxSource) understand(c *sheet.Cell, text string) (string, kind) {
	switch {
	case c.Formula && (!c.HasValue || text == "" && c.Type != sheet.String):
		return "", formulaCell
	case text == "":
		return "", textCell
	}
	switch c.Type {
	case sheet.Number:
		style := s.book.style(c.Style)
		if style.Date {
			if date, ok := serialDate(text, s.book.system); ok {
				return date, dateCell
			}
			if number, k := plainNumber(text); k == numberCell {
				s.altered = append(s.altered, c.Column)
				return number, strayDate
			}
		}
		if style.Alters {
			s.altered = append(s.altered, c.Column)
		}
		return plainNumber(text)
	case sheet.Bool:
		return strings.ToUpper(strconv.FormatBool(text == "1")), boolCell
	case sheet.Error:
		return text, errorCell
	case sheet.ISODate:
		return isoDay(text), dateCell
	}
	return text, textCell
}

// isoDay is the text of an ISO date cell, whose time says nothing at midnight, as
// a whole number says nothing of one.
func isoDay(text string) string {
	if day, time, ok := strings.Cut(text, "T"); ok && strings.Trim(time, "0:.Z") == "" {
		return day
	}
	return text
}
