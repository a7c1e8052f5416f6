package sheet

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"strings"

	"linkbatch/internal/xmlpart"
)

// Book is an open workbook: its worksheets, and what all of them share. It is
// not safe for concurrent use.
type Book struct {
	// Sheets are the worksheets in the order of their tabs. Chart sheets and the
	// like have no rows and are left out. There is at least one.
	Sheets   []Worksheet
	Date1904 bool // dates count from 1904-01-01, not from 1900-01-01
	// Recalculated is whether the file asks to be calculated when it is opened
	// (fullCalcOnLoad): what it has saved of formulas may be placeholders.
	Recalculated bool

	pack    pack
	parts   *bookParts
	strings *Strings // nil until the first sheet is opened
	styles  []style
}

// Worksheet is an entry in the list of a workbook's sheets.
type Worksheet struct {
	Name    string
	Visible bool // neither hidden nor "very hidden"

	part string
}

// Open reads what a workbook says about itself. Its rows are read later, and zr
// must stay usable until then. An error is [ErrTooBig], a [*BombError], or says
// what is damaged.
func Open(zr *zip.Reader) (*Book, error) {
	p, err := newPack(zr)
	if err != nil {
		return nil, err
	}
	b := &Book{pack: p}
	if b.parts, err = p.find(); err != nil {
		return nil, err
	}
	if err := p.measure(b.parts); err != nil {
		return nil, err
	}
	if err := cmp.Or(b.readBook(), p.verify(contentTypesPart), b.readStyles()); err != nil {
		return nil, err
	}
	if len(b.Sheets) == 0 {
		return nil, errors.New("it has no worksheet")
	}
	return b, nil
}

// readBook reads the part that lists the sheets.
func (b *Book) readBook() error {
	return b.pack.elements(b.parts.book, func(within []string, tok *xmlpart.Token) error {
		switch name := string(tok.Name); {
		case name == "workbookPr" && len(within) == 0:
			return b.readProperties(tok.Attrs)
		case name == "calcPr" && len(within) == 0:
			b.Recalculated = isTrue([]byte(attribute(tok.Attrs, "fullCalcOnLoad")))
		case name == "sheet" && len(within) == 1 && within[0] == "sheets":
			return b.addSheet(tok.Attrs)
		}
		return nil
	})
}

// readProperties reads which date system the workbook has.
func (b *Book) readProperties(attrs []xmlpart.Attr) error {
	for _, a := range attrs {
		if string(a.Name) != "date1904" {
			continue
		}
		switch string(a.Value) {
		case "1", "true", "on":
			b.Date1904 = true
		case "0", "false", "off":
			b.Date1904 = false
		default:
			return fmt.Errorf("does not say whether its dates count from 1904: date1904=%q", xmlpart.Shorten(a.Value))
		}
	}
	return nil
}

// addSheet lists a sheet, if it is a worksheet. The id of its relationship is the
// only attribute named id that has a prefix; which prefix is for the file to say.
func (b *Book) addSheet(attrs []xmlpart.Attr) error {
	s := Worksheet{Visible: true}
	for _, a := range attrs {
		switch name := string(a.Name); {
		case name == "name":
			s.Name = a.Decoded()
		case name == "state":
			s.Visible = len(a.Value) == 0 || string(a.Value) == "visible"
		case strings.HasSuffix(name, ":id"):
			s.part = b.parts.sheets[a.Decoded()]
		}
	}
	if s.part == "" {
		return nil
	}
	if s.Name == "" {
		return errors.New("lists a sheet without a name")
	}
	b.Sheets = append(b.Sheets, s)
	return nil
}

// Rows opens a worksheet of the workbook. The reader must be closed.
func (b *Book) Rows(w Worksheet) (*Reader, error) {
	if err := b.readStrings(); err != nil {
		return nil, err
	}
	part, err := b.pack.open(w.part)
	if err != nil {
		return nil, err
	}
	return newReader(part, b), nil
}

// Merges finds the merged cells of a worksheet. They are written after the rows
// that they cover, so the part is searched for them once before it is read.
func (b *Book) Merges(w Worksheet) (Merges, error) {
	part, err := b.pack.open(w.part)
	if err != nil {
		return Merges{}, err
	}
	defer part.Close()
	return readMerges(part), nil
}

// readStrings reads the table of shared strings, once. A workbook may have none.
func (b *Book) readStrings() error {
	if b.strings != nil {
		return nil
	}
	if b.pack[b.parts.strings] == nil {
		b.strings = &Strings{}
		return nil
	}
	part, err := b.pack.open(b.parts.strings)
	if err != nil {
		return err
	}
	defer part.Close()
	b.strings, err = readStrings(part)
	return err
}
