package report

import (
	"archive/zip"
	"bytes"
	"html"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/planner"
)

// readXLSX reads every cell of a workbook as text, blanks at the end of a row
// included.
func readXLSX(t *testing.T, content, sheet string, width int) [][]string {
	t.Helper()
	book, err := excelize.OpenReader(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.Rows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for rows.Next() {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, append(cells, make([]string, width-len(cells))...))
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestXLSXHoldsTheSameCells reads the sample's workbook back.
func TestXLSXHoldsTheSameCells(t *testing.T) {
	plan, results := sample()
	head := sampleHead()
	content := write(t, func(b *bytes.Buffer) error { return made(t, head, plan, results).writeXLSX(b) })
	want := readCSV(t, write(t, func(b *bytes.Buffer) error { return made(t, head, plan, results).writeCSV(b) }))
	for _, row := range want {
		for i := range row {
			row[i] = xmlText(strings.TrimPrefix(row[i], "'")) // the terminal escape in one client's name, the formula that is another's
		}
	}
	if diff := cmp.Diff(want, readXLSX(t, content, "Clients", len(want[0]))); diff != "" {
		t.Errorf("-csv +xlsx:\n%s", diff)
	}
	if again := write(t, func(b *bytes.Buffer) error { return made(t, head, plan, results).writeXLSX(b) }); again != content {
		t.Error("two renderings differ")
	}
}

// TestXLSXSheet looks at the XML that other programs rely on and that excelize
// loses without an error when the order of calls is wrong.
func TestXLSXSheet(t *testing.T) {
	plan, results := sample()
	content := write(t, func(b *bytes.Buffer) error { return made(t, sampleHead(), plan, results).writeXLSX(b) })
	xml := part(t, content, "xl/worksheets/sheet1.xml")
	for what, pattern := range map[string]string{
		"dimension":           `<dimension ref="A1:V15">`,
		"frozen header":       `<pane [^>]*ySplit="1"[^>]*state="frozen"|<pane [^>]*state="frozen"[^>]*ySplit="1"`,
		"filter":              `<autoFilter ref="\$?A\$?1:\$?V\$?15"`,
		"number as text":      `<ignoredError [^>]*numberStoredAsText="(1|true)"`,
		"column width":        `<col min="2" max="2" width="12" customWidth="1"`,
		"id as text":          `<c r="B2" s="\d+" t="inlineStr"><is><t>180000002</t></is></c>`,
		"call as number":      `<c r="T2"( s="\d+")?><v>3</v></c>`,
		"attempts as number":  `<c r="U2"( s="\d+")?><v>4</v></c>`,
		"blank cell left out": `<c r="E2"[^>]*>.*?</c><c r="G2"`,
	} {
		if !regexp.MustCompile(pattern).MatchString(xml) {
			t.Errorf("%s: no match for %s", what, pattern)
		}
	}
	if strings.Contains(xml, "<f>") {
		t.Error("a formula in the sheet")
	}
	book := part(t, content, "xl/workbook.xml")
	if !strings.Contains(book, "_xlnm._FilterDatabase") {
		t.Errorf("the filter has no name in the workbook: %s", book)
	}
}

func part(t *testing.T, content, name string) string {
	t.Helper()
	archive, err := zip.NewReader(strings.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestXLSXHostileText guards that no text can break the sheet or lose rows
// after it, which excelize would not notice.
func TestXLSXHostileText(t *testing.T) {
	for in, want := range map[string]string{
		"a\x00b\x0b\x1b":       "a␀b␋␛",
		"bad \xff":             "bad \ufffd",
		"\ufffe\uffff":         "\ufffd\ufffd",
		"_x0041_ _x005F_":      "_x0041_ _x005F_",
		"<a>&amp;\"'":          "<a>&amp;\"'",
		"line\r\nbreak\n":      "line\nbreak\n",
		"cr\ralone":            "cr␍alone",
		" edge ":               " edge ",
		"9223372036854775807":  "9223372036854775807",
		"0012":                 "0012",
		"=HYPERLINK(\"x\")":    "=HYPERLINK(\"x\")",
		"+1 Fitness":           "+1 Fitness",
		"'=1":                  "'=1",
		"TRUE":                 "TRUE",
		"😀":                    "😀",
		strings.Repeat("😀", 9): strings.Repeat("😀", 9),
	} {
		plan := &planner.Plan{Steps: []planner.Step{
			{Op: planner.OpNone, Row: ingest.Row{Cells: []string{in}}},
			{Op: planner.OpNone, Row: ingest.Row{Cells: []string{"after"}}},
		}}
		results := []executor.Result{{Outcome: executor.Unchanged}, {Step: 1, Outcome: executor.Unchanged}}
		content := write(t, func(b *bytes.Buffer) error { return made(t, Head{Header: []string{"x"}}, plan, results).writeXLSX(b) })
		rows := readXLSX(t, content, "Report", 17)
		if len(rows) != 3 || rows[1][0] != want || rows[2][0] != "after" {
			t.Errorf("%.40q: %.80q", in, rows[1:])
		}
		// What is written as a string no program runs.
		if xml := part(t, content, "xl/worksheets/sheet1.xml"); !strings.Contains(xml, `<c r="A2" s="1" t="inlineStr"><is><t`) || strings.Contains(xml, "<f>") {
			t.Errorf("%.40q: %s", in, xml)
		}
	}
}

// TestXLSXCutsWhatIsOurs: the roster's own text is refused beforehand if it is too
// long, see TestFits; a service may say as much as it likes.
func TestXLSXCutsWhatIsOurs(t *testing.T) {
	long := strings.Repeat("ü", maxCell+1)
	plan := &planner.Plan{Steps: []planner.Step{{Op: planner.OpNone, Row: ingest.Row{Cells: []string{"1"}}}}}
	results := []executor.Result{{Outcome: executor.Unchanged, Reason: long}}
	content := write(t, func(b *bytes.Buffer) error { return made(t, Head{Header: []string{"id"}}, plan, results).writeXLSX(b) })
	if got := readXLSX(t, content, "Report", 17)[1][3]; got != long[:2*(maxCell-len([]rune(cutMark)))]+cutMark {
		t.Errorf("%d bytes: %.40q", len(got), got)
	}
}

func TestCutUnits(t *testing.T) {
	for _, s := range []string{strings.Repeat("😀", 20000), strings.Repeat("x", 40000), strings.Repeat("ü😀", 15000)} {
		got := xmlText(s)
		if n := len(utf16.Encode([]rune(got))); n > maxCell || n < maxCell-1 {
			t.Errorf("%d units", n)
		}
		if !strings.HasSuffix(got, cutMark) || !strings.HasPrefix(s, strings.TrimSuffix(got, cutMark)) {
			t.Errorf("%.20q", got)
		}
	}
	if s := strings.Repeat("ü", maxCell); xmlText(s) != s {
		t.Error("a text that just fits was cut")
	}
}

func TestSheetName(t *testing.T) {
	for name, want := range map[string]string{
		"": "Report", "Clients": "Clients", "Büro 2": "Büro 2", "a/b": "Report", "[x]": "Report", "'x": "Report", "x'": "Report",
		"a\x01": "Report", strings.Repeat("ü", 31): strings.Repeat("ü", 31), strings.Repeat("x", 32): "Report",
		strings.Repeat("😀", 15): strings.Repeat("😀", 15), strings.Repeat("😀", 16): "Report", "history": "Report", "History 2": "History 2",
		"Client's list": "Client's list", "D'Alsace ''": "Report", "2026": "2026", "A1": "A1", "A & B": "A & B",
	} {
		if got := sheetName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
		content := write(t, func(b *bytes.Buffer) error { return made(t, Head{Sheet: name}, &planner.Plan{}, nil).writeXLSX(b) })
		// A reference to a sheet is in apostrophes, with those of its name doubled (ECMA-376, 18.17.2.2).
		reference := "'" + strings.ReplaceAll(want, "'", "''") + "'!$A$1:$P$1"
		if xml := html.UnescapeString(part(t, content, "xl/workbook.xml")); !strings.Contains(xml, ">"+reference+"</definedName>") {
			t.Errorf("%q: %s", name, xml)
		}
	}
}

// TestFits guards the limits of a workbook: a clear error before anything is sent,
// and no sheet that lost its end.
func TestFits(t *testing.T) {
	long, wide := strings.Repeat("x", maxCell+1), Head{Header: make([]string, excelize.MaxColumns-len(columns)+1)}
	plan := func(cells ...string) *planner.Plan {
		return &planner.Plan{Steps: []planner.Step{{Op: planner.OpNone, SameAs: -1, Row: ingest.Row{Sheet: "S", Number: 17, Cells: cells}}}}
	}
	for _, c := range []struct {
		head Head
		plan *planner.Plan
		want string
	}{
		{wide, plan(), "2 rows of 16385 columns do not fit on a sheet, which has 1048576 of 16384: write .csv or .jsonl instead"},
		{Head{Header: []string{"id", "Notes"}}, plan("1", long), `S!17: the text under "Notes" has 32768 characters, and a cell of a workbook takes 32767: `},
		{Head{Header: []string{"id", ""}}, plan("1", strings.Repeat("😀", maxCell/2+1)), `S!17: the text under "column 2" has 32768 characters`},
		{Head{Header: []string{long}}, plan(), "the header of column 1 has 32768 characters"},
		{Head{Header: []string{"id", "Notes"}}, plan("1", long[1:]), ""},
		{Head{Header: []string{"id"}}, plan(strings.Repeat("ü", maxCell)), ""},
		{Head{Header: wide.Header[1:]}, plan(), ""},
	} {
		p, run := planned(t, c.head, c.plan), made(t, c.head, c.plan, []executor.Result{{Outcome: executor.Unchanged}})
		for _, err := range []error{p.Fits("x.xlsx"), run.writeXLSX(io.Discard)} {
			if c.want != "" {
				wantError(t, err, c.want)
			} else if err != nil {
				t.Error(err)
			}
		}
		for _, name := range []string{"x.csv", "x.jsonl"} {
			if err := p.Fits(name); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	wantError(t, fitsSheet(excelize.TotalRows+1, 2), "1048577 rows of 2 columns do not fit on a sheet")
	if err := fitsSheet(excelize.TotalRows, excelize.MaxColumns); err != nil {
		t.Error(err)
	}
}
