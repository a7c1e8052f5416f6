package ingest

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// Rosters that cannot be read at all, each with the whole message.
func TestUnusableFiles(t *testing.T) {
	const idHint = "name one column account_id or account_number, or pass --map 'Their header=account_id'"
	tests := []struct {
		name, content string
		opts          Options
		want, hint    string
	}{
		{"empty", "", Options{}, "roster.csv: is empty", ""},
		{"blank", "\n , \n\n", Options{}, "roster.csv: is empty: it has blank rows only", ""},
		{"header only", "account_id,client\n", Options{}, "roster.csv: has a header but no rows", ""},
		{"header and blank rows", "account_id,client\n,\n\n", Options{}, "roster.csv: has a header but no rows", ""},
		{"no identifier", "Client,Ad spend\nx,1\n", Options{}, `roster.csv:1: no column account_id or account_number among the headers "Client", "Ad spend"`, idHint},
		{"no identifier, header below", "\n\nClient\nx\n", Options{}, `roster.csv:3: no column account_id or account_number among the headers "Client"`, idHint},
		{"column twice", "Account ID,ClientEntityId\n1,1\n", Options{}, `roster.csv:1: the headers "Account ID" (A) and "ClientEntityId" (B) both mean account_id`, "rename one of them, or pass --map 'ClientEntityId=account_id'"},
		{"map to unknown column", "Id\n1\n", Options{Map: map[string]string{"Id": "acount"}}, `roster.csv:1: --map: no such column "acount"`, "the columns are " + columnNames()},
		{"map of unknown header", "account_id\n1\n", Options{Map: map[string]string{"Ident": "note"}}, `roster.csv:1: --map: no such header "Ident"`, `the headers are "account_id"`},
		{"same header twice", "Client,Account ID,Account ID\na,1,1\n", Options{}, `roster.csv:1: the headers "Account ID" (B) and "Account ID" (C) both mean account_id`, "rename one of them"},
		{"header with a quote", "Account ID,'Account ID'\n1,1\n", Options{}, `roster.csv:1: the headers "Account ID" (A) and "'Account ID'" (B) both mean account_id`, "rename one of them"},
		{"binary", "account_id\x00\x01", Options{}, "roster.csv:1: contains a zero byte (NUL), so it is neither text nor a workbook", "save it as .xlsx, or as CSV in UTF-8"},
		{"zero byte", "account_id,client\n180012345,\"a\nb\"\n\n180012346,a\x00b\n180012347,\x00\n", Options{}, "roster.csv:4: contains a zero byte (NUL), so it is neither text nor a workbook", "save it as .xlsx, or as CSV in UTF-8"},
		{"sheet of a CSV file", "account_id\n1\n", Options{Sheet: "Clients"}, `roster.csv: has no sheet "Clients": it is a CSV file`, "leave --sheet out, or name the workbook that is meant"},
		{"open quote", "account_id,client\n180012345,a\n\n180012346,\"b\n180012347,c\n", Options{}, "roster.csv:4: a quoted cell is not closed (its row begins in line 4 of the file)", "double the quotes within a quoted cell, or save the file again from a spreadsheet"},
		{"open quote in the first row", "account_id,client\n180012346,\"b\n", Options{}, "roster.csv:2: a quoted cell is not closed (its row begins in line 2 of the file)", "double the quotes within a quoted cell, or save the file again from a spreadsheet"},
		{"text after a quote", "sep=,\naccount_id,client\n180012346,\"b\"c\n", Options{}, "roster.csv:2: a quoted cell continues after its closing quote (line 3 of the file, character 13)", "double the quotes within a quoted cell, or save the file again from a spreadsheet"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fault := openError(t, write(t, "roster.csv", test.content), test.opts)
			if fault.Error() != test.want {
				t.Errorf("got  %s\nwant %s", fault, test.want)
			}
			if fault.Hint != test.hint {
				t.Errorf("hint %q\nwant %q", fault.Hint, test.hint)
			}
		})
	}
}

func TestMissingFileFolderAndRights(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("rosters", 0o700); err != nil {
		t.Fatal(err)
	}
	missing := openError(t, "roster.csv", Options{})
	if missing.Error() != "roster.csv: no such file" || !errors.Is(missing, fs.ErrNotExist) {
		t.Errorf("got %s", missing)
	}
	if folder := openError(t, "rosters", Options{}); folder.Error() != "rosters: is a folder, not a file" {
		t.Errorf("got %s", folder)
	}
	in := &input{label: "roster.csv"}
	if got := in.cause(&fs.PathError{Op: "open", Path: "/x/roster.csv", Err: syscall.EACCES}).Error(); got != "roster.csv: permission denied" {
		t.Errorf("got %s", got)
	}
	_, err := Open("-", iotest.ErrReader(syscall.EIO), Options{})
	if want := "standard input: cannot be read: input/output error"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Every cell that cannot be used, with its place, its value and the reason.
func TestBadCells(t *testing.T) {
	const noID = "neither account_id nor account_number is filled in"
	tests := []struct{ header, cell, want string }{
		{"account_id", "12A", `account_id "12A": is not a whole number`},
		{"account_id", "+180012345", `account_id "+180012345": is not a whole number`},
		{"account_id", "0x10", `account_id "0x10": is not a whole number`},
		{"account_id", "1.8E+08", `account_id "1.8E+08": is shortened to an exponent: digits are lost`},
		{"account_id", "1,80012E+08", `account_id "1,80012E+08": is shortened to an exponent: digits are lost`},
		{"account_id", "0", `account_id "0": is not greater than zero`},
		{"account_id", "-5", `account_id "-5": is not greater than zero`},
		{"account_id", "0180012345", `account_id "0180012345": starts with a zero, as no id does`},
		{"account_id", "9223372036854775808", `account_id "9223372036854775808": is greater than any id`},
		{"account_id", "", noID},
		{"account_number", "", noID},
		{"account_number", "X12345", `account_number "X12345": is not 8 letters and digits`},
		{"account_number", "X-123456", `account_number "X-123456": is not 8 letters and digits`},
		{"account_number", "C012345678", `account_number "C012345678": has 10 letters and digits, as the number of a manager account has; an account's has 8`},
		{"customer_number", "C01234567", `customer_number "C01234567": is not 10 letters and digits`},
		{"managing_customer_id", "agency", `managing_customer_id "agency": is not a whole number`},
		{"action", "frobnicate", `action "frobnicate": is not an action`},
		{"type", "Campaign", `type "Campaign": is not a type of link`},
		{"permission", "Owner", `permission "Owner": is not a permission`},
		{"permission", "Standard", `permission "Standard": is only for customer links`},
		{"bill_to_client", "maybe", `bill_to_client "maybe": is neither yes nor no`},
		{"suppress_notification", "2", `suppress_notification "2": is neither yes nor no`},
		{"name", strings.Repeat("é", 41), `name "` + strings.Repeat("é", 41) + `": has 41 characters; the service takes at most 40`},
		{"name", "a\tb", `name "a\tb": contains the control character U+0009`},
		{"note", "a\x01b", `note "a\x01b": contains the control character U+0001`},
		{"client_name", "a\x7fb", `client_name "a\x7fb": contains the control character U+007F`},
		{"client_profile", "a\nb", `client_profile "a\nb": contains a line break`},
		{"start_date", "03/04/2026", `start_date "03/04/2026": may be 2026-04-03 or 2026-03-04`},
		{"start_date", "3.4.2026", `start_date "3.4.2026": may be 2026-04-03 or 2026-03-04`},
		{"start_date", "25/12/2026", `start_date "25/12/2026": is not written as YYYY-MM-DD`},
		{"start_date", "12/25/2026", `start_date "12/25/2026": is not written as YYYY-MM-DD`},
		{"start_date", "2026-02-30", `start_date "2026-02-30": is not a date`},
		{"start_date", "soon", `start_date "soon": is not a date`},
		{"start_date", "46085", `start_date "46085": is a number, not a date`},
		{"start_date", "0001-01-01", `start_date "0001-01-01": is not in the years 1900 to 9999`},
	}
	for _, test := range tests {
		header, cells := "filler,"+test.header, `x,"`+test.cell+`"`
		if !strings.HasPrefix(test.header, "account") {
			header, cells = header+",account_id", cells+",180012345"
		}
		_, rows := readAll(t, write(t, "roster.csv", header+"\n"+cells+"\n"), Options{})
		if diff := cmp.Diff([]string{"roster.csv:2: " + test.want}, problemLines(rows)); diff != "" {
			t.Errorf("%s %q:\n%s", test.header, test.cell, diff)
		}
		if !rows[0].Invalid() {
			t.Errorf("%s %q: the row is not invalid", test.header, test.cell)
		}
	}
}

func TestHintListsTheActions(t *testing.T) {
	_, rows := readAll(t, write(t, "roster.csv", "account_id,action\n180012345,frobnicate\n"), Options{})
	if got, want := rows[0].Problems[0].Hint, "enter link, add, accept, unlink, cancel, decline or keep"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEveryProblemOfEveryRowInOnePass(t *testing.T) {
	name := write(t, "roster.csv", "action,account_id,start_date,bill_to_client\nfrob,12A,soon,maybe\nadd,180012345,2026-12-01,yes\n,,,x\n")
	_, rows := readAll(t, name, Options{})
	want := []string{
		`roster.csv:2: action "frob": is not an action`,
		`roster.csv:2: account_id "12A": is not a whole number`,
		`roster.csv:2: start_date "soon": is not a date`,
		`roster.csv:2: bill_to_client "maybe": is neither yes nor no`,
		`roster.csv:4: bill_to_client "x": is neither yes nor no`,
		`roster.csv:4: neither account_id nor account_number is filled in`,
	}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
		t.Error(diff)
	}
	if len(rows) != 3 || rows[1].Invalid() {
		t.Errorf("got %d rows, row 3 with %v", len(rows), rows[1].Problems)
	}
}

func TestBadCellsOfASheetNameTheirCell(t *testing.T) {
	name := workbookOf(t, func(f *excelize.File) {
		if err := f.SetSheetName("Sheet1", "Clients"); err != nil {
			t.Fatal(err)
		}
		fill(f, "Clients",
			[]any{"Client", "Start", "Account ID", "Note"},
			[]any{"a", 46085, "1.8E+08", "n"},
			[]any{"b", nil, 1234567890123456, nil, "beside"},
			[]any{"c", nil, 180012345.5},
			[]any{"d", "03/04/2026", 180012345},
			[]any{"e", nil, true},
			[]any{"f"},
		)
		for _, err := range []error{
			f.SetCellFormula("Clients", "C8", "A1+1"),
			f.SetRowVisible("Clients", 5, false),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	_, rows := readAll(t, name, Options{})
	want := []string{
		`roster.xlsx: Clients!B2: start_date "46085": is a number, not a date`,
		`roster.xlsx: Clients!C2: account_id "1.8E+08": is shortened to an exponent: digits are lost`,
		`roster.xlsx: Clients!C3: account_id "1234567890123456": has more than 15 digits in a number cell, which keeps no more than that`,
		`roster.xlsx: Clients!E3: "beside": is outside the table and is not carried along`,
		`roster.xlsx: Clients!C4: account_id "180012345.5": is not a whole number`,
		`roster.xlsx: Clients!5: the row is hidden in the sheet; it is read like any other`,
		`roster.xlsx: Clients!B5: start_date "03/04/2026": may be 2026-04-03 or 2026-03-04`,
		`roster.xlsx: Clients!C6: account_id "TRUE": is not a whole number`,
		`roster.xlsx: Clients!C7: neither account_id nor account_number is filled in`,
		`roster.xlsx: Clients!C8: account_id: is a formula without a saved value`,
	}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
		t.Error(diff)
	}
}

func TestUnusableWorkbooks(t *testing.T) {
	tests := []struct {
		name  string
		build func(*excelize.File)
		opts  Options
		want  string
	}{
		{"empty sheet", func(f *excelize.File) {}, Options{}, "roster.xlsx: Sheet1: is empty"},
		{"header only", func(f *excelize.File) { fill(f, "Sheet1", []any{"Account ID"}) }, Options{}, "roster.xlsx: Sheet1: has a header but no rows"},
		{"no identifier", func(f *excelize.File) { fill(f, "Sheet1", nil, []any{"Client"}, []any{"x"}) }, Options{}, `roster.xlsx: Sheet1!2: no column account_id or account_number among the headers "Client"`},
		{"no such sheet", func(f *excelize.File) { fill(f, "Sheet1", []any{"Account ID"}) }, Options{Sheet: "Clients"}, `roster.xlsx: has no sheet "Clients"`},
		{"column twice", func(f *excelize.File) { fill(f, "Sheet1", []any{"Acct No.", "x", "Account #"}, []any{"X1234567"}) }, Options{}, `roster.xlsx: Sheet1!1: the headers "Acct No." (A) and "Account #" (C) both mean account_number`},
		{"two sheets without", func(f *excelize.File) {
			_, _ = f.NewSheet("Two")
			fill(f, "Sheet1", []any{"Client"})
			fill(f, "Two", []any{"Name"})
		}, Options{}, `roster.xlsx: no visible sheet has a column account_id or account_number in its first 50 rows; there are "Sheet1", "Two"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := openError(t, workbookOf(t, test.build), test.opts); got.Error() != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
