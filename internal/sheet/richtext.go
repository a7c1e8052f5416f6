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
func richText(x *xmlpart.Scanner, dst []byte) ([]byte, error) {
	return pieces(x, dst, true)
}

// pieces appends the texts in a string, or in a run, which has no runs of its own.
func pieces(x *xmlpart.Scanner, dst []byte, runs bool) ([]byte, error) {
	most := len(dst) + xmlpart.MaxToken
	seen := false // a t, or a run, after which no t may come
	for {
		tok, err := x.Next()
		if err != nil {
			return dst, unexpected(err)
		}
		switch name := string(tok.Name); {
		case tok.Kind == xmlpart.Text:
		case tok.Kind == xmlpart.End:
			return dst, nil
		case name == "t" && seen:
			err = errTwoTexts
		case name == "t":
			seen = true
			dst, err = x.Content(dst)
		case name == "r" && runs && !tok.Empty:
			seen = true
			dst, err = pieces(x, dst, false)
		default:
			err = x.Skip()
		}
		if err == nil && len(dst) > most {
			err = xmlpart.ErrTooLong
		}
		if err != nil {
			return dst, unexpected(err)
		}
	}
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
