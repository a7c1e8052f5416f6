package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// xmlScanner takes an XML part of a workbook apart, strictly and fast: about
// ten times as fast as encoding/xml, whose speed is the budget of a whole read.
// It knows what such parts hold (elements, attributes, text, comments, CDATA)
// and refuses document types, so that entities cannot be defined. The bytes of
// a token are good until the next one is asked for.
type xmlScanner struct {
	src      io.Reader
	buf      []byte
	pos, end int
	srcErr   error
	scratch  []byte // decoded text

	names []byte // of the open elements, one after the other
	opens []int  // where each of them begins in names
	root  bool   // an element was seen
}

// xmlToken is a start, an end, or a text.
type xmlToken struct {
	kind  tokenKind
	empty bool   // a start that is its own end: <c/>
	name  []byte // local name, of a start or an end
	attrs attrs  // of a start
	text  []byte // decoded
}

type tokenKind uint8

const (
	startToken tokenKind = iota
	endToken
	textToken
)

const (
	scanBuffer = 1 << 16 // what is read at once
	maxToken   = 1 << 20 // longer than any cell: a spreadsheet's holds 32,767 characters
	maxDepth   = 256
)

var (
	errCutOff  = errors.New("the part ends before its last element is closed")
	errTooLong = errors.New("holds an absurdly long text or tag")
)

func newXMLScanner(src io.Reader) *xmlScanner {
	return &xmlScanner{src: src, buf: make([]byte, scanBuffer)}
}

// depth is how many elements are open.
func (x *xmlScanner) depth() int { return len(x.opens) }

// next is the next token; io.EOF after a whole, well-formed part.
func (x *xmlScanner) next() (xmlToken, error) {
	for {
		if x.pos == x.end && !x.fill() {
			switch {
			case x.srcErr != io.EOF:
				return xmlToken{}, x.srcErr
			case len(x.opens) > 0 || !x.root:
				return xmlToken{}, errCutOff
			}
			return xmlToken{}, io.EOF
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
func (x *xmlScanner) fill() bool {
	if x.srcErr != nil {
		return false
	}
	if x.pos > 0 {
		x.end = copy(x.buf, x.buf[x.pos:x.end])
		x.pos = 0
	}
	if x.end == len(x.buf) {
		if len(x.buf) >= maxToken {
			x.srcErr = errTooLong
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
func (x *xmlScanner) find(what string, from int) int {
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
func (x *xmlScanner) cutOff() error {
	if x.srcErr != nil && x.srcErr != io.EOF {
		return x.srcErr
	}
	return errCutOff
}

func (x *xmlScanner) text() (xmlToken, error) {
	n := bytes.IndexByte(x.buf[x.pos:x.end], '<')
	if n < 0 {
		n = x.find("<", 0)
	}
	if n < 0 {
		if x.srcErr != io.EOF {
			return xmlToken{}, x.srcErr
		}
		n = x.end - x.pos
		if len(x.opens) > 0 {
			return xmlToken{}, errCutOff
		}
	}
	raw := x.buf[x.pos : x.pos+n]
	x.pos += n
	if len(x.opens) == 0 {
		if rest := bytes.TrimPrefix(raw, []byte(markUTF8)); len(bytes.TrimSpace(rest)) > 0 {
			return xmlToken{}, errors.New("holds text outside of its root element")
		}
	}
	text, err := x.decode(raw)
	return xmlToken{kind: textToken, text: text}, err
}

// special reads what begins with <! or <?. Only CDATA is text.
func (x *xmlScanner) special() (tok xmlToken, isText bool, err error) {
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
	return xmlToken{kind: textToken, text: inner}, isText, nil
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
func (x *xmlScanner) tag() (xmlToken, error) {
	n := x.tagEnd()
	if n < 0 {
		return xmlToken{}, x.cutOff()
	}
	raw := x.buf[x.pos+1 : x.pos+n]
	x.pos += n + 1
	if len(raw) > 0 && raw[0] == '/' {
		name := raw[1:]
		for len(name) > 0 && isXMLSpace(name[len(name)-1]) {
			name = name[:len(name)-1]
		}
		return x.endTag(name)
	}
	tok := xmlToken{kind: startToken}
	if len(raw) > 0 && raw[len(raw)-1] == '/' {
		tok.empty = true
		raw = raw[:len(raw)-1]
	}
	end := 0
	for end < len(raw) && raw[end] > ' ' {
		end++
	}
	name := raw[:end]
	if !validName(name) {
		return xmlToken{}, fmt.Errorf("holds a tag that is none: %q", shorten(raw))
	}
	if len(x.opens) == 0 {
		if x.root {
			return xmlToken{}, errors.New("holds a second root element")
		}
		x.root = true
	}
	tok.name, tok.attrs = local(name), attrs{raw: raw[end:]}
	if !tok.empty {
		if len(x.opens) == maxDepth {
			return xmlToken{}, fmt.Errorf("nests its elements more than %d deep", maxDepth)
		}
		x.opens = append(x.opens, len(x.names))
		x.names = append(x.names, name...)
	}
	if end == len(raw) {
		return tok, nil
	}
	return tok, tok.attrs.check()
}

// tagEnd is the offset of the > that ends the tag, -1 when the part ends before.
// A > within quotes does not end it.
func (x *xmlScanner) tagEnd() int {
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

func (x *xmlScanner) endTag(name []byte) (xmlToken, error) {
	last := len(x.opens) - 1
	if last < 0 || !bytes.Equal(name, x.names[x.opens[last]:]) {
		return xmlToken{}, fmt.Errorf("closes the element %q, which is not open there", shorten(name))
	}
	x.names, x.opens = x.names[:x.opens[last]], x.opens[:last]
	return xmlToken{kind: endToken, name: local(name)}, nil
}

// skip reads to the end of the element that was just opened.
func (x *xmlScanner) skip() error {
	for depth := x.depth(); ; {
		if _, err := x.next(); err != nil {
			return err
		}
		if x.depth() < depth {
			return nil
		}
	}
}

// content is the text within the element that was just opened. It holds no
// element.
func (x *xmlScanner) content(dst []byte) ([]byte, error) {
	for most := len(dst) + maxToken; ; {
		tok, err := x.next()
		switch {
		case err != nil:
			return dst, err
		case tok.kind == textToken && len(dst) > most:
			return dst, errTooLong
		case tok.kind == textToken:
			dst = append(dst, tok.text...)
		case tok.kind == startToken:
			return dst, fmt.Errorf("holds the element %q within a value", tok.name)
		default:
			return dst, nil
		}
	}
}
