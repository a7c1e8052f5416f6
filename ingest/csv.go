package ingest

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/gocarina/gocsv"

	"linkbatch/internal/sheet"

	"linkbatch/internal/charset"
)

// openCSV reads the header of a CSV file.
func (r *Roster) openCSV(opts Options) error {
	dialect := dialect{opts.Map}
	if opts.Sheet != "" {
		return r.in.fault(fmt.Sprintf("has no sheet %q: it is a CSV file", opts.Sheet), "leave --sheet out, or name the workbook that is meant")
	}
	found, err := r.in.decode(dialect, opts.Encoding)
	if err != nil {
		return err
	}
	r.Format, r.Encoding = "csv", found.Name
	if found.odd > 0 {
		r.warnWestern(dialect, found.odd-1)
	}
	start := int64(0)
	if found.Name == "utf-8-bom" {
		start = int64(len(charset.MarkUTF8))
	}
	comma, sepLine := dialect.of(r.in.text.Head[start:])
	if !validComma(comma) {
		return r.in.badComma(comma)
	}
	start += int64(sepLine)
	r.Delimiter = string(comma)
	src := &csvSource{in: r.in, comma: comma, start: start}
	if sepLine > 0 {
		src.linesBefore = 1
	}
	if err := src.begin(); err != nil {
		return err
	}
	if err := r.readHeader(src, opts.Map); err != nil {
		return err
	}
	r.src = newReadAhead(src.next, rawRow.size)
	return nil
}

// separatorLine reads a first line such as "sep=;", which spreadsheets take for
// the delimiter and do not show. It returns the line's length; 0 = there is none.
func separatorLine(head []byte) (length int, comma rune) {
	line, _, found := bytes.Cut(head, []byte{'\n'})
	text := strings.Trim(strings.TrimSuffix(string(line), "\r"), `"`)
	if !found || len(text) < len("sep=,") || !strings.EqualFold(text[:4], "sep=") || utf8.RuneCountInString(text[4:]) != 1 {
		return 0, 0
	}
	comma, _ = utf8.DecodeRuneInString(text[4:])
	return len(line) + 1, comma
}

// sniffComma finds the delimiter: the one by which the first rows hold the best
// header, see headerNames.weigh, and then the one that cuts that row into most
// cells.
func sniffComma(head []byte, mapping map[string]string) rune {
	names := newHeaderNames(mapping)
	best, bestScore, bestCells := ',', 0, 0
	for _, comma := range ",;\t|" {
		score, cells := -1, 0
		for _, row := range firstRecords(head, comma) {
			if s := names.weigh(&rawRow{cells: row}); s > score || s == score && cells == 1 {
				score, cells = s, len(row)
			}
		}
		if score > bestScore || score == bestScore && cells > max(bestCells, 1) {
			best, bestScore, bestCells = comma, score, cells
		}
	}
	return best
}

// firstRecords are the first records of a text that are not blank, as many as a
// header is looked for in.
func firstRecords(head []byte, comma rune) (rows [][]string) {
	cr := newReader(bytes.NewReader(head), comma)
	cr.LazyQuotes = true
	for len(rows) < headerWithin {
		cells, err := cr.Read()
		if err != nil {
			break
		}
		if raw := (rawRow{cells: cells}); !raw.blank() {
			rows = append(rows, slices.Clone(cells))
		}
	}
	return rows
}

func newReader(src io.Reader, comma rune) *csv.Reader {
	cr := csv.NewReader(src)
	cr.Comma = comma
	cr.FieldsPerRecord = -1
	cr.ReuseRecord = true
	return cr
}

// csvSource gives the records of a CSV file through gocsv, pulled one by one.
type csvSource struct {
	in          *input
	comma       rune
	start       int64 // where the text begins in the file
	linesBefore int   // lines of the file before start

	limit *rowLimit
	cr    *csv.Reader
	um    *gocsv.Unmarshaller
	at    rowCounter
	room  cellRoom
	ended int64 // where the last record ended, from start
}

// record is a record of the file. All headers are mapped to its one field, so
// that gocsv hands over every cell as text, in order, those too that have no
// header. It must convert nothing: it reads "1.9" as the integer 1.
type record struct {
	Cells cellList `csv:"cell"`
}

// cellList collects the cells of one record. It is one pointer wide, which
// keeps gocsv's reflection from allocating for every cell.
type cellList struct{ cells *[]string }

// UnmarshalCSV takes the next cell of the record.
func (l *cellList) UnmarshalCSV(text string) error {
	if l.cells == nil {
		l.cells = cellLists.Get().(*[]string)
	}
	*l.cells = append(*l.cells, text)
	return nil
}

// cellLists are lists that hold no record: gocsv makes a new record for every row,
// and a new list in each would be most of what a row allocates.
var cellLists = sync.Pool{New: func() any { return new(make([]string, 0, 64)) }}

// cellRoom gives the rows of a file room for their cells, for many rows at once.
type cellRoom struct{ free []string }

// take moves the cells of a list into a row of its own, and gives the list back.
func (r *cellRoom) take(list *[]string) []string {
	const atOnce = 512
	n := len(*list)
	if n > len(r.free) {
		r.free = make([]string, max(n, atOnce))
	}
	cells := r.free[:n:n]
	r.free = r.free[n:]
	copy(cells, *list)
	clear(*list)
	*list = (*list)[:0]
	if cap(*list) <= sheet.MaxColumns {
		cellLists.Put(list)
	}
	return cells
}

// sheet.MaxColumns is the most cells that a row can have, as in a spreadsheet.

// topLine is a line that the reader is given before the text: gocsv takes the
// first record for the header, and which row that is, header.go finds out.
const topLine = "cell\n"

// begin hands the text on to gocsv.
func (s *csvSource) begin() (err error) {
	s.limit = &rowLimit{src: s.section(0), comma: s.comma}
	s.cr = newReader(bufio.NewReaderSize(io.MultiReader(strings.NewReader(topLine), s.limit), 1<<16), s.comma)
	if s.um, err = gocsv.NewUnmarshaller(s.cr, record{}); err == nil {
		err = s.um.RenormalizeHeaders(func([]string) []string { return slices.Repeat([]string{"cell"}, sheet.MaxColumns+1) })
	}
	if err != nil {
		return s.in.cause(err)
	}
	return nil
}

// offset is where the last record ended, and line where its first cell began.
func (s *csvSource) offset() int64 { return s.cr.InputOffset() - int64(len(topLine)) }

func (s *csvSource) line() int {
	line, _ := s.cr.FieldPos(0)
	return line - 1
}

// section is the text from an offset on.
func (s *csvSource) section(offset int64) *io.SectionReader {
	return io.NewSectionReader(s.in.file, s.start+offset, s.in.size-s.start-offset)
}

func (s *csvSource) next() (rawRow, error) {
	v, err := s.um.Read()
	switch {
	case err == io.EOF:
		trailing, err := s.trailingLines()
		if err != nil {
			return rawRow{}, s.in.cause(err)
		}
		return rawRow{number: s.at.number + trailing}, io.EOF
	case errors.Is(err, csv.ErrBareQuote):
		return s.bareQuote(err)
	case err != nil:
		return rawRow{}, s.broken(err)
	}
	s.end()
	cells := s.room.take(v.(record).Cells.cells)
	if len(cells) > sheet.MaxColumns {
		e := s.in.fault(fmt.Sprintf("has more than %d cells, the most that a spreadsheet has", sheet.MaxColumns), "look which delimiter the file has; a first line sep=; tells it")
		e.Row = s.at.advance(s.line(), nil)
		return rawRow{}, e
	}
	line := s.line()
	raw := rawRow{number: s.at.advance(line, cells), cells: cells}
	if s.at.line > line { // a cell holds a line break
		raw.faults = s.openQuote(line, cells)
	}
	return raw, nil
}

// end notes that a record ends here.
func (s *csvSource) end() {
	s.ended = s.offset()
	s.limit.row = s.ended
}

// trailingLines counts the blank lines after the last record.
func (s *csvSource) trailingLines() (int, error) {
	var tail charset.Stats
	_, err := io.Copy(&tail, s.section(s.ended))
	return tail.Lines, err
}

// bareQuote reads a record with a quote inside a cell that is not quoted, which
// every spreadsheet takes as it stands: 5" pipe. The record is read again from
// the file, and must end where it seemed to.
func (s *csvSource) bareQuote(cause error) (rawRow, error) {
	text := make([]byte, s.offset()-s.ended)
	if _, err := io.ReadFull(s.section(s.ended), text); err != nil {
		return rawRow{}, s.in.cause(err)
	}
	const sentinel = "end"
	again := newReader(io.MultiReader(bytes.NewReader(text), strings.NewReader("\n"+sentinel)), s.comma)
	again.LazyQuotes = true
	cells, err := again.Read()
	if err != nil || !quotesClose(text, byte(s.comma)) {
		return rawRow{}, s.broken(cause)
	}
	cells = slices.Clone(cells)
	if end, err := again.Read(); err != nil || len(end) != 1 || end[0] != sentinel {
		return rawRow{}, s.broken(cause)
	}
	parseErr, _ := errors.AsType[*csv.ParseError](cause)
	s.end()
	return rawRow{
		number: s.at.advance(parseErr.StartLine-1, cells),
		cells:  cells,
		faults: append(s.openQuote(parseErr.StartLine-1, cells), insideQuote(cells)),
	}, nil
}

// broken is the fault of a record whose quotes do not match, or that is too
// long: where it ends, and so where the next row begins, cannot be known.
func (s *csvSource) broken(err error) *FileError {
	e := s.in.cause(err)
	parseErr, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case err == errLongRow || err == errWideRow:
		e.Row, e.Message = s.at.number+1, err.Error()
	case ok:
		e.Row = s.at.advance(parseErr.StartLine-1, nil)
		e.Message = fmt.Sprintf("a quoted cell is not closed (its row begins in line %d of the file)", s.linesBefore+parseErr.StartLine-1)
		if at := s.quoteWithin(parseErr.Column); at > 0 {
			what := "a quoted cell goes on after its closing quote"
			if parseErr.Err == csv.ErrBareQuote {
				what = "a quote stands inside a cell that is not quoted, and where the row ends cannot be told"
			}
			e.Message = fmt.Sprintf("%s (line %d of the file, character %d)", what, s.linesBefore+parseErr.Line-1, at)
		}
	default:
		return e
	}
	e.Hint = "double the quotes within a quoted cell, or save the file again from a spreadsheet"
	return e
}

// quoteWithin is the number of the character, within the line that was read
// last, that is a quote at this byte (from 1); 0 = there is none, since the file
// ended before the quote was closed.
func (s *csvSource) quoteWithin(column int) int {
	text := make([]byte, s.offset()-s.ended)
	if _, err := io.ReadFull(s.section(s.ended), text); err != nil {
		return 0
	}
	text = bytes.TrimSuffix(text, []byte{'\n'})
	line := text[bytes.LastIndexByte(text, '\n')+1:]
	if column > len(line) || line[column-1] != '"' {
		return 0
	}
	return utf8.RuneCount(line[:column])
}

// rowCounter numbers the records of a file as a spreadsheet does: a blank line
// is a row, and a record with line breaks within quotes is one row.
type rowCounter struct {
	line   int // the last line of the last record
	number int // its row number
}

// advance counts a record that begins in this line, and returns its row number.
func (c *rowCounter) advance(line int, cells []string) int {
	c.number += line - c.line
	c.line = line
	for _, cell := range cells {
		if strings.IndexByte(cell, '\n') >= 0 {
			c.line += strings.Count(cell, "\n")
		}
	}
	return c.number
}
