package ingest

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"linkbatch/internal/sheet"
)

// reading is what a reader made of a worksheet: the raw values of its cells, and
// those in one style as they are shown. Blanks are left out.
type reading struct {
	cells, dates map[at]string
	hidden       map[int]bool // whether a row is, if it was read
	last         int          // the last row that was read
	err          error        // why it was not read to its end
}

// at is a cell: row from 1, column from 0.
type at struct{ row, column int }

func newReading() *reading {
	return &reading{cells: map[at]string{}, dates: map[at]string{}, hidden: map[int]bool{}}
}

// bookReading is what a reader made of a workbook.
type bookReading struct {
	sheets   map[string]*reading
	list     []string // the names of the sheets, the hidden ones with a mark
	date1904 bool
}

// readByScanner reads a workbook by package sheet, as a roster is read. Numbers in
// dateStyle are read as dates too.
func readByScanner(content []byte, dateStyle int) (*bookReading, error) {
	zr, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	b, err := sheet.Open(zr)
	if err != nil {
		return nil, err
	}
	read := &bookReading{sheets: map[string]*reading{}, date1904: b.Date1904}
	for _, w := range b.Sheets {
		read.list = append(read.list, listed(w.Name, w.Visible))
		rows, err := b.Rows(w)
		if err != nil {
			return nil, err
		}
		read.sheets[w.Name] = scan(&xlsxSource{book: &workbook{Book: b}, rows: rows}, dateStyle)
	}
	return read, nil
}

func listed(name string, visible bool) string {
	if visible {
		return name
	}
	return name + " (hidden)"
}

func scan(src *xlsxSource, dateStyle int) *reading {
	read := newReading()
	for {
		row, err := src.rows.Next()
		if err == io.EOF {
			return read
		}
		if err != nil {
			read.err = err
			return read
		}
		read.last = row.Number
		read.hidden[row.Number] = row.Hidden
		for i := range row.Cells {
			c, place := &row.Cells[i], at{row.Number, row.Cells[i].Column}
			if c.Value != "" {
				read.cells[place] = c.Value
			}
			if text, kind := src.cell(c); kind == dateCell && c.Type == sheet.Number && c.Style == dateStyle {
				read.dates[place] = text
			}
		}
	}
}

// readByExcelize reads the same sheets of a workbook by the library, each as far
// as it was read before, and a row further.
func readByExcelize(content []byte, before *bookReading) (read *bookReading, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("excelize panics: %v", v)
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	read = &bookReading{sheets: map[string]*reading{}}
	if f.WorkBook.WorkbookPr != nil {
		read.date1904 = f.WorkBook.WorkbookPr.Date1904
	}
	for i, name := range f.GetSheetList() {
		read.list = append(read.list, listed(name, slices.Contains([]string{"", "visible"}, f.WorkBook.Sheets.Sheet[i].State)))
		if before.sheets[name] == nil {
			continue
		}
		last, r := before.sheets[name].last+1, newReading()
		for _, pass := range []struct {
			cells map[at]string
			opts  []excelize.Options
		}{{r.cells, nil}, {r.dates, []excelize.Options{{}}}} {
			rows, err := f.Rows(name)
			if err != nil {
				return nil, err
			}
			r.rows(rows, last, pass.cells, pass.opts...)
		}
		read.sheets[name] = r
	}
	return read, nil
}

// rows reads the rows of a sheet into cells, up to the last one asked for.
func (r *reading) rows(rows *excelize.Rows, last int, cells map[at]string, opts ...excelize.Options) {
	for number := 1; number <= last && rows.Next(); number++ {
		r.hidden[number] = rows.GetRowOpts().Hidden
		texts, err := rows.Columns(opts...)
		for i, text := range texts {
			if text != "" {
				cells[at{number, i}] = text
			}
		}
		r.err = cmp.Or(r.err, err)
	}
	r.err = errors.Join(r.err, rows.Error(), rows.Close())
}

// difference is a cell that the two read otherwise.
type difference struct {
	at
	ours, theirs string // empty = blank
	shown        bool   // a date as it is shown, not a raw value
	foreign      bool   // its sheet has elements or attributes that are not its own
}

// differences are the cells on which two readings differ, as far as ours goes. Of
// a sheet that is refused the last row is left out: in excelize it goes on into
// what is refused.
func differences(ours, theirs *reading) (all []difference) {
	add := func(c at, a, b string, shown bool) {
		if a != b && (ours.err == nil || c.row < ours.last) {
			all = append(all, difference{at: c, ours: a, theirs: b, shown: shown})
		}
	}
	for c, text := range ours.cells {
		add(c, text, theirs.cells[c], false)
	}
	for c, text := range theirs.cells {
		if ours.cells[c] == "" {
			add(c, "", text, false)
		}
	}
	for c, text := range ours.dates {
		add(c, text, strings.Replace(strings.TrimSuffix(theirs.dates[c], " 00:00:00"), " ", "T", 1), true)
	}
	slices.SortFunc(all, func(a, b difference) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column))
	})
	return all
}

// knownCase is a cell that the two may read otherwise.
type knownCase struct {
	why string
	is  func(difference) bool
}

var odd = regexp.MustCompile(`_x[0-9A-Za-z]{4}_|\x{FFFD}`)

// knownCases are the cells that the two read otherwise, and why ours is right.
var knownCases = []knownCase{
	{"excelize drops what looks like the escape of a character and is not one: _xD800_, _xZZZZ_", func(d difference) bool {
		return odd.MatchString(d.ours) && odd.ReplaceAllString(d.ours, "") == odd.ReplaceAllString(d.theirs, "")
	}},
	{"excelize shows the number 0 as in the 1900 date system, in which it is not a day", func(d difference) bool {
		return d.shown && strings.HasPrefix(d.ours, "1904-01-01") && strings.HasPrefix(d.theirs, "1900-01-00")
	}},
	{"excelize takes a v in the extension of a cell (extLst) for its value, and x:r for its reference", func(d difference) bool { return d.foreign }},
}

// knownFailures are in the errors of excelize on what the scanner reads, and say
// why it does.
var knownFailures = []struct{ why, contains string }{
	{"the scanner knows elements by their names, as in strict OOXML they are in other namespaces", "in name space"},
	{"likewise, of the attribute that points to a sheet", "does not exist"},
	{"a sheet may have a name that no spreadsheet program would give it", "sheet name"},
	{"an attribute that changes no value, such as the size of a font, may be anything", "strconv."},
}

func isKnownFailure(err error) bool {
	for _, k := range knownFailures {
		if strings.Contains(err.Error(), k.contains) {
			return true
		}
	}
	return false
}

// judge reads a workbook by both readers and compares what they made of it.
// Whatever differs without a known reason is an error. It returns why the scanner
// refuses the workbook or one of its sheets, if it does. foreign is whether its
// sheets have elements or attributes that are not their own.
func judge(t *testing.T, content []byte, dateStyle int, foreign bool) error {
	t.Helper()
	ours, err := readByScanner(content, dateStyle)
	if err != nil {
		return err
	}
	for _, read := range ours.sheets {
		err = cmp.Or(err, read.err)
	}
	theirs, theirErr := readByExcelize(content, ours)
	if theirErr != nil {
		if err == nil && !isKnownFailure(theirErr) {
			t.Errorf("excelize alone refuses it: %v", theirErr)
		}
		return err
	}
	if diff := gocmp.Diff(theirs.list, ours.list); diff != "" {
		t.Errorf("the list of sheets: %s", diff)
	}
	if ours.date1904 != theirs.date1904 {
		t.Errorf("dates count from 1904: %t, to excelize %t", ours.date1904, theirs.date1904)
	}
	for name, read := range ours.sheets {
		judgeSheet(t, name, read, theirs.sheets[name], foreign)
	}
	return err
}

// judgeSheet compares what the two readers made of a sheet.
func judgeSheet(t *testing.T, name string, ours, theirs *reading, foreign bool) {
	t.Helper()
	if theirs.err != nil {
		if ours.err == nil && !isKnownFailure(theirs.err) {
			t.Errorf("%s: excelize alone refuses it: %v", name, theirs.err)
		}
		return
	}
	for row, hidden := range ours.hidden { // a height of 0 hides to us alone
		if !hidden && row < ours.last && theirs.hidden[row] {
			t.Errorf("%s: row %d is hidden, but only to excelize", name, row)
		}
	}
	for _, d := range differences(ours, theirs) {
		d.foreign = foreign
		if !slices.ContainsFunc(knownCases, func(k knownCase) bool { return k.is(d) }) {
			t.Errorf("%s!%s%d: read as %q, by excelize as %q (shown: %t)", name, sheet.Letters(d.column), d.row, d.ours, d.theirs, d.shown)
		}
	}
}

// refusals begin the errors of workbooks that are damaged, or whose rows or cells
// are out of order, by what excelize makes of them. No whole workbook is refused.
var refusals = map[string][]string{
	"excelize ends the sheet or the table there, without an error": {
		"contains ", "closes ", "the part ends before", "nests its elements", "is written in", "its shared strings cannot be read",
	},
	"excelize reads them where it likes, or not at all": {
		"a row has the number", "row ", "the row appears twice", "a sheet ends at", "there is an element", "there is a row outside", "there is a text", "the sheet has ", "a cell has the invalid attribute",
	},
	"excelize takes another value, or none": {"cell "},
	"excelize guesses":                      {"its part", "it has no", "does not say"},
}

func isKnownRefusal(err error) bool {
	for _, all := range refusals {
		if slices.ContainsFunc(all, func(begins string) bool { return strings.HasPrefix(err.Error(), begins) }) {
			return true
		}
	}
	return false
}

// Both find the same merged cells.
func TestMergesAgainstExcelize(t *testing.T) {
	for seed := range uint64(100) {
		parts, messy := makeBook(seed)
		if messy {
			continue
		}
		content := packBook(t, parts)
		zr, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		must(t, err)
		book, err := sheet.Open(zr)
		must(t, err)
		merges, err := book.Merges(book.Sheets[0])
		must(t, err)
		var ours, theirs []string
		for row := range 10 {
			blocks, err := merges.Over(row)
			must(t, err)
			for _, b := range blocks {
				if b.FirstRow == row {
					ours = append(ours, b.String())
				}
			}
		}
		f, err := excelize.OpenReader(bytes.NewReader(content))
		must(t, err)
		blocks, err := f.GetMergeCells(book.Sheets[0].Name, true)
		must(t, err, f.Close())
		for _, b := range blocks {
			theirs = append(theirs, b.GetStartAxis()+":"+b.GetEndAxis())
		}
		if diff := gocmp.Diff(theirs, ours); diff != "" {
			t.Errorf("%s\nof %s", diff, parts[madeSheet])
		}
	}
}

// FuzzScannerAgainstExcelize: of a workbook that is made up, and then damaged, both
// read the same cells, or the difference is a known one. What is whole and in order
// is read.
func FuzzScannerAgainstExcelize(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed, []byte(nil))
		r := rand.New(rand.NewPCG(seed, 2))
		how := make([]byte, 4*(1+r.IntN(3)))
		for i := range how {
			how[i] = byte(r.Uint32())
		}
		f.Add(seed, how)
	}
	f.Fuzz(func(t *testing.T, seed uint64, how []byte) {
		parts, messy := makeBook(seed)
		damage(parts, how)
		foreign := strings.Contains(parts[madeSheet], "extLst") || strings.Contains(parts[madeSheet], "x:r=")
		dateStyle := dateTime
		if parts[madeStyles] != madeFormats {
			dateStyle = -1 // it shows something else
		}
		err := judge(t, packBook(t, parts), dateStyle, foreign)
		if err != nil && len(how) < 4 && !messy {
			t.Errorf("a whole workbook is refused: %v", err)
		}
		if err != nil && !isKnownRefusal(err) {
			t.Errorf("is refused for a reason that is not known: %v", err)
		}
		if t.Failed() {
			t.Logf("the parts are %q", parts)
		}
	})
}

// Every workbook of the corpus has the same cells to both.
func TestCorpusIsReadByBoth(t *testing.T) {
	t.Chdir("testdata")
	read := 0
	for _, file := range corpusFiles(t) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if ext := path.Ext(file); ext != ".xlsx" && ext != ".xlsm" || !bytes.HasPrefix(content, []byte("PK")) {
			continue // some are only named so
		}
		t.Run(file, func(t *testing.T) {
			err := judge(t, content, -1, false)
			if err == nil {
				read++
			} else if path.Dir(file) != "bent" {
				t.Errorf("is refused: %v", err)
			}
		})
	}
	if read < 60 {
		t.Errorf("%d workbooks were read by both", read)
	}
}
