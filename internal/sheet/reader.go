package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"linkbatch/internal/xmlpart"
)

// The size of a sheet, in every spreadsheet program, and the most that the cells
// of one row may hold here: 128 cells filled with as many characters as fit.
const (
	MaxRows     = 1 << 20
	MaxColumns  = 16384
	maxRowBytes = 16 << 20
	cellSize    = 48 // of a Cell
)

// Cell is a cell as it is written in the sheet's part.
type Cell struct {
	Column     int // from 0
	Style      int
	Type       Type
	Formula    bool
	HasValue   bool // a value is written, be it an empty one
	start, end int  // of the value in Row.values
}

// Row is a row as it is written in the sheet's part.
type Row struct {
	Number   int // its number; where there is none, that of the row that was read last or that cannot be read
	Hidden   bool
	Filtered bool // a filter hides rows of the sheet
	Cells    []Cell
	values   []byte // of all cells
}

// Value is what a cell of the row holds, as written.
func (r *Row) Value(c *Cell) []byte { return r.values[c.start:c.end] }

// Size is about how much memory the row takes, in bytes.
func (r Row) Size() int { return len(r.Cells)*cellSize + len(r.values) }

// Reader reads the rows of a sheet's part as they are written, down to the
// end of the part, and refuses whatever a lenient reader would pass over.
type Reader struct {
	xml    *xmlpart.Scanner
	ahead  xmlpart.Token // read, but not used yet; a text is none
	inData bool
	seen   bool // sheetData

	Row     // the last one
	at  int // the number of the row that is being read

	HiddenColumns [][2]int // first and last, from 0; known before the first row, like filtered
}

func NewReader(part io.Reader) *Reader {
	return &Reader{xml: xmlpart.New(part), ahead: xmlpart.Token{Kind: xmlpart.Text}}
}

// Next reads the next row into s, and what stands between it and the one after
// it: the library goes that far too when it is asked for a row, and keeps in
// memory what this scanner refuses. It returns io.EOF after the last row, when
// the part was read to its end.
func (s *Reader) Next() error {
	s.at = s.Number + 1
	if err := s.nextRow(); err != nil {
		return err
	}
	var err error
	for s.ahead.Kind = xmlpart.Text; s.ahead.Kind == xmlpart.Text; {
		if s.ahead, err = s.xml.Next(); err != nil {
			s.at = s.Number + 1
			return unexpected(err)
		}
	}
	return nil
}

// Pull is Next with a row of its own. With an error it has the number of the row
// that was read last, at the end, or that cannot be read.
func (s *Reader) Pull() (Row, error) {
	if err := s.Next(); err == io.EOF {
		return Row{Number: s.Number}, err
	} else if err != nil {
		return Row{Number: s.at}, err
	}
	r := s.Row
	r.Cells, r.values = slices.Clone(r.Cells), slices.Clone(r.values)
	return r, nil
}

// token is the token that was looked at already, or the next one.
func (s *Reader) token() (xmlpart.Token, error) {
	tok := s.ahead
	s.ahead = xmlpart.Token{Kind: xmlpart.Text}
	if tok.Kind != xmlpart.Text {
		return tok, nil
	}
	return s.xml.Next()
}

func (s *Reader) nextRow() error {
	for {
		tok, err := s.token()
		if err == io.EOF && !s.seen {
			return errors.New("the sheet has no sheetData")
		}
		if err != nil {
			return err
		}
		switch {
		case tok.Kind == xmlpart.Text:
		case tok.Kind == xmlpart.End:
			if s.inData && s.xml.Depth() == 1 {
				s.inData = false
			}
		case s.inData:
			if string(tok.Name) == "row" {
				return s.readRow(tok)
			}
			return fmt.Errorf("the element %q stands between the rows", tok.Name)
		case string(tok.Name) == "sheetData":
			if s.seen {
				return errors.New("the sheet has two sheetData")
			}
			s.seen, s.inData = true, !tok.Empty
		case !s.seen:
			s.about(tok)
			if len(s.HiddenColumns) > MaxColumns {
				return errors.New("the sheet hides more columns than it has")
			}
		}
	}
}

// about keeps what the elements before the rows say about them. What cannot be
// understood there changes no row.
func (s *Reader) about(tok xmlpart.Token) {
	first, last, hidden := 0, 0, false
	for a := tok.Attrs; a.Next(); {
		switch string(a.Name) {
		case "filterMode":
			s.Filtered = isTrue(a.Value)
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
	if string(tok.Name) == "col" && hidden && first > 0 {
		s.HiddenColumns = append(s.HiddenColumns, [2]int{first - 1, last - 1})
	}
}

// isTrue reads a boolean attribute.
func isTrue(value []byte) bool { return string(value) == "1" || string(value) == "true" }

// isZero tells of a width or height that leaves nothing to see.
func isZero(value []byte) bool {
	size, err := strconv.ParseFloat(string(value), 64)
	return err == nil && size == 0
}

func (s *Reader) readRow(tok xmlpart.Token) error {
	number := s.Number + 1
	s.Hidden = false
	for a := tok.Attrs; a.Next(); {
		switch string(a.Name) {
		case "r":
			n, err := strconv.Atoi(string(a.Value))
			if err != nil || n < 1 {
				return fmt.Errorf("a row has the number %q", xmlpart.Shorten(a.Value))
			}
			number = n
		case "hidden":
			s.Hidden = s.Hidden || isTrue(a.Value)
		case "ht":
			s.Hidden = s.Hidden || isZero(a.Value)
		}
	}
	s.at = number
	switch {
	case number > MaxRows:
		return errors.New("a sheet ends at row 1,048,576")
	case number == s.Number:
		return errors.New("the row is there twice")
	case number < s.Number:
		return fmt.Errorf("row %d stands after row %d", number, s.Number)
	}
	s.Number, s.Cells, s.values = number, s.Cells[:0], s.values[:0]
	if tok.Empty {
		return nil
	}
	for {
		tok, err := s.xml.Next()
		switch {
		case err != nil:
			return unexpected(err)
		case tok.Kind == xmlpart.End:
			return nil
		case tok.Kind == xmlpart.Text:
		case string(tok.Name) == "c":
			if err := s.readCell(tok); err != nil {
				return unexpected(err)
			}
		case !tok.Empty:
			if err := s.xml.Skip(); err != nil {
				return unexpected(err)
			}
		}
	}
}

// unexpected makes an end within an element an error like any other.
func unexpected(err error) error {
	if err == io.EOF {
		return xmlpart.ErrCutOff
	}
	return err
}

func (s *Reader) readCell(tok xmlpart.Token) error {
	cell := Cell{start: len(s.values), end: len(s.values)}
	if last := len(s.Cells); last > 0 {
		cell.Column = s.Cells[last-1].Column + 1
	}
	if err := s.attributes(&cell, tok.Attrs); err != nil {
		return err
	}
	if last := len(s.Cells); last > 0 && cell.Column <= s.Cells[last-1].Column || cell.Column >= MaxColumns {
		return fmt.Errorf("cell %s stands out of its place", s.Ref(&cell))
	}
	if !tok.Empty {
		if err := s.readValue(&cell); err != nil {
			return fmt.Errorf("cell %s: %w", s.Ref(&cell), err)
		}
	}
	if cell.Type == Bool && !isBit(s.Value(&cell)) {
		return fmt.Errorf("cell %s: is TRUE or FALSE by its type, but holds %q", s.Ref(&cell), xmlpart.Shorten(s.Value(&cell)))
	}
	s.Cells = append(s.Cells, cell)
	return nil
}

func (s *Reader) attributes(cell *Cell, a xmlpart.Attrs) error {
	for a.Next() {
		var err error
		switch string(a.Name) {
		case "r":
			err = s.place(cell, a.Value)
		case "s":
			cell.Style, err = strconv.Atoi(string(a.Value))
		case "t":
			cell.Type, err = typeOf(a.Value)
		}
		if err != nil {
			return fmt.Errorf("a cell has the attribute %s=%q", a.Name, xmlpart.Shorten(a.Value))
		}
	}
	return nil
}

// place reads the reference of a cell, such as C17, which must be in its row.
func (s *Reader) place(cell *Cell, ref []byte) error {
	column, i := 0, 0
	for ; i < len(ref) && i < 4 && ref[i]|0x20 >= 'a' && ref[i]|0x20 <= 'z'; i++ {
		column = column*26 + int(ref[i]|0x20-'a') + 1
	}
	row := 0
	for _, b := range ref[i:] {
		if b < '0' || b > '9' || row > MaxRows {
			return errors.New("is no cell")
		}
		row = row*10 + int(b-'0')
	}
	if column == 0 || column > MaxColumns || row != s.Number {
		return errors.New("is no cell of this row")
	}
	cell.Column = column - 1
	return nil
}

// Ref names a cell of the last row.
func (r *Row) Ref(cell *Cell) string {
	return Letters(cell.Column) + strconv.Itoa(r.Number)
}

// readValue reads what stands within a cell.
func (s *Reader) readValue(cell *Cell) error {
	for {
		tok, err := s.xml.Next()
		switch {
		case err != nil:
			return unexpected(err)
		case tok.Kind == xmlpart.End:
			return nil
		case tok.Kind == xmlpart.Text:
			continue
		}
		switch string(tok.Name) {
		case "f":
			cell.Formula = true
			err = s.skip(tok)
		case "v", "is":
			if cell.HasValue {
				return errors.New("has two values")
			}
			cell.HasValue = true
			if tok.Empty {
				continue
			}
			if string(tok.Name) == "v" {
				s.values, err = s.xml.Content(s.values)
			} else {
				s.values, err = richText(s.xml, s.values)
			}
			cell.end = len(s.values)
		default:
			err = s.skip(tok)
		}
		if err == nil && len(s.values) > maxRowBytes {
			err = xmlpart.ErrTooLong
		}
		if err != nil {
			return unexpected(err)
		}
	}
}

func (s *Reader) skip(tok xmlpart.Token) error {
	if tok.Empty {
		return nil
	}
	return s.xml.Skip()
}
