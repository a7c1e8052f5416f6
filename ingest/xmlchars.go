package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// The marks that look finds in a text; none of them means plain ASCII.
const (
	markBad     = 1 << iota // a control character
	markHigh                // a byte of a character beyond ASCII
	markEntity              // &
	markReturn              // carriage return
	markBracket             // >
	markLess                // <, which stands in no text that is looked at, and in no attribute
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

// look is the union of the marks of a text's bytes.
func look(text []byte) (marks uint8) {
	for _, b := range text {
		marks |= marksOf[b]
	}
	return marks
}

// checkRunes is the error of a text that is not UTF-8, or holds a character that
// XML does not allow.
func checkRunes(text []byte) error {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return errors.New("holds bytes that are not UTF-8")
		}
		if !validRune(r) {
			return fmt.Errorf("holds the control character %U", r)
		}
		i += size
	}
	return nil
}

// validRune tells whether XML 1.0 allows a character (section 2.2, Char).
func validRune(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xd7ff ||
		r >= 0xe000 && r <= 0xfffd ||
		r >= 0x10000 && r <= utf8.MaxRune
}

// validName tells whether a tag or attribute may be called so. Names beyond ASCII
// do not occur in workbooks.
func validName(name []byte) bool {
	for i, b := range name {
		letter := b|0x20 >= 'a' && b|0x20 <= 'z' || b == '_' || b == ':'
		if !letter && (i == 0 || (b < '0' || b > '9') && b != '-' && b != '.') {
			return false
		}
	}
	return len(name) > 0
}

// local is a name without its namespace prefix.
func local(name []byte) []byte {
	return name[bytes.IndexByte(name, ':')+1:]
}

// shorten cuts a text for a message.
func shorten(text []byte) string {
	const most = 40
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}

// attrs are the attributes of a start tag, taken one by one.
type attrs struct {
	raw         []byte
	name, value []byte
}

var errAttribute = errors.New("holds a tag whose attributes cannot be read")

// next takes the next attribute; false after the last one. Call check before.
func (a *attrs) next() bool {
	ok, _ := a.take()
	return ok
}

// check reads all attributes, so that a broken one is an error.
func (a attrs) check() error {
	for {
		ok, err := a.take()
		if err != nil || !ok {
			return err
		}
		marks := look(a.value)
		if marks == 0 {
			continue
		}
		if marks&markLess != 0 {
			return errAttribute
		}
		if marks&(markBad|markHigh) != 0 {
			if err := checkRunes(a.value); err != nil {
				return err
			}
		}
		if marks&markEntity != 0 {
			for rest := a.value; ; {
				i := bytes.IndexByte(rest, '&')
				if i < 0 {
					break
				}
				_, n, err := entity(rest[i:])
				if err != nil {
					return err
				}
				rest = rest[i+n:]
			}
		}
	}
}

// take cuts one attribute off: name="value" or name='value'.
func (a *attrs) take() (bool, error) {
	i := 0
	for i < len(a.raw) && isXMLSpace(a.raw[i]) {
		i++
	}
	if i == len(a.raw) {
		return false, nil
	}
	start := i
	for i < len(a.raw) && a.raw[i] != '=' && !isXMLSpace(a.raw[i]) {
		i++
	}
	a.name = a.raw[start:i]
	for i < len(a.raw) && isXMLSpace(a.raw[i]) {
		i++
	}
	if i == len(a.raw) || a.raw[i] != '=' || !validName(a.name) {
		return false, errAttribute
	}
	for i++; i < len(a.raw) && isXMLSpace(a.raw[i]); i++ {
	}
	if i == len(a.raw) || (a.raw[i] != '"' && a.raw[i] != '\'') {
		return false, errAttribute
	}
	quote := a.raw[i]
	length := bytes.IndexByte(a.raw[i+1:], quote)
	if length < 0 {
		return false, errAttribute
	}
	a.value = a.raw[i+1 : i+1+length]
	a.raw = a.raw[i+2+length:]
	return true, nil
}

func isXMLSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }
