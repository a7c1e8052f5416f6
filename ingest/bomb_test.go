package ingest

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
)

// bombBytes is what each bomb unpacks to: more than a row may hold, and less than
// is refused by its ratio alone, so that the readers themselves are put to the test.
const bombBytes = 20 << 20

// A workbook that unpacks to much more than its size is refused, or read, within
// seconds and a bounded memory, wherever the bulk of it is.
func TestBombs(t *testing.T) {
	inSheet := func(before, unit, after string) map[string][]string {
		return map[string][]string{"xl/worksheets/sheet1.xml": {before, unit, after}, "xl/sharedStrings.xml": {twoStrings, "", ""}}
	}
	sheet, closing, _ := strings.Cut(sheetOf(goodRow2), "</sheetData>")
	closing = "</sheetData>" + closing
	cell := sheet + `<row r="3"><c r="A3" t="inlineStr"><is>`
	strings1, strings2, _ := strings.Cut(twoStrings, "</sst>")
	strings2 = "</sst>" + strings2
	bulk := strings.Repeat("a", 32_000)
	tests := []struct {
		name  string
		parts map[string][]string // before, a text that is repeated, after
		want  string              // the error; empty = read
	}{
		{"spaces between rows", inSheet(sheet, strings.Repeat(" ", 1<<16), closing), "Clients!3: cannot be read exactly: contains an absurdly long text or tag"},
		{"comment between rows", inSheet(sheet+"<!--", bulk, "-->"+closing), "Clients!3: cannot be read exactly: contains an absurdly long text or tag"},
		{"comments between rows", inSheet(sheet, "<!--"+bulk+"-->", closing), ""},
		{"runs of one cell", inSheet(cell, "<r><t>"+bulk+"</t></r>", "</is></c></row>"+closing), "Clients!3: cannot be read exactly: cell A3: contains an absurdly long text or tag"},
		{"texts of one cell", inSheet(sheet+`<row r="3"><c r="A3" t="str"><v>`, bulk+"<!-- -->", "</v></c></row>"+closing), "Clients!3: cannot be read exactly: cell A3: contains an absurdly long text or tag"},
		{"cells of one row", inSheet(sheet+`<row r="3">`, `<c t="str"><v>`+bulk+"</v></c>", "</row>"+closing), "Clients!3: cannot be read exactly: cell TE3: contains an absurdly long text or tag"},
		{"an attribute", inSheet(sheet+`<row r="3" spans="`, bulk, `"/>`+closing), "Clients!3: cannot be read exactly: contains an absurdly long text or tag"},
		{"elements within one another", inSheet(sheet+`<row r="3"><extLst>`, "<ext>", closing), "Clients!3: cannot be read exactly: nests its elements more than 256 deep"},
		{"merged cells", inSheet(sheet+"</sheetData><mergeCells>", `<mergeCell ref="A1:B2"/>`, "</mergeCells></worksheet>"), "Clients!1: cannot be read exactly: is covered by more merged cells than a table can have"},
		{"columns", inSheet(`<worksheet`+spreadsheet+`><cols>`, `<col min="1" max="2" hidden="1"/>`, "</cols>"+strings.TrimPrefix(sheetOf(goodRow2), `<worksheet`+spreadsheet+`>`)), "Clients!1: cannot be read exactly: the sheet hides more columns than it has"},
		{"long shared strings", map[string][]string{"xl/worksheets/sheet1.xml": {sheetOf(goodRow2), "", ""}, "xl/sharedStrings.xml": {strings1, "<si><t>" + bulk + "</t></si>", strings2}}, ""},
		{"empty shared strings", map[string][]string{"xl/worksheets/sheet1.xml": {sheetOf(goodRow2), "", ""}, "xl/sharedStrings.xml": {strings1, strings.Repeat("<si/>", 1000), strings2}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := bomb(t, test.parts)
			start := time.Now()
			var err error
			used := heapPeak(func() { err = readRoster(name, Options{TempDir: t.TempDir()}) })
			took := time.Since(start)
			t.Logf("%v, %d MB", took.Round(time.Millisecond), used>>20)
			if took > 30*time.Second {
				t.Errorf("took %v", took)
			}
			if used > 300<<20 {
				t.Errorf("used %d MB", used>>20)
			}
			fault, _ := errors.AsType[*FileError](err)
			if got := ""; err != nil && fault != nil && test.want != "" {
				if got = strings.TrimPrefix(fault.Error(), name+": "); got != test.want {
					t.Errorf("got  %s\nwant %s", got, test.want)
				}
			} else if err != nil || test.want != "" {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// bomb makes a workbook with these parts, whose middle text is repeated until
// they unpack to bombBytes.
func bomb(t *testing.T, parts map[string][]string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	file, err := os.Create("bomb.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(file)
	put := func(name, before, unit, after string) {
		f, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(f, before)
		}
		for n := 0; unit != "" && n < bombBytes-len(before)-len(after)-len(unit) && err == nil; n += len(unit) {
			_, err = io.WriteString(f, unit)
		}
		if err == nil {
			_, err = io.WriteString(f, after)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put("[Content_Types].xml", contentTypes, "", "")
	put("_rels/.rels", rootRels, "", "")
	put("xl/workbook.xml", bookPart, "", "")
	put("xl/_rels/workbook.xml.rels", bookRels, "", "")
	for name, p := range parts {
		put(name, p[0], p[1], p[2])
	}
	if err := errors.Join(w.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return file.Name()
}

// readRoster reads a roster to its end.
func readRoster(name string, opts Options) error {
	roster, err := Open(name, nil, opts)
	if err != nil {
		return err
	}
	for _, err = range roster.Rows() {
		if err != nil {
			break
		}
	}
	return errors.Join(err, roster.Close())
}

// heapPeak runs f and returns the most that it had on the heap, as far as a look
// every few milliseconds can show.
func heapPeak(f func()) uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	base, peak := sample[0].Value.Uint64(), uint64(0)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			metrics.Read(sample)
			peak = max(peak, sample[0].Value.Uint64())
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return peak - min(base, peak)
}
