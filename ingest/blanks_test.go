package ingest

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// expanded has an entry for each row, those of a long run too.
func expanded(skipped []Skipped) (all []Skipped) {
	for _, s := range skipped {
		n := 0
		if rest, ok := strings.CutPrefix(s.Reason, "blank, and the "); ok {
			n = 1
			if rest != "row after it" {
				n, _ = strconv.Atoi(strings.ReplaceAll(strings.TrimSuffix(rest, " rows after it"), ",", ""))
			}
			s.Reason = "blank"
		}
		for i := range n + 1 {
			all = append(all, Skipped{s.Row + i, s.Reason})
		}
	}
	return all
}

// A long run of blank rows is one entry of Skipped, whether its lines are empty,
// have cells, or are left out of a sheet; all rows are counted.
func TestLongRunsOfBlankRows(t *testing.T) {
	mixed := strings.Repeat("\n,,\n", 600)
	text := mixed + "account_id,client\n" + strings.Repeat("\n", longestRun) + "180012345,a\n" + mixed + "Total,\n" + strings.Repeat("\n", 1_000_000)
	roster, rows := readAll(t, write(t, "roster.csv", text), Options{})
	want := []Skipped{{1, "blank, and the 1,199 rows after it"}}
	for i := range longestRun {
		want = append(want, Skipped{1202 + i, "blank"})
	}
	want = append(want, Skipped{2203, "blank, and the 1,199 rows after it"}, Skipped{3403, `total: "Total"`}, Skipped{3404, "blank, and the 999,999 rows after it"})
	if diff := cmp.Diff(want, roster.Skipped); diff != "" {
		t.Error(diff)
	}
	if lines := strings.Count(text, "\n"); len(rows)+1+roster.SkippedRows != lines {
		t.Errorf("%d rows, a header and %d skipped of %d", len(rows), roster.SkippedRows, lines)
	}
	for _, s := range roster.Skipped {
		if s.Blank() != (s.Row != 3403) {
			t.Errorf("row %d: %q is not listed", s.Row, s.Reason)
		}
	}
	roster, _ = readAll(t, workbookOf(t, func(f *excelize.File) {
		fill(f, "Sheet1", []any{"Account ID"}, []any{180012345})
		must(t, f.SetCellInt("Sheet1", "A100000", 180012346))
	}), Options{})
	if diff := cmp.Diff([]Skipped{{3, "blank, and the 99,996 rows after it"}}, roster.Skipped); diff != "" || roster.SkippedRows != 99_997 {
		t.Error(diff, roster.SkippedRows)
	}
}

// Many short runs do not fill the memory either.
func TestManyRunsOfBlankRows(t *testing.T) {
	const blocks = 500
	text := "account_id\n" + strings.Repeat(strings.Repeat("\n", longestRun)+"180012345\n", blocks)
	roster, rows := readAll(t, write(t, "roster.csv", text), Options{})
	if len(rows) != blocks || roster.SkippedRows != blocks*longestRun || len(roster.Skipped) > mostSkipped+longestRun+blocks {
		t.Errorf("%d rows, %d skipped in %d", len(rows), roster.SkippedRows, len(roster.Skipped))
	}
	if last := roster.Skipped[len(roster.Skipped)-1]; last.Reason != "blank, and the 999 rows after it" {
		t.Errorf("got %v", last)
	}
}
