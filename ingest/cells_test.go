package ingest

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// readCell reads one cell under a header, beside a good identifier where the
// header is not one, and returns the row and what is said about the cell.
func readCell(t *testing.T, header, text string, opts Options) (Row, string) {
	t.Helper()
	lines := strconv.Quote(header) + "\n\"" + strings.ReplaceAll(text, `"`, `""`) + "\"\n"
	if name := columnNamed(header); name != "account_id" && name != "account_number" {
		lines = "account_id,\"" + header + "\"\n180012345,\"" + strings.ReplaceAll(text, `"`, `""`) + "\"\n"
	}
	_, rows := readAll(t, write(t, "roster.csv", lines), opts)
	said := ""
	for _, p := range rows[0].Problems {
		if p.Column != "" || p.Severity == Error {
			said += string(p.Severity) + ": " + p.Message
		}
	}
	return rows[0], said
}

// Ids that are read as a person sees them, silently or with a warning.
func TestForgivenIDs(t *testing.T) {
	const id = 180012345
	const note = "warning: is read as 180012345"
	tests := []struct {
		text string
		id   int64
		said string
	}{
		{" 180012345\u00a0", id, ""},
		{"180012345\u200b", id, ""},
		{"\ufeff1800\u200d12345", id, ""},
		{"\u202a180012345\u202c", id, ""},
		{"180012345\u200e", id, ""},
		{"'180012345", id, ""},
		{"’180012345", id, ""},
		{"'180012345'", id, ""},
		{`"180012345"`, id, ""},
		{`="180012345"`, id, ""},
		{"#180012345", id, ""},
		{"# 180012345", id, ""},
		{"１８００１２３４５", id, ""},
		{"180012345.0", id, ""},
		{"180012345,00", id, ""},
		{"180,012,345", id, note},
		{"180.012.345", id, note},
		{"180 012 345", id, note},
		{"180\u00a0012\u00a0345", id, note},
		{"180\u202f012\u202f345", id, note},
		{"180'012'345", id, note},
		{"180’012’345", id, note},
		{"180,012,345.00", id, note},
		{"180.012.345,0", id, note},
		{"1,234.00", 1234, "warning: is read as 1234"},
		{"12 345", 12345, "warning: is read as 12345"},
		{"1.80012345E+08", id, note},
		{"1,80012345E+08", id, note},
		{"1.800123450E+8", id, note},
		{"https://ui.ads.microsoft.com/campaign/Campaigns.m?cid=7654321&aid=180012345#/overview", id, note},
		{"ui.bingads.microsoft.com/campaign/overview?AID=180012345", id, note},
		{"cid=7654321&aid=180012345", id, note},
		{"9223372036854775807", 9223372036854775807, ""},
		{"1234567890123456", 1234567890123456, ""},
	}
	for _, test := range tests {
		row, said := readCell(t, "account_id", test.text, Options{})
		if row.AccountID != test.id || said != test.said || row.Invalid() {
			t.Errorf("%q: got %d, %q; want %d, %q", test.text, row.AccountID, said, test.id, test.said)
		}
	}
}

// Ids that are refused, each with the reason.
func TestRefusedIDs(t *testing.T) {
	const whole = "is not a whole number"
	tests := map[string]string{
		"180,012":              "may be 180012 or a fraction",
		"180.012":              whole,
		"12,345.000":           whole,
		"18,00,12,345":         whole,
		"180,012 345":          whole,
		"180 12345":            whole,
		"1800,012,345":         whole,
		"180012345.5":          whole,
		"180012345.000":        whole,
		"180012345.":           whole,
		"１８００.１２３":             whole,
		"٠١٢٣":                 whole,
		"(180012345)":          whole,
		"=180012345":           whole,
		"$180012345":           whole,
		"#":                    whole,
		"n/a":                  whole,
		"12A":                  whole,
		"0180012345":           "starts with a zero, as no id does",
		"'0180012345":          "starts with a zero, as no id does",
		"0.0":                  "is not greater than zero",
		"000":                  "is not greater than zero",
		"-180012345":           "is not greater than zero",
		"9223372036854775808":  "is greater than any id",
		"1.80012E+08":          "is shortened to an exponent: digits are lost",
		"1,8E+08":              "is shortened to an exponent: digits are lost",
		"1.8001234E+08":        "is shortened to an exponent: digits are lost",
		"1.80012345E-08":       "is shortened to an exponent: digits are lost",
		"1.234567890123456E15": "has more than 15 digits in a number cell, which keeps no more than that",
		"1234567890123456.0":   "has more than 15 digits in a number cell, which keeps no more than that",
		"180\u200f012345":      "contains the invisible character U+200F, which can change what is seen",
		"\u202e543210081":      "contains the invisible character U+202E, which can change what is seen",
		"123-456-7890":         "is an id of Google Ads (123-456-7890), not of Microsoft Advertising",
		"123–456–7890":         "is an id of Google Ads (123-456-7890), not of Microsoft Advertising",
		"X1234567":             "is an account number, not an id",
		"f113t5tb":             "is an account number, not an id",
		"C012345678":           "is the number of a manager account, not an id",
		"180012345, 180012346": "contains more than one number",
		"180012345\n180012346": "contains more than one number",
		"#N/A":                 "is a spreadsheet error, not a value",
		"#ref!":                "is a spreadsheet error, not a value",
		"#NV":                  "is a spreadsheet error, not a value",
		"Err:502":              "is a spreadsheet error, not a value",
		"########":             "is \"####\": the column was too narrow when the file was saved",
		"https://www.example.com/hotels?aid=304142":                                               "is an address of a site other than Microsoft Advertising",
		"https://microsoft.com.example.com/?aid=304142":                                           "is an address of a site other than Microsoft Advertising",
		"https:///?aid=304142":                                                                    "is an address of a site other than Microsoft Advertising",
		"https://ui.ads.microsoft.com/campaign?cid=7654321":                                       "is an address without aid=",
		"https://ui.ads.microsoft.com/campaign?aid=18OO":                                          "is an address whose aid is not a whole number",
		"https://ui.ads.microsoft.com/campaign?aid=1&x=2#aid=3":                                   "names two ids: 1 and 3",
		"https://ui.ads.microsoft.com/?aid=180012345 https://ui.ads.microsoft.com/?aid=180012346": "contains more than an address",
	}
	for text, want := range tests {
		row, said := readCell(t, "account_id", text, Options{})
		if row.AccountID != 0 || said != "error: "+want {
			t.Errorf("%q: got %d, %q; want %q", text, row.AccountID, said, want)
		}
	}
}

func TestLookalikeLettersAreReported(t *testing.T) {
	_, rows := readAll(t, write(t, "roster.csv", "account_id\n18O01234\n18001234X\nN/A\n"), Options{})
	if hint := rows[2].Problems[0].Hint; hint != "leave the cell empty if there is none" {
		t.Errorf("got %q", hint)
	}
	if hint := rows[0].Problems[0].Hint; !strings.HasPrefix(hint, "it contains letters that look like digits") {
		t.Errorf("got %q", hint)
	}
	if hint := rows[1].Problems[0].Hint; hint != digitsOnly {
		t.Errorf("got %q", hint)
	}
}

// The customer of an address is the entity of a customer link, and of the
// managing customer.
func TestAddressNamesTheCustomer(t *testing.T) {
	name := write(t, "roster.csv", "account_id,account_number,type,managing_customer_id\n\"https://ads.microsoft.com/?cid=7654321&aid=1\",C012345678,customer,cid=9100001\n")
	_, rows := readAll(t, name, Options{})
	if rows[0].AccountID != 7654321 || rows[0].ManagingCustomerID != 9100001 {
		t.Errorf("got %+v", rows[0])
	}
}

// A cell of invisible characters alone is a blank.
func TestInvisibleCellIsBlank(t *testing.T) {
	_, rows := readAll(t, write(t, "roster.csv", "account_id,account_number,start_date\n\u200b,X1234567,\u200b\n180012345,\u200b,'\n"), Options{})
	if rows[0].Invalid() || rows[0].AccountID != 0 {
		t.Errorf("got %+v", rows[0])
	}
	if rows[1].AccountNumber != "" || len(rows[1].Problems) != 0 {
		t.Errorf("got %+v", rows[1])
	}
}

func TestAccountNumbers(t *testing.T) {
	tests := []struct{ text, number, said string }{
		{"x1234567", "X1234567", ""},
		{"Ｘ１２３４５６７", "X1234567", ""},
		{"'X1234567", "X1234567", ""},
		{"# X1234567\u200b", "X1234567", ""},
		{`="X1234567"`, "X1234567", ""},
		{"X123 4567", "X1234567", "warning: is read as X1234567"},
		{"18001234", "18001234", "warning: has digits only, as an id has"},
		{"Bluebird", "BLUEBIRD", "warning: has letters only, as a word has"},
		{"\u0131123456", "", "error: contains the character U+0131, which looks like i"},
		{"\u01311234567", "", "error: contains the character U+0131, which looks like i"},
		{"X\u017f123456", "", "error: is not 8 letters and digits"},
		{"\u212a1234567", "", "error: contains the character U+212A, which looks like K"},
		{"\u212a123 4567", "", "error: contains the character U+212A, which looks like K"},
		{"Blue bird", "", "error: is not 8 letters and digits"},
		{"X-123456", "", "error: is not 8 letters and digits"},
		{"180012345", "", "error: is an account id, not a number"},
		{"180 012 345", "", "error: is an account id, not a number"},
		{"180012345.0", "", "error: is an account id, not a number"},
		{"1234567", "", "error: is not 8 letters and digits"},
		{"F145006C7T", "", "error: has 10 letters and digits, as the number of a manager account has; an account's has 8"},
		{"1.2345E+71", "", "error: is shortened to an exponent: digits are lost"},
		{"123-456-7890", "", "error: is an id of Google Ads (123-456-7890), not of Microsoft Advertising"},
		{"https://ui.ads.microsoft.com/?aid=180012345", "", "error: is an account id, not a number"},
		{"X1234\u202e567", "", "error: contains the invisible character U+202E, which can change what is seen"},
		{"#VALUE!", "", "error: is a spreadsheet error, not a value"},
	}
	for _, test := range tests {
		row, said := readCell(t, "account_number", test.text, Options{})
		if row.AccountNumber != test.number || said != test.said {
			t.Errorf("%q: got %q, %q; want %q, %q", test.text, row.AccountNumber, said, test.number, test.said)
		}
	}
	for text, want := range map[string]string{"\u0131012345678": "error: contains the character U+0131, which looks like i", "C0123\u017f5678": "error: is not 10 letters and digits", "\u212a012345678": "error: contains the character U+212A, which looks like K"} {
		if row, said := readCell(t, "customer_number", text, Options{}); row.CustomerNumber != "" || said != want {
			t.Errorf("%q: got %q, %q", text, row.CustomerNumber, said)
		}
	}
	row, said := readCell(t, "customer_number", "X1234567", Options{})
	if hint := row.Problems[0].Hint; said != "error: is not 10 letters and digits" || !strings.HasPrefix(hint, "this has 8, as the number of an account has") {
		t.Errorf("got %q, %q", said, hint)
	}
}

// Number, text and formula cells with the same digits are the same id.
func TestKindsOfIDCells(t *testing.T) {
	name := workbookOf(t, func(f *excelize.File) {
		fill(f, "Sheet1", []any{"Account ID", "Account number"}, []any{180012345}, []any{"180012345"}, []any{nil}, []any{180012345.0}, []any{nil, 12345678}, []any{nil, 1234567}, []any{45992})
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: new("0.00E+00")})
		for _, err := range []error{
			err,
			f.SetCellStyle("Sheet1", "A5", "A5", style),
			f.SetCellStyle("Sheet1", "A8", "A8", day),
			f.SetCellValue("Sheet1", "A4", 180012345),
			f.SetCellFormula("Sheet1", "A4", "A2"),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	_, rows := readAll(t, name, Options{})
	for _, row := range rows[:4] {
		if row.AccountID != 180012345 || len(row.Problems) > 0 {
			t.Errorf("row %d: got %d, %v", row.Number, row.AccountID, row.Problems)
		}
	}
	want := []string{
		`roster.xlsx: Sheet1!B6: account_number "12345678": has digits only, as an id has`,
		`roster.xlsx: Sheet1!B7: account_number "1234567": is not 8 letters and digits`,
		`roster.xlsx: Sheet1!A8: account_id "2025-12-01": is shown as a date, not as a whole number`,
	}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
		t.Error(diff)
	}
}

// What is in the column of the managing customer by mistake is reported in the
// words of that column.
func TestManagingCustomer(t *testing.T) {
	for text, want := range map[string]string{
		"F145006C7T": "error: is the number of a manager account, not an id",
		"9,100,001":  "warning: is read as 9100001",
		"agency":     "error: is not a whole number",
	} {
		row, said := readCell(t, "managing_customer_id", text, Options{})
		if said != want {
			t.Errorf("%q: got %q, want %q", text, said, want)
		}
		if hint := row.Problems[0].Hint; row.Invalid() && hint != "enter the agency's customer id, in digits only" {
			t.Errorf("%q: got %q", text, hint)
		}
	}
}

// What programs write for nothing is found in any case, and nothing else is.
func TestPlaceholders(t *testing.T) {
	words := []string{`\n`, `\N`, "NULL", "(Null)", "<null>", "[null]", "nil", "None", "(none)", "NaN", "N/A", "Undefined", "(blank)", "[object Object]", "Loading...", "loading…", "TBD", "tbc"}
	for _, word := range words {
		if f := setName(new(Row), cell{text: word}); f == nil || f.severity != Warning {
			t.Errorf("%q: %v", word, f)
		}
	}
	for _, name := range []string{"Nullarbor Tours", "Nonesuch", "TBD Bank", "Nilsson", "[object objects]"} {
		if f := setName(new(Row), cell{text: name}); f != nil {
			t.Errorf("%q: %v", name, f)
		}
	}
}
