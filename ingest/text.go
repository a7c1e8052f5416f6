package ingest

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"
)

// textStats is what a file's bytes show while they are copied through it.
type textStats struct {
	head    []byte // the first headSize bytes
	size    int64
	lines   int   // line feeds
	returns int   // carriage returns that no line feed follows
	nulAt   int64 // where the first zero byte stands, plus 1; 0 = none
	badAt   int64 // where the first byte stands that is not UTF-8, plus 1; 0 = none

	carry   []byte // the start of a character whose rest is still to come
	afterCR bool   // the last byte was a carriage return
}

// headSize is how much of a file is looked at to tell what it is.
const headSize = 1 << 16

// Write looks at p. It never fails.
func (s *textStats) Write(p []byte) (int, error) {
	if room := headSize - len(s.head); room > 0 {
		s.head = append(s.head, p[:min(room, len(p))]...)
	}
	if s.nulAt == 0 {
		if i := bytes.IndexByte(p, 0); i >= 0 {
			s.nulAt = s.size + int64(i) + 1
		}
	}
	if s.badAt == 0 {
		s.checkUTF8(p)
	}
	s.lines += bytes.Count(p, []byte{'\n'})
	s.countReturns(p)
	s.size += int64(len(p))
	return len(p), nil
}

// countReturns counts the carriage returns of p that end a line by themselves.
// One at its end is counted by the next call, or by loneReturns.
func (s *textStats) countReturns(p []byte) {
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

// loneReturns is how many carriage returns end a line by themselves, once all
// was written.
func (s *textStats) loneReturns() int {
	if s.afterCR {
		return s.returns + 1
	}
	return s.returns
}

// checkUTF8 sets badAt. What may be a character cut in two is kept for the next
// call.
func (s *textStats) checkUTF8(p []byte) {
	at := s.size - int64(len(s.carry))
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

// The marks that files begin with to tell their encoding.
const (
	markUTF8    = "\xef\xbb\xbf"
	markUTF16LE = "\xff\xfe"
	markUTF16BE = "\xfe\xff"
	markUTF32LE = "\xff\xfe\x00\x00"
	markUTF32BE = "\x00\x00\xfe\xff"
)

// rewrite puts a converted copy in the place of the file. The digest stays that
// of the file as it came. What cannot be converted is told with its row.
func (in *input) rewrite(name string, dialect dialect, convert func(io.Reader) io.Reader) error {
	copied, err := in.create(name)
	if err != nil {
		return in.cause(err)
	}
	in.text = textStats{}
	src := convert(bufio.NewReaderSize(io.NewSectionReader(in.file, 0, in.size), 1<<16))
	size, err := io.Copy(io.MultiWriter(copied, &in.text), src)
	if err != nil {
		e := in.cause(err)
		if bad, ok := err.(undecodable); ok {
			e.Row, e.Message, e.Hint = dialect.rowAt(copied, size, in.text.head), string(bad), saveAsUTF8
		}
		_ = copied.Close() // the first error is the one to tell
		return e
	}
	old := in.file
	in.file, in.size = copied, size
	return old.Close()
}

// newLineReader turns carriage returns that stand alone into line feeds, as every
// spreadsheet takes them.
func newLineReader(src io.Reader) io.Reader { return &lineReader{src: bufio.NewReader(src)} }

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

// undecodable is why a byte of a text cannot be read.
type undecodable string

// Error is the reason.
func (u undecodable) Error() string { return string(u) }
