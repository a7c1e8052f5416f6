package ingest

import (
	"io"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"linkbatch/internal/sheet"
)

// The sheets of a template. A roster is looked for on the first one.
const (
	templateSheet = "Roster"
	helpSheet     = "Help"
)

// templateBook is a template while it is made.
type templateBook struct {
	*excelize.File
	bold, faded, text, date, fadedDate, wrap int // styles
}

// writeTemplateXLSX writes no time of its own into the file, so that two templates
// are the same bytes.
func writeTemplateXLSX(w io.Writer) error {
	book := &templateBook{File: excelize.NewFile()}
	defer func() { _ = book.Close() }() // nothing was spilled to a file
	for _, step := range []func() error{book.begin, book.styles, book.columns, book.rows, book.help} {
		if err := step(); err != nil {
			return err
		}
	}
	return book.Write(w)
}

// begin names the sheets and the maker: excelize puts its author's name there.
func (b *templateBook) begin() error {
	if err := b.SetSheetName("Sheet1", templateSheet); err != nil {
		return err
	}
	if _, err := b.NewSheet(helpSheet); err != nil {
		return err
	}
	return b.SetDocProps(&excelize.DocProperties{Creator: "linkbatch", LastModifiedBy: "linkbatch", Title: "Roster of client links"})
}

// Number formats of Excel: text, and a date in the one form that is read.
const (
	textFormat = 49 // "@"
	dateFormat = "yyyy-mm-dd"
)

// styles makes the styles that the sheets share. Identifiers are text: as a number,
// a spreadsheet would show 1.80012E+08 and drop zeros in front.
func (b *templateBook) styles() (err error) {
	const grey = "808080"
	fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.bold, excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true}, Fill: fill}},
		{&b.text, excelize.Style{NumFmt: textFormat}},
		{&b.date, excelize.Style{CustomNumFmt: new(dateFormat)}},
		{&b.faded, excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Italic: true, Color: grey}}},
		{&b.fadedDate, excelize.Style{CustomNumFmt: new(dateFormat), Font: &excelize.Font{Italic: true, Color: grey}}},
		{&b.wrap, excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
	} {
		if *s.id, err = b.NewStyle(&s.style); err != nil {
			return err
		}
	}
	return nil
}

// columns gives each column its format, width, comment and choice, down to the
// sheet's last row.
func (b *templateBook) columns() error {
	for i := range template {
		c, letters := &template[i], sheet.Letters(i)
		style := b.text
		if c.isDate() {
			style = b.date
		}
		if err := b.SetColStyle(templateSheet, letters, style); err != nil {
			return err
		}
		if err := b.SetColWidth(templateSheet, letters, letters, c.width); err != nil {
			return err
		}
		comment := excelize.Comment{Author: "linkbatch", Cell: letters + "1", Text: c.name + " (" + c.need + ")\n" + c.sentence(), Width: 260, Height: 130}
		if err := b.AddComment(templateSheet, comment); err != nil {
			return err
		}
		choice, err := c.choice(letters + "2:" + letters + strconv.Itoa(excelize.TotalRows))
		if err != nil {
			return err
		}
		if err := b.AddDataValidation(templateSheet, choice); err != nil {
			return err
		}
	}
	// Excel would mark every id with a corner, and offer to turn it into a number.
	ids := "A2:" + sheet.Letters(len(template)-1) + strconv.Itoa(excelize.TotalRows)
	return b.AddIgnoredErrors(templateSheet, ids, excelize.IgnoredErrorsNumberStoredAsText)
}

// choice is the drop-down of a column with few words, and the prompt of every
// one. Another word brings a warning and is not forbidden: linkbatch reads more
// words than it offers, and reports those that it does not know.
func (c *templateColumn) choice(cells string) (*excelize.DataValidation, error) {
	v := excelize.NewDataValidation(true)
	v.SetSqref(cells)
	v.SetInput(c.name, c.says)
	if c.words != nil {
		if err := v.SetDropList(c.words); err != nil {
			return nil, err
		}
		v.SetError(excelize.DataValidationErrorStyleWarning, c.name, "That is not one of the words in the list.")
	}
	if c.name == "name" {
		if err := v.SetRange(0, maxName, excelize.DataValidationTypeTextLength, excelize.DataValidationOperatorBetween); err != nil {
			return nil, err
		}
		v.SetError(excelize.DataValidationErrorStyleStop, c.name, "The service takes at most 40 characters.")
	}
	return v, nil
}

// rows writes the header and the example. Readers believe the dimension of a
// sheet, which excelize leaves at A1.
func (b *templateBook) rows() error {
	for i := range template {
		c, letters := &template[i], sheet.Letters(i)
		var example any = c.example
		style := b.faded
		if c.isDate() && c.example != "" {
			date, err := time.Parse(time.DateOnly, c.example)
			if err != nil {
				return err
			}
			example, style = date, b.fadedDate
		}
		for _, cell := range []struct {
			at    string
			value any
			style int
		}{{letters + "1", c.name, b.bold}, {letters + "2", example, style}} {
			if cell.value != "" {
				if err := b.SetCellValue(templateSheet, cell.at, cell.value); err != nil {
					return err
				}
			}
			if err := b.SetCellStyle(templateSheet, cell.at, cell.at, cell.style); err != nil {
				return err
			}
		}
	}
	if err := b.SetSheetDimension(templateSheet, "A1:"+sheet.Letters(len(template)-1)+"2"); err != nil {
		return err
	}
	return b.SetPanes(templateSheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

// help writes the second sheet. No cell of it is a header that a roster may
// have, so that it is never taken for one.
func (b *templateBook) help() error {
	lines := [][]any{
		{"How to fill in the sheet " + templateSheet},
		{"One row for each account. Row 2 is an example: linkbatch skips it as long as it begins with EXAMPLE: and keeps its account; delete it or overwrite all of it."},
		{"Then: linkbatch check FILE lists everything that is wrong, offline; linkbatch plan FILE shows what would be done."},
		{},
		{"Column of the sheet", "Fill it in", "What it says"},
	}
	for i := range template {
		c := &template[i]
		lines = append(lines, []any{sheet.Letters(i) + ": " + c.name, c.need, c.sentence()})
	}
	const table = 5 // the row of the table's header
	for i, line := range lines {
		if err := b.SetSheetRow(helpSheet, "A"+strconv.Itoa(i+1), &line); err != nil {
			return err
		}
	}
	if err := b.SetSheetDimension(helpSheet, "A1:C"+strconv.Itoa(len(lines))); err != nil {
		return err
	}
	for i, width := range []float64{26, 24, 90} {
		if err := b.SetColWidth(helpSheet, sheet.Letters(i), sheet.Letters(i), width); err != nil {
			return err
		}
	}
	if err := b.SetCellStyle(helpSheet, "A1", "A1", b.bold); err != nil {
		return err
	}
	if err := b.SetCellStyle(helpSheet, "A"+strconv.Itoa(table), "C"+strconv.Itoa(table), b.bold); err != nil {
		return err
	}
	return b.SetCellStyle(helpSheet, "A"+strconv.Itoa(table+1), "C"+strconv.Itoa(len(lines)), b.wrap)
}
