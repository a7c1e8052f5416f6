package sheet

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf8"

	"linkbatch/internal/xmlpart"
)

// errTwoTexts is the error of a string whose pieces other readers put together
// in another order, or leave out.
var errTwoTexts = errors.New("contains two texts where there should be one")

// richText appends the text of the inline or shared string that was just opened:
// its t, or those of its runs (ISO/IEC 29500-1, section 18.4.8). How a text is
// pronounced (rPh) is not part of it.
func richText(x *xmlpart.Scanner, dst []byte) ([]byte, marks, error) {
	r := rich{own: asCell}
	dst, err := r.read(x, dst)
	return dst, r.all, err
}

// rich is a string, or a run of one, while it is read.
type rich struct {
	inRun bool  // a run has no runs of its own
	own   marks // of its t; the properties of a run come before it
	all   marks // of what was read, white space aside
	seen  bool  // a t, or a run, after which no t may come
}

// read reads to the end of the string or run.
func (r *rich) read(x *xmlpart.Scanner, dst []byte) ([]byte, error) {
	for most := len(dst) + xmlpart.MaxToken; ; {
		tok, err := x.Next()
		switch {
		case err != nil:
			return dst, unexpected(err)
		case tok.Kind == xmlpart.End:
			return dst, nil
		case tok.Kind == xmlpart.Start:
			dst, err = r.piece(x, tok, dst)
		}
		if err == nil && len(dst) > most {
			err = xmlpart.ErrTooLong
		}
		if err != nil {
			return dst, unexpected(err)
		}
	}
}

// piece reads the element that was just opened.
func (r *rich) piece(x *xmlpart.Scanner, tok *xmlpart.Token, dst []byte) (_ []byte, err error) {
	switch name := string(tok.Name); {
	case name == "t" && r.seen:
		return dst, errTwoTexts
	case name == "t":
		r.seen = true
		start := len(dst)
		if dst, err = x.Content(dst); !isBlank(dst[start:]) {
			r.all |= r.own
		}
	case name == "r" && !r.inRun && !tok.Empty:
		r.seen = true
		run := rich{inRun: true, own: asCell}
		dst, err = run.read(x, dst)
		r.all |= run.all
	case name == "rPr" && r.inRun && !tok.Empty:
		var f font
		f, err = readRun(x)
		r.own = f.marks()
	default:
		err = x.Skip()
	}
	return dst, err
}

// unescape replaces the escapes of characters that XML does not allow, such as
// _x000D_, in the text that begins at start (ISO/IEC 29500-1, section 22.9.2.19).
func unescape(text []byte, start int) []byte {
	const length = len("_x000D_")
	rest := text[start:]
	at := bytes.Index(rest, []byte("_x"))
	if at < 0 {
		return text
	}
	out := make([]byte, 0, len(rest))
	for ; at >= 0 && len(rest)-at >= length; at = bytes.Index(rest, []byte("_x")) {
		code, err := strconv.ParseUint(string(rest[at+2:at+length-1]), 16, 16)
		if err != nil || rest[at+length-1] != '_' {
			out = append(out, rest[:at+1]...)
			rest = rest[at+1:]
			continue
		}
		out = utf8.AppendRune(append(out, rest[:at]...), rune(code))
		rest = rest[at+length:]
	}
	return append(append(text[:start], out...), rest...)
}
