package report

import (
	"fmt"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"linkbatch/planner"
)

// maxCell is the most that Excel keeps of a cell's text, in UTF-16 units. This,
// 1,048,576 rows and 16,384 columns (excelize.TotalRows, excelize.MaxColumns) are
// what a sheet has room for (Excel specifications and limits).
const maxCell = 32767

// Fits reports whether the report of a run of the plan has room in the file name.
// A workbook has bounds; the other formats hold anything. The error says what is
// too large, and where. Ask before anything is sent.
func (p *Plan) Fits(name string) error {
	if format, err := formatOf(name); err != nil || format != "xlsx" {
		return err
	}
	l := newLayout(p.head.Header, p.steps)
	return nameError(name, l.fits(p.steps))
}

// fits reports whether a sheet has room for the steps and for each of the
// roster's own cells. What is too long of ours, such as the words of a service
// that says a great deal, is cut with a mark.
func (l *layout) fits(steps []planner.Step) error {
	if err := fitsSheet(len(steps)+1, len(l.names)); err != nil {
		return err
	}
	for i, name := range l.names[:len(l.own)] {
		if n := cellLength(name); n > maxCell {
			return fmt.Errorf("the header of column %d has %d characters, and a cell of a workbook takes %d: %s", i+1, n, maxCell, instead)
		}
	}
	for i := range steps {
		for column, at := range l.own {
			if n := cellLength(cell(steps[i].Row.Cells, at)); n > maxCell {
				return fmt.Errorf("%s: the text under %q has %d characters, and a cell of a workbook takes %d: %s",
					place(&steps[i]), l.keys[column], n, maxCell, instead)
			}
		}
	}
	return nil
}

// instead is what to do about a report that does not fit.
const instead = "write .csv or .jsonl instead"

// fitsSheet reports whether a sheet has room for so many rows and columns.
func fitsSheet(rows, columns int) error {
	if rows > excelize.TotalRows || columns > excelize.MaxColumns {
		return fmt.Errorf("%d rows of %d columns do not fit on a sheet, which has %d of %d: %s",
			rows, columns, excelize.TotalRows, excelize.MaxColumns, instead)
	}
	return nil
}

// cellLength is the length of a text as Excel counts it. One that surely fits is
// measured in bytes, which are never fewer.
func cellLength(s string) int {
	if len(s) <= maxCell {
		return len(s)
	}
	n := 0
	for _, r := range oneBreak(s) {
		n += utf16.RuneLen(r)
	}
	return n
}
