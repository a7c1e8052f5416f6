package xmlpart

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// byteOrderMark may come before the root element of a part.
const byteOrderMark = "\xef\xbb\xbf"

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

// ValidName tells whether a tag or attribute may be called so. Names beyond ASCII
// do not occur in workbooks.
func ValidName(name []byte) bool {
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

// Shorten cuts a text for a message.
func Shorten(text []byte) string {
	const most = 40
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}

// decode is a text with its entities replaced and its line ends as line feeds.
func (x *Scanner) decode(raw []byte) ([]byte, error) {
	marks := look(raw)
	if marks == 0 {
		return raw, nil
	}
	if marks&(markBad|markHigh) != 0 {
		if err := checkRunes(raw); err != nil {
			return nil, err
		}
	}
	if marks&markBracket != 0 && bytes.Contains(raw, []byte("]]>")) {
		return nil, errors.New("holds ]]> in a text")
	}
	if marks&(markEntity|markReturn) == 0 {
		return raw, nil
	}
	x.scratch = x.scratch[:0]
	for i := 0; i < len(raw); i++ {
		switch b := raw[i]; b {
		case '&':
			r, n, err := entity(raw[i:])
			if err != nil {
				return nil, err
			}
			x.scratch = utf8.AppendRune(x.scratch, r)
			i += n - 1
		case '\r':
			if i+1 == len(raw) || raw[i+1] != '\n' {
				x.scratch = append(x.scratch, '\n')
			}
		default:
			x.scratch = append(x.scratch, b)
		}
	}
	return x.scratch, nil
}

// entity reads the entity that raw begins with.
func entity(raw []byte) (r rune, length int, err error) {
	end := bytes.IndexByte(raw, ';')
	if end < 0 {
		return 0, 0, errors.New("holds an & that begins no entity")
	}
	name := string(raw[1:end])
	switch name {
	case "lt":
		r = '<'
	case "gt":
		r = '>'
	case "amp":
		r = '&'
	case "apos":
		r = '\''
	case "quot":
		r = '"'
	default:
		if r, err = numericEntity(name); err != nil {
			return 0, 0, err
		}
	}
	return r, end + 1, nil
}

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
		return 0, fmt.Errorf("holds the unknown entity %q", Shorten([]byte("&"+name+";")))
	case n > utf8.MaxRune || !validRune(rune(n)):
		return 0, fmt.Errorf("holds the character U+%04X, which XML does not allow", n)
	}
	return rune(n), nil
}
