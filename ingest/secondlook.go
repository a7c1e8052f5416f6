package ingest

import (
	"io"
	"strings"
	"unicode/utf8"
)

// columnFacts is what all rows of a roster say in one column, as far as it decides
// how a cell of it is to be understood.
type columnFacts struct {
	unmarked bool // a cell does not begin as a comment does
	digit    bool // a cell is 0 or 1, or a letter that looks like it
	word     bool // a cell is another word for yes or no, or for who pays
}

// facts reads a column to its end, once, when a cell is met that means nothing
// without the others. If the file cannot be read, all of it may be true: reading the
// rows will say why.
func (r *Roster) facts(i int) columnFacts {
	if known, ok := r.known[i]; ok {
		return known
	}
	found := columnFacts{true, true, true}
	if src, err := r.reopen(); err == nil {
		found = r.lookThrough(src, i)
	}
	if r.known == nil {
		r.known = make(map[int]columnFacts)
	}
	r.known[i] = found
	return found
}

// lookThrough is facts of the rows that src gives, which is closed.
func (r *Roster) lookThrough(src source, i int) (found columnFacts) {
	if c, ok := src.(io.Closer); ok {
		defer c.Close()
	}
	for {
		raw, err := src.next()
		if err != nil {
			break
		}
		if raw.number > r.HeaderRow && i < len(raw.cells) {
			found.see(trimmed(raw.cells[i]), isKeyName(r.columnAt(i)))
		}
	}
	return found
}

// see takes a cell into account. In a column of accounts, texts without a digit are
// no accounts.
func (f *columnFacts) see(text string, key bool) {
	if text == "" {
		return
	}
	if commentMark(text) == "" && (!key || hasDigit(text)) && !isTotal(text) && !isRemark(text) {
		f.unmarked = true
	}
	switch word := folded(text); word {
	case "o":
	case "0", "1", "l", "i":
		f.digit = true
	default:
		_, yesno := parseBool(word)
		_, side := parsePayer(word)
		f.word = f.word || yesno || side
	}
}

// commentMark is how a text begins if it is as comments do in files that programs
// read; empty if it does not.
func commentMark(text string) string {
	switch {
	case strings.HasPrefix(text, "//"):
		return "//"
	case strings.HasPrefix(text, "#") && strings.Trim(text, "#") != "" && !isErrorValue(text):
		return "#"
	}
	return ""
}

// commented refuses a row that begins as a comment does, beside rows that do not:
// whoever wrote it may have taken it out. Where all begin so it is a number sign.
func (r *Roster) commented(_ *Row, raw *rawRow) []fault {
	text := trimmed(raw.cells[r.begins])
	mark := commentMark(text)
	if mark == "" {
		return nil
	}
	if rest := text[len(mark):]; !isKeyName(r.Columns[r.begins]) && rest[0] >= '0' && rest[0] <= '9' {
		return nil // "#1 Auto Parts"
	}
	if !r.facts(r.begins).unmarked {
		return nil
	}
	f := fault{
		message: "begins with " + mark + ", as if the row were commented out, and other rows do not",
		hint:    "delete the row if it does not count; remove the " + mark + " if it does",
	}
	return []fault{f.in(r.begins, r.Columns[r.begins], text)}
}

// letterOrZero refuses a bare O for yes or no: it is French for yes where the
// others are words, and a zero where they are digits.
func (r *Roster) letterOrZero(row *Row, raw *rawRow) (faults []fault) {
	for _, f := range r.yesno {
		text := trimmed(raw.cells[f.index])
		if !beginsLikeO(text) || folded(text) != "o" || row.faulty(f.name) {
			continue
		}
		if all := r.facts(f.index); all.digit || !all.word {
			found := fault{message: "may be a zero, or the first letter of oui", hint: "enter no or yes"}
			faults = append(faults, found.in(f.index, f.name, text))
		}
	}
	return faults
}

// beginsLikeO leaves out at a glance nearly all texts that are not an O, in any of
// its widths.
func beginsLikeO(text string) bool {
	return text != "" && len(text) <= len("Ｏ") && (text[0]|0x20 == 'o' || text[0] >= utf8.RuneSelf)
}
