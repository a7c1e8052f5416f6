package sheet

import (
	"bytes"

	"linkbatch/internal/xmlpart"
)

// Extent is how much of a cell's text is marked in some way.
type Extent uint8

// The extents. White space is not looked at.
const (
	None Extent = iota
	Part
	All
)

// font is what a font does to a text, as far as a person sees less or something
// else by it.
type font struct{ struck, raised bool }

// readMark reads an element of a font's properties (ISO/IEC 29500-1, sections
// 18.8.10 and 18.4.2). Lowered text counts as raised: both are footnotes or
// formulas, and not digits of the number that they are beside.
func (f *font) readMark(tok *xmlpart.Token) {
	switch string(tok.Name) {
	case "strike":
		value := attribute(tok.Attrs, "val")
		f.struck = value != "0" && value != "false"
	case "vertAlign":
		value := attribute(tok.Attrs, "val")
		f.raised = value == "superscript" || value == "subscript"
	}
}

// marks is which marks the pieces of a text have. A text in one piece has the font
// of its cell.
type marks uint8

const (
	struck    marks = 1 << iota // a piece is crossed out
	notStruck                   // another is not
	raised                      // a piece is raised or lowered
	notRaised                   // another is not
	asCell                      // a piece has the font of the cell
)

// of is the marks of a piece in this font.
func (f font) marks() marks {
	m := notStruck | notRaised
	if f.struck {
		m ^= notStruck | struck
	}
	if f.raised {
		m ^= notRaised | raised
	}
	return m
}

// in is the marks of a text whose cell has this font.
func (m marks) in(cell font) marks {
	if m&asCell != 0 {
		m |= cell.marks()
	}
	return m
}

// extent is how much of a text has a mark, where other pieces have the other.
func (m marks) extent(mark, other marks) Extent {
	switch {
	case m&mark == 0:
		return None
	case m&other == 0:
		return All
	}
	return Part
}

// readRun reads the properties of a run, which was just opened.
func readRun(x *xmlpart.Scanner) (f font, err error) {
	for depth := x.Depth(); ; {
		tok, err := x.Next()
		if err != nil {
			return f, err
		}
		if tok.Kind == xmlpart.Start {
			f.readMark(tok)
		}
		if x.Depth() < depth {
			return f, nil
		}
	}
}

// isBlank reports whether there is nothing to see in a text.
func isBlank(text []byte) bool { return len(bytes.TrimSpace(text)) == 0 }
