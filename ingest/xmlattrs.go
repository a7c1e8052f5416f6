package ingest

import (
	"bytes"
	"errors"
)

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
