package ingest

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
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
	if bytes.HasPrefix(head, []byte(markUTF8)) {
		start = int64(len(markUTF8))
		head = head[start:]
	}
	comma, sepLine := d.of(head[:min(int64(len(head)), max(size-start, 0))])
	if !validComma(comma) {
		comma = ','
	}
	start += int64(sepLine)
	rest := newLineReader(io.NewSectionReader(text, start, max(size-start, 0)))
	cr := newReader(io.MultiReader(rest, strings.NewReader("x")), comma)
	cr.LazyQuotes = true
	var at rowCounter
	for {
		cells, err := cr.Read()
		if err != nil {
			return at.number
		}
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

// rowLimit hands a text on, and ends it with an error where a row is too long.
type rowLimit struct {
	src    io.Reader
	given  int64
	row    int64 // where the row begins that is being read
	filled int64 // where the last byte ends that ends no line
}

const errLongRow = undecodable("a row is longer than 8 MB: a quote that is never closed may be why")

func (l *rowLimit) Read(p []byte) (int, error) {
	if l.filled <= l.row {
		l.row = l.given // blank lines belong to no row
	}
	if l.given-l.row > longestRow {
		return 0, errLongRow
	}
	n, err := l.src.Read(p)
	if rest := bytes.TrimRight(p[:n], "\r\n"); len(rest) > 0 {
		l.filled = l.given + int64(len(rest))
	}
	l.given += int64(n)
	return n, err
}
