package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"linkbatch/internal/xmlpart"
)

// Strings is the table of shared strings: their texts one after the other,
// and where each of them ends.
type Strings struct {
	text []byte
	ends []uint32 // the part is less than 4 GB
}

// ReadStrings scans the part with the table.
func ReadStrings(part io.Reader) (*Strings, error) {
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

// add takes the string that was just opened into the table.
func (s *Strings) add(x *xmlpart.Scanner, empty bool) (err error) {
	start := len(s.text)
	if !empty {
		if s.text, err = richText(x, s.text); err != nil {
			return err
		}
		if text := s.text[start:]; bytes.Contains(text, []byte("_x")) {
			s.text = append(s.text[:start], Unescape(string(text))...)
		}
	}
	s.ends = append(s.ends, uint32(len(s.text)))
	return nil
}

var ErrSharedString = errors.New("points to a shared string that there is not")

// Get is the string that a cell's value points to. It is not to be changed.
func (s *Strings) Get(value []byte) ([]byte, error) {
	index, err := strconv.Atoi(string(bytes.TrimSpace(value)))
	if err != nil || index < 0 || index >= len(s.ends) {
		return nil, ErrSharedString
	}
	start := uint32(0)
	if index > 0 {
		start = s.ends[index-1]
	}
	return s.text[start:s.ends[index]], nil
}
