package ingest

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/gocarina/gocsv"
	"github.com/xuri/excelize/v2"
)

// benchRows is the length of the files that are measured. The budgets are
// ratios on the same file in one run, since machines differ.
const benchRows = 100_000

var benchHeader = []string{"account_id", "account_number", "customer_number", "action", "client_name", "bill_to_client", "start_date", "name"}

func benchRow(i int) []string {
	return []string{
		strconv.Itoa(180_000_000 + i), fmt.Sprintf("X%07d", i), fmt.Sprintf("C%09d", i), "link",
		fmt.Sprintf("Client number %d", i), "yes", "2026-12-01", fmt.Sprintf("Link of client %d", i),
	}
}

// BenchmarkCSV measures reading a roster against gocsv's own pulled loop into a
// struct of its columns. The budget is 1.3. That loop keeps one core busy; ours
// reads ahead on a second one where there is one (-cpu 1 shows it without).
func BenchmarkCSV(b *testing.B) {
	name := filepath.Join(b.TempDir(), "roster.csv")
	file, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	w := csv.NewWriter(file)
	_ = w.Write(benchHeader)
	for i := range benchRows {
		_ = w.Write(benchRow(i))
	}
	w.Flush()
	if err := w.Error(); err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
	compare(b, "gocsv", func() int { return gocsvLoop(b, name) }, name)
}

func gocsvLoop(b *testing.B, name string) (rows int) {
	type row struct {
		AccountID      string `csv:"account_id"`
		AccountNumber  string `csv:"account_number"`
		CustomerNumber string `csv:"customer_number"`
		Action         string `csv:"action"`
		ClientName     string `csv:"client_name"`
		BillToClient   string `csv:"bill_to_client"`
		StartDate      string `csv:"start_date"`
		Name           string `csv:"name"`
	}
	file, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	cr := csv.NewReader(file)
	cr.ReuseRecord = true
	um, err := gocsv.NewUnmarshaller(cr, row{})
	if err != nil {
		b.Fatal(err)
	}
	for {
		v, err := um.Read()
		if err == io.EOF {
			return rows
		}
		if err != nil || v.(row).AccountID == "" {
			b.Fatal(v, err)
		}
		rows++
	}
}

// BenchmarkXLSX measures reading a roster, its checks included, against the row
// loop of excelize alone: with the texts in the cells, as stream writers leave
// them, and in the table of shared strings, as spreadsheet programs do. The
// budget is 0.25.
func BenchmarkXLSX(b *testing.B) {
	for _, inline := range []bool{true, false} {
		b.Run(map[bool]string{true: "inline", false: "shared"}[inline], func(b *testing.B) {
			name := filepath.Join(b.TempDir(), "roster.xlsx")
			f := excelize.NewFile()
			setRow := func(cell string, row []any) error { return f.SetSheetRow("Sheet1", cell, &row) }
			flush := func() error { return nil }
			if inline {
				w, err := f.NewStreamWriter("Sheet1")
				if err != nil {
					b.Fatal(err)
				}
				setRow = func(cell string, row []any) error { return w.SetRow(cell, row) }
				flush = w.Flush
			}
			for i := range benchRows + 1 {
				cells := benchHeader
				if i > 0 {
					cells = benchRow(i)
				}
				row := make([]any, len(cells))
				for j := range cells {
					row[j] = cells[j]
				}
				if i > 0 {
					row[0] = 180_000_000 + i
				}
				if err := setRow("A"+strconv.Itoa(i+1), row); err != nil {
					b.Fatal(err)
				}
			}
			if err := flush(); err != nil {
				b.Fatal(err)
			}
			if err := f.SaveAs(name); err != nil {
				b.Fatal(err)
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
			f = nil
			compare(b, "excelize", func() int { return excelizeLoop(b, name) }, name)
		})
	}
}

func excelizeLoop(b *testing.B, name string) (rows int) {
	f, err := excelize.OpenFile(name, excelize.Options{RawCellValue: true, TmpDir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	r, err := f.Rows("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for r.Next() {
		if cells, err := r.Columns(); err != nil || len(cells) == 0 {
			b.Fatal(cells, err)
		}
		rows++
	}
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
	return rows - 1
}

// turns is how often each side reads the file, at least, for one figure.
const turns = 3

// compare runs the library's loop and ours by turns, and reports the shortest
// time of each and their ratio: whatever else the machine does only adds to a
// time, and may add to one side alone.
func compare(b *testing.B, library string, loop func() int, name string) {
	shortest := func(best time.Duration, what string, loop func() int) time.Duration {
		start := time.Now()
		if n := loop(); n != benchRows {
			b.Fatalf("%s read %d rows", what, n)
		}
		if took := time.Since(start); best == 0 || took < best {
			return took
		}
		return best
	}
	var theirs, ours time.Duration
	for b.Loop() {
		for range turns {
			theirs = shortest(theirs, library, loop)
			ours = shortest(ours, "ingest", func() int { return ingestLoop(b, name) })
		}
	}
	b.ReportMetric(0, "ns/op") // of both sides and all turns: it says nothing
	b.ReportMetric(theirs.Seconds(), library+"-s")
	b.ReportMetric(ours.Seconds(), "ingest-s")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "ratio")
}

func ingestLoop(b *testing.B, name string) (rows int) {
	roster, err := Open(name, nil, Options{TempDir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer roster.Close()
	for row, err := range roster.Rows() {
		if err != nil || len(row.Problems) > 0 {
			b.Fatal(row.Problems, err)
		}
		rows++
	}
	return rows
}
