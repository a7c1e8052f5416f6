package planner

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"linkbatch/ingest"
)

// TestCheckNamesTheCell holds that what a check finds by itself is in the cell
// that it is about, as what ingest finds is.
func TestCheckNamesTheCell(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range [][]any{
		{"Account ID", "Client", "Bill to client"},
		{180012345, "Birch Ltd"},
		{180012354, "Birch Ltd", "yes"},
	} {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = f.SetSheetRow("Sheet1", cell, &row)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "roster.xlsx")
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	roster, err := ingest.Open(name, nil, ingest.Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer roster.Close()
	c, err := Check(roster, roster.Rows(), Options{DefaultAction: ingest.Link}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range c.Problems {
		got = append(got, p.Place)
	}
	if diff := cmp.Diff([]string{name + ": Sheet1!C2", name + ": Sheet1!A3"}, got); diff != "" {
		t.Errorf("%s\n%v", diff, c.Problems)
	}
}
