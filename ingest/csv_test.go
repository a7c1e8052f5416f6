package ingest

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

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
