package report

import "io"

// Column is a column of a [Table].
type Column struct {
	Name  string // printed in capitals
	Prose bool   // holds text: its long words may be broken; other columns hold identifiers and terms, which are not
	Right bool   // holds numbers, which end at one place
}

// Table is a list for people. Its columns are told apart by blanks alone, and
// one that holds nothing is left out. Cells are printed as they are: what a
// person or the service wrote is to go through [Visible] first.
type Table struct {
	Columns []Column // if none has a name, the table has no header
	Width   int      // columns of the terminal, within which the cells are wrapped; 0 = one line for each row

	rows [][]string
}

// Row adds a row: a cell for each column, or no cells for a blank line.
func (t *Table) Row(cells ...string) {
	if len(cells) == 0 {
		cells = make([]string, len(t.Columns))
	}
	t.rows = append(t.rows, cells)
}

// Write writes the table; nothing if it has no rows.
func (t *Table) Write(w io.Writer) error {
	g := newGrid(t.Columns)
	for _, cells := range t.rows {
		g.measure(cells)
	}
	g.fit(t.Width)
	for _, cells := range t.rows {
		if err := g.add(w, cells); err != nil {
			return err
		}
	}
	return g.flush(w)
}
