package charset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"UTF8": "utf-8", " utf-8-sig ": "utf-8", "utf-16": "utf-16", "UTF-16LE": "utf-16le", "latin1": "windows-1252", "IBM850": "ibm850", "sjis": "shift_jis",
		"klingon": "", "x-user-defined": "", "replacement": "", "": "",
	} {
		if c, ok := Named(name); c.Name != want || ok != (want != "") {
			t.Errorf("%q is %q, %t; want %q", name, c.Name, ok, want)
		}
	}
}

func TestMarks(t *testing.T) {
	for head, want := range map[string]string{
		MarkUTF8 + "a": "utf-8-bom", MarkUTF16LE + "a\x00": "utf-16le", MarkUTF16BE + "\x00a": "utf-16be", markUTF32LE: "utf-32", markUTF32BE: "utf-32", "abc": "", "": "",
	} {
		if c, ok := Marked([]byte(head)); c.Name != want || ok != (want != "") {
			t.Errorf("%q is %q, %t; want %q", head, c.Name, ok, want)
		}
	}
}

func TestUTF16WithoutAMark(t *testing.T) {
	for head, want := range map[string]string{
		"a\x00,\x00b\x00": "utf-16le", "\x00a\x00,\x00b": "utf-16be", "a\x00\x01\x00": "", "\x00a\x00": "utf-16be", "": "", "abcdef": "",
	} {
		if c, ok := Unmarked16([]byte(head)); c.Name != want && want != "" || ok != (want != "") {
			t.Errorf("%q is %q, %t; want %q", head, c.Name, ok, want)
		}
	}
}

// A file is looked at in pieces; where they are cut changes nothing.
func TestStatsOfPieces(t *testing.T) {
	say := func(s *Stats) string {
		zero, isZero := s.Zero()
		bad, cut, isBad := s.NotUTF8()
		if !isBad {
			bad, cut = 0, false
		}
		return fmt.Sprint(zero, isZero, bad, cut, isBad, s.Returns(), s.Lines, s.Size, " ", string(s.Head))
	}
	for text, want := range map[string]string{
		"":              "-1 false 0 false false 0 0 0 ",
		"a\r\nb\rc\r":   "-1 false 0 false false 2 1 7 a\r\nb\rc\r",
		"é\r\r\n𝄞":      "-1 false 0 false false 1 1 9 é\r\r\n𝄞",
		"é\xff":         "-1 false 2 false true 0 0 3 é\xff",
		"caf\xc3":       "-1 false 3 true true 0 0 4 caf\xc3",
		"\xf0\x9d\x84":  "-1 false 0 true true 0 0 3 \xf0\x9d\x84",
		"a\x00b":        "1 true 0 false false 0 0 3 a\x00b",
		"\xe2\x82a\xe2": "-1 false 0 false true 0 0 4 \xe2\x82a\xe2",
	} {
		var whole, pieces Stats
		_, _ = whole.Write([]byte(text))
		for i := range len(text) {
			_, _ = pieces.Write([]byte{text[i]})
		}
		if got := say(&whole); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		if got := say(&pieces); got != want {
			t.Errorf("%q in pieces: got %q, want %q", text, got, want)
		}
	}
}

func TestLineEnds(t *testing.T) {
	for _, wrap := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader} {
		got, err := io.ReadAll(NewLineReader(wrap(strings.NewReader("a\rb\r\nc\r\r\n\r"))))
		if err != nil || string(got) != "a\nb\r\nc\n\r\n\n" {
			t.Errorf("got %q, %v", got, err)
		}
	}
}

// FuzzDecode: a text that is decoded gives the same bytes when it is encoded
// again; anything else is refused.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", "a,b\r\n", "caf\xe9", "\x81", "a\x00", "a\x00\x00\xd8", "\x00\xd8\x00\xdc", "\xff\xfea\x00", "x\x00y", "\xfd\xff", "\x85"} {
		for which := range 4 {
			f.Add([]byte(seed), which)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte, which int) {
		cp1250, _ := Named("windows-1250")
		c := []Charset{UTF16LE, UTF16BE, Windows1252, cp1250}[which&3]
		text, err := io.ReadAll(c.NewReader(bytes.NewReader(content), int64(len(content))))
		if err != nil {
			if _, ok := errors.AsType[Undecodable](err); !ok {
				t.Fatalf("the error is a %T: %v", err, err)
			}
			return
		}
		back, err := c.encoding.NewEncoder().Bytes(text)
		if err != nil {
			t.Fatal(err)
		}
		if c.isUTF16() { // a mark, which may also be of the other order, is left out, and written again
			if _, marked := Marked(content); marked {
				return
			}
			back = bytes.TrimPrefix(bytes.TrimPrefix(back, []byte(MarkUTF16LE)), []byte(MarkUTF16BE))
		}
		if !bytes.Equal(back, content) {
			t.Fatalf("%q was decoded as %q (%s)", content, text, c.Name)
		}
	})
}
