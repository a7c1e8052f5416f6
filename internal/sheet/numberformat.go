package sheet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// isDate reports whether a number format shows a day or a year: it has a d or y
// that is neither quoted nor escaped nor in brackets.
func isDate(code string) bool {
	for _, p := range formatSections(code)[0] {
		if p.kind == formatCode && strings.ContainsAny(p.text, "dDyY") {
			return true
		}
	}
	return false
}

// altersDigits reports whether a person sees other digits than those of a whole
// number greater than zero: none, more, or letters that look like part of it.
// Grouping, decimals, signs, the zeros of 00000, exponents, and currencies in
// brackets change nothing.
func altersDigits(code string) bool {
	if code == "" {
		return false
	}
	sections := formatSections(code)
	if !slices.ContainsFunc(sections, isConditional) {
		return sectionAlters(sections[0])
	}
	// Any of them may be the one that shows the number, but not one for a single
	// number, such as [=0].
	return slices.ContainsFunc(sections, func(s []formatPiece) bool {
		single := slices.ContainsFunc(s, func(p formatPiece) bool { return p.kind == formatBracket && strings.HasPrefix(p.text, "=") })
		return !single && sectionAlters(s)
	})
}

// isConditional reports whether a section is only for some numbers: [>100].
func isConditional(section []formatPiece) bool {
	return slices.ContainsFunc(section, func(p formatPiece) bool {
		return p.kind == formatBracket && p.text != "" && strings.Contains("<>=", p.text[:1])
	})
}

// sectionAlters is altersDigits for one section: that of positive numbers, or one
// with a condition.
func sectionAlters(section []formatPiece) bool {
	var codes strings.Builder
	for _, p := range section {
		switch p.kind {
		case formatCode:
			codes.WriteString(p.text)
		case formatLiteral:
			if strings.ContainsFunc(p.text, looksLikeDigit) {
				return true
			}
		}
	}
	code := strings.ToLower(codes.String())
	if before, after, ok := strings.Cut(code, "general"); ok {
		return strings.ContainsFunc(before+after, looksLikeDigit)
	}
	if !strings.ContainsAny(code, "0#?@") || strings.Contains(code, "%") {
		return true
	}
	// A comma after the last digit of the whole part divides by a thousand.
	whole, _, _ := strings.Cut(code, ".")
	if endsInComma(whole) || endsInComma(code) {
		return true
	}
	code = strings.NewReplacer("e+", "", "e-", "", "0", "").Replace(code)
	// The denominator of 0/16 belongs to a fraction, which a whole number has not.
	numerator, _, _ := strings.Cut(code, "/")
	return strings.ContainsFunc(numerator, looksLikeDigit)
}

// endsInComma reports whether a comma comes right after the last digit of a code.
func endsInComma(code string) bool {
	last := strings.LastIndexAny(code, "0#?")
	return last >= 0 && strings.HasPrefix(code[last+1:], ",")
}

// looksLikeDigit reports whether a literal may be taken for a part of an
// identifier. 円 and 원 are currencies.
func looksLikeDigit(r rune) bool {
	return unicode.IsDigit(r) || unicode.IsLetter(r) && !unicode.In(r, unicode.Han, unicode.Hangul)
}

// formatPiece is a piece of a number format: a code such as #,##0, a literal, or
// what is in brackets.
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
// There is at least one section. A character after _ is shown to nobody: it only
// says how wide a gap is.
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
