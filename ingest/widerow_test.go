package ingest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// A row of nine million cells is refused before it fills the memory: with all of
// them, the reader would take some 700 MB.
func TestRowOfMillionsOfCells(t *testing.T) {
	const good = "account_id,client\n180012345,a\n180012346,b\n"
	for name, row := range map[string]string{
		"commas":        strings.Repeat(",", 9<<20),
		"quoted cells":  strings.Repeat(`"",`, 2<<20),
		"quoted breaks": strings.Repeat("\"\n\",", 2<<20),
	} {
		file := write(t, "roster.csv", good+row+"\n180012347,c\n")
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		roster, err := Open(file, nil, Options{TempDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for _, err = range roster.Rows() {
			rows++
		}
		runtime.ReadMemStats(&after)
		if err := roster.Close(); err != nil {
			t.Error(err)
		}
		want := "roster.csv:4: a row has more than 500,000 delimiters: a quote that is never closed may be why"
		if err == nil || !strings.HasSuffix(err.Error(), want) || rows != 3 {
			t.Errorf("%s: got %v after %d results", name, err, rows)
		}
		if taken := (after.TotalAlloc - before.TotalAlloc) >> 20; taken > 150 {
			t.Errorf("%s: %d MB were allocated", name, taken)
		}
	}
}

// Rows with many delimiters are not too many when they come one after the other.
func TestManyWideRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("account_id" + strings.Repeat(",x", 10_000) + "\n")
	for i := range 200 {
		fmt.Fprintf(&b, "%d%s\n", 180012345+i, strings.Repeat(",", 10_000))
	}
	_, rows := readAll(t, write(t, "roster.csv", b.String()), Options{})
	if len(rows) != 200 {
		t.Errorf("got %d rows", len(rows))
	}
}

// The bytes before a fault are counted in rows within the same bounds.
func TestFaultBehindAWideRow(t *testing.T) {
	fault := openError(t, write(t, "roster.csv", "account_id\n1\n"+strings.Repeat(",", 2<<20)+"\n\x00\n"), Options{})
	if !strings.HasPrefix(fault.Message, "contains a zero byte") || fault.Row != 3 {
		t.Errorf("got %s", fault)
	}
}
