package ingest

import (
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// seenDigits is the digits of a text in the order in which a person sees them,
// full-width ones among them.
func seenDigits(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return -1
	}, text)
}

// FuzzAccountID: no id that is read differs from the digits that a person sees:
// they are its digits, all of them and in their order, but for a fraction of
// zeros, an exponent that only places the point, and the rest of an address.
func FuzzAccountID(f *testing.F) {
	for _, seed := range []string{
		"180012345", " 7 ", "1.8E+08", "1.80012345E8", "180012345.0", "0", "-1", "007", "9223372036854775807", "9223372036854775808", "1e400", "１",
		"180,012,345", "180.012.345,00", "180'012'345", "180\u202f012\u202f345", "1,234", "12,345.00", "18,00,12,345", "'180012345", `="180012345"`, "#180012345",
		"\u202a180012345\u202c", "180\u200b012345", "180\u200f012345", "\u202e543210081", "123-456-7890", "１８０，０１２，３４５", "1.80012345e+8", "1E1",
		"https://ui.ads.microsoft.com/campaign/Campaigns.m?cid=7654321&aid=180012345#x", "aid=180012345", "https://www.example.com/?aid=304142", "aid=1&aid=2", "?aid=5",
		"180012345\n180012346", "“180012345”", "180 12345", "X1234567",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.TrimSpace(text)
		if text == "" {
			return
		}
		id, fault := parseID(cell{text, textCell}, "aid")
		if fault.stops() != (id == 0) && fault != nil {
			t.Fatalf("%q: id %d, fault %v", text, id, fault)
		}
		if id == 0 && fault == nil {
			if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
				t.Fatalf("%q was read as a blank", text)
			}
			return
		}
		if id > 0 && !exactly(text, id) {
			t.Fatalf("%q was read as %d", text, id)
		}
		checkNumberCell(t, text)
	})
}

// checkNumberCell demands that a number cell with this text is read as the id that
// it is, or not at all.
func checkNumberCell(t *testing.T, text string) {
	t.Helper()
	plain, kind := plainNumber(text)
	if kind == textCell {
		return
	}
	id, fault := parseID(cell{plain, kind}, "aid")
	if fault != nil {
		return
	}
	want, ok := new(big.Rat).SetString(text)
	if !ok || want.Cmp(new(big.Rat).SetInt64(id)) != 0 {
		t.Fatalf("the number %q was read as %d", text, id)
	}
	if id >= 1e15 && kind == numberCell {
		t.Fatalf("the number %q has more digits than a cell keeps", text)
	}
}

// exactly reports whether a text shows an id, by other rules than those that are
// tested.
func exactly(text string, id int64) bool {
	digits := strconv.FormatInt(id, 10)
	seen := seenDigits(text)
	if strings.ContainsRune(text, '\u202e') {
		return false
	}
	if seen == digits {
		return true
	}
	if n, ok := new(big.Rat).SetString(strings.Map(narrow, strings.Trim(strings.TrimFunc(text, isDirection), "'\"’‘`´“”„«»=# "))); ok && n.IsInt() && n.Num().String() == digits {
		return strings.HasPrefix(seen, digits) // 1.8E+08 has fewer
	}
	wide := strings.ToLower(strings.Map(narrow, text))
	return hasFractionOfZeros(wide, digits) || strings.Contains(wide, "aid="+digits) || isExponentOf(wide, digits)
}

// hasFractionOfZeros reports whether a text is a number such as 180.012.345,00.
func hasFractionOfZeros(text, digits string) bool {
	shown := strings.TrimRightFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || isDirection(r) || strings.ContainsRune("'\"’‘`´“”„«»", r)
	})
	for _, zeros := range []string{".0", ",0", ".00", ",00"} {
		if rest, ok := strings.CutSuffix(shown, zeros); ok && seenDigits(rest) == digits {
			return true
		}
	}
	return false
}

// isExponentOf reports whether a text is a number such as 1,80012345e+08, with all
// of its digits.
func isExponentOf(text, digits string) bool {
	mantissa, exponent, ok := strings.Cut(text, "e")
	shift, err := strconv.Atoi(seenDigits(exponent))
	seen := seenDigits(mantissa)
	return ok && err == nil && strings.TrimRight(seen, "0") == strings.TrimRight(digits, "0") && shift == len(digits)-1 && len(seen) >= len(digits)
}

// FuzzAccountNumber: a number that is read is the letters and digits that a
// person sees, in upper case.
func FuzzAccountNumber(f *testing.F) {
	for _, seed := range []string{"X1234567", "x123 4567", "Ｘ１２３４５６７", "'X1234567", "#X1234567", "C012345678", "X-123456", "180012345", "1.2345E+71", "Birch Co", "\u202eX1234567", "X1234567\u200e", "123-456-7890", "aid=180012345"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.TrimSpace(text)
		for _, typ := range []string{"", accountLink, customerLink, unknownType} {
			row := Row{Type: typ}
			fault := setAccountNumber(&row, cell{text, textCell})
			if fault.stops() && row.AccountNumber != "" {
				t.Fatalf("%q: number %q, fault %v", text, row.AccountNumber, fault)
			}
			seen := strings.Map(func(r rune) rune {
				if r = narrow(r); r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
					return unicode.ToUpper(r)
				}
				return -1
			}, text)
			if row.AccountNumber != "" && row.AccountNumber != seen {
				t.Fatalf("%q was read as %q", text, row.AccountNumber)
			}
		}
	})
}

// FuzzName: a name that is read is what the cell says, but for an apostrophe
// before a formula mark, and a workbook can hold it.
func FuzzName(f *testing.F) {
	for _, seed := range []string{"Birch Ltd", "=1+1", "'=1+1", "' =1", "'", "a\nb", "é😀", "\ufffe", "\U0001ffff", "a\u202eb", "\x07"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.TrimSpace(text)
		if text == "" || !utf8.ValidString(text) {
			return
		}
		var row Row
		if fault := setName(&row, cell{text, textCell}); fault.stops() != (row.Name == "") {
			t.Fatalf("%q: name %q, fault %v", text, row.Name, fault)
		}
		if row.Name != "" && row.Name != text && "'"+row.Name != text {
			t.Fatalf("%q was read as %q", text, row.Name)
		}
		if strings.ContainsFunc(row.Name, unicode.IsControl) || utf8.RuneCountInString(row.Name) > maxName {
			t.Fatalf("%q was read", row.Name)
		}
	})
}

// FuzzDate: a date that is read is written back as the same date, and its digits
// are those of the text; without an order only ISO text is read.
func FuzzDate(f *testing.F) {
	for _, seed := range []string{
		"2026-12-01", "2026-12-01T08:30:00Z", "2026-12-01 08:30", "2026-12-01T08:30:00+02:00", "03/04/2026", "46085", "1900-01-01", "9999-12-31T23:59:59-01:00",
		"3.4.26", "2026/12/01", "2026年12月1日", "25/12/2026 08:30", "２０２６-12-01", "1-Dec-26", "29.02.2027", "1/2/3", "2026-12-01 24:00", "'2026-12-01",
	} {
		for _, order := range append(dateOrders, anyOrder) {
			f.Add(seed, string(order))
		}
	}
	f.Fuzz(func(t *testing.T, text, order string) {
		date, fault := parseDate(cell{text, textCell}, dateOrder(order))
		if fault != nil || date.IsZero() {
			if !date.IsZero() {
				t.Fatalf("%q: %s, %v", text, date, fault)
			}
			return
		}
		checkDay(t, text)
		again, fault := parseDate(cell{date.String(), textCell}, anyOrder)
		if fault != nil || again.String() != date.String() {
			t.Fatalf("%q is %s, and that is %s, %v", text, date, again, fault)
		}
		if plain, f := parseDate(cell{text, textCell}, anyOrder); f == nil && plain != date {
			t.Fatalf("%q is %s, with an order %s", text, plain, date)
		}
		if !date.HasTime && seenDigits(text) != date.Format("20060102") && !sameParts(text, date.Time) {
			t.Fatalf("%q was read as %s", text, date)
		}
	})
}

// checkDay demands that a text that is read as a plain day is one to time.Parse.
func checkDay(t *testing.T, text string) {
	t.Helper()
	day, ok := plainDay(text)
	if !ok {
		return
	}
	if want, err := time.Parse(time.DateOnly, text); err != nil || !day.Equal(want) {
		t.Fatalf("%q is %s, want %s, %v", text, day, want, err)
	}
}

// sameParts reports whether the numbers of a text are a day's, in any order.
func sameParts(text string, day time.Time) bool {
	parts := strings.FieldsFunc(strings.Map(narrow, text), func(r rune) bool { return r < '0' || r > '9' })
	if len(parts) != 3 {
		return false
	}
	product := 1
	for _, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil {
			return false
		}
		product *= n + 1
	}
	want := (int(day.Month()) + 1) * (day.Day() + 1)
	return product == want*(day.Year()+1) || product == want*(day.Year()-2000+1)
}
