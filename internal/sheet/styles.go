package sheet

import (
	"strconv"
	"strings"

	"linkbatch/internal/xmlpart"
)

// Style is what the style of a cell does to the number in it.
type Style struct {
	Date   bool // shown as a day, perhaps with a time; a time alone is not a day
	Alters bool // a person sees other digits than the number has, or none
}

// style is all that is known of a style.
type style struct {
	Style
	font font
}

// Style returns what a style does, by the number that cells have for it. A style
// that the workbook does not define does nothing.
func (b *Book) Style(number int) Style {
	if number < 0 || number >= len(b.styles) {
		return Style{}
	}
	return b.styles[number].Style
}

// font returns the font of a style.
func (b *Book) font(number int) font {
	if number < 0 || number >= len(b.styles) {
		return font{}
	}
	return b.styles[number].font
}

// readStyles reads the formats of cells (ISO/IEC 29500-1, section 18.8.10), in
// the order by which cells name them, and the formats of numbers and the fonts that
// they refer to, which come before. A workbook may have none.
func (b *Book) readStyles() error {
	if b.pack[b.parts.styles] == nil {
		return nil
	}
	formats := make(map[string]Style) // the workbook's own, by their ids
	var fonts []font
	return b.pack.elements(b.parts.styles, func(within []string, tok *xmlpart.Token) error {
		switch strings.Join(within, "/") + "/" + string(tok.Name) {
		case "numFmts/numFmt":
			code := attribute(tok.Attrs, "formatCode")
			formats[attribute(tok.Attrs, "numFmtId")] = Style{isDate(code), altersDigits(code)}
		case "fonts/font":
			fonts = append(fonts, font{})
		case "fonts/font/strike", "fonts/font/vertAlign":
			fonts[len(fonts)-1].readMark(tok)
		case "cellXfs/xf":
			id := attribute(tok.Attrs, "numFmtId")
			s, own := formats[id]
			if !own {
				s = builtIn(id)
			}
			f := font{}
			if i, err := strconv.Atoi(attribute(tok.Attrs, "fontId")); err == nil && i >= 0 && i < len(fonts) {
				f = fonts[i]
			}
			b.styles = append(b.styles, style{s, f})
		}
		return nil
	})
}

// attribute is the value of an attribute; empty if the tag has no such one.
func attribute(attrs []xmlpart.Attr, name string) (value string) {
	for _, a := range attrs {
		if string(a.Name) == name {
			value = a.Decoded()
		}
	}
	return value
}

// builtIn is what a built-in number format does (ISO/IEC 29500-1, section
// 18.8.30). 14 to 17 and 22 show a day, 27 to 36 and 50 to 58 are the formats of
// East Asian languages; the others that alter a number are percentages and times.
func builtIn(id string) Style {
	n, err := strconv.Atoi(id)
	if err != nil {
		return Style{}
	}
	among := func(spans ...[2]int) bool {
		for _, s := range spans {
			if n >= s[0] && n <= s[1] {
				return true
			}
		}
		return false
	}
	date := among([2]int{14, 17}, [2]int{22, 22}, [2]int{27, 31}, [2]int{36, 36}, [2]int{50, 58})
	return Style{date, date || among([2]int{9, 10}, [2]int{18, 21}, [2]int{32, 35}, [2]int{45, 47})}
}
