package ingest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// loneWords are headers that hold an account's id or number as often as its
// name, so that they are no aliases; they are asked about.
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
			distance = edits(key, s.key)
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

// edits counts the letters to insert, delete, replace, or swap with their
// neighbour to make a into b.
func edits(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := [3][]int{make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i, r := range s {
		last, previous, next := rows[0], rows[1], rows[2]
		next[0] = i + 1
		for j, u := range t {
			cost := 1
			if r == u {
				cost = 0
			}
			next[j+1] = min(previous[j]+cost, previous[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && r == t[j-1] && s[i-1] == u {
				next[j+1] = min(next[j+1], last[j-1]+1)
			}
		}
		rows = [3][]int{previous, next, last}
	}
	return rows[1][len(t)]
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
		hint:    "name one column account_id or account_number, or say --map 'Their header=account_id'",
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
		f.hint = fmt.Sprintf("if %q holds ids, rename it to account_id%s; if it holds numbers such as X1234567, rename it to account_number%s",
			header[lone], orMap(header, lone, "account_id"), orMap(header, lone, "account_number"))
	case slices.ContainsFunc(header, looksLikeAccount):
		f.hint = "there seems to be no header row: write one above the rows, with account_id or account_number over the accounts"
	}
	return f
}

// decides tells whether the column changes what is done, and is more than a text
// for people.
func (c *column) decides() bool {
	switch c.name {
	case "client_name", "name", "note", "client_profile":
		return false
	}
	return true
}
