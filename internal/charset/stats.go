package charset

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"
)

// Stats is what a file's bytes show while they are copied through it.
type Stats struct {
	Head    []byte // the first headSize bytes
	Size    int64
	Lines   int   // line feeds
	returns int   // carriage returns that no line feed follows
	NulAt   int64 // where the first zero byte stands, plus 1; 0 = none
	BadAt   int64 // where the first byte stands that is not UTF-8, plus 1; 0 = none

	Carry   []byte // the start of a character whose rest is still to come
	afterCR bool   // the last byte was a carriage return
}

// headSize is how much of a file is looked at to tell what it is.
const headSize = 1 << 16

// Write looks at p. It never fails.
func (s *Stats) Write(p []byte) (int, error) {
	if room := headSize - len(s.Head); room > 0 {
		s.Head = append(s.Head, p[:min(room, len(p))]...)
	}
	if s.NulAt == 0 {
		if i := bytes.IndexByte(p, 0); i >= 0 {
			s.NulAt = s.Size + int64(i) + 1
		}
	}
	if s.BadAt == 0 {
		s.checkUTF8(p)
	}
	s.Lines += bytes.Count(p, []byte{'\n'})
	s.countReturns(p)
	s.Size += int64(len(p))
	return len(p), nil
}

// countReturns counts the carriage returns of p that end a line by themselves.
// One at its end is counted by the next call, or by LoneReturns.
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

// LoneReturns is how many carriage returns end a line by themselves, once all
// was written.
func (s *Stats) LoneReturns() int {
	if s.afterCR {
		return s.returns + 1
	}
	return s.returns
}

// checkUTF8 sets BadAt. What may be a character cut in two is kept for the next
// call.
func (s *Stats) checkUTF8(p []byte) {
	at := s.Size - int64(len(s.Carry))
	if len(s.Carry) > 0 {
		p = append(s.Carry, p...)
		s.Carry = nil
	}
	if utf8.Valid(p) {
		return
	}
	for i := 0; i < len(p); {
		r, size := utf8.DecodeRune(p[i:])
		switch {
		case r == utf8.RuneError && size == 1 && !utf8.FullRune(p[i:]):
			s.Carry = bytes.Clone(p[i:])
			return
		case r == utf8.RuneError && size == 1:
			s.BadAt = at + int64(i) + 1
			return
		}
		i += size
	}
}

// The marks that files begin with to tell their encoding.
const (
	MarkUTF8    = "\xef\xbb\xbf"
	MarkUTF16LE = "\xff\xfe"
	MarkUTF16BE = "\xfe\xff"
	markUTF32LE = "\xff\xfe\x00\x00"
	markUTF32BE = "\x00\x00\xfe\xff"
)

// LineFeeds turns carriage returns that stand alone into line feeds, as every
// spreadsheet takes them.
func LineFeeds(src io.Reader) io.Reader { return &lineReader{src: bufio.NewReader(src)} }

type lineReader struct{ src *bufio.Reader }

func (r *lineReader) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	for i := range p[:n] {
		if p[i] != '\r' {
			continue
		}
		if i+1 < n {
			if p[i+1] != '\n' {
				p[i] = '\n'
			}
			continue
		}
		if next, _ := r.src.Peek(1); len(next) == 0 || next[0] != '\n' {
			p[i] = '\n'
		}
	}
	return n, err
}

// Undecodable is why a byte of a text cannot be read.
type Undecodable string

// Error is the reason.
func (u Undecodable) Error() string { return string(u) }
