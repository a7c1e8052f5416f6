package xmlpart

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Token is a start, an end, or a text. Its bytes are good until the next token is
// asked for.
type Token struct {
	Kind  Kind
	Empty bool   // a start that is its own end: <c/>
	Name  []byte // of a start or an end, without its prefix
	Attrs []Attr // of a start, in order
	Text  []byte // with entities replaced, and lines that end in line feeds
}

// Kind says what a token is.
type Kind uint8

// The kinds of tokens. A CDATA section is a text; comments and processing
// instructions are checked and left out.
const (
	Start Kind = iota
	End
	Text
)

// MaxToken is the most bytes that a text or a tag may have. It is more than any
// cell holds: a spreadsheet's takes 32,767 characters.
const MaxToken = 1 << 20

const (
	readSize = 1 << 16 // what is read at once
	maxDepth = 256
)

// The errors that callers have a use for.
var (
	ErrCutOff  = errors.New("the part ends before its last element is closed")
	ErrTooLong = errors.New("contains an absurdly long text or tag")
)

var errOutside = errors.New("contains text outside of its root element")

// Scanner reads the tokens of a part. It is not safe for concurrent use.
type Scanner struct {
	src      io.Reader
	buf      []byte
	pos, end int   // of what is in buf and not used yet
	srcErr   error // why there is no more than that

	tok   Token  // the last one
	text  []byte // room for a decoded text
	names []byte // of the open elements, one after the other
	opens []openTag
	root  bool // an element was seen
}

// New returns a scanner of a part.
func New(src io.Reader) *Scanner {
	return &Scanner{src: src, buf: make([]byte, readSize)}
}

// Depth is how many elements are open: after a start that is not Empty, it counts
// that one; after an end, it does not. It is 0 before and after the root element.
func (x *Scanner) Depth() int { return len(x.opens) }

// Next returns the next token, and io.EOF after a whole, well-formed part. After
// any other error the part must not be used.
func (x *Scanner) Next() (*Token, error) {
	for {
		for x.end-x.pos < 2 && x.fill() { // it may bring a single byte
		}
		if x.pos == x.end {
			return nil, x.ended()
		}
		if x.buf[x.pos] != '<' {
			return x.textToken()
		}
		if x.pos+1 == x.end {
			return nil, x.cutOff()
		}
		switch x.buf[x.pos+1] {
		case '/':
			return x.endTag()
		case '!', '?':
			isText, err := x.special()
			if err != nil {
				return nil, err
			}
			if isText {
				return &x.tok, nil
			}
		default:
			return x.startTag()
		}
	}
}

// ended is the error at the end of what can be read.
func (x *Scanner) ended() error {
	if x.srcErr == io.EOF && (len(x.opens) > 0 || !x.root) {
		return ErrCutOff
	}
	return x.srcErr
}

// cutOff is the error of a part that ends within a token.
func (x *Scanner) cutOff() error {
	if x.srcErr == io.EOF {
		return ErrCutOff
	}
	return x.srcErr
}

// fill reads more after what is there, and moves that to the start of the buffer,
// which grows up to MaxToken. It reports false at the end and at an error, which
// srcErr keeps.
func (x *Scanner) fill() bool {
	if x.srcErr != nil {
		return false
	}
	if x.pos > 0 {
		x.end = copy(x.buf, x.buf[x.pos:x.end])
		x.pos = 0
	}
	if x.end == len(x.buf) {
		if len(x.buf) >= MaxToken {
			x.srcErr = ErrTooLong
			return false
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	for range 100 { // as in bufio: a reader may return nothing for a while
		n, err := x.src.Read(x.buf[x.end:])
		x.end += n
		if err != nil {
			x.srcErr = err
			return n > 0
		}
		if n > 0 {
			return true
		}
	}
	x.srcErr = io.ErrNoProgress
	return false
}

// find returns where a text begins, from x.pos+from on and counted from x.pos; -1
// if the part ends before.
func (x *Scanner) find(what string, from int) int {
	for {
		if i := bytes.Index(x.buf[x.pos+from:x.end], []byte(what)); i >= 0 {
			return from + i
		}
		if !x.fill() {
			return -1
		}
	}
}

// findByte is find for a single byte, from x.pos on.
func (x *Scanner) findByte(b byte) int {
	for {
		if i := bytes.IndexByte(x.buf[x.pos:x.end], b); i >= 0 || !x.fill() {
			return i
		}
	}
}

// textToken reads a text up to the next tag, or the white space after the root
// element.
func (x *Scanner) textToken() (*Token, error) {
	n := x.findByte('<')
	if n < 0 {
		if x.srcErr != io.EOF || len(x.opens) > 0 {
			return nil, x.cutOff()
		}
		n = x.end - x.pos
	}
	raw := x.buf[x.pos : x.pos+n]
	x.pos += n
	if len(x.opens) == 0 {
		if !x.root {
			raw = bytes.TrimPrefix(raw, []byte(byteOrderMark))
		}
		if len(bytes.Trim(raw, " \t\r\n")) > 0 {
			return nil, errOutside
		}
	}
	text, err := x.decode(raw)
	x.tok = Token{Kind: Text, Text: text, Attrs: x.tok.Attrs[:0]}
	return &x.tok, err
}

// Skip reads to the end of the element whose start was returned last.
func (x *Scanner) Skip() error {
	if x.tok.Empty {
		return nil
	}
	for depth := x.Depth(); ; {
		if _, err := x.Next(); err != nil {
			return err
		}
		if x.Depth() < depth {
			return nil
		}
	}
}

// Content reads to the end of the element whose start was returned last, and
// appends its text. It must contain no other element.
func (x *Scanner) Content(dst []byte) ([]byte, error) {
	if x.tok.Empty {
		return dst, nil
	}
	for most := len(dst) + MaxToken; ; {
		tok, err := x.Next()
		switch {
		case err != nil:
			return dst, err
		case tok.Kind == Text && len(dst) > most:
			return dst, ErrTooLong
		case tok.Kind == Text:
			dst = append(dst, tok.Text...)
		case tok.Kind == Start:
			return dst, fmt.Errorf("contains the element %q within a value", tok.Name)
		default:
			return dst, nil
		}
	}
}
