package ingest

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// bareQuote reads a record with a quote inside a cell that is not quoted, which
// every spreadsheet takes literally: 5" pipe. The record is read again from the
// file, and must end where it seemed to.
func (s *csvSource) bareQuote(row *rawRow, cause error) error {
	text := make([]byte, s.offset()-s.ended)
	if _, err := io.ReadFull(s.section(s.ended), text); err != nil {
		return s.in.cause(err)
	}
	const sentinel = "end"
	again := newReader(io.MultiReader(bytes.NewReader(text), strings.NewReader("\n"+sentinel)), s.comma)
	again.LazyQuotes = true
	cells, err := again.Read()
	if err != nil || !quotesClose(text, byte(s.comma)) {
		return s.broken(cause)
	}
	cells = slices.Clone(cells)
	if end, err := again.Read(); err != nil || len(end) != 1 || end[0] != sentinel {
		return s.broken(cause)
	}
	parseErr, _ := errors.AsType[*csv.ParseError](cause)
	s.end()
	line := s.linesBefore + parseErr.StartLine - 1
	*row = rawRow{
		number: s.at.advance(parseErr.StartLine-1, cells),
		line:   line,
		cells:  cells,
		faults: append(openQuote(line, cells, s.likeRow), insideQuote(cells)),
	}
	return nil
}

// broken is the fault of a record whose quotes do not match, or that is too
// long: where it ends, and so where the next row begins, cannot be known.
func (s *csvSource) broken(err error) *FileError {
	e := s.in.cause(err)
	parseErr, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case err == errLongRow || err == errWideRow:
		e.Row, e.Message = s.at.number+1, err.Error()
	case ok:
		e.Row = s.at.advance(parseErr.StartLine-1, nil)
		e.Message = fmt.Sprintf("a quoted cell is not closed (its row begins in line %d of the file)", s.linesBefore+parseErr.StartLine-1)
		if at := s.quoteWithin(parseErr.Column); at > 0 {
			what := "a quoted cell continues after its closing quote"
			if parseErr.Err == csv.ErrBareQuote {
				what = "there is a quote inside a cell that is not quoted, so it is not clear where the row ends"
			}
			e.Message = fmt.Sprintf("%s (line %d of the file, character %d)", what, s.linesBefore+parseErr.Line-1, at)
		}
	default:
		return e
	}
	e.Hint = "double the quotes within a quoted cell, or save the file again from a spreadsheet"
	return e
}

// quoteWithin is the number of the character, within the line that was read
// last, that is a quote at this byte (from 1); 0 = there is none, since the file
// ended before the quote was closed.
func (s *csvSource) quoteWithin(column int) int {
	text := make([]byte, s.offset()-s.ended)
	if _, err := io.ReadFull(s.section(s.ended), text); err != nil {
		return 0
	}
	text = bytes.TrimSuffix(text, []byte{'\n'})
	line := text[bytes.LastIndexByte(text, '\n')+1:]
	if column > len(line) || line[column-1] != '"' {
		return 0
	}
	return utf8.RuneCount(line[:column])
}

// quotesClose reports whether each quoted cell of a record ends with its closing
// quote. A reader that allows quotes inside cells takes what follows one for more
// of the cell, even if that is the rest of the file.
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
// error when the cell is cut, since its pieces are then under other headers.
func insideQuote(cells []string) fault {
	for i, cell := range cells {
		text := strings.TrimLeft(cell, " \t\u00a0")
		if len(text) == len(cell) || !strings.HasPrefix(text, `"`) {
			continue
		}
		f := fault{
			message:  fmt.Sprintf("there is a space before the quote of cell %d, so it does not quote the cell", i+1),
			hint:     "remove the space between the delimiter and the quote",
			severity: Warning,
		}
		if strings.Count(text, `"`)%2 == 1 {
			f.message += ", and what it should hold together is cut"
			f.severity = Error
		}
		return f
	}
	return fault{message: "there is a quote inside a cell that is not quoted; it is taken literally", severity: Warning}
}
