package ingest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Skipped is a row of the file that is no row of the roster.
type Skipped struct {
	Row    int    // the row's number as a person sees it
	Reason string // blank, hidden, header again, example, or what it is and says: `title: "Clients 2026"`
}

// Blank tells whether there is nothing in the row, nor in those after it that it
// stands for: "blank", "blank, and the 1,048,000 rows after it".
func (s Skipped) Blank() bool {
	return s.Reason == blankRow || strings.HasPrefix(s.Reason, blankRow+", and ")
}

const (
	blankRow  = "blank"
	hiddenOne = "hidden"
	again     = "header again"
)

// Protected is an account that stands in a skipped row. Whoever concludes
// something from the accounts that a roster does not name must not from this
// one's.
type Protected struct {
	Row           int
	AccountID     int64  // 0 = none, or not readable
	AccountNumber string // upper case; empty = none, or not readable
	Unreadable    bool   // a cell is there for the account and cannot be read: it may be any account's
}

// One of these is told of each hidden row that is read. A sheet does not say
// which of its hidden rows its filter hides, only that it does.
var (
	hiddenRow   = fault{message: "the row is hidden in the sheet; it is read like any other", hint: "say --skip-hidden if hidden rows do not count", severity: Warning}
	filteredRow = fault{message: "the row is hidden by the sheet's filter; it is read like any other", hint: hiddenRow.hint, severity: Warning}
)

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
			f := fault{message: "stands above the header, and is not read as an account", hint: "if it is one, move the header above it", severity: Warning}
			r.Problems = append(r.Problems, f.problem(r.place(n, i), n, "", text))
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

// protectText keeps an account that stands outside of the table.
func (r *Roster) protectText(number int, text string) {
	if id, err := strconv.ParseInt(text, 10, 64); err == nil {
		r.Protected = append(r.Protected, Protected{Row: number, AccountID: id})
		return
	}
	r.Protected = append(r.Protected, Protected{Row: number, AccountNumber: strings.ToUpper(text)})
}

// skip tells whether a row of the file is no row of the roster, and keeps it as
// such. An error means that another table begins there.
func (r *Roster) skip(raw *rawRow) (bool, error) {
	reason := ""
	switch {
	case raw.stops():
		return false, nil
	case raw.blank():
		reason = blankRow
	case raw.hidden && r.skipHidden:
		if _, err := r.headerAgain(raw); err != nil {
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
	r.fill(&row, *raw)
	p := Protected{Row: row.Number, AccountID: row.AccountID, AccountNumber: row.AccountNumber}
	p.Unreadable = slices.ContainsFunc(row.Problems, func(p Problem) bool {
		return p.Severity == Error && (p.Column == "account_id" || p.Column == "account_number")
	})
	if p.AccountID != 0 || p.AccountNumber != "" || p.Unreadable {
		r.Protected = append(r.Protected, p)
	}
}

// holdsAccount tells at a glance that a row has something in the column of an
// account that no header and no total has: it is one of the roster's. What it
// leaves over ("180 012 345", and a year over a column) is looked at.
func (r *Roster) holdsAccount(raw *rawRow) bool {
	for _, f := range r.fields {
		if !f.isKey() || f.index >= len(raw.cells) {
			continue
		}
		text, kind := raw.cells[f.index], raw.kind(f.index)
		if kind != textCell && kind != numberCell || looksLikeAccount(strings.TrimSpace(text)) {
			return true
		}
	}
	return false
}

// around is why a row without an account is none of the roster's: it repeats
// the header, or it is a total or a line below the table. Empty = it is a row.
func (r *Roster) around(raw *rawRow) (reason string, err error) {
	if repeated, err := r.headerAgain(raw); err != nil {
		return "", err
	} else if repeated {
		return again, nil
	}
	filled, asks := 0, false
	first, firstAt := "", 0
	for i, text := range raw.cells {
		text = strings.TrimSpace(text)
		if text == "" && raw.kind(i) != formulaCell {
			continue
		}
		if filled++; filled == 1 {
			first, firstAt = text, i
		}
		switch r.columnAt(i) {
		case "account_id", "account_number", "action":
			asks = asks || !isTotal(text) && !isRemark(text)
		case "customer_number", "managing_customer_id":
			asks = asks || looksLikeAccount(text)
		}
	}
	switch {
	case asks:
		return "", nil
	case slices.ContainsFunc(raw.cells, isTotal):
		return "total: " + said(raw.cells), nil
	case filled == 1 && isRemark(first) && !(isMark(first) && r.columnAt(firstAt) == "client_name"):
		return "remark: " + said(raw.cells), nil
	}
	return "", nil
}

// likeTotal tells of a row that calls itself a total and holds an account: the
// number in it may be a count or a sum. Where the row asks for nothing it is not
// used; a client by the name of Total has something else to say.
func (r *Roster) likeTotal(row *Row) {
	if row.AccountID == 0 && row.AccountNumber == "" {
		return
	}
	at := slices.IndexFunc(row.Cells, func(text string) bool { return beginsLikeTotal(text) && isWholeTotal(text) })
	if at < 0 {
		return
	}
	asks := slices.ContainsFunc(r.fields, func(f field) bool {
		return f.name != "account_id" && f.index != at && strings.TrimSpace(row.Cells[f.index]) != ""
	})
	f := fault{message: "may mark a total, and an account stands beside it", hint: "delete the row if it is a total; if it is a client's name, write it in full", severity: Warning}
	if !asks {
		f.severity = Error
	}
	text := strings.TrimSpace(row.Cells[at])
	row.Problems = append(row.Problems, f.problem(r.place(row.Number, at), row.Number, r.Columns[at], text))
}

// totals are the words by which a row of totals begins, as headerKey has them.
var totals = []string{
	"total", "totals", "grandtotal", "subtotal", "sum", "count", "totale",
	"totales", "totalgeneral", "suma", "recuento",
	"summe", "gesamt", "gesamtsumme", "gesamtergebnis", "zwischensumme", "teilergebnis", "anzahl",
	"totaux", "totalgénéral", "soustotal", "somme", "nombre",
	"totais", "totalgeral", "soma", "contagem",
	"合計", "総計", "小計", "計", "件数",
}

var totalKeys = func() map[string]bool {
	keys := make(map[string]bool, len(totals))
	for _, word := range totals {
		keys[headerKey(word)] = true
	}
	return keys
}()

// beginsLikeTotal leaves out at a glance nearly all texts that are no such word:
// it has few bytes, no digit, and begins as one of them.
func beginsLikeTotal(text string) bool {
	if text == "" || len(text) > 30 {
		return false
	}
	switch first := text[0] | 0x20; first {
	case 'a', 'c', 'g', 'r', 's', 't', 'z', ' ':
	default:
		if text[0] < 0x80 {
			return false
		}
	}
	return !hasDigit(text)
}

// isWholeTotal tells whether a text is such a word and nothing else.
func isWholeTotal(text string) bool {
	return len(text) <= 40 && totalKeys[headerKey(text)]
}

// isTotal tells whether a text is such a word, perhaps with a count behind it:
// "Total: 25 accounts", "TOTAL (25)". A client's name that begins so ("Total
// Garden Care") is none.
func isTotal(text string) bool {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 80 {
		return false
	}
	if isWholeTotal(text) {
		return true
	}
	word, rest, ok := strings.Cut(text, ":")
	if !ok {
		i := strings.IndexFunc(text, func(r rune) bool { return r >= '0' && r <= '9' || r == '(' || r == '=' })
		if i < 0 {
			return false
		}
		word, rest = text[:i], text[i:]
	}
	return isWholeTotal(word) && !slices.ContainsFunc(strings.Fields(rest), looksLikeAccount)
}

// columnAt is the column that a cell stands in; empty = none that is understood.
func (r *Roster) columnAt(i int) string {
	if i < len(r.Columns) {
		return r.Columns[i]
	}
	return ""
}

// isMark tells whether a text begins with a sign, which may mark a client whose
// account is missing as well as a remark.
func isMark(text string) bool {
	return strings.IndexAny(text, "*-=") == 0
}

// remarks are the words by which a line below a table begins.
var remarks = []string{
	"*", "©", "--", "==", "note:", "notes:", "source:", "generated on", "generated by", "generated from", "exported on", "exported by", "exported from",
	"created on", "created by", "printed on", "prepared by", "prepared for", "last updated", "end of report", "end of list", "end of table", "end of file", "report generated",
	"nota:", "notas:", "fuente:", "generado el", "exportado el", "creado el", "fin del informe", "fin de la lista",
	"hinweis:", "hinweise:", "quelle:", "erstellt am", "erstellt von", "exportiert am", "gedruckt am", "stand:",
	"remarque:", "remarque :", "remarques :", "source :", "généré le", "exporté le", "créé le", "imprimé le",
	"fonte:", "gerado em", "criado em", "fim da lista",
	"※", "注:", "注：", "備考:", "備考：", "作成日",
}

// pageNumber is a line such as "Page 2 of 5".
var pageNumber = regexp.MustCompile(`^(page|seite|página|pagina|p\.) *[0-9]{1,4}( *(of|/|von|de|sur) *[0-9]{1,4})?$`)

// isRemark tells whether a text, all that stands in its row, is a line below the
// table. It must hold nothing that may be an account.
func isRemark(text string) bool {
	lower := strings.ToLower(text)
	switch strings.Trim(lower, " .!-") {
	case "confidential", "strictly confidential", "confidencial", "vertraulich", "streng vertraulich", "confidentiel", "社外秘":
		return true
	}
	begins := pageNumber.MatchString(lower) || slices.ContainsFunc(remarks, func(word string) bool { return strings.HasPrefix(lower, word) })
	return begins && !slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z')
	}), looksLikeAccount)
}
