package ingest

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// readDigits finds the digits of an id in a text as people and programs leave it,
// without guessing: either the digits that a person sees are all of the id, in
// this order, or it is a fault. remark is true where a person should look at the
// reading.
func readDigits(text, member string) (digits string, remark bool, f *fault) {
	text, f = bare(text)
	switch {
	case f != nil || text == "" || allDigits(text):
		return text, false, f
	case isAddress(text):
		digits, f = fromAddress(text, member)
		return digits, true, f
	}
	whole, zeros := cutZeros(text)
	switch {
	case allDigits(whole) && len(whole) > maxNumberDigits:
		return "", false, longNumberFault()
	case allDigits(whole):
		return whole, false, nil
	}
	if digits, ok := grouped(whole, zeros); ok {
		return digits, true, nil
	}
	if digits, ok := allOfExponent(text); ok {
		if len(digits) > maxNumberDigits {
			return "", false, longNumberFault()
		}
		return digits, true, nil
	}
	if before, after, ok := oneGroup(text); ok {
		return "", false, &fault{message: "may be " + before + after + " or a fraction", hint: digitsOnly}
	}
	return "", false, notWhole(text)
}

// oneGroup cuts a number with one comma before three digits, such as 180,012: in
// some countries that is a fraction.
func oneGroup(text string) (before, after string, ok bool) {
	before, after, ok = strings.Cut(text, ",")
	return before, after, ok && allDigits(before) && len(before) <= 3 && allDigits(after) && len(after) == 3
}

// bare takes from an identifier what belongs to the file and not to it: white
// space and marks of direction around it, zero-width characters anywhere, the
// apostrophe or ="…" by which a spreadsheet keeps it as text, a number sign,
// quotation marks, and the full width of its characters. What would make a
// person see other digits, or the digits in another order, is a fault.
func bare(text string) (string, *fault) {
	if strings.ContainsRune(text, '\u202e') {
		return "", invisibleFault('\u202e')
	}
	text = strings.TrimFunc(strings.Map(narrow, text), func(r rune) bool { return unicode.IsSpace(r) || isDirection(r) })
	for _, r := range text {
		if isDirection(r) || unicode.Is(unicode.Cf, r) {
			return "", invisibleFault(r)
		}
	}
	if text == "" || text == "'" {
		return "", nil
	}
	if inner, ok := strings.CutPrefix(text, `="`); ok && strings.HasSuffix(inner, `"`) {
		text = strings.TrimSuffix(inner, `"`)
	}
	text = unquoted(text)
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "#"))
	if text == "" {
		return "", notWhole("#")
	}
	return text, nil
}

// unquoted takes quotation marks from both ends of a text, or the apostrophe at
// its start by which a spreadsheet keeps it as text.
func unquoted(text string) string {
	const single, double = "'’‘`´", "\"“”„«»"
	first, size := utf8.DecodeRuneInString(text)
	last, tail := utf8.DecodeLastRuneInString(text)
	closed := len(text) > size
	switch {
	case strings.ContainsRune(double, first) && closed && strings.ContainsRune(double, last):
		return text[size : len(text)-tail]
	case strings.ContainsRune(single, first) && closed && strings.ContainsRune(single, last):
		return text[size : len(text)-tail]
	case strings.ContainsRune(single, first):
		return text[size:]
	}
	return text
}

// narrow drops the characters that have no width, and gives the full-width
// forms of East Asian keyboards (U+FF01 to U+FF5E) their plain ones.
func narrow(r rune) rune {
	switch {
	case r < 0x80:
		return r
	case r >= '\u200b' && r <= '\u200d', r >= '\u2060' && r <= '\u2064', r == '\ufeff', r == '\u00ad', r == '\u180e':
		return -1
	case r >= '\uff01' && r <= '\uff5e':
		return r - '\uff01' + '!'
	}
	return r
}

// isDirection reports whether a character sets the direction of the text around
// it. Between digits it may change their order on the screen.
func isDirection(r rune) bool {
	return r == '\u200e' || r == '\u200f' || r == '\u061c' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// invisibleFault names a character by its code, since it has no other name on the
// screen.
func invisibleFault(r rune) *fault {
	return &fault{
		message: fmt.Sprintf("contains the invisible character %U, which can change what is seen", r),
		hint:    "delete the text and type it again",
	}
}

// cutZeros cuts one or two zeros after a point or comma off a number, and returns
// the separator. Three may be a group of thousands.
func cutZeros(text string) (whole string, separator byte) {
	at := strings.LastIndexAny(text, ".,")
	if at <= 0 || at < len(text)-3 || strings.Trim(text[at+1:], "0") != "" || at == len(text)-1 {
		return text, 0
	}
	return text[:at], text[at]
}

// grouped is a number with its thousands set apart: up to three digits, then
// groups of exactly three with the same separator between all of them. A comma
// or point must come twice, or another one before a fraction of zeros: else it
// may be the mark of a fraction itself.
func grouped(text string, zeros byte) (string, bool) {
	at := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if at < 1 || at > 3 || text[0] == '0' {
		return "", false
	}
	separator := string([]rune(text[at:])[0])
	if !strings.Contains(" \u00a0\u202f\u2009\u2007'’,.", separator) {
		return "", false
	}
	groups := strings.Split(text, separator)
	for _, group := range groups[1:] {
		if len(group) != 3 || !allDigits(group) {
			return "", false
		}
	}
	mark := separator == "," || separator == "."
	if mark && (string(zeros) == separator || len(groups) < 3 && zeros == 0) {
		return "", false
	}
	return strings.Join(groups, ""), true
}

// allOfExponent is a whole number in scientific notation of which every digit
// is written: 1.80012345E+08, but not 1.80012E+08, whose last digits are gone.
func allOfExponent(text string) (string, bool) {
	whole, fraction, exponent, ok := splitNumber(strings.Replace(text, ",", ".", 1))
	if !ok || !isExponent(text) || len(whole) != 1 || whole[0] < '1' || whole[0] > '9' {
		return "", false
	}
	shift := 0
	for _, d := range strings.TrimPrefix(exponent, "+") {
		if d < '0' || d > '9' || shift > len(fraction) {
			return "", false
		}
		shift = shift*10 + int(d-'0')
	}
	if shift == 0 || shift > len(fraction) || strings.Trim(fraction[shift:], "0") != "" {
		return "", false
	}
	return whole + fraction[:shift], true
}

// isGoogleID reports whether a text has the form of an id of Google Ads.
func isGoogleID(text string) bool {
	parts := strings.FieldsFunc(strings.TrimSpace(text), func(r rune) bool {
		return r == '-' || r >= '\u2010' && r <= '\u2015' || r == '\u2212'
	})
	return len(parts) == 3 && len(parts[0]) == 3 && len(parts[1]) == 3 && len(parts[2]) == 4 && allDigits(strings.Join(parts, ""))
}
