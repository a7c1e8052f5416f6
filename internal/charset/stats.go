package charset

import (
	"bytes"
	"unicode/utf8"
)

// headSize is how much of a file is kept to find out what it is.
const headSize = 1 << 16

// Stats is what the bytes of a file show while they are copied through it. The
// zero value is ready to use.
type Stats struct {
	Head  []byte // the first 64 KB
	Size  int64
	Lines int // line feeds

	returns int    // carriage returns that are not part of CRLF
	afterCR bool   // the last byte was a carriage return
	nulAt   int64  // where the first zero byte is, plus 1; 0 = none
	badAt   int64  // where the first byte is that is not UTF-8, plus 1; 0 = none
	carry   []byte // the beginning of a character whose rest is still to come
}

// Write looks at p. It never fails.
func (s *Stats) Write(p []byte) (int, error) {
	if room := headSize - len(s.Head); room > 0 {
		s.Head = append(s.Head, p[:min(room, len(p))]...)
	}
	if s.nulAt == 0 {
		if i := bytes.IndexByte(p, 0); i >= 0 {
			s.nulAt = s.Size + int64(i) + 1
		}
	}
	if s.badAt == 0 {
		s.checkUTF8(p)
	}
	s.Lines += bytes.Count(p, []byte{'\n'})
	s.countReturns(p)
	s.Size += int64(len(p))
	return len(p), nil
}

// Zero is the offset of the first zero byte, if there is one.
func (s *Stats) Zero() (offset int64, ok bool) { return s.nulAt - 1, s.nulAt > 0 }

// NotUTF8 is the offset of the first byte that is not UTF-8, if there is one. For
// a text that ends within a character, cut is true and the offset is where the
// character begins. It is known once all was written.
func (s *Stats) NotUTF8() (offset int64, cut, ok bool) {
	if s.badAt > 0 {
		return s.badAt - 1, false, true
	}
	return s.Size - int64(len(s.carry)), true, len(s.carry) > 0
}

// Returns is how many carriage returns are not part of CRLF. It is known once all
// was written.
func (s *Stats) Returns() int {
	if s.afterCR {
		return s.returns + 1
	}
	return s.returns
}

// countReturns counts the carriage returns of p without a line feed after them.
// One at its end is counted by the next call, or by Returns.
func (s *Stats) countReturns(p []byte) {
	if len(p) == 0 {
		return
	}
	if s.afterCR && p[0] != '\n' {
		s.returns++
	}
	if n := bytes.Count(p, []byte{'\r'}); n > 0 {
		s.returns += n - bytes.Count(p, []byte("\r\n"))
	}
	if s.afterCR = p[len(p)-1] == '\r'; s.afterCR {
		s.returns--
	}
}

// checkUTF8 sets badAt. What may be a character cut in two is kept for the next
// call.
func (s *Stats) checkUTF8(p []byte) {
	at := s.Size - int64(len(s.carry))
	if len(s.carry) > 0 {
		p = append(s.carry, p...)
		s.carry = nil
	}
	if utf8.Valid(p) {
		return
	}
	for i := 0; i < len(p); {
		r, size := utf8.DecodeRune(p[i:])
		switch {
		case r == utf8.RuneError && size == 1 && !utf8.FullRune(p[i:]):
			s.carry = bytes.Clone(p[i:])
			return
		case r == utf8.RuneError && size == 1:
			s.badAt = at + int64(i) + 1
			return
		}
		i += size
	}
}
