package ingest

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// write puts a file into a new folder, makes that the working folder, so that
// messages name the file alone, and returns its name.
func write(t *testing.T, name, content string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile(filepath.Base(name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// readAll opens a roster and reads it to its end.
func readAll(t *testing.T, name string, opts Options) (*Roster, []Row) {
	t.Helper()
	roster, err := Open(name, nil, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := roster.Close(); err != nil {
			t.Error(err)
		}
	})
	var rows []Row
	for row, err := range roster.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return roster, rows
}

// openError is the fault of a roster that cannot be read, found by Open or while
// its rows are read.
func openError(t *testing.T, name string, opts Options) *FileError {
	t.Helper()
	roster, err := Open(name, nil, opts)
	if err == nil {
		defer roster.Close()
		for _, err = range roster.Rows() {
		}
	}
	fault, ok := errors.AsType[*FileError](err)
	if !ok {
		t.Fatalf("got %v, want a *FileError", err)
	}
	return fault
}

// problemLines are the problems of all rows as messages.
func problemLines(rows []Row) []string {
	var lines []string
	for _, row := range rows {
		for _, p := range row.Problems {
			lines = append(lines, p.String())
		}
	}
	return lines
}

func TestCSVRowNumbersAreThoseOfASpreadsheet(t *testing.T) {
	name := write(t, "roster.csv", "sep=;\r\n\r\nAccount ID;Client;CRM\r\n180012345;\"two\r\nlines\";a\r\n\r\n;;\r\n180012346;x;b\r\n\r\n\r\n")
	roster, rows := readAll(t, name, Options{})
	if roster.Delimiter != ";" || roster.HeaderRow != 2 || roster.Encoding != "utf-8" {
		t.Errorf("got delimiter %q, header row %d, encoding %q", roster.Delimiter, roster.HeaderRow, roster.Encoding)
	}
	var numbers []int
	for _, row := range rows {
		numbers = append(numbers, row.Number)
	}
	if want := []int{3, 6}; !slices.Equal(numbers, want) {
		t.Errorf("rows %v, want %v", numbers, want)
	}
	want := []Skipped{{1, "blank"}, {4, "blank"}, {5, "blank"}, {7, "blank"}, {8, "blank"}}
	if diff := cmp.Diff(want, roster.Skipped); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"180012345", "two\nlines", "a"}, rows[0].Cells); diff != "" {
		t.Error(diff)
	}
}

func TestTextForms(t *testing.T) {
	const plain = "Account ID,Client\n180012345,Café Alder\n\n180012346,b\n"
	utf16Of := func(text string, swap bool) string {
		var b []byte
		for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
			low, high := byte(u), byte(u>>8)
			if swap {
				low, high = high, low
			}
			b = append(b, low, high)
		}
		return string(b)
	}
	tests := []struct{ name, content, encoding, delimiter string }{
		{"plain", plain, "utf-8", ","},
		{"BOM", "\ufeff" + plain, "utf-8-bom", ","},
		{"BOM and quoted header", "\ufeff\"Account ID\",Client\n180012345,Café Alder\n\n180012346,b\n", "utf-8-bom", ","},
		{"UTF-16, little endian", utf16Of(plain, false), "utf-16le", ","},
		{"UTF-16, big endian", utf16Of(plain, true), "utf-16be", ","},
		{"CRLF", strings.ReplaceAll(plain, "\n", "\r\n"), "utf-8", ","},
		{"CR", strings.ReplaceAll(plain, "\n", "\r"), "utf-8", ","},
		{"no last line feed", strings.TrimSuffix(plain, "\n"), "utf-8", ","},
		{"semicolons", strings.ReplaceAll(plain, ",", ";"), "utf-8", ";"},
		{"tabs", strings.ReplaceAll(plain, ",", "\t"), "utf-8", "\t"},
		{"bars", strings.ReplaceAll(plain, ",", "|"), "utf-8", "|"},
		{"sep", "sep=;\n" + strings.ReplaceAll(plain, ",", ";"), "utf-8", ";"},
		{"sep after a BOM", "\ufeffSEP=,\r\n" + plain, "utf-8-bom", ","},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			roster, rows := readAll(t, write(t, "roster.csv", test.content), Options{TempDir: "."})
			if roster.Encoding != test.encoding || roster.Delimiter != test.delimiter || roster.Format != "csv" || roster.HeaderRow != 1 {
				t.Errorf("got %s, %q, header in row %d", roster.Encoding, roster.Delimiter, roster.HeaderRow)
			}
			var got [][]string
			for _, row := range rows {
				got = append(got, row.Cells)
			}
			if diff := cmp.Diff([][]string{{"180012345", "Café Alder"}, {"180012346", "b"}}, got); diff != "" {
				t.Error(diff)
			}
			if len(rows) == 2 && rows[1].Number != 4 {
				t.Errorf("the last row is %d", rows[1].Number)
			}
		})
	}
}

func TestRaggedRows(t *testing.T) {
	name := write(t, "roster.csv", "account_id,client,note\n180012345\n180012346,b,c,\n180012347,Birch, Alder,note\n")
	_, rows := readAll(t, name, Options{})
	if diff := cmp.Diff([]string{"180012345", "", ""}, rows[0].Cells); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"180012346", "b", "c"}, rows[1].Cells); diff != "" {
		t.Error(diff)
	}
	want := []string{`roster.csv:4: "note": is to the right of the last column: the row has 4 cells, the header 3`}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" || !rows[2].Invalid() {
		t.Error(diff)
	}
}

func TestQuoteWithinACellIsRead(t *testing.T) {
	name := write(t, "roster.csv", "account_id,client\n180012345,\"two\nlines\"\n180012346,5\" pipes\n180012347,c\n")
	_, rows := readAll(t, name, Options{})
	if len(rows) != 3 || rows[1].ClientName != `5" pipes` || rows[1].Invalid() || rows[2].Number != 4 {
		t.Fatalf("got %+v", rows)
	}
	want := []string{"roster.csv:3: there is a quote inside a cell that is not quoted; it is taken literally"}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
		t.Error(diff)
	}
	fault := openError(t, write(t, "roster.csv", "account_id,client,note\n180012345,a,b\n180012346,5\" pipes,\"two\nlines\"\n"), Options{})
	if want := "roster.csv:3: there is a quote inside a cell that is not quoted, so it is not clear where the row ends (line 3 of the file, character 12)"; fault.Error() != want {
		t.Errorf("got %s", fault)
	}
}
