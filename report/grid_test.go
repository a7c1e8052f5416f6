package report

import (
	"bytes"
	"testing"
)

// TestTable lays out lists: with a header or without, numbers to the right, a
// blank line where one is asked for, a column of blanks left out.
func TestTable(t *testing.T) {
	list := &Table{Columns: []Column{{Name: "run"}, {Name: "rows", Right: true}, {Name: "note"}, {Name: "roster", Prose: true}}}
	list.Row("a-1", "7", "", "clients.csv")
	list.Row()
	list.Row("b-22", "1200", "", "the clients of the north.xlsx")
	facts := &Table{Columns: []Column{{}, {}}}
	facts.Row("profile", "agency")
	facts.Row("user", "9001")
	for _, test := range []struct {
		table *Table
		width int
		want  string
	}{
		{list, 0, "RUN   ROWS  ROSTER\na-1      7  clients.csv\n\nb-22  1200  the clients of the north.xlsx\n"},
		{list, 28, "RUN   ROWS  ROSTER\na-1      7  clients.csv\n\nb-22  1200  the clients of\n            the north.xlsx\n"},
		{facts, 0, "profile  agency\nuser     9001\n"},
		{&Table{Columns: []Column{{Name: "run"}}}, 0, ""},
	} {
		test.table.Width = test.width
		if got := write(t, func(b *bytes.Buffer) error { return test.table.Write(b) }); got != test.want {
			t.Errorf("width %d:\n%s\nwant:\n%s", test.width, got, test.want)
		}
	}
	if err := list.Write(&failing{10}); err == nil {
		t.Error("the failure of the writer is lost")
	}
}
