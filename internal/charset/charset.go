package charset

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

func starts(head []byte, mark string) bool { return bytes.HasPrefix(head, []byte(mark)) }

// Charset is an encoding of text. Those of Unicode have no decoder.
type Charset struct {
	Name    string // utf-8, utf-8-bom, utf-16le, utf-16be, or as the web's index calls it
	Decoder encoding.Encoding
	Odd     int64 // where the first byte beyond ASCII stands, plus 1, when the encoding was found by its bytes
}

// Named finds an encoding by one of its names in the index of the web
// (WHATWG), where "latin1" is windows-1252, or in that of IANA.
func Named(name string) (Charset, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "utf-8", "utf8", "utf-8-bom", "utf-8-sig":
		return Charset{Name: "utf-8"}, true
	case "utf-16", "utf16":
		return Charset{Name: "utf-16"}, true
	}
	if e, err := htmlindex.Get(name); err == nil {
		canonical, err := htmlindex.Name(e)
		if strings.HasPrefix(canonical, "utf-") {
			return Charset{Name: canonical}, true
		}
		return Charset{Name: canonical, Decoder: e}, err == nil && canonical != "replacement" && canonical != "x-user-defined"
	}
	e, err := ianaindex.IANA.Encoding(name)
	if err != nil || e == nil {
		return Charset{}, false
	}
	canonical, err := ianaindex.IANA.Name(e)
	return Charset{Name: strings.ToLower(canonical), Decoder: e}, err == nil
}

// Marked is the encoding that the file's first bytes tell; empty = none.
func Marked(head []byte) string {
	switch {
	case starts(head, MarkUTF8):
		return "utf-8-bom"
	case starts(head, markUTF32LE), starts(head, markUTF32BE):
		return "utf-32"
	case starts(head, MarkUTF16LE):
		return "utf-16le"
	case starts(head, MarkUTF16BE):
		return "utf-16be"
	}
	return ""
}

// Unmarked16 tells UTF-16 text without a mark: within the head, zero bytes stand
// on one side of the pairs only, each beside a character of Latin text, in at
// least one pair of ten, since delimiters, digits and line ends have one. It is
// empty for any other file.
func Unmarked16(head []byte) string {
	var zeros [2]int
	head = head[:len(head)&^1]
	for i := 0; i < len(head); i += 2 {
		for side := range 2 {
			if head[i+side] != 0 {
				continue
			}
			if other := head[i+1-side]; other < ' ' && strings.IndexByte("\t\r\n", other) < 0 {
				return ""
			}
			zeros[side]++
		}
	}
	const share = 10
	enough := func(n int) bool { return n > 0 && n*share >= len(head)/2 }
	switch {
	case enough(zeros[1]) && zeros[0] == 0:
		return "utf-16le"
	case enough(zeros[0]) && zeros[1] == 0:
		return "utf-16be"
	}
	return ""
}

// NewStrictReader decodes a text; what the encoding does not have ends it with
// an error. The decoders put U+FFFD in its place, or a control character U+0080
// to U+009F, which no roster needs.
func NewStrictReader(c Charset, src io.Reader) io.Reader {
	return &strictReader{name: c.Name, src: bufio.NewReaderSize(c.Decoder.NewDecoder().Reader(src), 1<<16)}
}

type strictReader struct {
	name string
	src  *bufio.Reader
}

func (r *strictReader) Read(p []byte) (int, error) {
	text, err := r.src.Peek(r.src.Size())
	if len(text) == 0 {
		return 0, err
	}
	n, bad := len(text), Undecodable("")
	if err == nil {
		n -= 2 // a character may be cut in two
	}
	if i := undecoded(text[:n], text); i >= 0 {
		n, bad = i, Undecodable("holds a byte that is no character of "+r.name)
	}
	n = copy(p, text[:n])
	_, _ = r.src.Discard(n) // it is in the buffer
	if n == 0 && bad != "" {
		return 0, bad
	}
	return n, nil
}

// undecoded is where in text, of which all is known, the first U+FFFD or control
// character above U+007F stands; -1 = nowhere.
func undecoded(text, all []byte) int {
	for i, b := range text {
		if b == 0xC2 && i+1 < len(all) && all[i+1] <= 0x9F || b == 0xEF && bytes.HasPrefix(all[i:], []byte("\uFFFD")) {
			return i
		}
	}
	return -1
}

// NewUTF16Reader decodes UTF-16, whose mark it leaves out. Half a character ends
// it with an error: golang.org/x/text would make it U+FFFD.
func NewUTF16Reader(src io.Reader, order binary.ByteOrder) io.Reader {
	r := &utf16Reader{src: bufio.NewReaderSize(src, 1<<16), order: order}
	if mark, err := r.src.Peek(2); err == nil && order.Uint16(mark) == 0xFEFF {
		_, _ = r.src.Discard(2) // it is in the buffer
	}
	return r
}

type utf16Reader struct {
	src   *bufio.Reader
	order binary.ByteOrder
}

func (r *utf16Reader) Read(p []byte) (n int, err error) {
	for n+utf8.UTFMax <= len(p) {
		char, err := r.char()
		if err != nil {
			return n, err
		}
		n += utf8.EncodeRune(p[n:], char)
	}
	return n, nil
}

// char is the next character.
func (r *utf16Reader) char() (rune, error) {
	const lone = Undecodable("holds half a character of UTF-16 (a lone surrogate)")
	pair, err := r.src.Peek(2)
	if len(pair) == 1 {
		return 0, Undecodable("ends within a character of UTF-16: it is cut off")
	}
	if err != nil {
		return 0, err
	}
	char := rune(r.order.Uint16(pair))
	size := 2
	if utf16.IsSurrogate(char) {
		both, err := r.src.Peek(4)
		if err != nil {
			return 0, lone
		}
		if char = utf16.DecodeRune(char, rune(r.order.Uint16(both[2:]))); char == utf8.RuneError {
			return 0, lone
		}
		size = 4
	}
	_, _ = r.src.Discard(size) // it is in the buffer
	return char, nil
}
