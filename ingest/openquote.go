package ingest

import (
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
					message: fmt.Sprintf("a quote may be open: a cell contains a line break, and what looks like a row of its own (line %d of the file)", s.linesBefore+line),
					hint:    "remove the stray quote, or double it; in a note, write the account without the delimiter beside it",
				}}
			}
			line++
		}
		line-- // the next cell begins in this one's last line
	}
	return nil
}

// likeRow reports whether a line within a cell may be a row of the file.
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
