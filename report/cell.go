package report

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// formulaMarks begin a formula in one spreadsheet or another; the second half
// are their wide and small forms, which some take for the plain ones.
const formulaMarks = "=+-@" + "＝＋－＠﹦﹢﹣﹫"

// neutral returns a cell of a CSV file that no spreadsheet runs as a formula: one
// that might be run gets a leading apostrophe. The package comment says why these
// and no others. It is its own fixed point, so a report that is used as a roster
// again does not collect apostrophes.
func neutral(s string) string {
	if s == "" || plainStart(s[0]) {
		return s
	}
	body := strings.TrimFunc(s, ignorable)
	first, _ := utf8.DecodeRuneInString(body)
	if body == "" || !strings.ContainsRune(formulaMarks, first) || harmless(body) {
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

// What begins with a formula mark and is none.
var (
	// ="180012345", which keeps an identifier as text
	textFormula = regexp.MustCompile(`^="[0-9A-Za-z]*"$`)
	// -5, +1,5, -1 234.50, -1e5, -$5, -5 %, +49 170 12345
	signedNumber = regexp.MustCompile(`^[+-] ?\p{Sc}?[0-9.,][0-9.,' \x{a0}\x{202f}]*([eE][+-]?[0-9]+)? ?[%\p{Sc}]?$`)
	// +1 Fitness, -3 nights: north, +49 (0)30 1234-56: between a number and what
	// comes next is a blank and no operator. Calls, references and strings are left
	// out all the same.
	numberAndMore = regexp.MustCompile(`^[+-][0-9][0-9.,]* (\(?[0-9][0-9 ()./-]*|\pL[^|!"(\[{=@]*)$`)
)

// harmless reports whether a cell that begins with a formula mark runs nothing.
func harmless(s string) bool {
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return true // marks alone, such as -, +/- or ---
	}
	return textFormula.MatchString(s) || signedNumber.MatchString(s) || numberAndMore.MatchString(s)
}

// oneBreak makes every line break a single LF, the form in which CSV and XLSX
// readers hand breaks back.
func oneBreak(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

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
