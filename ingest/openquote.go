package ingest

import (
	"bytes"
	"fmt"
	"strings"
)

// openQuote is the fault of a record, which begins in this line, that seems to
// have swallowed another: two stray quotes make one cell of all between them. A
// line of such a cell is cut by the delimiter, and a piece of it looks like an
// account; lines that people write into a note are not both.
func (s *csvSource) openQuote(line int, cells []string) []fault {
	for _, cell := range cells {
		if !strings.Contains(cell, "\n") {
			continue
		}
		for text := range strings.SplitSeq(cell, "\n") {
			if s.likeRow(text) {
				return []fault{{
					message: fmt.Sprintf("a quote may be open: a cell holds a line break, and what looks like a row of its own (line %d of the file)", s.linesBefore+line),
					hint:    "take out the stray quote, or double it; in a note, write the account without the delimiter beside it",
				}}
			}
			line++
		}
		line-- // the next cell begins in this one's last line
	}
	return nil
}

// quotesClose tells whether each quoted cell of a record ends with its closing
// quote. A reader that lets quotes stand inside of cells takes what follows one
// for more of the cell, be it the rest of the file.
func quotesClose(record []byte, comma byte) bool {
	start, quoted := true, false // of a cell; within one that is quoted
	for i := 0; i < len(record); i++ {
		b := record[i]
		switch {
		case !quoted:
			quoted = start && b == '"'
			start = b == comma || b == '\n'
		case b == '"' && i+1 < len(record) && record[i+1] == '"':
			i++
		case b == '"':
			rest := bytes.TrimPrefix(record[i+1:], []byte{'\r'})
			if len(rest) > 0 && rest[0] != '\n' && record[i+1] != comma {
				return false
			}
			quoted = false
		}
	}
	return !quoted
}

// insideQuote is the fault of a record with a quote inside a cell that is not
// quoted. A space before a cell's first quote makes it one of those: it is an
// error when the cell is cut, since its pieces then stand under other headers.
func insideQuote(cells []string) fault {
	for i, cell := range cells {
		text := strings.TrimLeft(cell, " \t\u00a0")
		if len(text) == len(cell) || !strings.HasPrefix(text, `"`) {
			continue
		}
		f := fault{
			message:  fmt.Sprintf("a space stands before the quote of cell %d, so it does not quote the cell", i+1),
			hint:     "take out the space between the delimiter and the quote",
			severity: Warning,
		}
		if strings.Count(text, `"`)%2 == 1 {
			f.message += ", and what it should hold together is cut"
			f.severity = Error
		}
		return f
	}
	return fault{message: "a quote stands inside a cell that is not quoted; read as it stands", severity: Warning}
}

// likeRow tells whether a line within a cell may be a row of the file.
func (s *csvSource) likeRow(text string) bool {
	if !strings.ContainsRune(text, s.comma) {
		return false
	}
	for piece := range strings.SplitSeq(text, string(s.comma)) {
		if looksLikeAccount(strings.Trim(piece, " \t\"'")) {
			return true
		}
	}
	return false
}

// stops tells whether the source found an error in a row, by which it may be more
// than one.
func (r *rawRow) stops() bool {
	for i := range r.faults {
		if r.faults[i].stops() {
			return true
		}
	}
	return false
}
