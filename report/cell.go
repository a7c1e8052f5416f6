package report

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// formulaMarks begin a formula in one spreadsheet or another; the second half
// are their wide and small forms, which some take for the plain ones.
const formulaMarks = "=+-@" + "＝＋－＠﹦﹢﹣﹫"

// neutral returns a cell that no spreadsheet runs as a formula: one that might
// be run gets a leading apostrophe. It is its own fixed point, so a report that
// is used as a roster again does not collect apostrophes.
func neutral(s string) string {
	if s == "" || plainStart(s[0]) {
		return s
	}
	body := strings.TrimFunc(s, ignorable)
	first, _ := utf8.DecodeRuneInString(body)
	lead := s[0] == '\t' || s[0] == '\r' || s[0] == '\n'
	if !lead && !strings.ContainsRune(formulaMarks, first) || body == "" || harmless(body) {
		return s
	}
	return "'" + s
}

// plainStart spares most cells the closer look.
func plainStart(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '\''
}

// ignorable reports whether a spreadsheet may skip a character before it looks
// for a formula.
func ignorable(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// harmless reports whether a cell that begins with a formula mark runs nothing:
// a plain number, marks alone, or a text formula such as ="180012345".
func harmless(s string) bool {
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return true
	}
	if text, ok := strings.CutPrefix(s, `="`); ok && strings.HasSuffix(text, `"`) {
		return all(strings.TrimSuffix(text, `"`), func(c byte) bool { return plainStart(c) && c != '\'' })
	}
	return plainNumber(strings.TrimLeft(s, "+-"), len(s))
}

// plainNumber reads digits with at most one point or comma among them, after
// at most one sign.
func plainNumber(s string, signed int) bool {
	whole, fraction, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	return signed-len(s) <= 1 && whole != "" && all(whole, digit) && all(fraction, digit)
}

// all reports whether ok holds for every byte of s.
func all(s string, ok func(byte) bool) bool {
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}

// oneBreak makes every line break a single LF, the form in which CSV and XLSX
// readers hand breaks back.
func oneBreak(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// maxCell is the most that Excel keeps of a cell's text, in UTF-16 units
// (Excel specifications and limits).
const maxCell = 32767

// cutMark ends a text that was too long for its cell.
const cutMark = " … [cut]"

// xmlText is s as an XLSX cell can hold it: XML 1.0 has no control characters
// but tab and line breaks, so the others become their pictures.
func xmlText(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return r
		case r < 0x20:
			return '␀' + r
		case r == 0x7f:
			return '␡'
		case r == 0xfffe || r == 0xffff:
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(oneBreak(s), string(utf8.RuneError)))
	if len(s) <= maxCell {
		return s
	}
	return cutUnits(s, maxCell)
}

// cutUnits shortens s to at most limit UTF-16 units, the mark included.
func cutUnits(s string, limit int) string {
	units, keep := 0, 0
	room := limit - utf8.RuneCountInString(cutMark)
	for i, r := range s {
		if units <= room {
			keep = i
		}
		units += utf16.RuneLen(r)
	}
	if units <= limit {
		return s
	}
	return s[:keep] + cutMark
}
