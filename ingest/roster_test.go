package ingest

import (
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/xuri/excelize/v2"
)

func date(year int, month time.Month, day int) Date {
	return Date{Time: time.Date(year, month, day, 0, 0, 0, 0, time.UTC)}
}

func TestEveryColumn(t *testing.T) {
	name := write(t, "roster.csv", `account_id,account_number,customer_number,managing_customer_id,action,client_name,type,permission,bill_to_client,start_date,name,note,suppress_notification,client_profile,CRM owner
 180012345 ,x1234567,c012345678,7654321,Invite,Birch Ltd,Account,,YES,2026-12-01,My link,"two
lines",no,birch,Ada
,c012345678,,,un-link,,manager,standard,,2026-12-01T08:30:00+02:00,=1+1,,,,
`)
	_, rows := readAll(t, name, Options{})
	want := []Row{
		{
			Number: 2, AccountID: 180012345, AccountNumber: "X1234567", CustomerNumber: "C012345678", ManagingCustomerID: 7654321,
			Action: Add, ClientName: "Birch Ltd", Type: "AccountLink", BillToClient: new(true), StartDate: date(2026, 12, 1),
			Name: "My link", Note: "two\nlines", SuppressNotification: new(false), ClientProfile: "birch",
			Cells: []string{" 180012345 ", "x1234567", "c012345678", "7654321", "Invite", "Birch Ltd", "Account", "", "YES", "2026-12-01", "My link", "two\nlines", "no", "birch", "Ada"},
		},
		{
			Number: 3, AccountNumber: "C012345678", Action: Unlink, Type: "CustomerLink", Permission: "Standard", Name: "=1+1",
			StartDate: Date{Time: time.Date(2026, 12, 1, 6, 30, 0, 0, time.UTC), HasTime: true},
			Cells:     []string{"", "c012345678", "", "", "un-link", "", "manager", "standard", "", "2026-12-01T08:30:00+02:00", "=1+1", "", "", "", ""},
		},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

func TestHeaderSpellings(t *testing.T) {
	want := map[string][]string{
		"account_id":            {"Account ID", "ACCOUNT-ID", "account.id", "#AccountId", "ClientEntityId", "Client Account Id", "\u200bAccount\u00a0ID"},
		"account_number":        {"Account #", "Account No.", "Acct No", "AccountNumber", "ClientEntityNumber", "ClientAccountNumber"},
		"customer_number":       {"Customer #", "Customer Number", "ClientEntityCustomerNumber"},
		"managing_customer_id":  {"ManagingCustomerId", "Agency ID"},
		"action":                {"Action", "Intent"},
		"client_name":           {"Client", "Account name", "ClientEntityName"},
		"type":                  {"Type", "Link type"},
		"permission":            {"CustomerLinkPermission"},
		"bill_to_client":        {"Bill to client", "IsBillToClient"},
		"start_date":            {"Start date", "StartDate", "START"},
		"name":                  {"Name", "Link name"},
		"note":                  {"Note"},
		"suppress_notification": {"SuppressNotification"},
		"client_profile":        {"Client profile"},
		"":                      {"Account", "Notes", "Who pays?", "op", "entity_id", "status_before", "", "#"},
	}
	for name, headers := range want {
		for _, h := range headers {
			if got := ColumnName(h); got != name {
				t.Errorf("%q means %q, want %q", h, got, name)
			}
		}
	}
	seen := make(map[string]string)
	for _, c := range columns {
		for _, key := range append([]string{normal(c.name)}, c.aliases...) {
			if key != normal(key) || seen[key] != "" {
				t.Errorf("alias %q of %s is not normal, or %s has it too", key, c.name, seen[key])
			}
			seen[key] = c.name
		}
	}
	for _, name := range reportColumns {
		if ColumnName(name) != "" {
			t.Errorf("the report's column %s is one of the roster's", name)
		}
	}
}

func TestActionWords(t *testing.T) {
	want := map[string]Intent{
		"LINK": Link, "add": Add, " Invite ": Add, "Approve": Accept, "remove": Unlink, "De-Link": Unlink,
		"withdraw": Cancel, "revoke": Cancel, "Reject": Decline, "keep": Keep, "ignore": Keep,
	}
	for word, intent := range want {
		if got, ok := ParseIntent(word); got != intent || !ok {
			t.Errorf("%q is %q, want %q", word, got, intent)
		}
	}
	for _, word := range []string{"", "delete", "link?", "LinkPending", "yes"} {
		if got, ok := ParseIntent(word); ok {
			t.Errorf("%q is %q", word, got)
		}
	}
}

func TestMapWinsOverTheTable(t *testing.T) {
	name := write(t, "roster.csv", "Account ID,Our account,Client,Account name\nCRM-1,180012345,x,Birch Ltd\n")
	roster, rows := readAll(t, name, Options{Map: map[string]string{"our account": "account_id", "Client": ""}})
	if diff := cmp.Diff([]string{"", "account_id", "", "client_name"}, roster.Columns); diff != "" {
		t.Error(diff)
	}
	if rows[0].AccountID != 180012345 || rows[0].ClientName != "Birch Ltd" || rows[0].Invalid() {
		t.Errorf("got %+v", rows[0])
	}
}

func TestCarriedHeadersAreTold(t *testing.T) {
	name := write(t, "roster.csv", "account_id,Region,outcome,,Region\n180012345,a,done,b,c\n")
	roster, rows := readAll(t, name, Options{})
	var got []string
	for _, p := range roster.Problems {
		got = append(got, p.String())
	}
	want := []string{
		`roster.csv:1: "Region": is the header of two columns; both are carried along`,
		`roster.csv:1: carried along, not used: "Region"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"180012345", "a", "done", "b", "c"}, rows[0].Cells); diff != "" {
		t.Error(diff)
	}
}

func TestTextForms(t *testing.T) {
	const plain = "Account ID,Client\n180012345,Café Alder\n\n180012346,b\n"
	utf16Of := func(text string, swap bool) string {
		var b []byte
		for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
			low, high := byte(u), byte(u>>8)
			if swap {
				low, high = high, low
			}
			b = append(b, low, high)
		}
		return string(b)
	}
	tests := []struct{ name, content, encoding, delimiter string }{
		{"plain", plain, "utf-8", ","},
		{"BOM", "\ufeff" + plain, "utf-8-bom", ","},
		{"BOM and quoted header", "\ufeff\"Account ID\",Client\n180012345,Café Alder\n\n180012346,b\n", "utf-8-bom", ","},
		{"UTF-16, little endian", utf16Of(plain, false), "utf-16le", ","},
		{"UTF-16, big endian", utf16Of(plain, true), "utf-16be", ","},
		{"CRLF", strings.ReplaceAll(plain, "\n", "\r\n"), "utf-8", ","},
		{"CR", strings.ReplaceAll(plain, "\n", "\r"), "utf-8", ","},
		{"no last line feed", strings.TrimSuffix(plain, "\n"), "utf-8", ","},
		{"semicolons", strings.ReplaceAll(plain, ",", ";"), "utf-8", ";"},
		{"tabs", strings.ReplaceAll(plain, ",", "\t"), "utf-8", "\t"},
		{"bars", strings.ReplaceAll(plain, ",", "|"), "utf-8", "|"},
		{"sep", "sep=;\n" + strings.ReplaceAll(plain, ",", ";"), "utf-8", ";"},
		{"sep after a BOM", "\ufeffSEP=,\r\n" + plain, "utf-8-bom", ","},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			roster, rows := readAll(t, write(t, "roster.csv", test.content), Options{TempDir: "."})
			if roster.Encoding != test.encoding || roster.Delimiter != test.delimiter || roster.Format != "csv" || roster.HeaderRow != 1 {
				t.Errorf("got %s, %q, header in row %d", roster.Encoding, roster.Delimiter, roster.HeaderRow)
			}
			var got [][]string
			for _, row := range rows {
				got = append(got, row.Cells)
			}
			if diff := cmp.Diff([][]string{{"180012345", "Café Alder"}, {"180012346", "b"}}, got); diff != "" {
				t.Error(diff)
			}
			if len(rows) == 2 && rows[1].Number != 4 {
				t.Errorf("the last row is %d", rows[1].Number)
			}
		})
	}
}

func TestRaggedRows(t *testing.T) {
	name := write(t, "roster.csv", "account_id,client,note\n180012345\n180012346,b,c,\n180012347,Birch, Alder,note\n")
	_, rows := readAll(t, name, Options{})
	if diff := cmp.Diff([]string{"180012345", "", ""}, rows[0].Cells); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"180012346", "b", "c"}, rows[1].Cells); diff != "" {
		t.Error(diff)
	}
	want := []string{`roster.csv:4: "note": stands to the right of the last column: the row has 4 cells, the header 3`}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" || !rows[2].Invalid() {
		t.Error(diff)
	}
}

func TestQuoteWithinACellIsRead(t *testing.T) {
	name := write(t, "roster.csv", "account_id,client\n180012345,\"two\nlines\"\n180012346,5\" pipes\n180012347,c\n")
	_, rows := readAll(t, name, Options{})
	if len(rows) != 3 || rows[1].ClientName != `5" pipes` || rows[1].Invalid() || rows[2].Number != 4 {
		t.Fatalf("got %+v", rows)
	}
	want := []string{"roster.csv:3: a quote stands inside a cell that is not quoted; read as it stands"}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
		t.Error(diff)
	}
	fault := openError(t, write(t, "roster.csv", "account_id,client,note\n180012345,a,b\n180012346,5\" pipes,\"two\nlines\"\n"), Options{})
	if want := "roster.csv:3: a quoted cell is not closed, or goes on after its closing quote (its row begins in line 3 of the file)"; fault.Error() != want {
		t.Errorf("got %s", fault)
	}
}

func TestStandardInputTakesBothFormats(t *testing.T) {
	book := workbookOf(t, func(f *excelize.File) { fill(f, "Sheet1", []any{"Account ID"}, []any{180012345}) })
	content, err := os.ReadFile(book)
	if err != nil {
		t.Fatal(err)
	}
	for format, text := range map[string]string{"csv": "account_id\n180012345\n12A\n", "xlsx": string(content)} {
		temp := t.TempDir()
		roster, err := Open("-", strings.NewReader(text), Options{TempDir: temp})
		if err != nil {
			t.Fatal(err)
		}
		var rows []Row
		for row, err := range roster.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, row)
		}
		if roster.Format != format || rows[0].AccountID != 180012345 || roster.File != "-" {
			t.Errorf("%s: got %+v", format, rows)
		}
		if format == "csv" && rows[1].Problems[0].Place != "standard input:3" {
			t.Errorf("got %s", rows[1].Problems[0])
		}
		if err := roster.Close(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("%s: %v was left behind, %v", format, left, err)
		}
	}
}

func TestRowsAreReadOnce(t *testing.T) {
	roster, _ := readAll(t, write(t, "roster.csv", "account_id\n180012345\n"), Options{})
	for _, err := range roster.Rows() {
		if err == nil || err.Error() != "roster.csv: its rows were read already" {
			t.Errorf("got %v", err)
		}
	}
}

func TestDigestIsThatOfTheBytes(t *testing.T) {
	const content = "\ufeffaccount_id\r1\r"
	roster, _ := readAll(t, write(t, "roster.csv", content), Options{})
	if want := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(content))); roster.Digest != want {
		t.Errorf("got %s, want %s", roster.Digest, want)
	}
}

func TestCustomerLinks(t *testing.T) {
	name := write(t, "roster.csv", `account_id,account_number,customer_number,type,action,bill_to_client
4500001,,,customer,,
4500001,,,customer,unlink,
4500001,X1234567,,customer,,
,C012345678,C012345678,customer,add,no
,C012345678,,mystery,add,
`)
	_, rows := readAll(t, name, Options{})
	want := []string{
		`roster.csv:2: account_number: is missing; the service asks for the number when it adds a customer link`,
		`roster.csv:4: account_number "X1234567": is not 10 letters and digits, as the number of a customer link is`,
		`roster.csv:5: bill_to_client "false": is not used for a customer link`,
		`roster.csv:5: customer_number "C012345678": is not used for a customer link`,
		`roster.csv:6: type "mystery": is not a type of link`,
	}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
		t.Error(diff)
	}
	if rows[3].Invalid() || rows[4].Type != "" {
		t.Errorf("got %+v", rows[3:])
	}
}

func TestSheetIsTheFirstVisibleOneWithAnIdentifier(t *testing.T) {
	name := workbookOf(t, func(f *excelize.File) {
		for _, sheet := range []string{"Old", "Clients", "More"} {
			if _, err := f.NewSheet(sheet); err != nil {
				t.Fatal(err)
			}
		}
		fill(f, "Sheet1", []any{"Read me"}, []any{"please"})
		fill(f, "Old", []any{"Account ID"}, []any{1})
		fill(f, "Clients", nil, []any{"Account ID"}, []any{2})
		fill(f, "More", []any{"Account ID"}, []any{3})
		if err := f.SetSheetVisible("Old", false); err != nil {
			t.Fatal(err)
		}
	})
	for sheet, want := range map[string]struct {
		sheet  string
		header int
		id     int64
	}{"": {"Clients", 2, 2}, "old": {"Old", 1, 1}, "More": {"More", 1, 3}} {
		roster, rows := readAll(t, name, Options{Sheet: sheet})
		if roster.Sheet != want.sheet || roster.HeaderRow != want.header || len(rows) != 1 || rows[0].AccountID != want.id || rows[0].Sheet != want.sheet {
			t.Errorf("sheet %q: got %s, header row %d, %+v", sheet, roster.Sheet, roster.HeaderRow, rows)
		}
	}
}

func TestDateCells(t *testing.T) {
	for _, system1904 := range []bool{false, true} {
		name := workbookOf(t, func(f *excelize.File) {
			if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &system1904}); err != nil {
				t.Fatal(err)
			}
			fill(f, "Sheet1", []any{"Account ID", "Start", "Carried"},
				[]any{1, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC)},
				[]any{2, time.Date(2026, 12, 1, 8, 30, 5, 0, time.UTC)},
				[]any{3, 46000}, []any{4, 46000}, []any{5, 12})
			style := func(cell string, s excelize.Style) {
				id, err := f.NewStyle(&s)
				if err == nil {
					err = f.SetCellStyle("Sheet1", cell, cell, id)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			style("B4", excelize.Style{CustomNumFmt: new(`"day" 0.00`)})
			style("B5", excelize.Style{CustomNumFmt: new(`[$-409]d\-mmm\-yy;@`)})
			style("A6", excelize.Style{NumFmt: 14})
			style("B6", excelize.Style{NumFmt: 20})
		})
		_, rows := readAll(t, name, Options{})
		custom := date(2025, 12, 9)
		if system1904 {
			custom = date(2029, 12, 10)
		}
		var got []Date
		for _, row := range rows {
			got = append(got, row.StartDate)
		}
		want := []Date{date(2026, 12, 1), {Time: time.Date(2026, 12, 1, 8, 30, 5, 0, time.UTC), HasTime: true}, {}, custom, {}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("1904 %t: %s", system1904, diff)
		}
		if diff := cmp.Diff([]string{"1", "2026-12-01", "2026-12-02"}, rows[0].Cells); diff != "" {
			t.Error(diff)
		}
		if lines := problemLines(rows); len(lines) < 2 || lines[0] != `roster.xlsx: Sheet1!B4: start_date "46000": is a number, not a date` {
			t.Errorf("got %q", lines)
		}
	}
}

func TestPlainNumbers(t *testing.T) {
	tests := []struct {
		raw, text string
		kind      kind
	}{
		{"180012345", "180012345", numberCell},
		{"1.80012345E8", "180012345", numberCell},
		{"1.80012345e+08", "180012345", numberCell},
		{"180012345.0", "180012345", numberCell},
		{"18001234500E-2", "180012345", numberCell},
		{"1.8E8", "180000000", numberCell},
		{"123456789012345", "123456789012345", numberCell},
		{"1234567890123450", "1234567890123450", longNumber},
		{"1.23456789012346E+15", "1.23456789012346E+15", longNumber},
		{"1E400", "1E400", longNumber},
		{"1E4000", "1E4000", textCell},
		{"-5", "-5", numberCell},
		{"0", "0", numberCell},
		{"0E0", "0", numberCell},
		{"0.10000000000000001", "0.1", numberCell},
		{"1.5E-7", "0.00000015", numberCell},
		{"180012344.99999999", "180012344.99999999", numberCell},
		{"NaN", "NaN", textCell},
		{"1E", "1E", textCell},
		{".", ".", textCell},
	}
	for _, test := range tests {
		if text, kind := plainNumber(test.raw); text != test.text || kind != test.kind {
			t.Errorf("%q is %q, %d; want %q, %d", test.raw, text, kind, test.text, test.kind)
		}
	}
}

// The same rows as CSV and as XLSX are the same rows.
func TestBothFormatsAgree(t *testing.T) {
	table := [][]string{
		{"Account #", "Account ID", "Customer #", "Action", "Client", "Bill to client", "Start date", "Name", "Region"},
		{"X1234567", "180012345", "C012345678", "link", "Birch & Alder <Ltd>", "yes", "2026-12-01", "Größe \U0001F600", "north"},
		{"", "", "", "", "", "", "", "", ""},
		{"bad", "12A", "x", "frob", "a\nb", "maybe", "soon", strings.Repeat("x", 41), ""},
		{"F113T5TB", "", "", "keep", "=1+1", "", "", "", "x & co"},
	}
	var text strings.Builder
	if err := csv.NewWriter(&text).WriteAll(table); err != nil {
		t.Fatal(err)
	}
	ours, fromCSV := readAll(t, write(t, "roster.csv", text.String()), Options{})
	theirs, fromXLSX := readAll(t, workbookOf(t, func(f *excelize.File) {
		for i, row := range table {
			cells := make([]any, len(row))
			for j, c := range row {
				cells[j] = c
			}
			fill(f, "Sheet1", slices.Concat(make([][]any, i), [][]any{cells})...)
		}
		fill(f, "Sheet1", nil, []any{nil, 180012345})
	}), Options{})
	ignore := cmp.Options{cmpopts.IgnoreFields(Row{}, "Sheet"), cmpopts.IgnoreFields(Problem{}, "Place")}
	if diff := cmp.Diff(fromCSV, fromXLSX, ignore); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(ours.Skipped, theirs.Skipped); diff != "" || len(fromCSV) != 3 {
		t.Error(diff, len(fromCSV))
	}
}
