package ingest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"linkbatch/internal/edit"
)

// isDecisive reports whether the column says what is done to whom, and who pays for
// it. Without the action, rows that unlink would invite.
func (c *column) isDecisive() bool {
	switch c.name {
	case "account_id", "account_number", "customer_number", "managing_customer_id", "action", "bill_to_client", "bill_to_agency", "start_date", "end_date":
		return true
	}
	return false
}

// shortestSlip is the length of the shortest headers of which misspellings are
// known for what they are: too many words are one letter from a shorter one.
const shortestSlip = 5

// slip is the decisive column whose header this is but for one letter more, less,
// other, or swapped, or for letters of another script that look the same; nil if
// there is none, or the header is understood.
func slip(header string) *column {
	if len(header) > longestHeader || lookup(header) != nil {
		return nil
	}
	if plain, odd := asLatin(header); odd != 0 {
		if c := lookup(plain); c != nil && c.isDecisive() {
			return c
		}
	}
	key := headerKey(header)
	for _, s := range spellings {
		if s.column.isDecisive() && s.length >= shortestSlip && edit.One(key, s.key) {
			return s.column
		}
	}
	return nil
}

// slipped is the fault of a header that is a slip away from a decisive column that
// the roster does not have otherwise, and of which --map says nothing.
func slipped(header []string, mapped map[int]*column, seen map[string]int) *fault {
	for i, h := range header[:min(len(header), mostGuessed)] {
		c := slip(h)
		if _, said := mapped[i]; said || c == nil {
			continue
		}
		if _, there := seen[c.name]; there {
			continue
		}
		hint := "rename it to " + c.name
		if as := orMap(header, i, c.name); as != "" {
			hint += as + "; if it is something else, pass --map '" + h + "=', which carries it along"
		} else {
			hint += ", or to something else that is not so near"
		}
		return &fault{message: fmt.Sprintf("the header %q is most likely meant as %s", h, c.name), hint: hint}
	}
	return nil
}

// lookAlikes are letters of Cyrillic and Greek, and others, with the one of ASCII
// that each looks like.
var lookAlikes = func() map[rune]rune {
	pairs := []rune("АAЗ3з3ВBЕEЅSІIЈJКKМMНHОOРPСCТTУYХXаaеeоoрpсcуyхxіiјjѕsԛqԝwһhԁdӀlЬb" +
		"ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοoνvιiαaρpυuκkχxτtεe" + "ɑaɡgıiKK")
	alike := make(map[rune]rune, len(pairs)/2)
	for pair := range slices.Chunk(pairs, 2) {
		alike[pair[0]] = pair[1]
	}
	return alike
}()

// asLatin replaces the letters that only look like those of ASCII, and returns the
// first of them; 0 = there is none, or something else beyond ASCII, so that the
// text is in a script of its own.
func asLatin(text string) (plain string, odd rune) {
	plain = strings.Map(func(r rune) rune {
		like, ok := lookAlikes[r]
		if !ok {
			return r
		}
		if odd == 0 {
			odd = r
		}
		return like
	}, text)
	for i := range len(plain) {
		if plain[i] >= utf8.RuneSelf {
			return text, 0
		}
	}
	return plain, odd
}

// lookAlike is the fault f of a text, or, if a letter of another script in it may
// be why, one that names the letter: nobody sees it.
func lookAlike(text string, f *fault) *fault {
	_, odd := asLatin(text)
	if odd == 0 || !f.stops() {
		return f
	}
	return &fault{
		message: fmt.Sprintf("contains the character %U, which looks like %c", odd, lookAlikes[odd]),
		hint:    "type the text again",
	}
}
