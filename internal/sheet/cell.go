package sheet

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"linkbatch/internal/xmlpart"
)

// Cell is a cell as it is written.
type Cell struct {
	Column   int // from 0
	Style    int // to be looked up by Book.Style
	Type     Type
	Formula  bool   // the value is what a formula gave when the file was saved
	HasValue bool   // a value is written, even if it is empty
	Struck   Extent // crossed out
	Raised   Extent // raised or lowered
	Value    string // as written; of a Shared or Inline cell the text
}

// Type is the t attribute of a cell (ISO/IEC 29500-1, section 18.18.11).
type Type uint8

// The types of cells.
const (
	Number  Type = iota // n, or no attribute; a date is a number with a format
	Shared              // s: a text in the table of shared strings
	Inline              // inlineStr: a text in the cell
	String              // str: the text that a formula gave
	Bool                // b: 0 or 1
	Error               // e: #N/A and the like
	ISODate             // d: a date as ISO 8601 text
)

var typeNames = map[string]Type{"n": Number, "s": Shared, "inlineStr": Inline, "str": String, "b": Bool, "e": Error, "d": ISODate}

// readCell reads the cell that was just opened into s.cells. A cell without a
// reference comes right after the one before it.
func (s *Reader) readCell(tok *xmlpart.Token) error {
	c := Cell{}
	last := len(s.cells) - 1
	if last >= 0 {
		c.Column = s.cells[last].Column + 1
	}
	if err := s.attributes(&c, tok.Attrs); err != nil {
		return err
	}
	if last >= 0 && c.Column <= s.cells[last].Column || c.Column >= MaxColumns {
		return fmt.Errorf("cell %s is out of order", s.ref(&c))
	}
	start := len(s.text)
	s.marks = asCell
	if !tok.Empty {
		if err := s.readValue(&c); err != nil {
			return fmt.Errorf("cell %s: %w", s.ref(&c), unexpected(err))
		}
	}
	if err := s.resolve(&c, start); err != nil {
		return fmt.Errorf("cell %s %w", s.ref(&c), err)
	}
	m := s.marks.in(s.book.font(c.Style))
	c.Struck, c.Raised = m.extent(struck, notStruck), m.extent(raised, notRaised)
	s.cells, s.ends = append(s.cells, c), append(s.ends, len(s.text))
	return nil
}

// ref names a cell of the row that is being read, such as C17.
func (s *Reader) ref(c *Cell) string { return Letters(c.Column) + strconv.Itoa(s.at) }

// attributes reads what the tag of a cell says about it. An attribute with a prefix
// is of another namespace and says nothing here.
func (s *Reader) attributes(c *Cell, attrs []xmlpart.Attr) error {
	for _, a := range attrs {
		ok := true
		switch string(a.Name) {
		case "r":
			var row int
			c.Column, row, ok = cellAt(a.Value)
			ok = ok && row == s.at
		case "s":
			var err error
			c.Style, err = strconv.Atoi(string(a.Value))
			ok = err == nil
		case "t":
			c.Type, ok = typeNames[string(a.Value)]
		}
		if !ok {
			return fmt.Errorf("a cell has the invalid attribute %s=%q", a.Name, xmlpart.Shorten(a.Value))
		}
	}
	return nil
}

// readValue reads what is in a cell, and appends its value to s.text.
func (s *Reader) readValue(c *Cell) error {
	for {
		tok, err := s.xml.Next()
		switch {
		case err != nil:
			return err
		case tok.Kind == xmlpart.End:
			return nil
		case tok.Kind == xmlpart.Start:
			err = s.readPiece(c, tok)
		case !isBlank(tok.Text):
			err = errText
		}
		if err == nil && len(s.text) > maxRowBytes {
			err = xmlpart.ErrTooLong
		}
		if err != nil {
			return err
		}
	}
}

// readPiece reads an element in a cell: its formula, or its value. The formula is
// only noted; what it gives is for a spreadsheet program to say, in the value.
func (s *Reader) readPiece(c *Cell, tok *xmlpart.Token) (err error) {
	name := string(tok.Name)
	switch name {
	case "f":
		c.Formula = true
	case "v", "is":
		if c.HasValue {
			return errors.New("has two values")
		}
		if name == "is" && c.Type != Inline {
			return errors.New("contains a text, but is not a text by its type")
		}
		c.HasValue = true
	case "extLst":
	default:
		return fmt.Errorf("contains the unknown element %q", name)
	}
	switch {
	case name == "v":
		s.text, err = s.xml.Content(s.text)
	case name == "is" && !tok.Empty:
		s.text, s.marks, err = richText(s.xml, s.text)
	default:
		err = s.xml.Skip()
	}
	return err
}

// resolve puts the text that a cell refers to in place of its value, which
// begins at start in s.text, and refuses a boolean that is neither 0 nor 1:
// spreadsheets do not agree on what any other is.
func (s *Reader) resolve(c *Cell, start int) error {
	value := s.text[start:]
	switch {
	case len(value) == 0:
	case c.Type == Shared:
		text, m, err := s.book.strings.get(value)
		s.text, s.marks = append(s.text[:start], text...), m
		return err
	case c.Type == Inline:
		s.text = unescape(s.text, start)
	case c.Type == Bool && string(value) != "0" && string(value) != "1":
		return fmt.Errorf("is TRUE or FALSE by its type, but contains %q", xmlpart.Shorten(value))
	}
	return nil
}

// cellAt reads a reference such as C17. The column is counted from 0.
func cellAt(ref []byte) (column, row int, ok bool) {
	const mostLetters = 3 // XFD
	i := 0
	for ; i < len(ref) && i <= mostLetters && ref[i]|0x20 >= 'a' && ref[i]|0x20 <= 'z'; i++ {
		column = column*26 + int(ref[i]|0x20-'a') + 1
	}
	for _, b := range ref[i:] {
		if b < '0' || b > '9' || row > MaxRows {
			return 0, 0, false
		}
		row = row*10 + int(b-'0')
	}
	return column - 1, row, column > 0 && column <= MaxColumns && row > 0 && row <= MaxRows
}

// Letters names the column with index i of a sheet: A, Z, AA.
func Letters(i int) string {
	var letters []byte
	for i++; i > 0; i = (i - 1) / 26 {
		letters = append(letters, byte('A'+(i-1)%26))
	}
	slices.Reverse(letters)
	return string(letters)
}
