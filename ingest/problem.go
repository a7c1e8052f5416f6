package ingest

import (
	"fmt"
	"strconv"
	"strings"
)

// Severity is whether a problem stops its row.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the row cannot be used
	Warning Severity = "warning" // the row is used; a person should look
)

// Problem is one thing wrong with one row: where, what, why and what to do.
type Problem struct {
	Place    string // as messages print it: "roster.csv:17" or "roster.xlsx: Clients!C17"
	Row      int    // the row's number as a person sees it; 0 = the file as a whole
	Column   string // the column's name in this package's table (account_id, …); empty = the row as a whole
	Value    string // what the cell says
	Severity Severity
	Message  string // lower case, no full stop: `is not a whole number`
	Hint     string // what to do; may be empty
}

// String is the problem as one line, without its hint:
// `roster.csv:17: account_id "12A": is not a whole number`.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.Place)
	b.WriteString(": ")
	b.WriteString(p.Column)
	if p.Value != "" {
		if p.Column != "" {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%q", p.Value)
	}
	if p.Column != "" || p.Value != "" {
		b.WriteString(": ")
	}
	b.WriteString(p.Message)
	return b.String()
}

// Error is String, so that a problem can be handed on as an error.
func (p Problem) Error() string { return p.String() }

// FileError says why a roster cannot be read at all, or not to its end.
// Nothing that was read before it may be acted upon: rows may be missing.
type FileError struct {
	File    string // the roster as messages name it
	Sheet   string // empty in a CSV file, or when the workbook as a whole is meant
	Row     int    // the row at which reading ended; 0 = the file or sheet as a whole
	Message string // lower case, no full stop
	Hint    string // what to do; may be empty
	Err     error  // the cause, for errors.Is; may be nil
}

// Error is the place and the message, without the hint.
func (e *FileError) Error() string {
	return e.place() + ": " + e.Message
}

// Unwrap returns the cause, such as fs.ErrNotExist.
func (e *FileError) Unwrap() error { return e.Err }

// place is as exact as what is known.
func (e *FileError) place() string {
	switch {
	case e.Sheet != "" && e.Row > 0:
		return sheetPlace(e.File, e.Sheet, strconv.Itoa(e.Row))
	case e.Sheet != "":
		return e.File + ": " + e.Sheet
	case e.Row > 0:
		return e.File + ":" + strconv.Itoa(e.Row)
	}
	return e.File
}

// sheetPlace is a place in a workbook: `roster.xlsx: Clients!C17`.
func sheetPlace(file, sheet, cell string) string {
	return file + ": " + sheet + "!" + cell
}
