package xmlpart

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// byteOrderMark may come before everything else.
const byteOrderMark = "\xef\xbb\xbf"

// The marks of bytes that need a closer look; most texts have none.
const (
	markBad     = 1 << iota // a control character
	markHigh                // a byte of a character beyond ASCII
	markEntity              // &
	markReturn              // carriage return
	markBracket             // >
	markLess                // <, which no attribute may contain
)

// marksOf is the mark of each byte.
var marksOf = func() (marks [256]uint8) {
	for b := range marks {
		switch {
		case b == '\t' || b == '\n':
		case b == '\r':
			marks[b] = markReturn
		case b < ' ':
			marks[b] = markBad
		case b >= utf8.RuneSelf:
			marks[b] = markHigh
		}
	}
	marks['&'], marks['>'], marks['<'] = markEntity, markBracket, markLess
	return marks
}()

// marksIn is the union of the marks of a text's bytes. It is 0 for nearly every
// text, which then needs neither a check nor a copy.
func marksIn(text []byte) (marks uint8) {
	for _, b := range text {
		marks |= marksOf[b]
	}
	return marks
}

// checkRunes is the error of a text that is not UTF-8, or contains a character
// that XML does not allow.
func checkRunes(text []byte) error {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return errors.New("contains bytes that are not UTF-8")
		}
		if !validRune(r) {
			return fmt.Errorf("contains the control character %U", r)
		}
		i += size
	}
	return nil
}

// validRune reports whether XML 1.0 allows a character (section 2.2, Char).
func validRune(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xd7ff ||
		r >= 0xe000 && r <= 0xfffd ||
		r >= 0x10000 && r <= utf8.MaxRune
}

// ValidName reports whether a tag or an attribute may have this name: one with at
// most one prefix.
func ValidName(name []byte) bool {
	_, ok := splitName(name)
	return ok
}

// splitName returns the length of a name's prefix, its colon included, and
// whether the name is valid.
func splitName(name []byte) (prefix int, ok bool) {
	for i, b := range name {
		switch {
		case b|0x20 >= 'a' && b|0x20 <= 'z' || b == '_':
		case b == ':' && i > 0 && prefix == 0:
			prefix = i + 1
		case i == prefix || (b < '0' || b > '9') && b != '-' && b != '.':
			return 0, false
		}
	}
	return prefix, len(name) > prefix
}

// Shorten cuts a text for a message, which may be a whole damaged part.
func Shorten(text []byte) string {
	const most = 40
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}

// decode checks a text, and returns it with its entities replaced and its lines
// ending in line feeds. The result is good until the next call.
func (x *Scanner) decode(raw []byte) ([]byte, error) {
	marks := marksIn(raw)
	if marks == 0 {
		return raw, nil
	}
	if marks&(markBad|markHigh) != 0 {
		if err := checkRunes(raw); err != nil {
			return nil, err
		}
	}
	if marks&markBracket != 0 && bytes.Contains(raw, []byte("]]>")) {
		return nil, errors.New("contains ]]> in a text")
	}
	if marks&(markEntity|markReturn) == 0 {
		return raw, nil
	}
	var err error
	x.text, err = appendDecoded(x.text[:0], raw)
	return x.text, err
}

// appendDecoded appends a text with its entities replaced and its lines ending in
// line feeds (XML 1.0, section 2.11).
func appendDecoded(dst, raw []byte) ([]byte, error) {
	for i := 0; i < len(raw); i++ {
		switch b := raw[i]; b {
		case '&':
			r, n, err := entity(raw[i:])
			if err != nil {
				return dst, err
			}
			dst = utf8.AppendRune(dst, r)
			i += n - 1
		case '\r':
			if i+1 == len(raw) || raw[i+1] != '\n' {
				dst = append(dst, '\n')
			}
		default:
			dst = append(dst, b)
		}
	}
	return dst, nil
}

// entities are those that XML defines itself (section 4.6).
var entities = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "apos": '\'', "quot": '"'}

// entity reads the entity at the beginning of a text.
func entity(raw []byte) (r rune, length int, err error) {
	end := bytes.IndexByte(raw, ';')
	if end < 0 {
		return 0, 0, errors.New("contains an & that begins no entity")
	}
	r, ok := entities[string(raw[1:end])]
	if !ok {
		r, err = numericEntity(string(raw[1:end]))
	}
	return r, end + 1, err
}

// numericEntity reads the number of a character, such as #10 or #xA.
func numericEntity(name string) (rune, error) {
	var n uint64
	err := strconv.ErrSyntax
	switch {
	case len(name) > 2 && name[:2] == "#x":
		n, err = strconv.ParseUint(name[2:], 16, 32)
	case len(name) > 1 && name[0] == '#':
		n, err = strconv.ParseUint(name[1:], 10, 32)
	}
	switch {
	case err != nil:
		return 0, fmt.Errorf("contains the unknown entity %q", Shorten([]byte("&"+name+";")))
	case n > utf8.MaxRune || !validRune(rune(n)):
		return 0, fmt.Errorf("contains the character U+%04X, which XML does not allow", n)
	}
	return rune(n), nil
}

// checkComment refuses a comment with two hyphens in it, where some readers would
// end it.
func checkComment(text []byte) error {
	if bytes.Contains(text, []byte("--")) || bytes.HasSuffix(text, []byte("-")) {
		return errors.New("contains a comment with two hyphens in it")
	}
	return nil
}

// checkInstruction refuses an instruction without a name, and an XML declaration
// by which the part is not XML 1.0 in UTF-8.
func checkInstruction(text []byte) error {
	end := bytes.IndexAny(text, " \t\r\n")
	if end < 0 {
		end = len(text)
	}
	if !ValidName(text[:end]) {
		return errors.New("contains a processing instruction without a name")
	}
	if string(text[:end]) != "xml" {
		return nil
	}
	declared, err := appendAttrs(nil, text[end:])
	if err != nil {
		return errors.New("contains an XML declaration that cannot be read")
	}
	for _, a := range declared {
		switch value := string(a.Value); string(a.Name) {
		case "version":
			if value != "1.0" {
				return fmt.Errorf("is written in XML %q, not in 1.0", Shorten(a.Value))
			}
		case "encoding":
			if !strings.EqualFold(value, "utf-8") && !strings.EqualFold(value, "us-ascii") {
				return fmt.Errorf("is written in %q, not in UTF-8", Shorten(a.Value))
			}
		}
	}
	return nil
}
