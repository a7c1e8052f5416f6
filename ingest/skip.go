package ingest

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Skipped is a row of the file that is not a row of the roster.
type Skipped struct {
	Row    int    // the row's number as a person sees it
	Reason string // blank, hidden, header again, example, a link that no row named, or what it is and says: `title: "Clients 2026"`
}

// Blank reports whether there is nothing in the row, nor in those after it that it
// stands for: "blank", "blank, and the 1,048,000 rows after it".
func (s Skipped) Blank() bool {
	return s.Reason == blankRow || strings.HasPrefix(s.Reason, blankRow+", and ")
}

const (
	blankRow    = "blank"
	hiddenOne   = "hidden"
	headerAgain = "header again"
	prunedLink  = "a link that no row named"
)

// Protected is an account in a skipped row. Whoever concludes something from the
// accounts that a roster does not name must not do so for this one.
type Protected struct {
	Row           int
	AccountID     int64  // 0 = none, or not readable
	AccountNumber string // upper case; empty = none, or not readable
	Unreadable    bool   // there is something for the account that cannot be read: it may be any account's
}

// skipAbove keeps the rows above the header.
func (r *Roster) skipAbove(t table) {
	above := t.above
	for n := 1; n < t.header.number; n++ {
		if len(above) == 0 || above[0].number != n {
			r.skipRow(n, blankRow)
			continue
		}
		raw := above[0]
		above = above[1:]
		r.skipRow(n, "title: "+said(raw.cells))
		for i, text := range raw.cells {
			text = strings.TrimSpace(text)
			if !looksLikeAccount(text) {
				continue
			}
			r.protectText(n, text)
			f := fault{message: "is above the header, and is not read as an account", hint: "if it is one, move the header above it", severity: Warning}.in(i, "", text)
			r.Problems = append(r.Problems, r.problem(n, &f))
		}
	}
}

// said is what the filled cells of a row say, for a person.
func said(cells []string) string {
	const most = 60
	var filled []string
	for _, c := range cells {
		if c = strings.Join(strings.Fields(c), " "); c != "" {
			filled = append(filled, c)
		}
	}
	text := strings.Join(filled, " | ")
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most]) + "…"
	}
	return strconv.Quote(text)
}

// protectText keeps an account that is outside of the table.
func (r *Roster) protectText(number int, text string) {
	if id, err := strconv.ParseInt(text, 10, 64); err == nil {
		r.Protected = append(r.Protected, Protected{Row: number, AccountID: id})
		return
	}
	r.Protected = append(r.Protected, Protected{Row: number, AccountNumber: strings.ToUpper(text)})
}

// skip reports whether a row of the file is not a row of the roster, and keeps it
// as such. An error means that another table begins there.
func (r *Roster) skip(raw *rawRow) (bool, error) {
	reason := ""
	switch {
	case raw.stops():
		return false, nil
	case raw.blank():
		reason = blankRow
	case raw.hidden && r.skipHidden:
		if _, err := r.repeatsHeader(raw); err != nil {
			return false, err
		}
		reason = hiddenOne
		r.protectRow(raw)
	case r.isExample(raw):
		reason = exampleRow
	case r.holdsAccount(raw):
		return false, nil
	default:
		var err error
		if reason, err = r.around(raw); reason == "" || err != nil {
			return false, err
		}
	}
	r.skipRow(raw.number, reason)
	return true, nil
}

// protectRow keeps what a skipped row says about its account.
func (r *Roster) protectRow(raw *rawRow) {
	var row Row
	r.fill(&row, raw)
	p := Protected{Row: row.Number, AccountID: row.AccountID, AccountNumber: row.AccountNumber}
	p.Unreadable = slices.ContainsFunc(row.Problems, func(p Problem) bool {
		return p.Severity == Error && isKeyName(p.Column)
	})
	if p.AccountID != 0 || p.AccountNumber != "" || p.Unreadable {
		r.Protected = append(r.Protected, p)
	}
}

// holdsAccount reports at a glance whether a row has something in the column of an
// account that no header and no total has: it is one of the roster's. What that
// leaves over ("180 012 345", and a year over a column) is looked at.
func (r *Roster) holdsAccount(raw *rawRow) bool {
	for i := range r.fields {
		f := &r.fields[i]
		if !f.isKey() || f.index >= len(raw.cells) {
			continue
		}
		text, kind := raw.cells[f.index], raw.kind(f.index)
		if kind != textCell && kind != numberCell || looksLikeAccount(trimmed(text)) {
			return true
		}
	}
	return false
}

// around is why a row without an account is not one of the roster's: it repeats
// the header, or it is a total or a line below the table. Empty = it is a row.
func (r *Roster) around(raw *rawRow) (reason string, err error) {
	if repeated, err := r.repeatsHeader(raw); err != nil {
		return "", err
	} else if repeated {
		return headerAgain, nil
	}
	if r.isPruned(raw) {
		return prunedLink, nil
	}
	filled, first, firstAt := 0, "", 0
	for i, text := range raw.cells {
		text = strings.TrimSpace(text)
		if text == "" && raw.kind(i) != formulaCell {
			continue
		}
		if r.asks(i, text) {
			return "", nil
		}
		if filled++; filled == 1 {
			first, firstAt = text, i
		}
	}
	switch {
	case slices.ContainsFunc(raw.cells, isTotal):
		return "total: " + said(raw.cells), nil
	case filled == 1 && isRemark(first) && !(isMark(first) && r.columnAt(firstAt) == "client_name"):
		return "remark: " + said(raw.cells), nil
	}
	return "", nil
}

// isPruned reports whether a row of a roster that was once a report is about a link
// that no row named, and that --prune was to end: only columns of the report are
// filled in, and the account is among them.
func (r *Roster) isPruned(raw *rawRow) bool {
	filled := make(map[string]bool)
	for i, text := range raw.cells {
		if strings.TrimSpace(text) == "" && raw.kind(i) != formulaCell {
			continue
		}
		if i >= len(r.Header) || r.columnAt(i) != "" || !isReportColumn(r.Header[i]) {
			return false
		}
		filled[strings.TrimPrefix(normal(r.Header[i]), "linkbatch")] = true
	}
	return filled["outcome"] && filled["op"] && filled[normal("entity_id")]
}

// asks reports whether a cell has no place in a total or a remark: it asks for
// something, or may be there for an account.
func (r *Roster) asks(i int, text string) bool {
	switch r.columnAt(i) {
	case "account_id", "account_number", "action":
		return !isTotal(text) && !isRemark(text) || isStarred(text)
	case "customer_number", "managing_customer_id":
		return looksLikeAccount(text)
	}
	return false
}

// columnAt is the column that a cell is in; empty = none that is understood.
func (r *Roster) columnAt(i int) string {
	if i < len(r.Columns) {
		return r.Columns[i]
	}
	return ""
}
