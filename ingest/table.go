package ingest

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// headerWithin is how many rows that are not blank are searched for the header:
// the titles, logos and remarks above a table fill a few, a page of them not.
const headerWithin = 50

// headerNames knows which column a header means, --map included.
type headerNames struct {
	mapped map[string]*column // by headerKey; nil = carried along
}

// newHeaderNames takes a mapping as it is; what is wrong with it, mapHeaders says once
// the header is found.
func newHeaderNames(mapping map[string]string) headerNames {
	n := headerNames{mapped: make(map[string]*column, len(mapping))}
	for theirs, ours := range mapping {
		n.mapped[headerKey(theirs)] = lookup(ours)
	}
	return n
}

// lookup is the column that a header means, or nil.
func (n headerNames) lookup(header string) *column {
	if c, ok := n.mapped[headerKey(header)]; ok {
		return c
	}
	return lookup(header)
}

// aKey is what weigh adds for a row that names the account: more than there are
// columns.
const aKey = 1000

// weigh is how good a header a row would be: the columns that it names, and
// aKey if an account is among them. A row with an account in it, not only its
// name, is not a header: "Account number", "X1234567" is a remark above a table.
func (n headerNames) weigh(raw *rawRow) int {
	seen := make(map[*column]bool)
	key := 0
	for i, text := range raw.cells {
		if raw.kind(i) != textCell || len(text) > longestHeader {
			continue
		}
		if looksLikeAccount(strings.TrimSpace(text)) {
			return 0
		}
		if c := n.lookup(text); c != nil {
			seen[c] = true
			if c.isKey() {
				key = aKey
			}
		}
	}
	return len(seen) + key
}

// longestHeader is longer than any header that is understood; longer texts are
// not worth a look.
const longestHeader = 200

// looksLikeAccount reports whether a text has the form of an account's id or
// number. It serves to distinguish headers and titles from rows; no identifier is
// read by it.
func looksLikeAccount(text string) bool {
	digits := 0
	for i := range len(text) {
		if text[i] >= '0' && text[i] <= '9' {
			digits++
		}
	}
	const fewestDigits = 5 // of an id; a year has four
	if digits == len(text) {
		return digits >= fewestDigits
	}
	size := len(text) == accountNumberLength || len(text) == customerNumberLength
	return size && digits >= 3 && allAlphanumeric(text)
}

// table is where the header of a roster was found, and what is around it.
type table struct {
	above  []rawRow // rows that are not blank, above the header
	header rawRow
	ahead  []pulled // rows below the header that were looked at already
}

// pulled is what a source returned.
type pulled struct {
	raw rawRow
	err error
}

// findTable looks for the header: the first row that names the account. If the
// row right below it names more columns, that one is the header, and the other
// a remark. If no row names the account, the header is the row that names most
// columns, or nearly names them, so that there is something to talk about. The
// error is io.EOF when there is no row at all.
func findTable(src source, names headerNames) (table, error) {
	var t table
	for len(t.above) < headerWithin {
		p := pull(src)
		if p.err == io.EOF {
			break
		}
		if p.err != nil {
			return t, p.err
		}
		score := names.weigh(&p.raw)
		if score < aKey {
			t.above = append(t.above, p.raw)
			continue
		}
		t.header = p.raw
		for {
			p, better := pull(src), 0
			if p.err == nil {
				better = names.weigh(&p.raw)
			}
			if better <= score {
				t.ahead = append(t.ahead, p)
				return t, nil
			}
			t.above = append(t.above, t.header)
			t.header, score = p.raw, better
		}
	}
	if len(t.above) == 0 {
		return t, io.EOF
	}
	best, bestScore := 0, 0
	for i := range t.above {
		if score := names.nearly(&t.above[i]); score > bestScore {
			best, bestScore = i, score
		}
	}
	t.header = t.above[best]
	return t, nil
}

// pull is the next row of a source that is not blank, in memory of its own.
func pull(src source) pulled {
	for {
		raw, err := src.next()
		if err != nil && err != io.EOF {
			return pulled{err: err}
		}
		if err == io.EOF || !raw.blank() {
			kept := *raw
			kept.cells, kept.kinds, kept.merges = slices.Clone(raw.cells), slices.Clone(raw.kinds), slices.Clone(raw.merges)
			return pulled{kept, err}
		}
	}
}

// lookFurther is how many rows below those are searched, only to say where a
// header is that comes too late.
const lookFurther = 1000

// tooFar is the fault of a table whose header is not among the first rows.
func (t *table) tooFar(src source, names headerNames, f *fault) *fault {
	for range lookFurther {
		p := pull(src)
		if p.err != nil {
			break
		}
		if names.weigh(&p.raw) >= aKey {
			t.header = p.raw
			return &fault{
				message: fmt.Sprintf("this row looks like the header, but only the first %d rows that are not blank are searched for it", headerWithin),
				hint:    "delete rows above it that are not needed",
			}
		}
	}
	return &fault{
		message: fmt.Sprintf("%s (in the first %d rows that are not blank)", f.message, headerWithin),
		hint:    f.hint,
	}
}

// readHeader finds the header of the rows that src gives, and takes it.
func (r *Roster) readHeader(src source, mapping map[string]string) error {
	names := newHeaderNames(mapping)
	t, err := findTable(src, names)
	if err == io.EOF {
		return r.emptyFault()
	}
	if err != nil {
		return err
	}
	fields, f := matchHeader(t.header.cells, mapping)
	if one := r.oneCell(t.header.cells, names); f != nil && one != nil {
		f = one
	}
	if f != nil && len(t.above) == headerWithin && names.weigh(&t.header) < aKey {
		f = t.tooFar(src, names, f)
	}
	for _, raw := range append(t.above, t.header) {
		if raw.stops() {
			f, t.header.number = &raw.faults[0], raw.number
			break
		}
	}
	if f != nil {
		e := r.sheetFault(f.message, f.hint)
		e.Row = t.header.number
		return e
	}
	r.ahead = t.ahead
	r.setHeader(t, fields, mapping)
	return nil
}

// emptyFault is the fault of a file or sheet without a row.
func (r *Roster) emptyFault() *FileError {
	if r.Sheet != "" {
		return r.sheetFault("is empty", "")
	}
	return r.sheetFault("is empty: it has blank rows only", "")
}
