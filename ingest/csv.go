package ingest

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/gocarina/gocsv"

	"linkbatch/internal/charset"
	"linkbatch/internal/sheet"
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
	if found.Charset == charset.UTF8Marked {
		start = int64(len(charset.MarkUTF8))
	}
	comma, sepLine := dialect.of(r.in.text.Head[start:])
	if !validComma(comma) {
		return r.in.badComma(comma)
	}
	start += int64(sepLine)
	r.Delimiter = string(comma)
	open := func() (*csvSource, error) {
		src := &csvSource{in: r.in, comma: comma, start: start, linesBefore: min(sepLine, 1)}
		return src, src.begin()
	}
	src, err := open()
	if err != nil {
		return err
	}
	r.reopen = func() (source, error) { return open() }
	if err := r.readHeader(src, opts.Map); err != nil {
		return err
	}
	r.src = newReadAhead(src.fill, (*rawRow).size)
	return nil
}

// newReader reads records with any number of cells. The cells of one are good
// until the next.
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
	ended int64 // where the last record ended, from start
	row   rawRow
}

// record is a record of the file. All headers are mapped to its one field, so
// that gocsv hands over every cell as text, in order, those too that have no
// header. It must convert nothing: it reads "1.9" as the integer 1.
type record struct {
	Cells cellList `csv:"cell"`
}

// cellList collects the cells of one record. It is one pointer wide, which
// keeps gocsv's reflection from allocating for every cell.
type cellList struct{ room *cellRoom }

// UnmarshalCSV takes the next cell of the record.
func (l *cellList) UnmarshalCSV(text string) error {
	if l.room == nil {
		l.room = cellRooms.Get().(*cellRoom)
	}
	l.room.cells = append(l.room.cells, text)
	return nil
}

// cellRoom is room for the cells of many records. gocsv makes a new record for
// every row, and a list of its own in each would be most of what a row allocates.
type cellRoom struct{ cells []string } // of the record that is being read

var cellRooms = sync.Pool{New: func() any { return new(cellRoom) }}

// take returns the cells of the record, which nothing else will use, and gives
// back the rest of the room.
func (r *cellRoom) take() []string {
	const atOnce, fewest = 512, 64
	n := len(r.cells)
	cells := r.cells[:n:n]
	if r.cells = r.cells[n:]; cap(r.cells) < max(n, fewest) {
		r.cells = make([]string, 0, max(n, atOnce))
	}
	if n <= sheet.MaxColumns {
		cellRooms.Put(r)
	}
	return cells
}

// topLine is a line that the reader is given before the text: gocsv takes the
// first record for the header, and which row that is, header.go finds out.
const topLine = "cell\n"

// begin hands the text to gocsv.
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

// next is fill with a row that is used again, while the header is looked for.
func (s *csvSource) next() (*rawRow, error) {
	err := s.fill(&s.row)
	return &s.row, err
}

// fill reads the next record into a row.
func (s *csvSource) fill(row *rawRow) error {
	v, err := s.um.Read()
	switch {
	case err == io.EOF:
		trailing, err := s.trailingLines()
		if err != nil {
			return s.in.cause(err)
		}
		*row = rawRow{number: s.at.number + trailing}
		return io.EOF
	case errors.Is(err, csv.ErrBareQuote):
		return s.bareQuote(row, err)
	case err != nil:
		return s.broken(err)
	}
	s.end()
	cells := v.(record).Cells.room.take()
	line := s.line()
	if isConflict(cells) {
		e := s.in.fault("contains a conflict of git that is not resolved: this line is one of its marks", "keep the rows of one side, and delete the marks and the other rows")
		e.Row = s.at.advance(line, nil)
		return e
	}
	if len(cells) > sheet.MaxColumns {
		e := s.in.fault(fmt.Sprintf("has more than %d cells, the most that a spreadsheet has", sheet.MaxColumns), "check which delimiter the file has; a first line sep=; would name it")
		e.Row = s.at.advance(line, nil)
		return e
	}
	*row = rawRow{number: s.at.advance(line, cells), cells: cells}
	if s.at.line > line { // a cell contains a line break
		row.line = s.linesBefore + line
		row.faults = openQuote(row.line, cells, s.likeRow)
	}
	return nil
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
