package ingest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"linkbatch/internal/charset"
)

// physicalRows counts the rows of a CSV text as a spreadsheet does, without a
// CSV reader: line feeds outside of quoted cells. It reports false for a text
// whose quotes do not match.
func physicalRows(text string, comma rune) (rows int, ok bool) {
	const (
		cellStart = iota
		plain
		quoted
		quoteSeen
	)
	state := cellStart
	for _, r := range text {
		switch {
		case state == quoted && r == '"':
			state = quoteSeen
		case state == quoted:
		case r == '\n':
			rows++
			state = cellStart
		case state == quoteSeen && r == '"':
			state = quoted
		case r == comma:
			state = cellStart
		case state == cellStart && r == '"':
			state = quoted
		case state == quoteSeen:
			return 0, false
		default:
			state = plain
		}
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		rows++
	}
	return rows, state != quoted
}

// FuzzCSV: nothing panics, and header, rows and skipped rows are all the rows of
// the file, in order.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"account_id,client\n180012345,a\n", "account_id\n\n\n180012345\n\n", "\n\naccount_id;client\n;\n1;\"a\nb\"\n",
		"account_id,client\n1,5\" pipes\n2,\"a\"\"b\"\n", "account_id\n1,2,3\n", "account_id,client\n1,\"open\n", "\ufeffaccount_id\n1",
		"\" \n\",\naccount_id\n1\n", "account_id\n\"\"\n1\n",
		"account_id,client\n1,5\" pipes\n2\"b             ,\"a\" 2\"\n",
		"account_id,client\r\n1,\"a\rb\"\r2,Caf\xe9\r\r\n", "sep=;\raccount_id;client\r1;a\r",
		"Northwind \"roster\"\n\nAccount number,X7654321\naccount_id,client\n1,a\nACCOUNT ID,client\n,Total\n2,b\n* end\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "\x00") || strings.HasPrefix(text, charset.MarkUTF16LE) || strings.HasPrefix(text, charset.MarkUTF16BE) || strings.HasPrefix(text, "PK") {
			return // other tests have these; physicalRows does not know them
		}
		name := filepath.Join(t.TempDir(), "roster.csv")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		roster, err := Open(name, nil, Options{})
		if err != nil {
			return
		}
		defer roster.Close()
		numbers := []int{roster.HeaderRow}
		for row, err := range roster.Rows() {
			if err != nil {
				return
			}
			if len(row.Cells) != len(roster.Header) {
				t.Fatalf("row %d has %d cells, the header %d", row.Number, len(row.Cells), len(roster.Header))
			}
			numbers = append(numbers, row.Number)
		}
		body := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(text, "\ufeff"))
		if line, _, found := strings.Cut(body, "\n"); found && strings.HasPrefix(strings.ToLower(strings.Trim(line, `"`)), "sep=") {
			return
		}
		want, ok := physicalRows(body, []rune(roster.Delimiter)[0])
		if !ok {
			t.Fatalf("a text with an open quote was read: %q", text)
		}
		checkNumbers(t, numbers, roster.Skipped, want)
	})
}

// checkNumbers demands that rows and skipped rows are 1 to n, each once.
func checkNumbers(t *testing.T, rows []int, skipped []Skipped, n int) {
	t.Helper()
	seen := make(map[int]bool)
	for _, s := range expanded(skipped) {
		rows = append(rows, s.Row)
	}
	for _, row := range rows {
		if seen[row] || row < 1 || row > n {
			t.Fatalf("row %d appears twice, or is not within 1 to %d", row, n)
		}
		seen[row] = true
	}
	if len(rows) != n {
		t.Fatalf("got %d rows of %d", len(rows), n)
	}
}

// FuzzXLSXSheet: a sheet part changed in any way is read row by row as it is
// written, or refused; nothing is lost and nothing panics.
func FuzzXLSXSheet(f *testing.F) {
	f.Add(sheetOf(goodRow2+goodRow4), twoStrings)
	f.Add(sheetOf(`<row r="2" hidden="1"><c r="A2" s="1" t="str"><f>A1</f><v>7</v></c><c r="C2" t="b"><v>1</v></c></row>`), twoStrings)
	f.Add(sheetOf(`<row><c><v>1E5</v></c><c t="inlineStr"><is><r><t>a</t></r><rPh><t>b</t></rPh></is></c></row><row/>`), twoStrings)
	f.Add(sheetOf(`<row r="3"><c r="A3" t="e"><v>#N/A</v></c></row><!-- <row r="4"/> --><row r="5"><c t="d"><v>2026-12-01</v></c></row>`), twoStrings)
	f.Add(sheetOf(`<row r="2"><c r="A2" t="s"><v>1</v></c></row>`), strings.Replace(twoStrings, "Birch", "B&amp;_x000D_", 1))
	f.Fuzz(func(t *testing.T, part, table string) {
		name := filepath.Join(t.TempDir(), "roster.xlsx")
		if err := os.WriteFile(name, rawWorkbook(t, part, table), 0o600); err != nil {
			t.Fatal(err)
		}
		roster, err := Open(name, nil, Options{TempDir: t.TempDir()})
		if err != nil {
			return
		}
		defer roster.Close()
		numbers := []int{roster.HeaderRow}
		for row, err := range roster.Rows() {
			if err != nil {
				return
			}
			numbers = append(numbers, row.Number)
		}
		last := sheetRows(t, part)
		if written := strings.Count(part, "<row"); last < len(numbers) || written == 0 {
			t.Fatalf("%d rows were read of %d written", len(numbers), written)
		}
		checkNumbers(t, numbers, roster.Skipped, last)
	})
}

// sheetRows is the number of the last row of a sheet part, as encoding/xml reads
// it.
func sheetRows(t *testing.T, part string) (last int) {
	t.Helper()
	for row := range sheetTexts(t, part) {
		last = max(last, row)
	}
	return last
}
