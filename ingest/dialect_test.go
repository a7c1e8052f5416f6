package ingest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linkbatch/internal/sheet"
)

// lines are the rows of a roster with their numbers, then its skipped rows.
func numbered(r *Roster, rows []Row) (lines []string) {
	for _, row := range rows {
		lines = append(lines, fmt.Sprintf("%d %q", row.Number, row.Cells))
	}
	for _, s := range r.Skipped {
		lines = append(lines, fmt.Sprintf("%d %s", s.Row, s.Reason))
	}
	return lines
}

// Dialects of CSV, each with its rows as a spreadsheet shows them.
func TestDialects(t *testing.T) {
	plain := []string{`2 ["180012345" "a"]`, `3 ["180012346" "b"]`}
	tests := []struct {
		name, content, delimiter string
		want                     []string
	}{
		{"lone returns among line feeds", "account_id,client\n180012345,a\r180012346,b\n", ",", plain},
		{"lone returns among CRLF", "account_id,client\r\n180012345,a\r180012346,b\r\n", ",", plain},
		{"lone return at the end", "account_id,client\n180012345,a\n180012346,b\r", ",", plain},
		{"lone return before a blank line", "account_id,client\r\r\n180012345,a\r\n", ",", []string{`3 ["180012345" "a"]`, "2 blank"}},
		{"lone return in quotes", "account_id,client\n180012345,\"a\rb\"\n180012346,\"c\r\nd\"\n", ",", []string{`2 ["180012345" "a\nb"]`, `3 ["180012346" "c\nd"]`}},
		{"doubled quotes", "account_id,client\n180012345,\"the \"\"Birch\"\"\"\n180012346,\"\"\n", ",", []string{`2 ["180012345" "the \"Birch\""]`, `3 ["180012346" ""]`}},
		{"all quoted", "\"account_id\";\"client\"\r\n\"180012345\";\"a\"\r\n\"180012346\";\"b\"\r\n", ";", plain},
		{"delimiter within quotes", "account_id,client\n180012345,\"a, b\"\n", ",", []string{`2 ["180012345" "a, b"]`}},
		{"more commas than semicolons", "account_id;client\n180012345;a,b,c,d\n180012346;e,f,g,h\n", ";", []string{`2 ["180012345" "a,b,c,d"]`, `3 ["180012346" "e,f,g,h"]`}},
		{"trailing delimiters", "account_id,client,,\n180012345,a,,\n180012346,b,,,,\n,,,,\n", ",", []string{`2 ["180012345" "a" "" ""]`, `3 ["180012346" "b" "" ""]`, "4 blank"}},
		{"one column", "account_id\n180012345\n180012346\n", ",", []string{`2 ["180012345"]`, `3 ["180012346"]`}},
		{"sep in quotes", "\"sep=;\"\naccount_id;client\n180012345;a\n180012346;b\n", ";", plain},
		{"sep of a tab", "sep=\t\r\naccount_id\tclient\r\n180012345\ta\r\n180012346\tb\r\n", "\t", plain},
		{"sep of a colon", "sep=:\naccount_id:client\n180012345:a\n180012346:b\n", ":", plain},
		{"sep of an odd sign", "sep=^\naccount_id^client\n180012345^a\n180012346^b\n", "^", plain},
		{"sep and lone returns", "sep=;\raccount_id;client\r180012345;a\r180012346;b\r", ";", plain},
		{"sep in UTF-16", utf16Of("\ufeffsep=|\r\naccount_id|client\r\n180012345|a\r\n180012346|b\r\n", false), "|", plain},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			roster, rows := readAll(t, write(t, "roster.csv", test.content), Options{TempDir: "."})
			if roster.Delimiter != test.delimiter {
				t.Errorf("delimiter %q", roster.Delimiter)
			}
			if diff := cmp.Diff(test.want, numbered(roster, rows)); diff != "" {
				t.Error(diff)
			}
			if lines := problemLines(rows); lines != nil {
				t.Error(lines)
			}
		})
	}
}

// Rows whose ends are not clear end the file, with the place of the mistake.
func TestBrokenDialects(t *testing.T) {
	long := "\"" + strings.Repeat("x", longestRow+1<<16)
	tests := []struct{ name, content, want string }{
		{"quote not closed", "account_id,client\n180012345,a\n180012346,\"b\n180012347,c\n", "roster.csv:3: a quoted cell is not closed (its row begins in line 3 of the file)"},
		{"quote not closed, no last line feed", "account_id,client\n\n180012346,\"b", "roster.csv:3: a quoted cell is not closed (its row begins in line 3 of the file)"},
		{"quote not closed, below line breaks", "account_id,client\n180012345,\"a\nb\"\n180012346,\"c\n", "roster.csv:3: a quoted cell is not closed (its row begins in line 4 of the file)"},
		{"text after a quote", "account_id,client\n180012345,a\n180012346,\"Ålder\" Ltd\n", "roster.csv:3: a quoted cell continues after its closing quote (line 3 of the file, character 17)"},
		{"text after a quote, below line breaks", "account_id,client\n180012345,\"a\nb\"\n180012346,\"c\nd\"e\n180012347,f\n", "roster.csv:3: a quoted cell continues after its closing quote (line 5 of the file, character 2)"},
		{"quote in the header not closed", "account_id,\"client\n180012345,a\n", "roster.csv:1: a quoted cell is not closed (its row begins in line 1 of the file)"},
		{"long row", "account_id,client\n180012345,a\n180012346," + long, "roster.csv:3: a row is longer than 8 MB: a quote that is never closed may be why"},
		{"wide row", "account_id,client\n180012345,a\n180012346" + strings.Repeat(",", sheet.MaxColumns) + "\n", "roster.csv:3: has more than 16384 cells, the most that a spreadsheet has"},
		{"sep of a letter", "sep=x\naccount_id\n1\n", `roster.csv: its first line, sep=, names 'x', which cannot separate cells`},
		{"sep of another alphabet", "sep=é\naccount_id\n1\n", `roster.csv: its first line, sep=, names 'é', which cannot separate cells`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fault := openError(t, write(t, "roster.csv", test.content), Options{TempDir: "."})
			if fault.Error() != test.want {
				t.Errorf("got  %s\nwant %s", fault, test.want)
			}
			if fault.Hint == "" {
				t.Error("there is no hint")
			}
		})
	}
}
