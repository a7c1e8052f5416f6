package xmlpart

import (
	"bytes"
	"errors"
	"fmt"
)

// openTag is where the name of an open element begins in Scanner.names, and where
// without its prefix.
type openTag struct{ name, local int }

// endTag reads </name>. The name is known, so that the end of the tag need not be
// searched for.
func (x *Scanner) endTag() (*Token, error) {
	const slash = len("</")
	last := len(x.opens) - 1
	if last < 0 {
		return nil, errors.New("closes an element where none is open")
	}
	open := x.opens[last]
	name := x.names[open.name:]
	n := slash + len(name)
	if x.end-x.pos <= n || x.buf[x.pos+n] != '>' { // white space, or something else
		if n = x.findByte('>'); n < 0 {
			return nil, x.cutOff()
		}
	}
	found := x.buf[x.pos+slash : x.pos+n]
	for len(found) > 0 && isSpace(found[len(found)-1]) {
		found = found[:len(found)-1]
	}
	if !bytes.Equal(found, name) {
		return nil, fmt.Errorf("closes the element %q, which is not open there", Shorten(found))
	}
	x.pos += n + 1
	x.tok = Token{Kind: End, Name: x.names[open.local:], Attrs: x.tok.Attrs[:0]}
	x.names, x.opens = x.names[:open.name], x.opens[:last]
	return &x.tok, nil
}

// startTag reads <name attribute="value"> or <name/>. Almost never does a value
// contain a >, so the first one is taken for the end of the tag until a quote is
// found open there.
func (x *Scanner) startTag() (*Token, error) {
	n := x.findByte('>')
	if n < 0 {
		return nil, x.cutOff()
	}
	name, prefix, err := x.parseTag(x.buf[x.pos+1 : x.pos+n])
	if err == errUnclosed { // perhaps by a > in a value
		if n = x.tagEnd(); n < 0 {
			return nil, x.cutOff()
		}
		name, prefix, err = x.parseTag(x.buf[x.pos+1 : x.pos+n])
	}
	x.pos += n + 1
	if err == nil {
		err = x.open(name, prefix)
	}
	return &x.tok, err
}

// parseTag makes what is between < and > the last token. The name of the element
// comes with the length of its prefix.
func (x *Scanner) parseTag(raw []byte) (name []byte, prefix int, err error) {
	empty := false
	if last := len(raw) - 1; last >= 0 && raw[last] == '/' {
		empty, raw = true, raw[:last]
	}
	end := 0
	for end < len(raw) && raw[end] > ' ' {
		end++
	}
	name = raw[:end]
	prefix, ok := splitName(name)
	if !ok {
		return nil, 0, fmt.Errorf("contains an invalid tag: %q", Shorten(raw))
	}
	attrs := x.tok.Attrs[:0]
	if end < len(raw) {
		attrs, err = appendAttrs(attrs, raw[end:])
	}
	x.tok = Token{Kind: Start, Empty: empty, Name: name[prefix:], Attrs: attrs}
	return name, prefix, err
}

// open notes that an element begins, whose start is the last token. What is not
// closed is found at the end of the part.
func (x *Scanner) open(name []byte, prefix int) error {
	switch {
	case len(x.opens) == 0 && x.root:
		return errors.New("contains a second root element")
	case len(x.opens) == maxDepth:
		return fmt.Errorf("nests its elements more than %d deep", maxDepth)
	}
	x.root = true
	if !x.tok.Empty {
		x.opens = append(x.opens, openTag{len(x.names), len(x.names) + prefix})
		x.names = append(x.names, name...)
	}
	return nil
}

// tagEnd returns where the > is that ends the tag, counted from x.pos; -1 if the
// part ends before. A > in quotes does not end it.
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

// special reads what begins with <! or <?, and reports whether it is a text: only
// CDATA is, and in it nothing but the line ends is replaced.
func (x *Scanner) special() (isText bool, err error) {
	const cdata = "<![CDATA["
	for x.end-x.pos < len(cdata) && x.fill() {
	}
	rest := x.buf[x.pos:x.end]
	opening, closing := "<?", "?>"
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		opening, closing = "<!--", "-->"
	case bytes.HasPrefix(rest, []byte(cdata)):
		opening, closing = cdata, "]]>"
	case rest[1] == '!':
		return false, errors.New("contains a document type, which no workbook needs")
	}
	n := x.find(closing, len(opening))
	if n < 0 {
		return false, x.cutOff()
	}
	inner := x.buf[x.pos+len(opening) : x.pos+n]
	x.pos += n + len(closing)
	if err := checkRunes(inner); err != nil {
		return false, err
	}
	switch opening {
	case "<!--":
		return false, checkComment(inner)
	case "<?":
		return false, checkInstruction(inner)
	}
	if len(x.opens) == 0 {
		return false, errOutside
	}
	inner = bytes.ReplaceAll(bytes.ReplaceAll(inner, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	x.tok = Token{Kind: Text, Text: inner, Attrs: x.tok.Attrs[:0]}
	return true, nil
}
