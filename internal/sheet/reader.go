package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"linkbatch/internal/xmlpart"
)

// The size of a sheet, in every spreadsheet program.
const (
	MaxRows    = 1 << 20
	MaxColumns = 1 << 14
)

// maxRowBytes is the most that the cells of one row may hold: 512 cells with as
// many characters as fit in one.
const maxRowBytes = 16 << 20

// Row is a row as it is written.
type Row struct {
	Number   int  // from 1, as a person sees it
	Hidden   bool // a height of zero hides too
	Filtered bool // the sheet has a filter that hides rows
	Cells    []Cell
}

// Size is about how much memory the row takes, in bytes.
func (r *Row) Size() int {
	const cell = 40 // of a Cell, without its text
	n := len(r.Cells) * cell
	for i := range r.Cells {
		n += len(r.Cells[i].Value)
	}
	return n
}

// Reader reads the rows of a worksheet in order.
type Reader struct {
	xml  *xmlpart.Scanner
	part io.Closer
	book *Book

	inData   bool // within sheetData
	seenData bool
	last     int // the number of the row that was read last
	at       int // the number of the row that is being read

	hidden        bool // the row that is being read
	filtered      bool // known before the first row, like hiddenColumns
	hiddenColumns [][2]int

	cells []Cell // of the row that is being read; their texts are in text, and end at ends
	ends  []int
	text  []byte
	marks marks // of the cell that is being read
}

// newReader reads a part of a workbook, whose shared strings are read already.
func newReader(part io.ReadCloser, book *Book) *Reader {
	return &Reader{xml: xmlpart.New(part), part: part, book: book}
}

// Close ends the reading. It has no error of its own: what was wrong with the
// part, Next has returned.
func (s *Reader) Close() error {
	_ = s.part.Close()
	return nil
}

// Hides reports whether a column, counted from 0, is hidden in the sheet. It is
// known once a row was read.
func (s *Reader) Hides(column int) bool {
	return slices.ContainsFunc(s.hiddenColumns, func(span [2]int) bool { return column >= span[0] && column <= span[1] })
}

// Next returns the next row that is written. After the last row, when the part
// was read to its end, the error is io.EOF, and Number that of the last row. With
// any other error Number is that of the row that cannot be read.
func (s *Reader) Next() (Row, error) {
	s.at = s.last + 1
	if err := s.nextRow(); err == io.EOF {
		return Row{Number: s.last}, err
	} else if err != nil {
		return Row{Number: s.at}, err
	}
	s.last = s.at
	cells, text, start := slices.Clone(s.cells), string(s.text), 0
	for i, end := range s.ends {
		cells[i].Value = text[start:end]
		start = end
	}
	return Row{Number: s.at, Hidden: s.hidden, Filtered: s.filtered, Cells: cells}, nil
}

// nextRow reads up to the end of the next row.
func (s *Reader) nextRow() error {
	for {
		tok, err := s.nextStart()
		if err != nil {
			return err
		}
		switch name := string(tok.Name); {
		case s.inData && name == "row":
			return s.readRow(tok)
		case s.inData:
			return fmt.Errorf("there is an element %q between the rows", name)
		case name == "sheetData" && s.seenData:
			return errors.New("the sheet has two sheetData elements")
		case name == "sheetData":
			s.seenData, s.inData = true, !tok.Empty
		case !s.seenData:
			if err := s.about(name, tok.Attrs); err != nil {
				return err
			}
		}
	}
}

// nextStart returns the next tag outside of the rows that were read.
func (s *Reader) nextStart() (*xmlpart.Token, error) {
	for {
		tok, err := s.xml.Next()
		switch {
		case err == io.EOF && !s.seenData:
			return nil, errors.New("the sheet has no sheetData")
		case err != nil:
			return nil, err
		case tok.Kind == xmlpart.Start:
			return tok, nil
		case tok.Kind == xmlpart.End:
			s.inData = s.inData && s.xml.Depth() > 1
		case s.inData && !isBlank(tok.Text):
			return nil, errText
		}
	}
}

// about keeps what an element before the rows says about them. What cannot be
// understood there changes no row.
func (s *Reader) about(name string, attrs []xmlpart.Attr) error {
	if name == "row" {
		return errors.New("there is a row outside of sheetData")
	}
	first, last, hidden := 0, 0, false
	for _, a := range attrs {
		switch string(a.Name) {
		case "filterMode":
			s.filtered = isTrue(a.Value)
		case "min":
			first, _ = strconv.Atoi(string(a.Value))
		case "max":
			last, _ = strconv.Atoi(string(a.Value))
		case "hidden":
			hidden = hidden || isTrue(a.Value)
		case "width":
			hidden = hidden || isZero(a.Value)
		}
	}
	if name == "col" && hidden && first > 0 {
		s.hiddenColumns = append(s.hiddenColumns, [2]int{first - 1, last - 1})
	}
	if len(s.hiddenColumns) > MaxColumns {
		return errors.New("the sheet hides more columns than it has")
	}
	return nil
}

// isTrue reads a boolean attribute.
func isTrue(value []byte) bool { return string(value) == "1" || string(value) == "true" }

// isZero reports whether a width or height leaves nothing to see.
func isZero(value []byte) bool {
	size, err := strconv.ParseFloat(string(value), 64)
	return err == nil && size == 0
}

// readRow reads the row that was just opened. Between its cells there may be
// extensions, which belong to other programs, and nothing else.
func (s *Reader) readRow(tok *xmlpart.Token) error {
	if err := s.startRow(tok.Attrs); err != nil || tok.Empty {
		return err
	}
	for {
		tok, err := s.xml.Next()
		switch {
		case err != nil:
			return unexpected(err)
		case tok.Kind == xmlpart.End:
			return nil
		case tok.Kind == xmlpart.Text:
			if !isBlank(tok.Text) {
				return errText
			}
			continue
		}
		switch name := string(tok.Name); {
		case name == "c":
			err = s.readCell(tok)
		case name == "extLst":
			err = s.xml.Skip()
		default:
			err = fmt.Errorf("there is an element %q between the cells", name)
		}
		if err != nil {
			return unexpected(err)
		}
	}
}

// startRow reads what the tag of a row says about it. A row without a number comes
// right after the one before it. Rows that are left out are blank.
func (s *Reader) startRow(attrs []xmlpart.Attr) error {
	s.hidden = false
	s.cells, s.ends, s.text = s.cells[:0], s.ends[:0], s.text[:0]
	number := s.last + 1
	for _, a := range attrs {
		switch string(a.Name) {
		case "r":
			n, err := strconv.Atoi(string(a.Value))
			if err != nil || n < 1 {
				return fmt.Errorf("a row has the number %q", xmlpart.Shorten(a.Value))
			}
			number = n
		case "hidden":
			s.hidden = s.hidden || isTrue(a.Value)
		case "ht":
			s.hidden = s.hidden || isZero(a.Value)
		}
	}
	s.at = number
	switch {
	case number > MaxRows:
		return errors.New("a sheet ends at row 1,048,576")
	case number == s.last:
		return errors.New("the row appears twice")
	case number < s.last:
		return fmt.Errorf("row %d comes after row %d", number, s.last)
	}
	return nil
}

var errText = errors.New("there is a text outside of the values of cells")

// unexpected turns the end of the part within an element into an error.
func unexpected(err error) error {
	if err == io.EOF {
		return xmlpart.ErrCutOff
	}
	return err
}
