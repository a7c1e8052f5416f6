package ingest

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linkbatch/internal/sheet"
)

var update = flag.Bool("update", false, "write the golden files of the corpus")

// goldenFolder has one text for each file of the corpus and each way to read
// it: what is read, exactly.
const goldenFolder = "golden"

// ways are the files that are also read with options, as a user would after
// the first message. The name of a way goes into the name of its golden file.
var ways = []struct {
	file, name string
	opts       Options
}{
	{"exceljs/sheets.xlsx", "sheet-spare", Options{Sheet: "Spare"}},
	{"exceljs/sheets.xlsx", "sheet-old", Options{Sheet: "Old"}},
	{"exceljs/sheets.xlsx", "sheet-missing", Options{Sheet: "Old sheet"}},
	{"text/mapped.csv", "map", Options{Map: map[string]string{"Their key": "account_id"}}},
	{"text/misspelt-header.csv", "map", Options{Map: map[string]string{"acount_id": "account_id"}}},
	{"text/header-twice.csv", "map", Options{Map: map[string]string{"Account Id": "account_id"}}},
	{"text/header-twice.csv", "map-unclear", Options{Map: map[string]string{"ACCOUNT-ID": "account_id"}}},
	{"text/shift-jis.csv", "encoding", Options{Encoding: "shift_jis"}},
	{"text/euc-jp.csv", "encoding", Options{Encoding: "euc-jp"}},
	{"text/cp1251.csv", "encoding", Options{Encoding: "windows-1251"}},
	{"text/cp850.csv", "encoding", Options{Encoding: "ibm850"}},
	{"text/iso-8859-15.csv", "encoding", Options{Encoding: "iso-8859-15"}},
	{"text/macintosh.csv", "encoding", Options{Encoding: "macintosh"}},
	{"text/utf8.csv", "encoding", Options{Encoding: "windows-1252"}},
	{"text/utf8-bad-byte.csv", "encoding", Options{Encoding: "utf-8"}},
	{"text/cp1252-hole.csv", "encoding", Options{Encoding: "windows-1252"}},
	{"text/utf-16be.csv", "encoding", Options{Encoding: "utf-16be"}},
	{"text/utf8.csv", "encoding-unknown", Options{Encoding: "klingon"}},
	{"text/dates.csv", "date-order-dmy", Options{DateOrder: "dmy"}},
	{"text/dates.csv", "date-order-mdy", Options{DateOrder: "mdy"}},
	{"text/dates.csv", "date-order-ymd", Options{DateOrder: "ymd"}},
	{"libreoffice/comma-utf8.csv", "date-order-dmy", Options{DateOrder: "dmy"}},
	{"openpyxl/hidden.xlsx", "skip-hidden", Options{SkipHidden: true}},
	{"libreoffice/filtered-second-sheet.xlsx", "skip-hidden", Options{SkipHidden: true}},
	{"bent/all-rows-hidden.xlsx", "skip-hidden", Options{SkipHidden: true}},
	{"exceljs/layout.xlsx", "skip-hidden", Options{SkipHidden: true}},
	{"misread/slip-in-header.csv", "map", Options{Map: map[string]string{"Actoin": "action"}}},
	{"misread/slip-in-header.csv", "carry", Options{Map: map[string]string{"Actoin": ""}}},
	{"bent/very-hidden-sheet.xlsx", "sheet", Options{Sheet: "Clients"}},
}

// Every file of the corpus gives exactly the rows, or exactly the message, that
// its golden file holds, within seconds. Of what is read, header, rows and
// skipped rows are all rows of the file.
func TestCorpus(t *testing.T) {
	golden, err := filepath.Abs(filepath.Join("testdata", goldenFolder))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("testdata")
	files := corpusFiles(t)
	if len(files) < 60 {
		t.Errorf("the corpus has %d files", len(files))
	}
	used := make(map[string]bool)
	check := func(file, way string, opts Options) {
		name := filepath.Join(golden, filepath.FromSlash(file)+way+".txt")
		used[name] = true
		t.Run(file+way, func(t *testing.T) {
			opts.TempDir = t.TempDir()
			opts.Now = func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }
			start := time.Now()
			got := describe(t, file, opts)
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			compareGolden(t, name, got)
		})
	}
	for _, file := range files {
		check(file, "", Options{})
	}
	for _, w := range ways {
		check(w.file, "."+w.name, w.opts)
	}
	noOtherGolden(t, golden, used)
}

// corpusFiles are the files below the folders of testdata: all but the golden
// files, the scripts that made the corpus, and the seeds of fuzzers.
func corpusFiles(t *testing.T) (files []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		switch top, _, _ := strings.Cut(name, "/"); {
		case err != nil:
			return err
		case slices.Contains([]string{goldenFolder, "make", "fuzz"}, top):
			return fs.SkipDir
		case !d.IsDir() && path.Dir(name) != ".":
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		err := os.MkdirAll(filepath.Dir(name), 0o755)
		if err == nil {
			err = os.WriteFile(name, []byte(got), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Error(diff)
	}
}

// noOtherGolden demands that each golden file belongs to a file of the corpus.
func noOtherGolden(t *testing.T, golden string, used map[string]bool) {
	t.Helper()
	err := filepath.WalkDir(golden, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || used[name] {
			return err
		}
		if *update {
			return os.Remove(name)
		}
		t.Errorf("%s is the golden file of nothing", name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// describe reads a roster to its end and says all that came of it.
func describe(t *testing.T, file string, opts Options) string {
	t.Helper()
	var b strings.Builder
	roster, err := Open(file, nil, opts)
	if err != nil {
		describeError(t, &b, err)
		return b.String()
	}
	defer roster.Close()
	fmt.Fprintf(&b, "format %s, encoding %s, delimiter %q, sheet %q, header in row %d\n", roster.Format, roster.Encoding, roster.Delimiter, roster.Sheet, roster.HeaderRow)
	for i, h := range roster.Header {
		fmt.Fprintf(&b, "  %s %q = %s\n", sheet.Letters(i), h, roster.Columns[i])
	}
	numbers := []int{roster.HeaderRow}
	for row, rowErr := range roster.Rows() {
		if err = rowErr; err == nil {
			numbers = append(numbers, row.Number)
			describeRow(&b, &row)
		}
	}
	if err != nil {
		describeError(t, &b, err)
		return b.String()
	}
	describeProblems(&b, roster.Problems)
	describeSkipped(&b, roster.Skipped)
	checkNumbers(t, numbers, roster.Skipped, len(numbers)+roster.SkippedRows)
	return b.String()
}

func describeError(t *testing.T, b *strings.Builder, err error) {
	t.Helper()
	fault, ok := errors.AsType[*FileError](err)
	if !ok {
		t.Fatalf("the error is a %T: %v", err, err)
	}
	fmt.Fprintf(b, "ERROR %v\n  hint: %s\n", fault, fault.Hint)
}

// describeRow writes what the row was understood to say, and then its cells as
// they were read.
func describeRow(b *strings.Builder, row *Row) {
	fmt.Fprintf(b, "row %d:", row.Number)
	say := func(name string, value any, blank bool) {
		if !blank {
			fmt.Fprintf(b, " %s=%v", name, value)
		}
	}
	flag := func(name string, value *bool) {
		if value != nil {
			say(name, *value, false)
		}
	}
	say("account_id", row.AccountID, row.AccountID == 0)
	say("account_number", row.AccountNumber, row.AccountNumber == "")
	say("customer_number", row.CustomerNumber, row.CustomerNumber == "")
	say("managing_customer_id", row.ManagingCustomerID, row.ManagingCustomerID == 0)
	say("action", row.Action, row.Action == "")
	say("client_name", fmt.Sprintf("%q", row.ClientName), row.ClientName == "")
	say("type", row.Type, row.Type == "")
	say("permission", row.Permission, row.Permission == "")
	flag("bill_to_client", row.BillToClient)
	say("start_date", row.StartDate, row.StartDate.IsZero())
	say("end_date", row.EndDate, row.EndDate.IsZero())
	say("reference", fmt.Sprintf("%q", row.Reference), row.Reference == "")
	say("name", fmt.Sprintf("%q", row.Name), row.Name == "")
	say("note", fmt.Sprintf("%q", row.Note), row.Note == "")
	flag("suppress_notification", row.SuppressNotification)
	say("client_profile", row.ClientProfile, row.ClientProfile == "")
	fmt.Fprintf(b, "\n  cells %q\n", row.Cells)
	describeProblems(b, row.Problems)
}

func describeProblems(b *strings.Builder, problems []Problem) {
	for _, p := range problems {
		fmt.Fprintf(b, "  %s %v\n", strings.ToUpper(string(p.Severity)), p)
		if p.Hint != "" {
			fmt.Fprintf(b, "    hint: %s\n", p.Hint)
		}
	}
}

// describeSkipped writes a run of rows that were skipped alike as one line.
func describeSkipped(b *strings.Builder, skipped []Skipped) {
	skipped = expanded(skipped)
	for i := 0; i < len(skipped); {
		n := 1
		for i+n < len(skipped) && skipped[i+n].Row == skipped[i].Row+n && skipped[i+n].Reason == skipped[i].Reason {
			n++
		}
		if n == 1 {
			fmt.Fprintf(b, "skipped row %d: %s\n", skipped[i].Row, skipped[i].Reason)
		} else {
			fmt.Fprintf(b, "skipped rows %d to %d: %s\n", skipped[i].Row, skipped[i].Row+n-1, skipped[i].Reason)
		}
		i += n
	}
}
