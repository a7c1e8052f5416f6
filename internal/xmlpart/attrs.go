package xmlpart

import (
	"bytes"
	"errors"
	"fmt"
)

// Attr is an attribute of a start tag.
type Attr struct {
	Name  []byte // with its prefix, if it has one
	Value []byte // as written; entities are checked, and left in it
}

// Decoded is the value with its entities replaced.
func (a Attr) Decoded() string {
	text, _ := appendDecoded(nil, a.Value) // appendAttrs found no fault in it
	return string(text)
}

var (
	errAttribute = errors.New("contains a tag whose attributes cannot be read")
	errUnclosed  = errors.New("contains a tag whose attributes cannot be read: a quote is not closed")
)

// ParseAttrs reads what is between a tag's name and its end. It is for callers
// that find a tag by other means than a [Scanner].
func ParseAttrs(raw []byte) ([]Attr, error) { return appendAttrs(nil, raw) }

// maxAttrs is the most attributes of a tag. Roots of workbooks have some thirty.
const maxAttrs = 1000

// appendAttrs reads the attributes of a tag, each after white space, and no name
// twice (XML 1.0, section 3.1): of two, readers take one or the other.
func appendAttrs(dst []Attr, raw []byte) ([]Attr, error) {
	for {
		rest := trimSpace(raw)
		if len(rest) == 0 {
			return dst, nil
		}
		if len(rest) == len(raw) || len(dst) == maxAttrs {
			return dst, errAttribute
		}
		a, rest, err := cutAttr(rest)
		if err != nil {
			return dst, err
		}
		for i := range dst {
			if bytes.Equal(dst[i].Name, a.Name) {
				return dst, fmt.Errorf("contains a tag with the attribute %q twice", Shorten(a.Name))
			}
		}
		dst, raw = append(dst, a), rest
	}
}

// cutAttr cuts an attribute off: name="value" or name='value'.
func cutAttr(raw []byte) (a Attr, rest []byte, err error) {
	end := 0
	for end < len(raw) && raw[end] != '=' && !isSpace(raw[end]) {
		end++
	}
	name := raw[:end]
	raw = trimSpace(raw[end:])
	if len(raw) == 0 || raw[0] != '=' || !ValidName(name) {
		return a, nil, errAttribute
	}
	raw = trimSpace(raw[1:])
	if len(raw) == 0 || raw[0] != '"' && raw[0] != '\'' {
		return a, nil, errAttribute
	}
	end = bytes.IndexByte(raw[1:], raw[0])
	if end < 0 {
		return a, nil, errUnclosed
	}
	return Attr{name, raw[1 : 1+end]}, raw[2+end:], checkValue(raw[1 : 1+end])
}

// checkValue refuses a value that XML does not allow, so that a caller may take it
// as it is.
func checkValue(value []byte) error {
	marks := marksIn(value)
	if marks&markLess != 0 {
		return errAttribute
	}
	if marks&(markBad|markHigh) != 0 {
		if err := checkRunes(value); err != nil {
			return err
		}
	}
	for rest := value; marks&markEntity != 0; {
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
	return nil
}

// trimSpace is bytes.TrimLeft for the four characters that are white space in XML.
func trimSpace(raw []byte) []byte {
	for len(raw) > 0 && isSpace(raw[0]) {
		raw = raw[1:]
	}
	return raw
}

// isSpace reports whether a byte is white space (XML 1.0, section 2.3).
func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }
