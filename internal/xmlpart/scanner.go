package xmlpart

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Scanner takes an XML part of a workbook apart, strictly and fast: about
// ten times as fast as encoding/xml, whose speed is the budget of a whole read.
// It knows what such parts hold (elements, attributes, text, comments, CDATA)
// and refuses document types, so that entities cannot be defined. The bytes of
// a token are good until the next one is asked for.
type Scanner struct {
	src      io.Reader
	buf      []byte
	pos, end int
	srcErr   error
	scratch  []byte // decoded text

	names []byte // of the open elements, one after the other
	opens []int  // where each of them begins in names
	root  bool   // an element was seen
}

// Token is a start, an end, or a text.
type Token struct {
	Kind  Kind
	Empty bool   // a start that is its own end: <c/>
	Name  []byte // local name, of a start or an end
	Attrs Attrs  // of a start
	Text  []byte // decoded
}

type Kind uint8

const (
	Start Kind = iota
	End
	Text
)

// The sizes of what is read.
const (
	scanBuffer = 1 << 16 // what is read at once
	MaxToken   = 1 << 20 // longer than any cell: a spreadsheet's holds 32,767 characters
	maxDepth   = 256
)

var (
	ErrCutOff  = errors.New("the part ends before its last element is closed")
	ErrTooLong = errors.New("holds an absurdly long text or tag")
)

func New(src io.Reader) *Scanner {
	return &Scanner{src: src, buf: make([]byte, scanBuffer)}
}

// Depth is how many elements are open.
func (x *Scanner) Depth() int { return len(x.opens) }

// Next is the next token; io.EOF after a whole, well-formed part.
func (x *Scanner) Next() (Token, error) {
	for {
		if x.pos == x.end && !x.fill() {
			switch {
			case x.srcErr != io.EOF:
				return Token{}, x.srcErr
			case len(x.opens) > 0 || !x.root:
				return Token{}, ErrCutOff
			}
			return Token{}, io.EOF
		}
		if x.buf[x.pos] != '<' {
			return x.text()
		}
		if x.end-x.pos < 2 && x.fill() {
			continue
		}
		if x.pos+1 < x.end && (x.buf[x.pos+1] == '!' || x.buf[x.pos+1] == '?') {
			tok, isText, err := x.special()
			if err != nil || isText {
				return tok, err
			}
			continue
		}
		return x.tag()
	}
}

// fill reads more behind what is there. It reports false at the end, and at an
// error, which srcErr holds.
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
	for range 100 { // as bufio does: a reader may return nothing for a while
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

// find is the offset of a text from x.pos on, -1 when the part ends before.
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

// cutOff is the error of a part that ends too early.
func (x *Scanner) cutOff() error {
	if x.srcErr != nil && x.srcErr != io.EOF {
		return x.srcErr
	}
	return ErrCutOff
}

func (x *Scanner) text() (Token, error) {
	n := bytes.IndexByte(x.buf[x.pos:x.end], '<')
	if n < 0 {
		n = x.find("<", 0)
	}
	if n < 0 {
		if x.srcErr != io.EOF {
			return Token{}, x.srcErr
		}
		n = x.end - x.pos
		if len(x.opens) > 0 {
			return Token{}, ErrCutOff
		}
	}
	raw := x.buf[x.pos : x.pos+n]
	x.pos += n
	if len(x.opens) == 0 {
		if rest := bytes.TrimPrefix(raw, []byte(byteOrderMark)); len(bytes.TrimSpace(rest)) > 0 {
			return Token{}, errors.New("holds text outside of its root element")
		}
	}
	text, err := x.decode(raw)
	return Token{Kind: Text, Text: text}, err
}

// special reads what begins with <! or <?. Only CDATA is text.
func (x *Scanner) special() (tok Token, isText bool, err error) {
	const cdata = "<![CDATA["
	for x.end-x.pos < len(cdata) && x.fill() {
	}
	rest := x.buf[x.pos:x.end]
	open, closing := "<?", "?>"
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		open, closing = "<!--", "-->"
	case bytes.HasPrefix(rest, []byte(cdata)):
		open, closing, isText = cdata, "]]>", true
	case rest[1] == '!':
		return tok, false, errors.New("holds a document type, which no workbook needs")
	}
	n := x.find(closing, len(open))
	if n < 0 {
		return tok, false, x.cutOff()
	}
	inner := x.buf[x.pos+len(open) : x.pos+n]
	x.pos += n + len(closing)
	if marks := look(inner); marks&(markBad|markHigh) != 0 {
		if err := checkRunes(inner); err != nil {
			return tok, false, err
		}
	}
	switch {
	case open == "<!--" && (bytes.Contains(inner, []byte("--")) || bytes.HasSuffix(inner, []byte("-"))):
		return tok, false, errors.New("holds a comment with two hyphens in it")
	case open == "<?" && bytes.HasPrefix(inner, []byte("xml ")):
		return tok, false, checkEncoding(inner)
	case isText && len(x.opens) == 0:
		return tok, false, errors.New("holds text outside of its root element")
	}
	return Token{Kind: Text, Text: inner}, isText, nil
}

// checkEncoding refuses a part that says it is not UTF-8.
func checkEncoding(declaration []byte) error {
	_, after, ok := bytes.Cut(declaration, []byte("encoding="))
	if !ok || len(after) < 2 {
		return nil
	}
	name, _, _ := bytes.Cut(after[1:], after[:1])
	if !bytes.EqualFold(name, []byte("utf-8")) && !bytes.EqualFold(name, []byte("us-ascii")) {
		return fmt.Errorf("is written in %q, not in UTF-8", name)
	}
	return nil
}

// tag reads a start or an end.
func (x *Scanner) tag() (Token, error) {
	n := x.tagEnd()
	if n < 0 {
		return Token{}, x.cutOff()
	}
	raw := x.buf[x.pos+1 : x.pos+n]
	x.pos += n + 1
	if len(raw) > 0 && raw[0] == '/' {
		name := raw[1:]
		for len(name) > 0 && isSpace(name[len(name)-1]) {
			name = name[:len(name)-1]
		}
		return x.endTag(name)
	}
	tok := Token{Kind: Start}
	if len(raw) > 0 && raw[len(raw)-1] == '/' {
		tok.Empty = true
		raw = raw[:len(raw)-1]
	}
	end := 0
	for end < len(raw) && raw[end] > ' ' {
		end++
	}
	name := raw[:end]
	if !ValidName(name) {
		return Token{}, fmt.Errorf("holds a tag that is none: %q", Shorten(raw))
	}
	if len(x.opens) == 0 {
		if x.root {
			return Token{}, errors.New("holds a second root element")
		}
		x.root = true
	}
	tok.Name, tok.Attrs = local(name), Attrs{raw: raw[end:]}
	if !tok.Empty {
		if len(x.opens) == maxDepth {
			return Token{}, fmt.Errorf("nests its elements more than %d deep", maxDepth)
		}
		x.opens = append(x.opens, len(x.names))
		x.names = append(x.names, name...)
	}
	if end == len(raw) {
		return tok, nil
	}
	return tok, tok.Attrs.check()
}

// tagEnd is the offset of the > that ends the tag, -1 when the part ends before.
// A > within quotes does not end it.
func (x *Scanner) tagEnd() int {
	for {
		var quote byte
		for i, b := range x.buf[x.pos:x.end] {
			switch {
			case quote != 0:
				if b == quote {
					quote = 0
				}
			case b == '>':
				return i
			case b == '"' || b == '\'':
				quote = b
			}
		}
		if !x.fill() {
			return -1
		}
	}
}

func (x *Scanner) endTag(name []byte) (Token, error) {
	last := len(x.opens) - 1
	if last < 0 || !bytes.Equal(name, x.names[x.opens[last]:]) {
		return Token{}, fmt.Errorf("closes the element %q, which is not open there", Shorten(name))
	}
	x.names, x.opens = x.names[:x.opens[last]], x.opens[:last]
	return Token{Kind: End, Name: local(name)}, nil
}

// Skip reads to the end of the element that was just opened.
func (x *Scanner) Skip() error {
	for depth := x.Depth(); ; {
		if _, err := x.Next(); err != nil {
			return err
		}
		if x.Depth() < depth {
			return nil
		}
	}
}

// Content is the text within the element that was just opened. It holds no
// element.
func (x *Scanner) Content(dst []byte) ([]byte, error) {
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
			return dst, fmt.Errorf("holds the element %q within a value", tok.Name)
		default:
			return dst, nil
		}
	}
}
