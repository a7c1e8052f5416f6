package ingest

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

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

// sheetPlace is where in a workbook something stands: `roster.xlsx: Clients!C17`.
func sheetPlace(file, sheet, cell string) string {
	return file + ": " + sheet + "!" + cell
}

// fault is a problem before its place is known.
type fault struct {
	message  string
	hint     string
	severity Severity // empty = Error
}

// problem puts a fault in its place.
func (f *fault) problem(place string, row int, column, value string) Problem {
	return Problem{
		Place:    place,
		Row:      row,
		Column:   column,
		Value:    value,
		Severity: cmp.Or(f.severity, Error),
		Message:  f.message,
		Hint:     f.hint,
	}
}

// stops tells whether there is a fault that keeps its cell from being used.
func (f *fault) stops() bool { return f != nil && f.severity != Warning }
