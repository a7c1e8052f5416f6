package sheet

import (
	"strconv"
	"strings"

	"linkbatch/internal/xmlpart"
)

// richText is the text of the inline or shared string that was just opened: its
// t, or those of its runs. How it is pronounced (rPh) is no part of it.
func richText(x *xmlpart.Scanner, dst []byte) ([]byte, error) {
	outer, run, most := x.Depth(), false, len(dst)+xmlpart.MaxToken
	for {
		tok, err := x.Next()
		if err != nil {
			return dst, unexpected(err)
		}
		switch {
		case len(dst) > most:
			return dst, xmlpart.ErrTooLong
		case tok.Kind == xmlpart.End:
			if x.Depth() < outer {
				return dst, nil
			}
			run = false
		case tok.Kind == xmlpart.Text || tok.Empty:
		case string(tok.Name) == "t":
			if dst, err = x.Content(dst); err != nil {
				return dst, unexpected(err)
			}
		case string(tok.Name) == "r" && !run:
			run = true
		default:
			if err := x.Skip(); err != nil {
				return dst, unexpected(err)
			}
		}
	}
}

// Unescape replaces the escapes of characters that XML does not allow, such as
// _x000D_ (ISO/IEC 29500-1, section 22.9.2.19).
func Unescape(text string) string {
	const length = len("_x000D_")
	if !strings.Contains(text, "_x") {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		i := strings.Index(text, "_x")
		if i < 0 || len(text)-i < length {
			break
		}
		code, err := strconv.ParseUint(text[i+2:i+length-1], 16, 16)
		if err != nil || text[i+length-1] != '_' {
			b.WriteString(text[:i+1])
			text = text[i+1:]
			continue
		}
		b.WriteString(text[:i])
		b.WriteRune(rune(code))
		text = text[i+length:]
	}
	b.WriteString(text)
	return b.String()
}
