package ingest

import (
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"
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

	// Skipped names the rows of the file that are no rows of the roster. It is
	// complete when Rows is exhausted. A long run of blank rows is one of them,
	// its first; SkippedRows is how many rows they stand for.
	Skipped     []Skipped
	SkippedRows int
	// Protected names the accounts that stand in skipped rows, so that nothing is
	// concluded from their absence. It is complete when Rows is exhausted.
	Protected []Protected
	// Problems are those of the file as a whole; none stops it from being read.
	Problems []Problem

	in     *input
	src    source
	fields []field
	typeAt int           // index of the type column in Header; -1 = none
	titles []sheet.Merge // blocks of the header
	ahead  []pulled      // what src gave already
	first  rawRow
	last   int // number of the last row that src gave
	blanks blankRun
	read   bool

	skipHidden bool
	now        time.Time // of the run; zero = unknown
}

// source gives the rows of a file as they stand there, blank ones too. At the
// end it returns io.EOF, with the number of the file's last row.
type source interface {
	next() (rawRow, error)
}

// rawRow is a row whose cells are not understood yet.
type rawRow struct {
	number   int
	cells    []string
	kinds    []kind        // nil when all cells are text
	hidden   bool          // in its sheet
	filtered bool          // its sheet, in which a filter hides rows
	merges   []sheet.Merge // that cover cells of the row; good until the next row
	altered  []int         // the cells that show other digits than they hold
	faults   []fault       // what the source itself found to say
}

// size is about how much memory the cells take, in bytes.
func (r rawRow) size() (n int) {
	for _, cell := range r.cells {
		n += cellSize + len(cell)
	}
	return n
}

// kind is what cell i holds.
func (r *rawRow) kind(i int) kind {
	if i < len(r.kinds) {
		return r.kinds[i]
	}
	return textCell
}

func (r *rawRow) blank() bool {
	for i, c := range r.cells {
		if r.kind(i) == formulaCell || strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
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
		r.first = rawRow{}
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
// goroutine that reads the file ahead, so every roster must be closed.
func (r *Roster) Close() error {
	var err error
	if c, ok := r.src.(io.Closer); ok {
		err = c.Close()
	}
	return errors.Join(err, r.in.Close())
}

// next is the next row of the roster. The others are kept in Skipped, those too
// that the file leaves out between two rows.
func (r *Roster) next() (rawRow, error) {
	for {
		raw, err := r.pull()
		if err != nil && err != io.EOF {
			return rawRow{}, err
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
			return raw, err
		}
		skip, err := r.skip(&raw)
		if err != nil || !skip {
			r.endBlanks()
			return raw, err
		}
	}
}

// pull is what src gives next.
func (r *Roster) pull() (rawRow, error) {
	if len(r.ahead) == 0 {
		return r.src.next()
	}
	p := r.ahead[0]
	r.ahead = r.ahead[1:]
	return p.raw, p.err
}

// fill reads the cells of a row into row, whatever that held before. Every cell
// is read, whatever the others hold.
func (r *Roster) fill(row *Row, raw rawRow) {
	*row = Row{Sheet: r.Sheet, Number: raw.number}
	all := raw.cells
	if missing := len(r.Header) - len(all); missing > 0 {
		all = append(all, make([]string, missing)...)
	}
	row.Cells = all[:len(r.Header):len(r.Header)]
	if raw.hidden {
		f := hiddenRow
		if raw.filtered {
			f = filteredRow
		}
		row.Problems = append(row.Problems, f.problem(r.place(raw.number, -1), raw.number, "", ""))
	}
	for i := range raw.faults {
		row.Problems = append(row.Problems, raw.faults[i].problem(r.place(raw.number, -1), raw.number, "", ""))
	}
	if r.typeAt >= 0 {
		// The length of an account number depends on it. Its fault is kept below,
		// in its turn.
		_ = setType(row, cell{strings.TrimSpace(all[r.typeAt]), raw.kind(r.typeAt)})
	}
	for _, field := range r.fields {
		c := cell{strings.TrimSpace(all[field.index]), raw.kind(field.index)}
		f := c.bad()
		if f == nil && c.text != "" {
			f = field.set(row, c)
		}
		if f != nil {
			row.Problems = append(row.Problems, f.problem(r.place(raw.number, field.index), raw.number, field.name, c.text))
		}
	}
	r.shownOtherwise(row, &raw)
	r.merged(row, &raw)
	r.unheaded(row)
	r.outside(row, all)
	r.leftMarked(row)
	r.unmarked(row)
	r.rules(row)
	r.likeTotal(row)
}

// rules checks what the cells of a row say together.
func (r *Roster) rules(row *Row) {
	faulty := func(column string) bool {
		return slices.ContainsFunc(row.Problems, func(p Problem) bool { return p.Column == column })
	}
	add := func(column, value string, f fault) {
		at := slices.Index(r.Columns, column)
		row.Problems = append(row.Problems, f.problem(r.place(row.Number, at), row.Number, column, value))
	}
	if row.Action == "" || row.Action == Link || row.Action == Add {
		if f := r.past(row.StartDate); f != nil {
			add("start_date", strings.TrimSpace(row.Cells[slices.Index(r.Columns, "start_date")]), *f)
		}
	}
	if row.AccountID == 0 && row.AccountNumber == "" && !faulty("account_id") && !faulty("account_number") {
		add("", "", fault{message: "neither account_id nor account_number is filled in", hint: "write at least one of the two"})
	}
	switch row.Type {
	case unknownType:
		row.Type = ""
	case customerLink:
		adds := row.Action == "" || row.Action == Link || row.Action == Add
		if adds && row.AccountID != 0 && row.AccountNumber == "" && !faulty("account_number") {
			add("account_number", "", fault{message: "is missing; the service asks for the number when it adds a customer link", hint: "write the 10 letters and digits of the client's manager account"})
		}
		if row.BillToClient != nil {
			add("bill_to_client", strconv.FormatBool(*row.BillToClient), fault{message: "is not used for a customer link", severity: Warning})
		}
		if row.CustomerNumber != "" {
			add("customer_number", row.CustomerNumber, fault{message: "is not used for a customer link", hint: "the number of the client's manager account goes into account_number", severity: Warning})
		}
	default:
		if row.Permission != "" {
			add("permission", row.Permission, fault{message: "is only for customer links", hint: "empty the cell, or write CustomerLink as the type"})
		}
	}
}

// Place names a row as the messages of its problems do, for those who have
// more to say about it.
func (r *Roster) Place(row int) string { return r.place(row, -1) }

// CellPlace names the cell of a row under one of our columns (account_id, …), or
// the row when the roster has no such column. In a CSV file both are the row.
func (r *Roster) CellPlace(row int, column string) string {
	return r.place(row, slices.Index(r.Columns, column))
}

// place names cell i of a row as messages do; i < 0 is the row as a whole.
func (r *Roster) place(number, i int) string {
	row := strconv.Itoa(number)
	switch {
	case r.Sheet == "":
		return r.in.label + ":" + row
	case i < 0:
		return sheetPlace(r.in.label, r.Sheet, row)
	}
	return sheetPlace(r.in.label, r.Sheet, sheet.Letters(i)+row)
}
