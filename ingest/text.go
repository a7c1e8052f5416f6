package ingest

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// textStats is what a file's bytes show while they are copied through it.
type textStats struct {
	head    []byte // the first headSize bytes
	lines   int    // line feeds
	returns int    // carriage returns
	nul     bool
	badLine int // the first line that is not UTF-8; 0 = none

	carry []byte // the start of a character whose rest is still to come
}

// headSize is how much of a file is looked at to tell what it is.
const headSize = 1 << 16

// Write looks at p. It never fails.
func (s *textStats) Write(p []byte) (int, error) {
	if room := headSize - len(s.head); room > 0 {
		s.head = append(s.head, p[:min(room, len(p))]...)
	}
	s.nul = s.nul || bytes.IndexByte(p, 0) >= 0
	if s.badLine == 0 {
		s.checkUTF8(p)
	}
	s.lines += bytes.Count(p, []byte{'\n'})
	s.returns += bytes.Count(p, []byte{'\r'})
	return len(p), nil
}

// checkUTF8 sets badLine. What may be a character cut in two is kept for the
// next call.
func (s *textStats) checkUTF8(p []byte) {
	line := s.lines + 1
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
			s.badLine = line
			return
		case r == '\n':
			line++
		}
		i += size
	}
}

// notUTF8 is the first line that is not UTF-8, once all was written; 0 = none.
func (s *textStats) notUTF8() int {
	if s.badLine == 0 && len(s.carry) > 0 {
		return s.lines + 1
	}
	return s.badLine
}

// The marks that files begin with to tell their encoding.
const (
	markUTF8    = "\xef\xbb\xbf"
	markUTF16LE = "\xff\xfe"
	markUTF16BE = "\xfe\xff"
)

// decode makes the file UTF-8 with line feeds, in a copy if need be. It returns
// the encoding that it found and how many bytes stand before the text.
func (in *input) decode() (encoding string, start int64, err error) {
	encoding = "utf-8"
	switch {
	case in.starts(markUTF8):
		encoding, start = "utf-8-bom", int64(len(markUTF8))
	case in.starts(markUTF16LE):
		encoding = "utf-16le"
	case in.starts(markUTF16BE):
		encoding = "utf-16be"
	}
	if encoding == "utf-16le" || encoding == "utf-16be" {
		decoder := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
		if err := in.rewrite("decoded", decoder.Reader); err != nil {
			return "", 0, in.cause(err)
		}
	}
	if in.text.returns > 0 && in.text.lines == 0 {
		if err := in.rewrite("lines", newLineReader); err != nil {
			return "", 0, in.cause(err)
		}
	}
	if in.text.nul {
		return "", 0, in.fault("is neither text nor a workbook", "save it as .xlsx, or as CSV in UTF-8")
	}
	if line := in.text.notUTF8(); line > 0 {
		e := in.fault("is not UTF-8 text", "save it as CSV in UTF-8, or as .xlsx")
		e.Row = line
		return "", 0, e
	}
	return encoding, start, nil
}

// rewrite puts a converted copy in the place of the file. The digest stays that
// of the file as it came.
func (in *input) rewrite(name string, convert func(io.Reader) io.Reader) error {
	copied, err := in.create(name)
	if err != nil {
		return err
	}
	in.text = textStats{}
	src := convert(io.NewSectionReader(in.file, 0, in.size))
	if in.size, err = io.Copy(io.MultiWriter(copied, &in.text), src); err != nil {
		_ = copied.Close() // the first error is the one to tell
		return err
	}
	old := in.file
	in.file = copied
	return old.Close()
}

// newLineReader turns carriage returns, by which old programs end a line, into
// line feeds.
func newLineReader(src io.Reader) io.Reader { return lineReader{src} }

type lineReader struct{ src io.Reader }

func (r lineReader) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	for i := range p[:n] {
		if p[i] == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}
