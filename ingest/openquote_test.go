package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStrayQuotesThatSwallowARow(t *testing.T) {
	const said = ": a quote may be open: a cell contains a line break, and what looks like a row of its own "
	for content, want := range map[string][]string{
		"client,account_id,bill_to_client\n\"Acme,180012345,yes\nBob\",180012346,no\n":     {"roster.csv:2" + said + "(line 2 of the file)"},
		"sep=;\naccount_id;client;note\n1;\"a\nb\";\"c\nX1234567;Bob;x\ny\"\n":             {"roster.csv:2" + said + "(line 5 of the file)"},
		"client,account_id,action\nTotal,,\"Acme\n180012345,yes\"\n180012347,180012348,\n": {"roster.csv:2" + said + "(line 3 of the file)"},
		// Notes are read.
		"account_id,note\n180012345,\"Dear Ada,\nsee X1234567 and\n180012346\nyours, Bob\"\n": nil,
		"account_id;note\n180012345;\"first, 180012346, second\nthird\"\n":                    nil,
		"account_id,note\n180012345,\"first, X1234567, second\"\n":                            nil,
	} {
		_, rows := readAll(t, write(t, "roster.csv", content), Options{})
		var got []string
		for _, p := range rows[0].Problems {
			if p.Column == "" && p.Severity == Error {
				got = append(got, p.String())
			}
		}
		if len(want) > 0 {
			got = got[:min(1, len(got))]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", content, diff)
		}
	}
	// In the header, and above it, the file cannot be read.
	for content, row := range map[string]string{
		"account_id,\"client\n180012345,a\n180012346,b\"\n180012347,c\n": "1" + said + "(line 2 of the file)",
		"\"Roster\n180012345,a\n\"\naccount_id,client\n180012347,c\n":    "1" + said + "(line 2 of the file)",
	} {
		if fault := openError(t, write(t, "roster.csv", content), Options{}); fault.Error() != "roster.csv:"+row {
			t.Errorf("%q: got %s", content, fault)
		}
	}
}

func TestSpaceBeforeAQuote(t *testing.T) {
	const (
		cut   = "roster.csv:2: there is a space before the quote of cell 2, so it does not quote the cell, and what it should hold together is cut"
		whole = "roster.csv:2: there is a space before the quote of cell 2, so it does not quote the cell"
		other = "roster.csv:2: there is a quote inside a cell that is not quoted; it is taken literally"
	)
	for row, want := range map[string]Problem{
		"180012345, \"b, c\",d":        {Message: cut, Severity: Error},
		"180012345,\t\"b, c\",d":       {Message: cut, Severity: Error},
		"180012345, \"b\"\",c":         {Message: cut, Severity: Error},
		"180012345, \"b\",d":           {Message: whole, Severity: Warning},
		"180012345, \"b\" and \"c\",d": {Message: whole, Severity: Warning},
		"180012345,5\" pipe, d":        {Message: other, Severity: Warning},
		"180012345, 5\" pipe,\"d, e\"": {Message: other, Severity: Warning},
	} {
		_, rows := readAll(t, write(t, "roster.csv", "account_id,client,note\n"+row+"\n"), Options{})
		got := rows[0].Problems[0]
		if got.String() != want.Message || got.Severity != want.Severity {
			t.Errorf("%q: got %s: %s", row, got.Severity, got)
		}
		if about := "remove the space between the delimiter and the quote"; (got.Hint == about) != (want.Message != other) {
			t.Errorf("%q: hint %q", row, got.Hint)
		}
	}
	fault := openError(t, write(t, "roster.csv", "account_id, \"client, note\"\n180012345,a,b\n"), Options{})
	if fault.Row != 1 || fault.Hint != "remove the space between the delimiter and the quote" {
		t.Errorf("in the header: %s", fault)
	}
}

// A record with a quote inside a cell is read leniently; its quoted cells must
// end with their closing quotes all the same.
func TestTextBehindAClosingQuoteBesideAnInnerQuote(t *testing.T) {
	const head = "account_id,client,note\n180012345,a,b\n"
	for row, good := range map[string]bool{
		`180012346,5" pipe,"a, b"`:        true,
		`180012346,5" pipe,"a ""b"" c"`:   true,
		`180012346,"a, b",5" pipe`:        true,
		`180012346,5" pipe,""`:            true,
		"180012346,5\" pipe,\"a\"\r":      true,
		`180012346,5" pipe,"a" b"`:        false,
		`180012346,5" pipe,"a"b`:          false,
		"180012346,5\" pipe,\"a\" b\nc\"": false,
	} {
		roster, err := Open(write(t, "roster.csv", head+row+"\n180012347,c,d\n"), nil, Options{TempDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for _, err = range roster.Rows() {
			rows++
		}
		if err := roster.Close(); err != nil {
			t.Error(err)
		}
		if (err == nil) != good || good && rows != 3 || !good && rows != 2 {
			t.Errorf("%q: got %v and %d results", row, err, rows)
		}
	}
}
