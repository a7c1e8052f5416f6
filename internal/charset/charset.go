package charset

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
)

// The marks that files begin with to show their encoding.
const (
	MarkUTF8    = "\xef\xbb\xbf"
	MarkUTF16LE = "\xff\xfe"
	MarkUTF16BE = "\xfe\xff"
	markUTF32LE = "\xff\xfe\x00\x00"
	markUTF32BE = "\x00\x00\xfe\xff"
)

// Charset is an encoding of text.
type Charset struct {
	Name string // utf-8, utf-8-bom, utf-16le, utf-16be, utf-32, or as the index of the web calls it

	encoding encoding.Encoding // nil = UTF-8, or not read
}

// The encodings that a file can show to be in.
var (
	UTF8        = Charset{Name: "utf-8"}
	UTF8Marked  = Charset{Name: "utf-8-bom"}
	UTF16LE     = Charset{"utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)}
	UTF16BE     = Charset{"utf-16be", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)}
	UTF32       = Charset{Name: "utf-32"} // known, but not read
	Windows1252 = Charset{"windows-1252", charmap.Windows1252}
)

// UTF16 is UTF-16 whose byte order is for the file to show.
const UTF16 = "utf-16"

// IsUTF8 reports whether the text needs no decoding, but perhaps the removal of
// its mark.
func (c Charset) IsUTF8() bool { return c.encoding == nil }

// isUTF16 reports whether a text is in units of two bytes.
func (c Charset) isUTF16() bool { return c.Name == UTF16LE.Name || c.Name == UTF16BE.Name }

// Named finds an encoding by one of its names in the index of the web (WHATWG),
// where "latin1" is windows-1252, or in that of IANA. "utf-16" is a Charset of
// that name and cannot be decoded.
func Named(name string) (Charset, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "utf-8", "utf8", "utf-8-bom", "utf-8-sig":
		return UTF8, true
	case UTF16, "utf16":
		return Charset{Name: UTF16}, true
	}
	if e, err := htmlindex.Get(name); err == nil {
		switch canonical, err := htmlindex.Name(e); canonical {
		case UTF16LE.Name:
			return UTF16LE, true
		case UTF16BE.Name:
			return UTF16BE, true
		case UTF8.Name:
			return UTF8, true
		case "replacement", "x-user-defined": // not encodings of text
			return Charset{}, false
		default:
			return Charset{canonical, e}, err == nil
		}
	}
	e, err := ianaindex.IANA.Encoding(name)
	if err != nil || e == nil {
		return Charset{}, false
	}
	canonical, err := ianaindex.IANA.Name(e)
	return Charset{strings.ToLower(canonical), e}, err == nil
}

// Marked is the encoding whose mark a file begins with, if it does.
func Marked(head []byte) (c Charset, ok bool) {
	for _, m := range []struct {
		mark    string
		charset Charset
	}{
		{MarkUTF8, UTF8Marked}, {markUTF32LE, UTF32}, {markUTF32BE, UTF32}, // one of UTF-32 begins as that of UTF-16
		{MarkUTF16LE, UTF16LE}, {MarkUTF16BE, UTF16BE},
	} {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			return m.charset, true
		}
	}
	return Charset{}, false
}

// Unmarked16 recognises UTF-16 without a mark by the first bytes of a file: zero
// bytes are on one side of the pairs only, each beside a character of Latin text,
// and in at least one pair of ten, since delimiters, digits and line ends have
// one.
func Unmarked16(head []byte) (c Charset, ok bool) {
	const share = 10
	var zeros [2]int
	head = head[:len(head)&^1]
	for i := 0; i < len(head); i += 2 {
		for side := range 2 {
			if head[i+side] != 0 {
				continue
			}
			if other := head[i+1-side]; other < ' ' && strings.IndexByte("\t\r\n", other) < 0 {
				return Charset{}, false
			}
			zeros[side]++
		}
	}
	enough := func(n int) bool { return n > 0 && n*share >= len(head)/2 }
	switch {
	case enough(zeros[1]) && zeros[0] == 0:
		return UTF16LE, true
	case enough(zeros[0]) && zeros[1] == 0:
		return UTF16BE, true
	}
	return Charset{}, false
}
