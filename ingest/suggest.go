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

// near is the column that a header may be meant for: one of whose headers it is
// a misspelling or a longer form. It is never read as that column.
func near(header string) *column {
	key := headerKey(header)
	if key == "" || utf8.RuneCountInString(key) > 60 {
		return nil
	}
	var best *column
	least := 0
	for i := range columns {
		c := &columns[i]
		for _, alias := range slices.Concat([]string{c.name}, c.aliases, translations[c.name]) {
			alias = headerKey(alias)
			distance := edits(key, alias)
			// A letter in four may be wrong; a longer form costs more than that.
			allowed := utf8.RuneCountInString(alias) / 4
			if distance > allowed && c.isKey() && len(alias) >= len("accountid") && strings.Contains(key, alias) {
				distance, allowed = allowed+1, allowed+1
			}
			if distance <= allowed && (best == nil || distance < least) {
				best, least = c, distance
			}
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

// nearly is how many headers of a row are columns, or may be meant for one.
func (n headerNames) nearly(raw *rawRow) (count int) {
	for i, text := range raw.cells {
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
	lone := ""
	for _, h := range header {
		if c := near(h); c != nil && c.isKey() && lookup(h) != c {
			asks = append(asks, fmt.Sprintf("%q may be meant as %s: rename it, or say --map '%s=%s'", h, c.name, h, c.name))
		}
		if lone == "" && slices.Contains(loneWords, headerKey(h)) {
			lone = h
		}
	}
	switch {
	case len(asks) > 0:
		f.hint = strings.Join(asks[:min(len(asks), 3)], "; ")
	case lone != "":
		f.hint = fmt.Sprintf("if %q holds ids, say --map '%s=account_id'; if it holds numbers such as X1234567, say --map '%s=account_number'", lone, lone, lone)
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
