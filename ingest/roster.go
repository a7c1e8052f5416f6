package ingest

import (
	"errors"
	"io"
	"iter"
	"strings"
	"time"

	"linkbatch/internal/sheet"
)

// Roster is an open roster file whose header is read and whose rows are still
// to come. It is not safe for concurrent use.
type Roster struct {
	File      string   // the name it was opened by; "-" is standard input
	Format    string   // csv or xlsx
	Encoding  string   // utf-8, utf-8-bom, utf-16le, utf-16be, windows-1252, or as asked for; of a workbook always utf-8
	Delimiter string   // between the cells of a CSV file; empty for a workbook
	Sheet     string   // the sheet that is read; empty for a CSV file
	HeaderRow int      // the header's row number as a person sees it
	Header    []string // the roster's own columns, as written and in place
	Columns   []string // for each header the column that it is (account_id, …); empty = carried along
	Digest    string   // "sha256:<hex>" of the file's bytes

	// Skipped lists the rows of the file that are not rows of the roster. It is
	// complete when Rows is exhausted. A long run of blank rows is a single entry,
	// its first row; SkippedRows is how many rows all entries stand for.
	Skipped     []Skipped
	SkippedRows int
	// Protected lists the accounts in skipped rows, so that nothing is concluded
	// from their absence. It is complete when Rows is exhausted.
	Protected []Protected
	// Problems are those of the file as a whole; none stops it from being read.
	Problems []Problem

	in     *input
	src    source
	fields []field
	yesno  []field                // those of fields that are answered by yes or no
	typeAt int                    // index of the type column in Header; -1 = none
	width  int                    // of the table: up to its last header
	gaps   bool                   // some columns of it have no header
	begins int                    // the first column with a header
	reopen func() (source, error) // reads the rows again, from the first on
	known  map[int]columnFacts    // of the columns that were asked about
	titles []sheet.Merge          // blocks of the header
	ahead  []pulled               // what src has returned already
	first  *rawRow                // the first row, which Open has looked at
	last   int                    // number of the last row that src returned
	blanks blankRun
	read   bool

	recalculated bool // the workbook asks to be calculated when it is opened

	skipHidden bool
	now        time.Time // of the run; zero = unknown
}

// source gives the rows of a file as they are in it, blank ones too. A row is good
// until the next one is asked for, its cells for ever. At the end the error is
// io.EOF, and the row has the number of the file's last one.
type source interface {
	next() (*rawRow, error)
}

// rawRow is a row whose cells are not understood yet.
type rawRow struct {
	number   int
	line     int // of a text file, in which the row begins, if it may have more; 0 = it has one
	cells    []string
	kinds    []kind        // nil when all cells are text
	hidden   bool          // in its sheet
	filtered bool          // its sheet, in which a filter hides rows
	merges   []sheet.Merge // that cover cells of the row; good until the next row
	altered  []int         // the cells that show other digits than they contain
	looks    []look        // of the cells that are not plain
	faults   []fault       // found by the source itself
}

// size is about how much memory the cells take, in bytes.
func (r *rawRow) size() (n int) {
	for _, cell := range r.cells {
		n += cellSize + len(cell)
	}
	return n
}

// kind is what cell i contains.
func (r *rawRow) kind(i int) kind {
	if i < len(r.kinds) {
		return r.kinds[i]
	}
	return textCell
}

// blank reports whether a person sees nothing in the row. A formula without a value
// is something.
func (r *rawRow) blank() bool {
	for i, c := range r.cells {
		if r.kind(i) == formulaCell || strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// stops reports whether the source found an error in the row, by which it may be
// more than one.
func (r *rawRow) stops() bool {
	for i := range r.faults {
		if r.faults[i].stops() {
			return true
		}
	}
	return false
}

// Rows gives the rows of the roster in order, each with all of its problems. An
// error (a [*FileError]) is given once and ends it: the file could not be read
// to its end, so nothing of it may be acted upon. Rows can be ranged over once.
func (r *Roster) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		if r.read {
			yield(Row{}, r.in.fault("its rows were read already", ""))
			return
		}
		r.read = true
		raw, err := r.first, error(nil)
		r.first = nil
		row := new(Row)
		for ; err == nil; raw, err = r.next() {
			r.fill(row, raw)
			if !yield(*row, nil) {
				return
			}
		}
		if err != io.EOF {
			yield(Row{}, err)
		}
	}
}

// Close releases the file and removes what was kept of it. It also ends the
// goroutine that reads ahead, so every roster must be closed.
func (r *Roster) Close() error {
	var err error
	if c, ok := r.src.(io.Closer); ok {
		err = c.Close()
	}
	return errors.Join(err, r.in.Close())
}

// next is the next row of the roster, good until the one after it. The others are
// kept in Skipped, also those that the file leaves out between two rows.
func (r *Roster) next() (*rawRow, error) {
	for {
		raw, err := r.pull()
		if err != nil && err != io.EOF {
			return nil, err
		}
		for n := r.last + 1; n < raw.number; n++ {
			r.skipRow(n, blankRow)
		}
		unread := raw.number > r.last
		r.last = max(r.last, raw.number)
		if err == io.EOF {
			if unread {
				r.skipRow(raw.number, blankRow)
			}
			r.endBlanks()
			return nil, err
		}
		if raw.line > 0 && !raw.stops() {
			raw.faults = append(raw.faults, openQuote(raw.line, raw.cells, r.likeRow)...)
		}
		skip, err := r.skip(raw)
		if err != nil || !skip {
			r.endBlanks()
			return raw, err
		}
	}
}

// pull is what src returns next.
func (r *Roster) pull() (*rawRow, error) {
	if len(r.ahead) > 0 {
		p := r.ahead[0]
		r.ahead = r.ahead[1:]
		return &p.raw, p.err
	}
	return r.src.next()
}
