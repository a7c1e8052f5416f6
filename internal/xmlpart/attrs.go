package xmlpart

import (
	"bytes"
	"errors"
)

// Attrs are the attributes of a start tag, taken one by one.
type Attrs struct {
	raw         []byte
	Name, Value []byte
}

// ParseAttrs are the attributes that a tag holds behind its name.
func ParseAttrs(raw []byte) Attrs { return Attrs{raw: raw} }

var errAttribute = errors.New("holds a tag whose attributes cannot be read")

// Next takes the next attribute; false after the last one. Call check before.
func (a *Attrs) Next() bool {
	ok, _ := a.take()
	return ok
}

// check reads all attributes, so that a broken one is an error.
func (a Attrs) check() error {
	for {
		ok, err := a.take()
		if err != nil || !ok {
			return err
		}
		marks := look(a.Value)
		if marks == 0 {
			continue
		}
		if marks&markLess != 0 {
			return errAttribute
		}
		if marks&(markBad|markHigh) != 0 {
			if err := checkRunes(a.Value); err != nil {
				return err
			}
		}
		if marks&markEntity != 0 {
			for rest := a.Value; ; {
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
func (a *Attrs) take() (bool, error) {
	i := 0
	for i < len(a.raw) && isSpace(a.raw[i]) {
		i++
	}
	if i == len(a.raw) {
		return false, nil
	}
	start := i
	for i < len(a.raw) && a.raw[i] != '=' && !isSpace(a.raw[i]) {
		i++
	}
	a.Name = a.raw[start:i]
	for i < len(a.raw) && isSpace(a.raw[i]) {
		i++
	}
	if i == len(a.raw) || a.raw[i] != '=' || !ValidName(a.Name) {
		return false, errAttribute
	}
	for i++; i < len(a.raw) && isSpace(a.raw[i]); i++ {
	}
	if i == len(a.raw) || (a.raw[i] != '"' && a.raw[i] != '\'') {
		return false, errAttribute
	}
	quote := a.raw[i]
	length := bytes.IndexByte(a.raw[i+1:], quote)
	if length < 0 {
		return false, errAttribute
	}
	a.Value = a.raw[i+1 : i+1+length]
	a.raw = a.raw[i+2+length:]
	return true, nil
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

// Raw is the part of the tag that the attributes not yet taken stand in.
func (a *Attrs) Raw() []byte { return a.raw }
