package report

import (
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// grid is a table whose column widths are found in a first pass over the rows
// and which is printed in batches in a second, so that a long table is never
// held as a whole.
type grid struct {
	columns []Column
	batch   [][]string // rows that wait
	lines   int        // rows printed so far

	natural, least, widths []int // of each column: its longest line, its longest word, what it gets
}

// newGrid is a table of these columns: measure every row, fit, add every row,
// flush.
func newGrid(columns []Column) *grid {
	return &grid{columns: columns, natural: make([]int, len(columns)), least: make([]int, len(columns))}
}

const (
	gridGap   = 2   // blanks between two columns
	gridBatch = 500 // rows that are rendered at once
	gridWord  = 12  // a longer word of a text may be broken
	gridShare = 2   // times the width of another column that the last one keeps, since it holds sentences
)

// measure takes the row into account for the widths.
func (g *grid) measure(cells []string) {
	for i, s := range cells {
		for part := range strings.SplitSeq(s, "\n") {
			g.natural[i] = max(g.natural[i], text.StringWidthWithoutEscSequences(part))
			for word := range strings.FieldsSeq(part) {
				w := text.StringWidthWithoutEscSequences(word)
				if g.columns[i].Prose {
					w = min(w, gridWord)
				}
				g.least[i] = max(g.least[i], w)
			}
		}
	}
}

// fit settles the widths: a column without content is left out, and if the
// line is too long for width (0 = no bound), the widest column gives way first.
func (g *grid) fit(width int) {
	g.widths = make([]int, len(g.columns))
	total := -gridGap
	for i, column := range g.columns {
		if g.natural[i] == 0 {
			continue
		}
		g.least[i] = max(g.least[i], len(column.Name))
		g.widths[i] = max(g.natural[i], len(column.Name))
		if width > 0 {
			g.widths[i] = min(g.widths[i], max(width, g.least[i]))
		}
		total += g.widths[i] + gridGap
	}
	for last := len(g.widths) - 1; width > 0 && total > width; total-- {
		widest, most := -1, 0
		for i, w := range g.widths {
			share := w * gridShare
			if i == last {
				share = w
			}
			if w > g.least[i] && share > most {
				widest, most = i, share
			}
		}
		if widest < 0 {
			return // longer than the terminal, but nothing is cut
		}
		g.widths[widest]--
	}
}

// add prints a row, once its batch is full.
func (g *grid) add(w io.Writer, cells []string) error {
	g.batch = append(g.batch, cells)
	if len(g.batch) < gridBatch {
		return nil
	}
	return g.flush(w)
}

// flush prints the rows that wait, under the header if they are the first.
func (g *grid) flush(w io.Writer) error {
	if len(g.batch) == 0 {
		return nil
	}
	t := table.NewWriter()
	t.SetStyle(gridStyle())
	t.SetColumnConfigs(g.configs())
	if g.lines == 0 && slices.ContainsFunc(g.columns, func(c Column) bool { return c.Name != "" }) {
		names := make([]string, len(g.columns))
		for i, column := range g.columns {
			names[i] = column.Name
		}
		t.AppendHeader(g.row(names))
	}
	for _, cells := range g.batch {
		t.AppendRow(g.row(cells))
	}
	g.lines += len(g.batch)
	g.batch = g.batch[:0]
	for line := range strings.SplitSeq(t.Render(), "\n") {
		if _, err := io.WriteString(w, strings.TrimRight(line, " ")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// row keeps the columns that are shown.
func (g *grid) row(cells []string) table.Row {
	var row table.Row
	for i, s := range cells {
		if g.widths[i] > 0 {
			row = append(row, s)
		}
	}
	return row
}

// configs sets each column that is shown to its width.
func (g *grid) configs() []table.ColumnConfig {
	var configs []table.ColumnConfig
	for i, width := range g.widths {
		if width == 0 {
			continue
		}
		align := text.AlignLeft
		if g.columns[i].Right {
			align = text.AlignRight
		}
		configs = append(configs, table.ColumnConfig{
			Number: len(configs) + 1, Align: align, AlignHeader: align,
			WidthMin: width, WidthMax: width, WidthMaxEnforcer: wrap,
		})
	}
	return configs
}

// gridStyle draws no lines: columns are told apart by blanks, as in a listing.
func gridStyle() table.Style {
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft = ""
	style.Box.PaddingRight = strings.Repeat(" ", gridGap)
	return style
}

// wrap breaks each line of s at words. WrapSoft alone would join the lines
// first, and lets a letter of two columns exceed the width by one (go-pretty
// v6.8.3).
func wrap(s string, width int) string {
	lines := strings.Split(s, "\n")
	for i, part := range lines {
		lines[i] = text.WrapSoft(part, width)
		if text.LongestLineLen(lines[i]) > width {
			lines[i] = text.WrapSoft(part, width-1)
		}
	}
	return strings.Join(lines, "\n")
}
