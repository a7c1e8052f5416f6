package ingest

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
	maxSheetRow    = 1 << 20
	maxSheetColumn = widest
	maxRowBytes    = 16 << 20
)

// sheetCell is a cell as it is written in the sheet's part.
type sheetCell struct {
	column     int // from 0
	style      int
	typ        cellType
	formula    bool
	hasValue   bool // a value is written, be it an empty one
	start, end int  // of the value in sheetRow.values
}

// sheetRow is a row as it is written in the sheet's part.
type sheetRow struct {
	row      int // its number; where there is none, that of the row that was read last or that cannot be read
	hidden   bool
	filtered bool // a filter hides rows of the sheet
	cells    []sheetCell
	values   []byte // of all cells
}

// value is what a cell of the row holds, as written.
func (r *sheetRow) value(c *sheetCell) []byte { return r.values[c.start:c.end] }

// size is about how much memory the row takes, in bytes.
func (r sheetRow) size() int { return len(r.cells)*cellSize + len(r.values) }

// sheetScanner reads the rows of a sheet's part as they are written, down to the
// end of the part, and refuses whatever a lenient reader would pass over.
type sheetScanner struct {
	xml    *xmlpart.Scanner
	ahead  xmlpart.Token // read, but not used yet; a text is none
	inData bool
	seen   bool // sheetData

	sheetRow     // the last one
	at       int // the number of the row that is being read

	hiddenColumns [][2]int // first and last, from 0; known before the first row, like filtered
}

func newSheetScanner(part io.Reader) *sheetScanner {
	return &sheetScanner{xml: xmlpart.New(part), ahead: xmlpart.Token{Kind: xmlpart.Text}}
}

// next reads the next row into s, and what stands between it and the one after
// it: the library goes that far too when it is asked for a row, and keeps in
// memory what this scanner refuses. It returns io.EOF after the last row, when
// the part was read to its end.
func (s *sheetScanner) next() error {
	s.at = s.row + 1
	if err := s.nextRow(); err != nil {
		return err
	}
	var err error
	for s.ahead.Kind = xmlpart.Text; s.ahead.Kind == xmlpart.Text; {
		if s.ahead, err = s.xml.Next(); err != nil {
			s.at = s.row + 1
			return unexpected(err)
		}
	}
	return nil
}

// pull is next with a row of its own. With an error it has the number of the row
// that was read last, at the end, or that cannot be read.
func (s *sheetScanner) pull() (sheetRow, error) {
	if err := s.next(); err == io.EOF {
		return sheetRow{row: s.row}, err
	} else if err != nil {
		return sheetRow{row: s.at}, err
	}
	r := s.sheetRow
	r.cells, r.values = slices.Clone(r.cells), slices.Clone(r.values)
	return r, nil
}

// token is the token that was looked at already, or the next one.
func (s *sheetScanner) token() (xmlpart.Token, error) {
	tok := s.ahead
	s.ahead = xmlpart.Token{Kind: xmlpart.Text}
	if tok.Kind != xmlpart.Text {
		return tok, nil
	}
	return s.xml.Next()
}

func (s *sheetScanner) nextRow() error {
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
			if len(s.hiddenColumns) > maxSheetColumn {
				return errors.New("the sheet hides more columns than it has")
			}
		}
	}
}

// about keeps what the elements before the rows say about them. What cannot be
// understood there changes no row.
func (s *sheetScanner) about(tok xmlpart.Token) {
	first, last, hidden := 0, 0, false
	for a := tok.Attrs; a.Next(); {
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
	if string(tok.Name) == "col" && hidden && first > 0 {
		s.hiddenColumns = append(s.hiddenColumns, [2]int{first - 1, last - 1})
	}
}

// isTrue reads a boolean attribute.
func isTrue(value []byte) bool { return string(value) == "1" || string(value) == "true" }

// isZero tells of a width or height that leaves nothing to see.
func isZero(value []byte) bool {
	size, err := strconv.ParseFloat(string(value), 64)
	return err == nil && size == 0
}

func (s *sheetScanner) readRow(tok xmlpart.Token) error {
	number := s.row + 1
	s.hidden = false
	for a := tok.Attrs; a.Next(); {
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
	case number > maxSheetRow:
		return errors.New("a sheet ends at row 1,048,576")
	case number == s.row:
		return errors.New("the row is there twice")
	case number < s.row:
		return fmt.Errorf("row %d stands after row %d", number, s.row)
	}
	s.row, s.cells, s.values = number, s.cells[:0], s.values[:0]
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

func (s *sheetScanner) readCell(tok xmlpart.Token) error {
	cell := sheetCell{start: len(s.values), end: len(s.values)}
	if last := len(s.cells); last > 0 {
		cell.column = s.cells[last-1].column + 1
	}
	if err := s.attributes(&cell, tok.Attrs); err != nil {
		return err
	}
	if last := len(s.cells); last > 0 && cell.column <= s.cells[last-1].column || cell.column >= maxSheetColumn {
		return fmt.Errorf("cell %s stands out of its place", s.ref(&cell))
	}
	if !tok.Empty {
		if err := s.readValue(&cell); err != nil {
			return fmt.Errorf("cell %s: %w", s.ref(&cell), err)
		}
	}
	if cell.typ == boolType && !isBit(s.value(&cell)) {
		return fmt.Errorf("cell %s: is TRUE or FALSE by its type, but holds %q", s.ref(&cell), xmlpart.Shorten(s.value(&cell)))
	}
	s.cells = append(s.cells, cell)
	return nil
}

func (s *sheetScanner) attributes(cell *sheetCell, a xmlpart.Attrs) error {
	for a.Next() {
		var err error
		switch string(a.Name) {
		case "r":
			err = s.place(cell, a.Value)
		case "s":
			cell.style, err = strconv.Atoi(string(a.Value))
		case "t":
			cell.typ, err = typeOf(a.Value)
		}
		if err != nil {
			return fmt.Errorf("a cell has the attribute %s=%q", a.Name, xmlpart.Shorten(a.Value))
		}
	}
	return nil
}

// place reads the reference of a cell, such as C17, which must be in its row.
func (s *sheetScanner) place(cell *sheetCell, ref []byte) error {
	column, i := 0, 0
	for ; i < len(ref) && i < 4 && ref[i]|0x20 >= 'a' && ref[i]|0x20 <= 'z'; i++ {
		column = column*26 + int(ref[i]|0x20-'a') + 1
	}
	row := 0
	for _, b := range ref[i:] {
		if b < '0' || b > '9' || row > maxSheetRow {
			return errors.New("is no cell")
		}
		row = row*10 + int(b-'0')
	}
	if column == 0 || column > maxSheetColumn || row != s.row {
		return errors.New("is no cell of this row")
	}
	cell.column = column - 1
	return nil
}

// ref names a cell of the last row.
func (r *sheetRow) ref(cell *sheetCell) string {
	return columnLetters(cell.column) + strconv.Itoa(r.row)
}

// readValue reads what stands within a cell.
func (s *sheetScanner) readValue(cell *sheetCell) error {
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
			cell.formula = true
			err = s.skip(tok)
		case "v", "is":
			if cell.hasValue {
				return errors.New("has two values")
			}
			cell.hasValue = true
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

func (s *sheetScanner) skip(tok xmlpart.Token) error {
	if tok.Empty {
		return nil
	}
	return s.xml.Skip()
}
