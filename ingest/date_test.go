package ingest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func TestDateOrders(t *testing.T) {
	tests := []struct{ order, text, date, said string }{
		{"", "2026-12-01 08:30", "2026-12-01T08:30:00", ""},
		{"", "２０２６-12-01", "2026-12-01", ""},
		{"", "04/04/2026", "", "error: is not written as YYYY-MM-DD"},
		{"", "03/04/2026", "", "error: may be 2026-04-03 or 2026-03-04"},
		{"", "03.04.26", "", "error: may be 2026-04-03, 2026-03-04 or 2003-04-26"},
		{"", "03/04/2026 08:30", "", "error: may be 2026-04-03 or 2026-03-04"},
		{"", "2026/04/03", "", "error: is not written as YYYY-MM-DD"},
		{"", "2026年4月3日", "", "error: is not written as YYYY-MM-DD"},
		{"", "3-Apr-2026", "", "error: is not written as YYYY-MM-DD"},
		{"", "2026-12-01 10:00 PM", "", "error: has a time that is not understood"},
		{"", "2026-12-01T24:00:00", "", "error: has a time that is not understood"},
		{"", "2026-12-01T08:30:00-05", "", "error: has a time that is not understood"},
		{"ymd", "2026-12-01 noon", "", "error: has a time that is not understood"},
		{"", "2026-02-30 10:00 PM", "", "error: is not a date"},
		{"dmy", "03/04/2026", "2026-04-03", ""},
		{"dmy", "3.4.26", "2026-04-03", ""},
		{"dmy", "2026-12-01", "2026-12-01", ""},
		{"dmy", "03/04/2026 08:30", "2026-04-03T08:30:00", ""},
		{"dmy", "03/04/2026 8 pm", "", "error: has a time that is not understood"},
		{"dmy", "12/25/2026", "", "error: is not a date in the order dmy"},
		{"dmy", "2026/04/03", "", "error: is not a date in the order dmy"},
		{"mdy", "03/04/2026", "2026-03-04", ""},
		{"mdy", "25/12/2026", "", "error: is not a date in the order mdy"},
		{"ymd", "2026/4/3", "2026-04-03", ""},
		{"ymd", "2026年4月3日", "2026-04-03", ""},
		{"ymd", "26/04/03", "2026-04-03", ""},
		{"ymd", "03/04/2026", "", "error: is not a date in the order ymd"},
		{"dmy", "30/02/2026", "", "error: is not a date"},
		{"dmy", "46085", "", "error: is a number, not a date"},
	}
	for _, test := range tests {
		row, said := readCell(t, "start_date", test.text, Options{DateOrder: test.order})
		if row.StartDate.String() != test.date || said != test.said {
			t.Errorf("%s %q: got %q, %q; want %q, %q", test.order, test.text, row.StartDate, said, test.date, test.said)
		}
	}
	if fault := openError(t, write(t, "roster.csv", "account_id\n1\n"), Options{DateOrder: "ydm"}); fault.Error() != `roster.csv: --date-order: unknown order "ydm"` {
		t.Errorf("got %s", fault)
	}
}

func TestHintOfADateShowsWhatToWrite(t *testing.T) {
	for text, want := range map[string]string{
		"3-Apr-26":            "enter 2026-04-03 if that is meant",
		"2026-12-01 10:00 PM": "enter the time as HH:MM or HH:MM:SS from 00:00 to 23:59:59, with its zone if it is not in UTC, such as 2026-12-01T22:00 or 2026-12-01T22:00+02:00",
		"25/12/2026":          "enter 2026-12-25 if that is meant, or pass --date-order dmy",
		"03/04/2026":          "enter the one that is meant as YYYY-MM-DD, or pass --date-order dmy or mdy",
	} {
		row, _ := readCell(t, "start_date", text, Options{})
		if got := row.Problems[0].Hint; got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestStartInThePast(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC) }
	name := write(t, "roster.csv", `account_id,start_date,action
180012345,2026-11-30,
180012346,2026-12-01,add
180012347,2026-12-01T11:59:59Z,link
180012348,2026-12-01T12:00:01Z,link
180012349,2020-01-01,unlink
180012350,30/11/2026,add
`)
	_, rows := readAll(t, name, Options{Now: now, DateOrder: "dmy"})
	want := []string{
		`roster.csv:2: start_date "2026-11-30": is in the past`,
		`roster.csv:4: start_date "2026-12-01T11:59:59Z": is in the past`,
		`roster.csv:7: start_date "30/11/2026": is in the past`,
	}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" || rows[0].Invalid() {
		t.Error(diff)
	}
}

// A true date is the same day in both date systems of workbooks.
func TestTrueDatesInBothSystems(t *testing.T) {
	for _, system1904 := range []bool{false, true} {
		name := workbookOf(t, func(f *excelize.File) {
			if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &system1904}); err != nil {
				t.Fatal(err)
			}
			fill(f, "Sheet1", []any{"Account ID", "Start date"},
				[]any{180012345, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)},
				[]any{180012346, time.Date(2026, 12, 1, 18, 30, 0, 0, time.UTC)})
		})
		_, rows := readAll(t, name, Options{})
		if got := rows[0].StartDate.String(); got != "2026-12-01" {
			t.Errorf("1904 %v: got %s, %v", system1904, got, rows[0].Problems)
		}
		if got := rows[1].StartDate.String(); got != "2026-12-01T18:30:00" {
			t.Errorf("1904 %v: got %s, %v", system1904, got, rows[1].Problems)
		}
	}
}

// A number that is not a day is reported, whatever its cell is formatted as; as an
// identifier it is read as it is.
func TestNumbersThatAreNotDays(t *testing.T) {
	for _, number := range []string{"59", "0", "-1", "2958465", "180012345"} {
		book := storedWorkbook(t, "", "0", `<row r="2"><c r="A2"><v>180012345</v></c><c r="B2" s="2"><v>`+number+`</v></c></row>`)
		_, rows := readAll(t, write(t, "roster.xlsx", string(book)), Options{})
		want := []string{`roster.xlsx: Clients!B2: start_date "` + number + `": is formatted as a date, but its number is outside the days that can be read`}
		if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
			t.Error(diff)
		}
		if hint := rows[0].Problems[0].Hint; hint != "these are 1900-03-01 to 9999-12-30, or from 1904-01-01 where dates count from 1904; enter it as YYYY-MM-DD, such as 2026-12-01" {
			t.Errorf("hint %q", hint)
		}
	}
}
