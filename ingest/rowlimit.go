package ingest

import (
	"bytes"
	"io"

	"linkbatch/internal/charset"
)

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
// too wide. Blank lines belong to no row.
type rowLimit struct {
	src    io.Reader
	comma  rune
	given  int64
	row    int64 // where the row begins that is being read
	filled int64 // where the last byte ends that does not end a line
	block  int64 // where the bytes began that were given last
	commas int   // in the blocks since then that hold no other row
}

const (
	errLongRow = charset.Undecodable("a row is longer than 8 MB: a quote that is never closed may be why")
	errWideRow = charset.Undecodable("a row has more than 500,000 delimiters: a quote that is never closed may be why")
)

// Read checks the bounds before it reads more: what was given already may be beyond
// them by one block.
func (l *rowLimit) Read(p []byte) (int, error) {
	if l.filled <= l.row {
		l.row = l.given
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
