package ingest

import (
	"fmt"
	"slices"
	"strings"
)

// openQuote is the fault of a record, which begins in this line of the file, that
// seems to have swallowed another: two stray quotes make one cell of all between
// them. A line of such a cell is like a row; those that people write into a note
// are not.
func openQuote(line int, cells []string, likeRow func(string) bool) []fault {
	for _, cell := range cells {
		if !strings.Contains(cell, "\n") {
			continue
		}
		for text := range strings.SplitSeq(cell, "\n") {
			if likeRow(text) {
				return []fault{{
					message: fmt.Sprintf("a quote may be open: a cell contains a line break, and what looks like a row of its own (line %d of the file)", line),
					hint:    "remove the stray quote, or double it; in a note, write the account without the delimiter beside it",
				}}
			}
			line++
		}
		line-- // the next cell begins in this one's last line
	}
	return nil
}

// likeRow reports whether a line within a cell may be a row of the file, whatever
// its columns are: it is cut by the delimiter, and a piece looks like an account.
func (s *csvSource) likeRow(text string) bool {
	if !strings.ContainsRune(text, s.comma) {
		return false
	}
	for piece := range strings.SplitSeq(text, string(s.comma)) {
		if looksLikeAccount(bareCell(piece)) {
			return true
		}
	}
	return isConflict([]string{text})
}

// likeRow reports whether a line within a cell may be a row of the roster, whose
// columns are known: it has as many cells, or a word of the column of actions, or
// the letters of a number where an account is.
func (r *Roster) likeRow(text string) bool {
	const prose = 5 // as many delimiters are not in a line that people write
	pieces := strings.Split(text, r.Delimiter)
	if len(pieces) == 1 {
		return false
	}
	if len(pieces) > prose && len(pieces) >= r.width {
		return true
	}
	return slices.ContainsFunc(r.fields, func(f field) bool {
		if f.index >= len(pieces) {
			return false
		}
		switch piece := bareCell(pieces[f.index]); {
		case f.name == "action":
			return slices.ContainsFunc(pieces, func(piece string) bool { _, ok := ParseIntent(bareCell(piece)); return ok })
		case f.isKey():
			size := len(piece) == accountNumberLength || len(piece) == customerNumberLength
			return size && allAlphanumeric(piece) && piece == strings.ToUpper(piece)
		}
		return false
	})
}

// bareCell is a piece of a line without what may be around it.
func bareCell(piece string) string { return strings.Trim(piece, " \t\"'") }

// isConflict reports whether a record is one of the lines by which git marks the
// two sides of a conflict.
func isConflict(cells []string) bool {
	first := cells[0]
	if len(first) < 7 || first[0] != '<' && first[0] != '=' && first[0] != '>' {
		return false
	}
	return first == "=======" && len(cells) == 1 || strings.HasPrefix(first, "<<<<<<< ") || strings.HasPrefix(first, ">>>>>>> ")
}
