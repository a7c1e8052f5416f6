package ingest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// workbookOf writes a workbook into a new working folder, and returns its name.
func workbookOf(t *testing.T, build func(*excelize.File)) string {
	t.Helper()
	t.Chdir(t.TempDir())
	f := excelize.NewFile()
	defer f.Close()
	build(f)
	if err := f.SaveAs("roster.xlsx"); err != nil {
		t.Fatal(err)
	}
	return "roster.xlsx"
}

// fill sets the cells of a sheet from its first row on. A nil leaves a cell out.
func fill(f *excelize.File, sheet string, rows ...[]any) {
	for y, row := range rows {
		for x, value := range row {
			if value == nil {
				continue
			}
			ref, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err == nil {
				err = f.SetCellValue(sheet, ref, value)
			}
			if err != nil {
				panic(err)
			}
		}
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
