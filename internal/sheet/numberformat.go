package sheet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Style is what a cell's style does to a number.
type Style struct {
	Date   bool // it shows a day; a time alone is none
	Alters bool // a person sees other digits than the number has, or none
}

// IsDate tells whether a number format shows a day or a year: it has a d or
// y that is neither quoted nor escaped nor within brackets.
func IsDate(code string) bool {
	for _, p := range formatSections(code)[0] {
		if p.kind == formatCode && strings.ContainsAny(p.text, "dDyY") {
			return true
		}
	}
	return false
}

// Alters tells whether a person sees other digits than those of the number,
// an id that is greater than zero: none, more, or letters that look like part of
// it. Grouping, decimals, signs, the zeros of 00000, exponents and currencies in
// brackets are no change.
func Alters(code string) bool {
	if code == "" {
		return false
	}
	sections := formatSections(code)
	conditional := func(s []formatPiece) bool {
		return slices.ContainsFunc(s, func(p formatPiece) bool {
			return p.kind == formatBracket && p.text != "" && strings.Contains("<>=", p.text[:1])
		})
	}
	if !slices.ContainsFunc(sections, conditional) {
		return sectionAlters(sections[0])
	}
	// Any of them may be the one that shows the id, but not that of one number.
	return slices.ContainsFunc(sections, func(s []formatPiece) bool {
		exact := slices.ContainsFunc(s, func(p formatPiece) bool { return p.kind == formatBracket && strings.HasPrefix(p.text, "=") })
		return !exact && sectionAlters(s)
	})
}

func sectionAlters(section []formatPiece) bool {
	var codes strings.Builder
	for _, p := range section {
		switch p.kind {
		case formatCode:
			codes.WriteString(p.text)
		case formatLiteral:
			if strings.ContainsFunc(p.text, isIDCharacter) {
				return true
			}
		}
	}
	code := strings.ToLower(codes.String())
	if before, after, ok := strings.Cut(code, "general"); ok {
		return strings.ContainsFunc(before+after, isIDCharacter)
	}
	if !strings.ContainsAny(code, "0#?@") || strings.Contains(code, "%") {
		return true
	}
	// A comma behind the last digit of the whole part divides by a thousand.
	whole, _, _ := strings.Cut(code, ".")
	last := strings.LastIndexAny(whole, "0#?")
	if last >= 0 && strings.HasPrefix(whole[last+1:], ",") {
		return true
	}
	if tail := strings.LastIndexAny(code, "0#?"); tail >= 0 && strings.HasPrefix(code[tail+1:], ",") {
		return true
	}
	code = strings.NewReplacer("e+", "", "e-", "", "0", "").Replace(code)
	if numerator, _, ok := strings.Cut(code, "/"); ok {
		code = numerator // a denominator such as 16 belongs to a fraction, which an id has not
	}
	return strings.ContainsFunc(code, isIDCharacter)
}

// isIDCharacter tells whether a literal may be taken for a part of an identifier.
// 円 and 원 are currencies.
func isIDCharacter(r rune) bool {
	return unicode.IsDigit(r) || unicode.IsLetter(r) && !unicode.In(r, unicode.Han, unicode.Hangul)
}

// formatPiece is a part of a number format: a code such as #,##0, a literal, or
// what stands in brackets.
type formatPiece struct {
	kind formatKind
	text string
}

type formatKind uint8

const (
	formatCode formatKind = iota
	formatLiteral
	formatBracket
)

// formatSections takes a number format apart (ISO/IEC 29500-1, section 18.8.31).
// There is at least one section. What _ leaves as much space as is shown to nobody.
func formatSections(code string) [][]formatPiece {
	sections := [][]formatPiece{nil}
	add := func(kind formatKind, text string) {
		last := len(sections) - 1
		sections[last] = append(sections[last], formatPiece{kind, text})
	}
	for code != "" {
		_, size := utf8.DecodeRuneInString(code)
		first, rest := code[:size], code[size:]
		code = rest
		switch first {
		case ";":
			sections = append(sections, nil)
		case `"`:
			var text string
			text, code, _ = strings.Cut(rest, `"`)
			add(formatLiteral, text)
		case "[":
			var text string
			text, code, _ = strings.Cut(rest, "]")
			add(formatBracket, text)
		case `\`, "*", "_":
			_, size := utf8.DecodeRuneInString(rest)
			if first != "_" {
				add(formatLiteral, rest[:size])
			}
			code = rest[size:]
		default:
			add(formatCode, first)
		}
	}
	return sections
}
