package report

import (
	"archive/zip"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"linkbatch/executor"
)

// writeXLSX writes the report as a workbook of one sheet: header bold, frozen
// and filtered, outcomes coloured. Rows go through excelize's StreamWriter,
// which keeps at most 16 MiB of them in memory and the rest in a temporary
// file, and from there straight into w.
func (r *Run) writeXLSX(w io.Writer) error {
	if err := r.layout.fits(r.plan.steps); err != nil {
		return err
	}
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // removes excelize's temporary file
	s := &sheet{book: book, layout: r.layout, name: sheetName(r.plan.head.Sheet)}
	widths := fittingWidths(r.layout.names, len(r.results), func(i int) []string { return s.layout.cells(s.cells[:0], r.line(i)) })
	if err := s.open(len(r.results), widths); err != nil {
		return err
	}
	for i := range r.results {
		if err := s.row(i+2, r.line(i)); err != nil {
			return err
		}
	}
	return s.end(w)
}

// sheet is the worksheet that is being written.
type sheet struct {
	book   *excelize.File
	stream *excelize.StreamWriter
	layout layout
	name   string

	text   int                      // style of every cell: text, which no edit turns into a number or a formula
	colour map[executor.Outcome]int // style of the outcome's cell

	cells  []string // of the row that is being written
	values []any
}

// sheetName is the roster's own where Excel takes it, so that --sheet finds it in
// the report too: at most 31 UTF-16 units, none of :\/?*[], no apostrophe at
// either end, and not History, which Excel keeps for itself.
func sheetName(name string) string {
	bad := name == "" || len(utf16.Encode([]rune(name))) > excelize.MaxSheetNameLength || strings.EqualFold(name, "History") ||
		strings.ContainsAny(name, `:\/?*[]`) || strings.Trim(name, "'") != name || xmlText(name) != name
	if bad {
		return "Report"
	}
	return name
}

// open writes everything that comes before the rows. The order is excelize's:
// the dimension before the stream begins, panes, filter and widths before the
// first row; what is set later is lost without an error (v2.11.0).
func (s *sheet) open(rows int, widths []float64) error {
	last, err := excelize.CoordinatesToCellName(len(s.layout.names), rows+1)
	if err != nil {
		return err
	}
	if err := s.book.SetSheetName("Sheet1", s.name); err != nil {
		return err
	}
	if err := s.book.SetSheetDimension(s.name, "A1:"+last); err != nil {
		return err
	}
	if err := s.filter("A1:" + last); err != nil {
		return err
	}
	if err := s.book.AddIgnoredErrors(s.name, "A1:"+last, excelize.IgnoredErrorsNumberStoredAsText); err != nil {
		return err
	}
	if s.stream, err = s.book.NewStreamWriter(s.name); err != nil {
		return err
	}
	if err := s.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := s.setWidths(widths); err != nil {
		return err
	}
	if err := s.styles(); err != nil {
		return err
	}
	return s.header()
}

// fitted is how many columns at the left have widths of their own. excelize takes
// a time for each that grows with those before it (v2.11.0): minutes for a sheet
// that is as wide as it can be.
const fitted = 200

// setWidths sets the widths of the columns, of those further right that of the
// first of them.
func (s *sheet) setWidths(widths []float64) error {
	for i := range min(len(widths), fitted) {
		if err := s.stream.SetColWidth(i+1, i+1, widths[i]); err != nil {
			return err
		}
	}
	if len(widths) <= fitted {
		return nil
	}
	return s.stream.SetColWidth(fitted+1, len(widths), widths[fitted])
}

// filter gives the header its arrows.
func (s *sheet) filter(cells string) error {
	if err := s.book.AutoFilter(s.name, cells, nil); err != nil {
		return err
	}
	// The name that excelize defines for the range holds the sheet's without its
	// apostrophes doubled (v2.11.0), which Excel offers to repair.
	defined := &s.book.WorkBook.DefinedNames.DefinedName[0]
	defined.Data = strings.Replace(defined.Data, s.name, strings.ReplaceAll(s.name, "'", "''"), 1)
	return nil
}

// textFormat is Excel's built-in number format "@".
const textFormat = 49

// styles makes the cell styles: a fill for outcomes that a person looks at.
func (s *sheet) styles() (err error) {
	if s.text, err = s.book.NewStyle(&excelize.Style{NumFmt: textFormat}); err != nil {
		return err
	}
	const red, amber, green = "F8CBAD", "FFE699", "C6E0B4"
	fills := map[executor.Outcome]string{
		executor.Unknown: red, executor.Failed: red, executor.Refused: red, executor.Invalid: red,
		executor.Held: amber, executor.Blocked: amber, executor.Waiting: amber, executor.Done: green,
	}
	s.colour = make(map[executor.Outcome]int)
	for _, outcome := range executor.Outcomes {
		s.colour[outcome] = s.text
		if fill := fills[outcome]; fill != "" {
			style := &excelize.Style{NumFmt: textFormat, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}}}
			if s.colour[outcome], err = s.book.NewStyle(style); err != nil {
				return err
			}
		}
	}
	return nil
}

// header writes the names of the columns in bold.
func (s *sheet) header() error {
	bold, err := s.book.NewStyle(&excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	for _, name := range s.layout.names {
		s.values = append(s.values, xmlText(name))
	}
	return s.stream.SetRow("A1", s.values, excelize.RowOpts{StyleID: bold})
}

// row writes one row. Blank cells are left out.
func (s *sheet) row(number int, row line) error {
	s.cells = s.layout.cells(s.cells[:0], row)
	s.values = s.values[:0]
	own := len(s.layout.own)
	for i, text := range s.cells {
		var value any
		switch {
		case text == "":
		case i == own: // the outcome
			value = excelize.Cell{StyleID: s.colour[row.result.Outcome], Value: text}
		case i > own && columns[i-own].number:
			n, err := strconv.Atoi(text)
			if err != nil {
				return err
			}
			value = n
		default:
			value = excelize.Cell{StyleID: s.text, Value: xmlText(text)}
		}
		s.values = append(s.values, value)
	}
	return s.stream.SetRow("A"+strconv.Itoa(number), s.values)
}

// texts writes a row of texts. Blank cells are left out.
func (s *sheet) texts(number int, cells []string) error {
	s.values = s.values[:0]
	for _, text := range cells {
		var value any
		if text != "" {
			value = excelize.Cell{StyleID: s.text, Value: xmlText(text)}
		}
		s.values = append(s.values, value)
	}
	return s.stream.SetRow("A"+strconv.Itoa(number), s.values)
}

// end writes the workbook once its last row is written.
func (s *sheet) end(w io.Writer) error {
	if err := s.stream.Flush(); err != nil {
		return err
	}
	// WriteTo hands over a buffer that it fills with the whole workbook; a zip
	// writer of our own bypasses it (excelize v2.11.0).
	s.book.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) })
	return s.book.Write(io.Discard)
}

// fittingWidths fits each column to its longest line among the first of n rows,
// between 8 and 50 characters. The cells of a row are asked for one after another.
func fittingWidths(names []string, n int, row func(int) []string) []float64 {
	const sample, narrow, wide = 200, 8, 50
	widths := make([]float64, len(names))
	fit := func(cells []string) {
		for i, text := range cells {
			for part := range strings.Lines(text) {
				widths[i] = min(wide, max(narrow, widths[i], float64(utf8.RuneCountInString(part)+2)))
			}
		}
	}
	fit(names)
	for i := range min(sample, n) {
		fit(row(i))
	}
	for i := range widths {
		widths[i] = max(narrow, widths[i])
	}
	return widths
}
