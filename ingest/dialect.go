package ingest

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"

	"linkbatch/internal/charset"
)

// dialect is how the rows of a text are told apart: its delimiter, and the line
// that may name it.
type dialect struct {
	mapping map[string]string // of --map: headers that are understood too
}

// of finds the delimiter of a text, and how long the line is that names it; 0 =
// there is none.
func (d dialect) of(head []byte) (comma rune, sepLine int) {
	sepLine, comma = separatorLine(head)
	if sepLine == 0 {
		comma = sniffComma(head, d.mapping)
	}
	return comma, sepLine
}

// rowAt is the number of the row in which a text, of which size bytes can be
// read, ends.
func (d dialect) rowAt(text io.ReaderAt, size int64, head []byte) int {
	start := int64(0)
	if bytes.HasPrefix(head, []byte(charset.MarkUTF8)) {
		start = int64(len(charset.MarkUTF8))
		head = head[start:]
	}
	comma, sepLine := d.of(head[:min(int64(len(head)), max(size-start, 0))])
	if !validComma(comma) {
		comma = ','
	}
	start += int64(sepLine)
	rest := charset.NewLineReader(io.NewSectionReader(text, start, max(size-start, 0)))
	limit := &rowLimit{src: io.MultiReader(rest, strings.NewReader("x")), comma: comma}
	cr := newReader(limit, comma)
	cr.LazyQuotes = true
	var at rowCounter
	for {
		cells, err := cr.Read()
		if err != nil && err != io.EOF {
			return at.number + 1 // the row is too long to be read
		}
		if err != nil {
			return at.number
		}
		limit.row = cr.InputOffset()
		line, _ := cr.FieldPos(0)
		at.advance(line, cells)
	}
}

// validComma tells whether a character can stand between cells: a sign of ASCII
// that is no part of a cell.
func validComma(comma rune) bool {
	return comma == '\t' || comma > ' ' && comma < unicode.MaxASCII && !strings.ContainsRune(`"'`, comma) && !unicode.IsLetter(comma) && !unicode.IsDigit(comma)
}

// badComma is the fault of a first line that names no delimiter.
func (in *input) badComma(comma rune) *FileError {
	return in.fault(fmt.Sprintf("its first line, sep=, names %q, which cannot stand between cells", comma), "delete the line, or write sep=; or sep=,")
}

// longestRow is the most bytes that a row of a CSV file may have. A cell of a
// spreadsheet holds at most 32,767 characters; a longer row is most likely the
// rest of the file after a quote that is never closed, and would fill the memory.
const longestRow = 8 << 20

// mostCommas is the most delimiters that a row may have, those within quotes
// included: each is a cell for the reader, and takes 40 bytes there before the
// row is known to be wider than a spreadsheet. A row of 8 MB that is the rest of
// a roster has about as many.
const mostCommas = 1 << 19

// rowLimit hands a text on, and ends it with an error where a row is too long or
// too wide.
type rowLimit struct {
	src    io.Reader
	comma  rune
	given  int64
	row    int64 // where the row begins that is being read
	filled int64 // where the last byte ends that ends no line
	block  int64 // where the bytes began that were given last
	commas int   // in the blocks since then that hold no other row
}

const (
	errLongRow = charset.Undecodable("a row is longer than 8 MB: a quote that is never closed may be why")
	errWideRow = charset.Undecodable("a row has more than 500,000 delimiters: a quote that is never closed may be why")
)

func (l *rowLimit) Read(p []byte) (int, error) {
	if l.filled <= l.row {
		l.row = l.given // blank lines belong to no row
	}
	if l.block < l.row {
		l.commas = 0
	}
	switch {
	case l.given-l.row > longestRow:
		return 0, errLongRow
	case l.commas > mostCommas:
		return 0, errWideRow
	}
	n, err := l.src.Read(p)
	if rest := bytes.TrimRight(p[:n], "\r\n"); len(rest) > 0 {
		l.filled = l.given + int64(len(rest))
	}
	l.commas += bytes.Count(p[:n], []byte{byte(l.comma)}) // it is ASCII, see validComma
	l.block = l.given
	l.given += int64(n)
	return n, err
}
