package ingest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"linkbatch/internal/edit"
)

// loneWords are headers for an account's id or number as often as for its name, so
// that they are not aliases; they are asked about.
var loneWords = []string{"id", "account", "accounts", "number", "cuenta", "konto", "kundenkonto", "compte", "conta", "アカウント"}

// spelling is one of the headers of a column, as headerKey has it.
type spelling struct {
	column *column
	key    string
	length int // in characters
}

var spellings = func() (all []spelling) {
	for i := range columns {
		c := &columns[i]
		for _, alias := range slices.Concat([]string{c.name}, c.aliases, translations[c.name]) {
			key := headerKey(alias)
			all = append(all, spelling{c, key, utf8.RuneCountInString(key)})
		}
	}
	return all
}()

// near is the column that a header may be meant for: one of whose headers it is
// a misspelling, with a letter in four wrong at most, or a longer form. It is
// never read as that column.
func near(header string) *column {
	key := headerKey(header)
	length := utf8.RuneCountInString(key)
	if length == 0 || length > 60 {
		return nil
	}
	var best *column
	least := length
	for _, s := range spellings {
		allowed := s.length / 4
		distance := allowed + 1
		if max(length-s.length, s.length-length) <= allowed {
			distance = edit.Distance(key, s.key)
		}
		if distance > allowed {
			if !s.column.isKey() || len(s.key) < len("accountid") || !strings.Contains(key, s.key) {
				continue
			}
			distance = allowed + 1
		}
		if best == nil || distance < least {
			best, least = s.column, distance
		}
	}
	return best
}

// mostGuessed is how many cells of a row are compared with every header that is
// understood, which takes its time.
const mostGuessed = 200

// nearly is how many headers of a row are columns, or may be meant for one.
func (n headerNames) nearly(raw *rawRow) (count int) {
	for i, text := range raw.cells[:min(len(raw.cells), mostGuessed)] {
		if raw.kind(i) != textCell || len(text) > longestHeader {
			continue
		}
		if n.lookup(text) != nil || near(text) != nil || slices.Contains(loneWords, headerKey(text)) {
			count++
		}
	}
	return count
}

// noKey is the fault of a header in which no column names the account, with
// the headers that may be meant to.
func noKey(header []string) *fault {
	f := &fault{
		message: "no column account_id or account_number among the headers " + quoted(header),
		hint:    "name one column account_id or account_number, or pass --map 'Their header=account_id'",
	}
	var asks []string
	lone := -1
	for i, h := range header[:min(len(header), mostGuessed)] {
		if c := near(h); c != nil && c.isKey() && lookup(h) != c {
			asks = append(asks, fmt.Sprintf("%q may be meant as %s: rename it%s", h, c.name, orMap(header, i, c.name)))
		}
		if lone < 0 && slices.Contains(loneWords, headerKey(h)) {
			lone = i
		}
	}
	switch {
	case len(asks) > 0:
		f.hint = strings.Join(asks[:min(len(asks), 3)], "; ")
	case lone >= 0:
		f.hint = fmt.Sprintf("if %q contains ids, rename it to account_id%s; if it contains numbers such as X1234567, rename it to account_number%s",
			header[lone], orMap(header, lone, "account_id"), orMap(header, lone, "account_number"))
	case slices.ContainsFunc(header, looksLikeAccount):
		f.hint = "there seems to be no header row: add one above the rows, with account_id or account_number over the accounts"
	}
	return f
}
