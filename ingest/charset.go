package ingest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

const (
	saveAsUTF8  = "save it as CSV in UTF-8, or as .xlsx"
	nameCharset = saveAsUTF8 + "; or name its encoding, such as --encoding shift_jis or windows-1250"
)

// charset is an encoding of text. Those of Unicode have no decoder.
type charset struct {
	name    string // utf-8, utf-8-bom, utf-16le, utf-16be, or as the web's index calls it
	decoder encoding.Encoding
	odd     int64 // where the first byte beyond ASCII stands, plus 1, when the encoding was found by its bytes
}

// charsetNamed finds an encoding by one of its names in the index of the web
// (WHATWG), where "latin1" is windows-1252, or in that of IANA.
func charsetNamed(name string) (charset, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "utf-8", "utf8", "utf-8-bom", "utf-8-sig":
		return charset{name: "utf-8"}, true
	case "utf-16", "utf16":
		return charset{name: "utf-16"}, true
	}
	if e, err := htmlindex.Get(name); err == nil {
		canonical, err := htmlindex.Name(e)
		if strings.HasPrefix(canonical, "utf-") {
			return charset{name: canonical}, true
		}
		return charset{name: canonical, decoder: e}, err == nil && canonical != "replacement" && canonical != "x-user-defined"
	}
	e, err := ianaindex.IANA.Encoding(name)
	if err != nil || e == nil {
		return charset{}, false
	}
	canonical, err := ianaindex.IANA.Name(e)
	return charset{name: strings.ToLower(canonical), decoder: e}, err == nil
}

// KnownEncoding reports whether Options.Encoding may be this name: one of the
// WHATWG or IANA indexes of encodings, such as windows-1250 or shift_jis.
func KnownEncoding(name string) bool {
	_, ok := charsetNamed(name)
	return ok
}

// marked is the encoding that the file's first bytes tell; empty = none.
func (in *input) marked() string {
	switch {
	case in.starts(markUTF8):
		return "utf-8-bom"
	case in.starts(markUTF32LE), in.starts(markUTF32BE):
		return "utf-32"
	case in.starts(markUTF16LE):
		return "utf-16le"
	case in.starts(markUTF16BE):
		return "utf-16be"
	}
	return ""
}

// unmarked16 tells UTF-16 text without a mark: within the head, zero bytes stand
// on one side of the pairs only, each beside a character of Latin text, in at
// least one pair of ten, since delimiters, digits and line ends have one. It is
// empty for any other file.
func (in *input) unmarked16() string {
	var zeros [2]int
	head := in.text.head[:len(in.text.head)&^1]
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

// charset tells which encoding the file is in, before a look at all of it: by
// its mark, else as asked for, else UTF-16 if it looks so, else UTF-8.
func (in *input) charset(asked string) (charset, error) {
	mark := in.marked()
	if mark == "utf-32" {
		return charset{}, in.fault("unsupported format: text in UTF-32", saveAsUTF8)
	}
	if asked == "" {
		if mark == "" {
			mark = in.unmarked16()
		}
		if mark == "" {
			mark = "utf-8"
		}
		return charset{name: mark}, nil
	}
	c, ok := charsetNamed(asked)
	switch {
	case !ok:
		return c, in.fault(fmt.Sprintf("--encoding names %q, which is no known encoding", asked), "write a name such as utf-8, windows-1250 or shift_jis")
	case mark != "" && !strings.HasPrefix(mark, c.name):
		return c, in.fault(fmt.Sprintf("begins with the mark of %s, but --encoding says %s", strings.TrimSuffix(mark, "-bom"), c.name), "leave --encoding out")
	case mark != "":
		c.name = mark
	case c.name == "utf-16":
		c.name = in.unmarked16()
		if c.name == "" {
			return c, in.fault("has no mark that tells which UTF-16 it is", "say --encoding utf-16le or utf-16be")
		}
	}
	return c, nil
}

// decode makes the file UTF-8 with line feeds, in a copy if need be.
func (in *input) decode(d dialect, asked string) (found charset, err error) {
	if found, err = in.charset(asked); err != nil {
		return found, err
	}
	switch {
	case found.name == "utf-16le":
		err = in.rewrite("decoded", d, func(src io.Reader) io.Reader { return newUTF16Reader(src, binary.LittleEndian) })
	case found.name == "utf-16be":
		err = in.rewrite("decoded", d, func(src io.Reader) io.Reader { return newUTF16Reader(src, binary.BigEndian) })
	case found.decoder != nil:
		err = in.rewrite("decoded", d, func(src io.Reader) io.Reader { return newStrictReader(found, src) })
	}
	if err != nil {
		return found, err
	}
	if name, hint := foreignText(in.text.head); name != "" {
		return found, in.fault("unsupported format: "+name, hint)
	}
	if at := in.text.nulAt - 1; at >= 0 {
		e := in.fault("holds a zero byte (NUL), so it is neither text nor a workbook", "save it as .xlsx, or as CSV in UTF-8")
		e.Row = d.rowAt(in.file, at, in.text.head)
		return found, e
	}
	if in.text.badAt > 0 || len(in.text.carry) > 0 {
		if found, err = in.western(d, asked); err != nil {
			return found, err
		}
	}
	if in.text.loneReturns() > 0 {
		err = in.rewrite("lines", d, newLineReader)
	}
	return found, err
}

// western reads a text that is not UTF-8 as Windows-1252 if it clearly is that,
// and refuses it otherwise.
func (in *input) western(d dialect, asked string) (charset, error) {
	const notClear = "is not UTF-8 text, and not clearly Windows-1252"
	at := in.text.badAt - 1
	refuse := func(message, hint string) (charset, error) {
		e := in.fault(message, hint)
		e.Row = d.rowAt(in.file, at, in.text.head)
		return charset{}, e
	}
	if at < 0 {
		at = in.text.size - int64(len(in.text.carry))
		return refuse("ends within a character of UTF-8: it is cut off, or in another encoding", "copy or export it again; or name its encoding, such as --encoding windows-1252")
	}
	if asked != "" {
		return refuse("is not UTF-8 text", nameCharset)
	}
	if in.text.loneReturns() > 0 && in.text.lines == 0 {
		return refuse(notClear, saveAsUTF8+"; or say --encoding macintosh, as its line ends are those of an old Macintosh")
	}
	if !looksWestern(bufio.NewReaderSize(io.NewSectionReader(in.file, 0, in.size), 1<<16)) {
		return refuse(notClear, nameCharset)
	}
	c := charset{name: "windows-1252", decoder: charmap.Windows1252, odd: at + 1}
	return c, in.rewrite("decoded", d, func(src io.Reader) io.Reader { return newStrictReader(c, src) })
}

// warnWestern shows a person how the first character beyond ASCII reads, since
// the file does not say what encoding it is in.
func (r *Roster) warnWestern(d dialect, at int64) {
	row := d.rowAt(r.in.file, at, r.in.text.head)
	comma, _ := d.of(r.in.text.head)
	const around = 80
	from := max(at-around, 0)
	text := make([]byte, at-from+around)
	n, _ := r.in.file.ReadAt(text, from) // the file was just written; what is missing is not shown
	outside := func(c rune) bool { return c == comma || c == '\n' || c == '"' }
	before, after := string(text[:min(int64(n), at-from)]), string(text[min(int64(n), at-from):n])
	if end := strings.IndexFunc(after, outside); end >= 0 {
		after = after[:end]
	}
	cell := strings.ToValidUTF8(before[strings.LastIndexFunc(before, outside)+1:]+after, "")
	f := fault{
		message:  "the file is not UTF-8; it is read as Windows-1252",
		hint:     "look how the name reads; if it is wrong, save the file as CSV in UTF-8, or name its encoding, such as --encoding windows-1250",
		severity: Warning,
	}
	r.Problems = append(r.Problems, f.problem(r.place(row, -1), row, "", strings.TrimSpace(cell)))
}

// newStrictReader decodes a text; what the encoding does not have ends it with
// an error. The decoders put U+FFFD in its place, or a control character U+0080
// to U+009F, which no roster needs.
func newStrictReader(c charset, src io.Reader) io.Reader {
	return &strictReader{name: c.name, src: bufio.NewReaderSize(c.decoder.NewDecoder().Reader(src), 1<<16)}
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
	n, bad := len(text), undecodable("")
	if err == nil {
		n -= 2 // a character may be cut in two
	}
	if i := undecoded(text[:n], text); i >= 0 {
		n, bad = i, undecodable("holds a byte that is no character of "+r.name)
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

// newUTF16Reader decodes UTF-16, whose mark it leaves out. Half a character ends
// it with an error: golang.org/x/text would make it U+FFFD.
func newUTF16Reader(src io.Reader, order binary.ByteOrder) io.Reader {
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
	const lone = undecodable("holds half a character of UTF-16 (a lone surrogate)")
	pair, err := r.src.Peek(2)
	if len(pair) == 1 {
		return 0, undecodable("ends within a character of UTF-16: it is cut off")
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
