package ingest

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"linkbatch/internal/charset"
)

// dialect is how the rows of a text are separated: its delimiter, and the line
// that may name it.
type dialect struct {
	mapping map[string]string // of --map: headers that are understood too
}

// of finds the delimiter of a text, and the length of the line that names it; 0 =
// there is none.
func (d dialect) of(head []byte) (comma rune, sepLine int) {
	sepLine, comma = separatorLine(head)
	if sepLine == 0 {
		comma = sniffComma(head, d.mapping)
	}
	return comma, sepLine
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

// sniffComma finds the delimiter: the one by which the first rows contain the
// best header, see headerNames.weigh, and then the one that cuts that row into
// most cells.
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

// validComma reports whether a character can separate cells: a sign of ASCII that
// is not part of a cell.
func validComma(comma rune) bool {
	return comma == '\t' || comma > ' ' && comma < unicode.MaxASCII && !strings.ContainsRune(`"'`, comma) && !unicode.IsLetter(comma) && !unicode.IsDigit(comma)
}

// badComma is the fault of a first line that names no delimiter.
func (in *input) badComma(comma rune) *FileError {
	return in.fault(fmt.Sprintf("its first line, sep=, names %q, which cannot separate cells", comma), "delete the line, or write sep=; or sep=,")
}
