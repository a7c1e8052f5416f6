package ingest

import (
	"fmt"
	"strings"
	"unicode"
)

// oneCell is the fault of a CSV file each of whose lines is one cell, although its
// header has columns: within quotes, or between other delimiters than are looked
// for.
func (r *Roster) oneCell(header []string, names headerNames) *fault {
	if r.Format != "csv" || len(header) != 1 || len(header[0]) > 20*longestHeader {
		return nil
	}
	text := header[0]
	tried := make(map[rune]bool)
	for _, cut := range text {
		if tried[cut] || unicode.IsLetter(cut) || unicode.IsDigit(cut) || strings.ContainsRune("_-.#'", cut) {
			continue
		}
		tried[cut] = true
		pieces := strings.Split(text, string(cut))
		if names.weigh(&rawRow{cells: pieces}) <= aKey+1 { // the account, and another column
			continue
		}
		switch {
		case strings.ContainsRune(",;\t|", cut):
			return &fault{
				message: fmt.Sprintf("each line is within quotes, so that it is one cell; the cells in it are separated by %q", cut),
				hint:    "open it in a spreadsheet program with another delimiter, split the column by this one, and save it again",
			}
		case validComma(cut):
			return &fault{
				message: fmt.Sprintf("each line is one cell: cells are separated by one of , ; tab |, and here by %q", cut),
				hint:    fmt.Sprintf("save it with one of them, or add a first line sep=%c, which names another", cut),
			}
		}
		return &fault{
			message: fmt.Sprintf("each line is one cell: cells are separated by one of , ; tab |, and here by %q", cut),
			hint:    "save it as CSV with commas, or as .xlsx",
		}
	}
	return nil
}
