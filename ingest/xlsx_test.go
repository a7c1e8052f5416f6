package ingest

import (
	"testing"

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

func TestXLSXSmoke(t *testing.T) {
	name := workbookOf(t, func(f *excelize.File) {
		fill(f, "Sheet1", []any{"Account ID", "Client", "Bill to client"}, []any{180012345, "Alder & Sons", true}, nil, []any{"180012346", "x"})
	})
	roster, rows := readAll(t, name, Options{})
	if len(rows) != 2 || rows[1].Number != 4 {
		t.Fatal(rows)
	}
	if diff := cmp.Diff([]string{"180012345", "Alder & Sons", "TRUE"}, rows[0].Cells); diff != "" {
		t.Error(diff)
	}
	t.Log(roster, rows)
}
