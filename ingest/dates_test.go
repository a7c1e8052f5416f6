package ingest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The dates of a row are judged by what the row does, and by the clock.
func TestDatesOfARow(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC) }
	_, rows := readAll(t, write(t, "roster.csv", "account_id,action,start_date,End date,Reference\n"+
		"180012345,add,2026-12-01,2027-11-30,T-1\n"+ // 2
		"180012346,unlink,2027-03-31,,T-2\n"+
		"180012347,unlink,2026-01-01,,\n"+ // due long ago
		"180012348,link,2026-01-01,2026-06-30,\n"+ // 5: over
		"180012349,unlink,,2027-03-31,\n"+
		"180012350,keep,,2027-03-31,\n"+
		"180012351,,2027-03-31,2027-03-31,\n"+
		"180012352,add,2027-03-31,2027-03-30,\n"+
		"180012353,add,,2027-03-31 08:00,\n"+ // 10
		"180012354,add,2570-01-15,,\n"+
		"180012355,cancel,9999-12-31,,\n"+
		"180012356,add,,2207-01-15,\n"+
		"180012357,add,2028-11-30,,\n"+
		"180012358,add,2028-12-01,,\n"), Options{Now: now}) // 15
	want := []string{
		`roster.csv:5: start_date "2026-01-01": is in the past`,
		`roster.csv:6: end_date "2027-03-31": is only for rows that link or add`,
		`roster.csv:7: end_date "2027-03-31": is only for rows that link or add`,
		`roster.csv:9: end_date "2027-03-30": is before the start of the link`,
		`roster.csv:10: end_date "2027-03-31 08:00": has a time, but a link ends with a day`,
		`roster.csv:11: start_date "2570-01-15": is more than 2 years ahead`,
		`roster.csv:12: start_date "9999-12-31": is more than 2 years ahead`,
		`roster.csv:13: end_date "2207-01-15": is more than 2 years ahead`,
		`roster.csv:15: start_date "2028-12-01": is more than 2 years ahead`,
	}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
		t.Error(diff)
	}
	if r := rows[0]; r.EndDate != date(2027, 11, 30) || r.Reference != "T-1" || rows[1].StartDate != date(2027, 3, 31) {
		t.Errorf("got %+v", r)
	}
	for _, row := range rows[4:8] {
		if invalid := row.Number != 8; row.Invalid() != invalid {
			t.Errorf("row %d: invalid %t", row.Number, row.Invalid())
		}
	}
}

// The order of dates is that of both columns.
func TestOrderOfEndDates(t *testing.T) {
	_, rows := readAll(t, write(t, "roster.csv", "account_id,start_date,end_date\n180012345,01/02/2027,03/04/2027\n"), Options{DateOrder: "dmy"})
	if rows[0].StartDate != date(2027, 2, 1) || rows[0].EndDate != date(2027, 4, 3) {
		t.Errorf("got %+v", rows[0])
	}
}

// A day to which a program has added midnight is that day; any other time, and a
// midnight with a zone, which may be another day, is not a day.
func TestMidnightOfEndDates(t *testing.T) {
	_, rows := readAll(t, write(t, "roster.csv", "account_id,end_date\n"+
		"180012345,2027-06-30 00:00:00\n"+
		"180012346,2027-06-30T00:00\n"+
		"180012347,2027-06-30 00:00:00.000\n"+
		"180012348,30/06/2027 00:00:00\n"+
		"180012349,2027-06-30 00:00:01\n"+
		"180012350,2027-06-30T00:00:00Z\n"+
		"180012351,2027-06-30T02:00:00+02:00\n"+
		"180012352,10:00:00\n"), Options{DateOrder: "dmy"})
	for _, row := range rows[:4] {
		if row.EndDate != date(2027, 6, 30) || len(row.Problems) > 0 {
			t.Errorf("row %d: got %v, %v", row.Number, row.EndDate, row.Problems)
		}
	}
	want := []string{
		`roster.csv:6: end_date "2027-06-30 00:00:01": has a time, but a link ends with a day`,
		`roster.csv:7: end_date "2027-06-30T00:00:00Z": has a time, but a link ends with a day`,
		`roster.csv:8: end_date "2027-06-30T02:00:00+02:00": has a time, but a link ends with a day`,
		`roster.csv:9: end_date "10:00:00": is not a date`,
	}
	if diff := cmp.Diff(want, problemLines(rows[4:])); diff != "" {
		t.Error(diff)
	}
}
