package charset

import (
	"bufio"
	"bytes"
	"io"
)

// Undecodable is why a text cannot be decoded where a reader ended.
type Undecodable string

// Error is the reason.
func (u Undecodable) Error() string { return string(u) }

// NewReader decodes a text of size bytes. What the encoding does not have ends it
// with an [Undecodable]. Until then the text is exact; a mark is left out.
func (c Charset) NewReader(src io.Reader, size int64) io.Reader {
	return &strictReader{charset: c, cut: c.isUTF16() && size%2 == 1, src: bufio.NewReaderSize(c.encoding.NewDecoder().Reader(src), 1<<16)}
}

// strictReader ends a decoded text where the decoder has put U+FFFD, or a control
// character from U+0080 to U+009F, in place of what it could not decode. Nothing
// is lost by that: a text that holds U+FFFD was damaged before, and of single-byte
// text no such control is known.
type strictReader struct {
	charset Charset
	cut     bool // the text ends within a character
	src     *bufio.Reader
}

// Read gives what was decoded up to the first sign of a byte that was not.
func (r *strictReader) Read(p []byte) (int, error) {
	text, err := r.src.Peek(r.src.Size())
	if len(text) == 0 {
		return 0, err
	}
	known := len(text)
	if err == nil {
		known -= len("\uFFFD") - 1 // one may be cut in two
	}
	n := known
	bad := r.undecoded(text, known)
	if bad >= 0 {
		n = bad
	}
	n = copy(p, text[:n])
	_, _ = r.src.Discard(n) // it is in the buffer
	if n == 0 && bad == 0 {
		return 0, r.reason(text, err)
	}
	return n, nil
}

// undecoded is where the first sign of an undecodable byte begins in text, within
// the first n bytes; -1 = nowhere.
func (r *strictReader) undecoded(text []byte, n int) int {
	for i, b := range text[:n] {
		control := b == 0xC2 && i+1 < len(text) && text[i+1] <= 0x9F && !r.charset.isUTF16()
		if control || b == 0xEF && bytes.HasPrefix(text[i:], []byte("\uFFFD")) {
			return i
		}
	}
	return -1
}

// reason is why the text ends here. err is what comes after it.
func (r *strictReader) reason(text []byte, err error) Undecodable {
	switch {
	case r.cut && err == io.EOF && string(text) == "\uFFFD":
		return "ends within a character of UTF-16: it is cut off"
	case r.charset.isUTF16():
		return "contains half a character of UTF-16 (a lone surrogate), or U+FFFD, the mark of a lost character"
	}
	return Undecodable("contains a byte that is not a character of " + r.charset.Name)
}

// NewLineReader turns carriage returns that are not part of CRLF into line feeds,
// as every spreadsheet takes them.
func NewLineReader(src io.Reader) io.Reader { return &lineReader{src: bufio.NewReader(src)} }

type lineReader struct{ src *bufio.Reader }

// Read looks one byte ahead where a carriage return ends what was read.
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
