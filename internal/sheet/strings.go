package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"linkbatch/internal/xmlpart"
)

// Strings is the table of shared strings: their texts one after the other, and
// where each of them ends. A text of its own for each would take twice the memory,
// of a table that may have a million.
type Strings struct {
	text []byte
	ends []uint32 // maxStrings is less than 4 GB
	// marks are those of the strings before the last one that is in several pieces;
	// the others are in one.
	marks []marks
}

// readStrings reads the part with the table.
func readStrings(part io.Reader) (*Strings, error) {
	s := &Strings{}
	x := xmlpart.New(part)
	for {
		tok, err := x.Next()
		if err == io.EOF {
			return s, nil
		}
		if err == nil && tok.Kind == xmlpart.Start && string(tok.Name) == "si" {
			err = s.add(x, tok.Empty)
		}
		if err != nil {
			return nil, fmt.Errorf("its shared strings cannot be read: string %d: %w", len(s.ends)+1, err)
		}
	}
}

// add appends the string that was just opened to the table.
func (s *Strings) add(x *xmlpart.Scanner, empty bool) (err error) {
	start := len(s.text)
	if !empty {
		var m marks
		if s.text, m, err = richText(x, s.text); err != nil {
			return err
		}
		s.text = unescape(s.text, start)
		if m != asCell && m != 0 {
			for len(s.marks) < len(s.ends) {
				s.marks = append(s.marks, asCell)
			}
			s.marks = append(s.marks, m)
		}
	}
	s.ends = append(s.ends, uint32(len(s.text)))
	return nil
}

var errNoString = errors.New("refers to a shared string that does not exist")

// get returns the string that the value of a cell refers to, which must not be
// changed, and its marks.
func (s *Strings) get(value []byte) ([]byte, marks, error) {
	index, err := strconv.Atoi(string(bytes.TrimSpace(value)))
	if err != nil || index < 0 || index >= len(s.ends) {
		return nil, 0, errNoString
	}
	start := uint32(0)
	if index > 0 {
		start = s.ends[index-1]
	}
	m := asCell
	if index < len(s.marks) {
		m = s.marks[index]
	}
	return s.text[start:s.ends[index]], m, nil
}
