package ingest

import (
	"slices"
	"strings"
)

// repeatsHeader reports whether a row repeats the header. An error means that it
// is the header of another table.
func (r *Roster) repeatsHeader(raw *rawRow) (bool, error) {
	named, same := r.headersIn(raw)
	if !named || same {
		return named, nil
	}
	e := r.sheetFault("there is another header here, with other columns: another table begins", "put each table into a file or sheet of its own")
	e.Row = raw.number
	return false, e
}

// headersIn reports whether a row contains headers, and whether they are those of
// the table. It does when it names the account and another column, or nothing but
// the account where the table has it, or when it contains no account and its
// columns of the account say otherwise, see namesAccount.
func (r *Roster) headersIn(raw *rawRow) (named, same bool) {
	known, filled, key := 0, 0, false
	same = true
	for i, text := range raw.cells {
		text = strings.TrimSpace(text)
		if text == "" || len(text) > longestHeader {
			continue
		}
		filled++
		column := ""
		if i < len(r.Columns) && headerKey(text) == headerKey(r.Header[i]) {
			column = r.Columns[i]
		} else if c := lookup(text); c != nil {
			column = c.name
			same = same && i < len(r.Columns) && r.Columns[i] == column
		} else {
			same = false
		}
		if column != "" {
			known++
			key = key || isKeyName(column)
		}
	}
	return key && (known > 1 || filled == 1 && same) || r.namesAccount(raw), same
}

// namesAccount reports whether a row without an account calls one by the name of
// its column: where the table has its accounts, or elsewhere while something else
// is there. A row that only says in a note what it lacks does not.
func (r *Roster) namesAccount(raw *rawRow) bool {
	names, instead := false, false
	for i, text := range raw.cells {
		text = strings.TrimSpace(text)
		if text == "" || len(text) > longestHeader {
			continue
		}
		if looksLikeAccount(text) {
			return false
		}
		names = names || r.isKeyWord(text)
		instead = instead || isKeyName(r.columnAt(i))
	}
	return names && instead
}

// isKeyWord reports whether a text is a header for an account: one that is
// understood, or this table's own.
func (r *Roster) isKeyWord(text string) bool {
	if c := lookup(text); c != nil && c.isKey() {
		return true
	}
	return slices.ContainsFunc(r.fields, func(f field) bool {
		return f.isKey() && headerKey(text) == headerKey(r.Header[f.index])
	})
}
