package ingest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// What is under a blank header is reported, and an account there keeps the row
// from being used.
func TestValuesUnderABlankHeader(t *testing.T) {
	_, rows := readAll(t, write(t, "roster.csv", strings.Join([]string{
		",Account ID,,Client,,", "0,180012345,,a,,", "1,180012346,urgent,b,,", "2,180012347,180012348,c,,", "x,180012349, ,d,,", "4,180012350,,e, f,", "5,180012351,,g,,,h",
	}, "\n")), Options{})
	want := []string{
		`roster.csv:3: "urgent": is under a blank header and is not used`,
		`roster.csv:4: "180012348": looks like an account, and is under a blank header`,
		`roster.csv:5: "x": is under a blank header and is not used`,
		`roster.csv:6: "f": is under a blank header and is not used`,
		`roster.csv:7: "h": is to the right of the last column: the row has 7 cells, the header 6`,
	}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
		t.Error(diff)
	}
	wantRows := []string{"2 180012345", "3 180012346", "4 180012347 invalid", "5 180012349", "6 180012350", "7 180012351 invalid"}
	if diff := cmp.Diff(wantRows, accounts(rows)); diff != "" {
		t.Error(diff)
	}
}

// A header that is merged over two columns names the first; accounts in both are
// not one row's. The merged header is within the table, or ends it.
func TestMergedHeaderOverTwoAccounts(t *testing.T) {
	for last, urgent := range map[string]string{
		"Client": "is under a blank header and is not used",
		"":       "is outside the table and is not carried along",
	} {
		_, rows := readAll(t, workbookOf(t, func(f *excelize.File) {
			fill(f, "Sheet1", []any{"Account ID", nil, last}, []any{180012345}, []any{180012346, 180012347}, []any{180012348, "urgent"})
			must(t, f.MergeCell("Sheet1", "A1", "B1"))
		}), Options{})
		want := []string{
			`roster.xlsx: Sheet1!B3: "180012347": looks like another account, under the merged header of the first`,
			`roster.xlsx: Sheet1!B4: "urgent": ` + urgent,
		}
		if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"2 180012345", "3 180012346 invalid", "4 180012348"}, accounts(rows)); diff != "" {
			t.Error(diff)
		}
	}
	// Without a merged header it is a remark in a sheet.
	_, rows := readAll(t, workbookOf(t, func(f *excelize.File) {
		fill(f, "Sheet1", []any{"Account ID", nil, "Client"}, []any{180012345, 180012347, "a"})
	}), Options{})
	want := []string{`roster.xlsx: Sheet1!B2: "180012347": is under a blank header and is not used`}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" || rows[0].Invalid() {
		t.Error(diff)
	}
}
