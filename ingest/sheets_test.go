package ingest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// must ends the test at the first error.
func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestOtherSheetsAreReported(t *testing.T) {
	name := workbookOf(t, func(f *excelize.File) {
		for _, sheet := range []string{"Old", "Clients", "Lists", "More"} {
			if _, err := f.NewSheet(sheet); err != nil {
				t.Fatal(err)
			}
		}
		fill(f, "Sheet1", []any{"Read me"}, []any{"please"})
		fill(f, "Old", []any{"Account ID"}, []any{180012345})
		fill(f, "Clients", []any{"Northwind"}, []any{"Account ID", "Client"}, []any{180012346, "a"})
		fill(f, "Lists", []any{"yes"}, []any{"no"})
		fill(f, "More", []any{"Kontonummer"}, []any{"X1234567"})
		must(t, f.SetSheetVisible("Old", false), f.SetSheetVisible("Lists", false, true))
	})
	roster, rows := readAll(t, name, Options{})
	if roster.Sheet != "Clients" || roster.HeaderRow != 2 || len(rows) != 1 || rows[0].AccountID != 180012346 {
		t.Errorf("got %s, header row %d, %+v", roster.Sheet, roster.HeaderRow, rows)
	}
	want := []string{
		`roster.xlsx: "Old": this hidden sheet looks like a roster too; only "Clients" is read`,
		`roster.xlsx: "More": this sheet looks like a roster too; only "Clients" is read`,
		`roster.xlsx: hidden sheets are not read: "Lists"`,
	}
	if diff := cmp.Diff(want, fileProblems(roster)); diff != "" {
		t.Error(diff)
	}
	if hint := roster.Problems[1].Hint; hint != "pass --sheet 'More' to read it" {
		t.Errorf("hint %q", hint)
	}
	if roster, _ := readAll(t, name, Options{Sheet: "old"}); roster.Problems != nil {
		t.Errorf("a sheet that was asked for: %q", fileProblems(roster))
	}
}

func TestOnlyAHiddenSheetHasAHeader(t *testing.T) {
	name := workbookOf(t, func(f *excelize.File) {
		_, err := f.NewSheet("Two")
		must(t, err)
		_, err = f.NewSheet("Clients")
		must(t, err)
		fill(f, "Sheet1", []any{"Read me"})
		fill(f, "Two", []any{"Read me too"})
		fill(f, "Clients", []any{"Account ID"}, []any{180012345})
		must(t, f.SetSheetVisible("Clients", false))
	})
	fault := openError(t, name, Options{})
	if want := `roster.xlsx: no visible sheet has a column account_id or account_number in its first 50 rows; there are "Sheet1", "Two"`; fault.Error() != want {
		t.Errorf("got %s", fault)
	}
	if want := `the hidden sheet "Clients" has one: show it, or pass --sheet 'Clients'`; fault.Hint != want {
		t.Errorf("hint %q", fault.Hint)
	}
}

func TestHiddenRowsAndColumns(t *testing.T) {
	name := workbookOf(t, func(f *excelize.File) {
		fill(f, "Sheet1", []any{"Account ID", "Client", "Bill to client", "Region"},
			[]any{180012345, "a", "yes"}, []any{180012346, "b", "no"}, []any{"12A", "c", "no"}, []any{nil, "d"}, []any{180012347, "e"}, []any{nil, "Total"}, []any{180012348})
		must(t, f.SetColVisible("Sheet1", "C:D", false), f.SetRowVisible("Sheet1", 3, false), f.SetRowVisible("Sheet1", 4, false),
			f.SetRowVisible("Sheet1", 5, false), f.SetRowVisible("Sheet1", 7, false), f.SetRowVisible("Sheet1", 8, false))
	})
	columns := []string{
		`roster.xlsx: Sheet1!1: carried along, not used: "Region"`,
		`roster.xlsx: Sheet1!C1: "Bill to client": its column is hidden in the sheet; it is read like any other`,
		`roster.xlsx: Sheet1!D1: "Region": its column is hidden in the sheet; it is read like any other`,
	}
	roster, rows := readAll(t, name, Options{})
	if diff := cmp.Diff(columns, fileProblems(roster)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2 180012345", "3 180012346", "4 0 invalid", "5 0 invalid", "6 180012347", "8 180012348"}, accounts(rows)); diff != "" {
		t.Error(diff)
	}
	if p := rows[1].Problems; len(p) != 1 || p[0].String() != "roster.xlsx: Sheet1!3: the row is hidden in the sheet; it is read like any other" || p[0].Severity != Warning {
		t.Errorf("got %v", p)
	}
	if diff := cmp.Diff([]string{`7 total: "Total"`}, skippedLines(roster)); diff != "" {
		t.Error(diff)
	}

	roster, rows = readAll(t, name, Options{SkipHidden: true})
	if diff := cmp.Diff([]string{"2 180012345", "6 180012347"}, accounts(rows)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"3 hidden", "4 hidden", "5 hidden", "7 hidden", "8 hidden"}, skippedLines(roster)); diff != "" {
		t.Error(diff)
	}
	want := []Protected{{Row: 3, AccountID: 180012346}, {Row: 4, Unreadable: true}, {Row: 8, AccountID: 180012348}}
	if diff := cmp.Diff(want, roster.Protected); diff != "" {
		t.Error(diff)
	}
}

func TestAllRowsAreHidden(t *testing.T) {
	name := workbookOf(t, func(f *excelize.File) {
		fill(f, "Sheet1", []any{"Account ID"}, []any{180012345})
		must(t, f.SetRowVisible("Sheet1", 2, false))
	})
	fault := openError(t, name, Options{SkipHidden: true})
	if fault.Error() != "roster.xlsx: Sheet1: has a header, but all of its rows are hidden" || fault.Hint != "show the rows, or leave out --skip-hidden" {
		t.Errorf("got %s\nhint %s", fault, fault.Hint)
	}
}

func TestFilteredRowsAreReported(t *testing.T) {
	sheet := strings.Replace(sheetOf(`<row r="2" hidden="1"><c r="A2"><v>180012345</v></c></row><row r="3" ht="0" customHeight="1"><c r="A3"><v>180012346</v></c></row>`),
		"<sheetData>", `<sheetPr filterMode="1"/><cols><col min="2" max="2" width="0" customWidth="1"/></cols><sheetData>`, 1)
	roster, rows := readAll(t, write(t, "roster.xlsx", string(rawWorkbook(t, sheet, twoStrings))), Options{})
	want := []string{
		"roster.xlsx: Clients!2: the row is hidden by the sheet's filter; it is read like any other",
		"roster.xlsx: Clients!3: the row is hidden by the sheet's filter; it is read like any other",
	}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{`roster.xlsx: Clients!B1: "client": its column is hidden in the sheet; it is read like any other`}, fileProblems(roster)); diff != "" {
		t.Error(diff)
	}
}

func TestMergedCells(t *testing.T) {
	name := workbookOf(t, func(f *excelize.File) {
		fill(f, "Sheet1", []any{"Northwind clients"}, []any{"Account ID", "Account number", "Client", "Action", "Region"},
			[]any{180012345, "X1234567", "Birch", "unlink", "north"},
			[]any{nil, "X1234568"}, []any{nil, "X1234569"},
			[]any{180012348, nil, "Cedar", "keep"}, []any{180012349, nil, "Dogwood", "keep"})
		must(t, f.MergeCell("Sheet1", "A1", "E1"), f.MergeCell("Sheet1", "A3", "A4"), f.MergeCell("Sheet1", "C3", "C4"),
			f.MergeCell("Sheet1", "D3", "D5"), f.MergeCell("Sheet1", "E3", "E5"), f.MergeCell("Sheet1", "A6", "B6"))
	})
	_, rows := readAll(t, name, Options{})
	want := []string{
		"roster.xlsx: Sheet1!A4: account_id: is merged into A3:A4, whose value counts only for its first cell",
		"roster.xlsx: Sheet1!C4: client_name: is merged into C3:C4, whose value counts only for its first cell",
		"roster.xlsx: Sheet1!D4: action: is merged into D3:D5, whose value counts only for its first cell",
		"roster.xlsx: Sheet1!D5: action: is merged into D3:D5, whose value counts only for its first cell",
	}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"3 180012345X1234567", "4 0X1234568 invalid", "5 0X1234569 invalid", "6 180012348", "7 180012349"}, accounts(rows)); diff != "" {
		t.Error(diff)
	}

	// A value below a merged cell is one that nobody sees.
	under := strings.Replace(sheetOf(goodRow2+`<row r="3"><c r="A3"><v>180012346</v></c></row>`), "</sheetData>", `</sheetData><mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>`, 1)
	_, rows = readAll(t, write(t, "roster.xlsx", string(rawWorkbook(t, under, twoStrings))), Options{})
	want = []string{`roster.xlsx: Clients!A3: account_id "180012346": is merged into A2:A3, so that nobody sees what it contains`}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" || !rows[1].Invalid() {
		t.Error(diff)
	}
}
