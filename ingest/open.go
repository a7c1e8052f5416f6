package ingest

import (
	"io"
	"slices"
	"time"
)

// Options say how a roster is to be read. The zero value is the usual way.
type Options struct {
	Sheet string            // the sheet of a workbook; empty = the first visible one with a header that is understood
	Map   map[string]string // their header to our column; an empty column = carry it along
	// Encoding names that of a CSV file which has no mark, as KnownEncoding takes
	// it. Empty = what the file clearly is: UTF-8, UTF-16 or Windows-1252.
	Encoding string
	// SkipHidden leaves out the rows that are hidden in a sheet; they are named in
	// Roster.Skipped.
	SkipHidden bool
	// DateOrder is the order of day, month and year in dates that are not ISO: dmy,
	// mdy or ymd; empty = such dates are refused.
	DateOrder string
	// Now is the clock for the warning of a start in the past; nil = no such warning.
	Now     func() time.Time
	TempDir string // where a private folder for spooled input is made; empty = the system's
}

// Open opens a roster, finds its format by its content, and reads its header.
// The name "-" is stdin, which is spooled to a private file first. A file that
// cannot be used at all (it is missing, empty, has no rows, no identifier
// column, …) is a [*FileError].
func Open(name string, stdin io.Reader, opts Options) (*Roster, error) {
	in, err := openInput(name, stdin, opts.TempDir)
	if err != nil {
		return nil, err
	}
	r := &Roster{File: name, in: in, Digest: in.digest, skipHidden: opts.SkipHidden}
	if err := r.open(opts); err != nil {
		_ = r.Close() // the first error is the one that counts
		return nil, err
	}
	return r, nil
}

// open reads down to the first row, so that a roster without rows is an error before
// anything is asked of the service.
func (r *Roster) open(opts Options) error {
	var err error
	switch {
	case r.in.size == 0:
		return r.in.fault("is empty", "")
	case r.in.starts("PK\x03\x04"), r.in.starts("PK\x05\x06"), r.in.starts("PK\x07\x08"):
		err = r.openXLSX(opts)
	default:
		if foreign := r.in.foreign(); foreign != nil {
			return foreign
		}
		err = r.openCSV(opts)
	}
	if err != nil {
		return err
	}
	if err := r.orderDates(opts.DateOrder); err != nil {
		return err
	}
	if opts.Now != nil {
		r.now = opts.Now()
	}
	r.first, err = r.next()
	if err == io.EOF {
		return r.noRows()
	}
	return err
}

// noRows is the fault of a roster with a header and nothing else to read.
func (r *Roster) noRows() *FileError {
	if slices.ContainsFunc(r.Skipped, func(s Skipped) bool { return s.Reason == exampleRow }) {
		return r.sheetFault("has a header and the template's example row, which is not read, but no other rows", "write one row for each account below the header")
	}
	if slices.ContainsFunc(r.Skipped, func(s Skipped) bool { return s.Reason == hiddenOne }) {
		return r.sheetFault("has a header, but all of its rows are hidden", "show the rows, or leave out --skip-hidden")
	}
	return r.sheetFault("has a header but no rows", "")
}

// sheetFault is a fault of the sheet, or of the file when it has no sheets.
func (r *Roster) sheetFault(message, hint string) *FileError {
	e := r.in.fault(message, hint)
	e.Sheet = r.Sheet
	return e
}
