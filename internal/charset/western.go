package charset

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"
)

// LooksWestern reports whether a text that is not UTF-8 is clearly Windows-1252.
// Every single-byte text can be read so; what speaks against it are the traces
// of other encodings:
//
//   - one of the five bytes that Windows-1252 does not have, or its sign for any
//     currency, which nobody writes and which is the euro of ISO 8859-15;
//   - more than three characters beyond ASCII in a row, no-break spaces aside, as
//     in Cyrillic, Greek and East Asian text;
//   - a sign directly between two letters, other than an apostrophe, a dash, an
//     ellipsis or a middle dot: Polish, DOS and Macintosh text shows them there;
//   - as many whole characters of UTF-8 as other bytes: UTF-8 that is damaged.
func LooksWestern(text io.Reader) bool {
	src := bufio.NewReaderSize(text, 1<<16)
	var before byte // the byte before
	run, whole, single, inWhole := 0, 0, 0, 0
	for {
		ahead, _ := src.Peek(utf8.UTFMax)
		if len(ahead) == 0 {
			return whole < single
		}
		b := ahead[0]
		if run++; b < utf8.RuneSelf || b == noBreakSpace {
			run = 0
		}
		if b >= utf8.RuneSelf && inWhole == 0 {
			if char, size := utf8.DecodeRune(ahead); char != utf8.RuneError {
				whole++
				inWhole = size
			} else {
				single++
			}
		}
		between := len(ahead) > 1 && westernLetter(before) && westernLetter(ahead[1])
		if run > 3 || strings.IndexByte(notWestern, b) >= 0 || between && westernSign(b) {
			return false
		}
		inWhole = max(inWhole-1, 0)
		before = b
		_, _ = src.Discard(1) // it is in the buffer
	}
}

const (
	noBreakSpace = 0xA0
	notWestern   = "\x81\x8d\x8f\x90\x9d\xa4"
)

// westernLetter reports whether a byte is a letter of Windows-1252.
func westernLetter(b byte) bool {
	switch {
	case b < utf8.RuneSelf:
		return b|0x20 >= 'a' && b|0x20 <= 'z'
	case b < 0xC0:
		return strings.IndexByte("\x83\x8a\x8c\x8e\x9a\x9c\x9e\x9f\xaa\xb5\xba", b) >= 0
	}
	return b != 0xD7 && b != 0xF7
}

// westernSign reports whether a byte is a sign of Windows-1252 that has no place
// between two letters.
func westernSign(b byte) bool {
	const within = "\x85\x91\x92\x96\x97\xa0\xad\xb4\xb7" // … ‘ ’ – — no-break space, soft hyphen, ´ ·
	return b >= utf8.RuneSelf && !westernLetter(b) && strings.IndexByte(within, b) < 0
}
