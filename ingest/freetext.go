package ingest

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// maxName is the longest Name of a client link that the service takes.
const maxName = 40

// setName refuses a name that the service would refuse, before any call.
func setName(row *Row, c cell) *fault {
	text, f := freeText(c.text, "")
	if f.stops() {
		return f
	}
	n := utf8.RuneCountInString(text)
	switch {
	case n > maxName:
		return &fault{message: "has " + strconv.Itoa(n) + " characters; the service takes at most " + strconv.Itoa(maxName), hint: "shorten the name"}
	case f == nil && len(text) > maxName && utf16Length(text) > maxName:
		f = &fault{
			message:  "has " + strconv.Itoa(n) + " characters; the service takes at most " + strconv.Itoa(maxName) + " and may count some of these twice",
			hint:     "leave out an emoji",
			severity: Warning,
		}
	}
	row.Name = text
	return orPlaceholder(text, f)
}

// orPlaceholder is the fault f of a text that a client will read, or, if there is
// none, a warning of what programs write for nothing. Somebody may be called so.
func orPlaceholder(text string, f *fault) *fault {
	if f != nil || !beginsLikePlaceholder(text) {
		return f
	}
	switch strings.ToLower(text) {
	case `\n`, "null", "(null)", "<null>", "[null]", "nil", "none", "(none)", "nan", "n/a", "undefined", "(blank)", "[object object]", "loading...", "loading…", "tbd", "tbc":
		return &fault{message: "is what a program writes for nothing, and the client would read it", hint: "empty the cell if nothing is meant", severity: Warning}
	}
	return nil
}

// beginsLikePlaceholder leaves out at a glance nearly all texts that are not one of
// those above: it is as short as they are, and begins as one of them.
func beginsLikePlaceholder(text string) bool {
	return text != "" && len(text) <= len("[object object]") && strings.IndexByte(`\(<[ltnuLTNU`, text[0]) >= 0
}

// utf16Length is how many characters a text has for a service that stores it as
// UTF-16, where those beyond U+FFFF count twice.
func utf16Length(text string) (n int) {
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// setNote takes line breaks and tabs: a note may have paragraphs.
func setNote(row *Row, c cell) *fault {
	text, f := freeText(c.text, paragraphs)
	if f.stops() {
		return f
	}
	row.Note = text
	return orPlaceholder(text, f)
}

// setClientName takes what programs export as the name, line breaks included: it
// is for people, and only compared.
func setClientName(row *Row, c cell) *fault {
	text, f := freeText(c.text, paragraphs)
	if f.stops() {
		return f
	}
	row.ClientName = text
	return f
}

// setClientProfile reads the name of a profile; whether there is one is not known
// here.
func setClientProfile(row *Row, c cell) *fault {
	text, f := freeText(c.text, "")
	if f.stops() {
		return f
	}
	row.ClientProfile = text
	return f
}

// setReference reads on whose word the row is: a ticket, an order, an approval.
func setReference(row *Row, c cell) *fault {
	text, f := freeText(c.text, "")
	if f.stops() {
		return f
	}
	row.Reference = text
	return f
}

// paragraphs are the controls that a text of several lines has.
const paragraphs = "\t\n\r\u0085\u2028\u2029"

// freeText is a text as its writer meant it, in any script and with any emoji.
// The apostrophe before a formula mark, by which a spreadsheet (and our report)
// keeps the text from being run, is not part of it. A control character other
// than those allowed is a fault: nobody sees it, and it breaks workbooks.
func freeText(text, allowed string) (string, *fault) {
	if printable(text) {
		return text, nil
	}
	if rest, ok := strings.CutPrefix(text, "'"); ok && startsFormula(strings.TrimSpace(rest)) {
		text = rest
	}
	var doubt *fault
	for _, r := range text {
		if strings.ContainsRune(allowed, r) {
			continue
		}
		f := oddCharacter(r)
		if f.stops() {
			return "", f
		}
		if f != nil {
			doubt = f
		}
	}
	return text, doubt
}

// startsFormula reports whether a spreadsheet would take a text for a formula.
func startsFormula(text string) bool {
	return text != "" && strings.ContainsRune("=+-@＝＋－＠﹦﹢﹣﹫", []rune(text)[0])
}

// oddCharacter is the fault of a character that is not seen as it is.
func oddCharacter(r rune) *fault {
	switch {
	case r == '\n' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029':
		return &fault{message: "contains a line break", hint: "write it on one line"}
	case unicode.IsControl(r) || r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef: // Unicode keeps the latter from text
		return &fault{message: fmt.Sprintf("contains the control character %U", r), hint: "delete the text and type it again"}
	case r == utf8.RuneError:
		return &fault{message: "contains the mark of a lost character (U+FFFD)", hint: "type the text again, or save the file again as UTF-8", severity: Warning}
	case r == '\u202d' || r == '\u202e': // they turn the order of what comes after round
		f := invisibleFault(r)
		f.severity = Warning
		return f
	}
	return nil
}

// printable reports whether a text is of printable ASCII characters alone, with no
// apostrophe at its start: most are.
func printable(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return text[0] != '\''
}
