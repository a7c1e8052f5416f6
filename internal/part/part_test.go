package part

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"linkbatch/ingest"
)

func TestNumbers(t *testing.T) {
	for _, test := range []struct {
		list, missing string // of the rows 2 to 5, 7 and 8
		want          []int
		bad           bool
	}{
		{list: "2", want: []int{2}},
		{list: "4-7, 3", want: []int{3, 4, 5, 7}},
		{list: "2-4,3-5", want: []int{2, 3, 4, 5}},
		{list: "7-", want: []int{7, 8}},
		{list: "1-3", want: []int{2, 3}},
		{list: "6", missing: "6"},
		{list: "1,7-12,40-", missing: "1, 9-12, 40-", want: []int{7, 8}},
		{list: "9-9", missing: "9"},
		{list: "", bad: true},
		{list: "0", bad: true},
		{list: "-3", bad: true},
		{list: "5-2", bad: true},
		{list: "2,", bad: true},
		{list: "A2", bad: true},
		{list: "99999999999999999999", bad: true},
	} {
		var n Numbers
		if err := n.Set(test.list); (err != nil) != test.bad {
			t.Errorf("%q: %v", test.list, err)
		}
		rows := []int{2, 3, 4, 5, 7, 8}
		if got := n.Missing(rows); got != test.missing {
			t.Errorf("%q: missing %q, want %q", test.list, got, test.missing)
		}
		if got := slices.DeleteFunc(rows, func(row int) bool { return !n.Has(row) }); !slices.Equal(got, test.want) {
			t.Errorf("%q: has %v, want %v", test.list, got, test.want)
		}
		var again Numbers
		if n.Any() && (again.Set(n.String()) != nil || !slices.Equal(again.spans, n.spans)) {
			t.Errorf("%q is written as %q", test.list, n.String())
		}
	}
}

func TestGlob(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"D*", "Denmark", true}, {"d*", "DENMARK", true}, {"D*", "Sweden", false}, {"*e*n*", "Sweden", true}, {"", "", true}, {"", "x", false},
		{"*", "", true}, {"?", "", false}, {"?", "é", true}, {"??", "é", false}, {"a*b*c", "aXbXXbc", true}, {"a*b*c", "aXbXX", false},
		{"müller", "MÜLLER ", true}, {"[ab]", "a", false}, {"[ab]", "[AB]", true}, {"**a", "bba", true},
	} {
		if got := glob(test.pattern, test.text); got != test.want {
			t.Errorf("%q on %q: %t", test.pattern, test.text, got)
		}
	}
}

// FuzzGlob compares with a recursive form that is slow and plain.
func FuzzGlob(f *testing.F) {
	for _, seed := range [][2]string{{"a*b?c", "aXbYc"}, {"**", "x"}, {"*a*a*a*b", "aaaaaaaa"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 8 || len(text) > 12 {
			return
		}
		p, s := []rune(strings.ToLower(pattern)), []rune(strings.ToLower(strings.TrimSpace(text)))
		if got, want := glob(pattern, text), plain(p, s); got != want {
			t.Errorf("%q on %q: %t, want %t", pattern, text, got, want)
		}
	})
}

func plain(p, s []rune) bool {
	switch {
	case len(p) == 0:
		return len(s) == 0
	case p[0] == '*':
		return plain(p[1:], s) || len(s) > 0 && plain(p, s[1:])
	}
	return len(s) > 0 && (p[0] == '?' || p[0] == s[0]) && plain(p[1:], s[1:])
}

// roster is rows 2 to 7 of two columns: an account and a country.
func roster() iter.Seq2[ingest.Row, error] {
	return func(yield func(ingest.Row, error) bool) {
		for i, country := range []string{"Denmark", "Sweden", "denmark", "", "Germany", "Denmark"} {
			row := ingest.Row{Number: i + 2, AccountID: int64(i + 1), Cells: []string{"x", country}}
			if i == 3 {
				row.AccountID, row.Cells = 0, []string{"x"}
			} else if i == 5 {
				row.Problems = []ingest.Problem{{Column: "account_number", Severity: ingest.Error}}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func TestPick(t *testing.T) {
	for _, test := range []struct {
		rows, only string
		limit      int
		want       []int
		words, err string
	}{
		{want: []int{2, 3, 4, 5, 6, 7}},
		{rows: "3-4,7", want: []int{3, 4, 7}, words: "3 rows (--rows)"},
		{only: "Country=D*", want: []int{2, 4, 7}, words: "3 rows (--only)"},
		{only: "client_name=D*", want: []int{2, 4, 7}, words: "3 rows (--only)"},
		{only: "country=", want: []int{5}, words: "5 rows (--only)"},
		{only: "Country=D*\nAccount #=y", err: "no row is left: none matches --only 'Country=D*' --only 'Account #=y'"},
		{limit: 2, want: []int{2, 3}, words: "4 rows (--limit)"},
		{rows: "3-", only: "Country=*en*", limit: 2, want: []int{3, 4}, words: "1 row (--rows), 2 rows (--only), 1 row (--limit)"},
		{rows: "2,9", want: []int{2}, err: "--rows: the roster has no row 9"},
		{only: "Contry=D*", err: `--only: the roster has no column "Contry", did you mean "Country"?`},
		{only: "Budget=1", err: `--only: the roster has no column "Budget"; it has Account #, Country`},
	} {
		p := Part{Limit: test.limit}
		if test.rows != "" && p.Rows.Set(test.rows) != nil || test.only != "" && p.Only.Set(test.only) != nil {
			t.Fatalf("%+v cannot be set", test)
		}
		var got []int
		pick, err := p.From([]string{"Account #", "Country", ""}, []string{"account_number", "client_name", ""})
		for row, failed := range each(pick) {
			if err = failed; err == nil {
				got = append(got, row.Number)
			}
		}
		switch {
		case err != nil && err.Error() != test.err, err == nil && test.err != "":
			t.Errorf("%s: %v, want %q", &p, err, test.err)
		case !slices.Equal(got, test.want):
			t.Errorf("%s: rows %v, want %v", &p, got, test.want)
		case err == nil && pick.Words() != test.words:
			t.Errorf("%s: %q, want %q", &p, pick.Words(), test.words)
		case err == nil && len(pick.Left)+len(got) != 6:
			t.Errorf("%s: %d rows, and %d left out", &p, len(got), len(pick.Left))
		}
	}
}

// each reads the roster through a pick; nothing, if there is none.
func each(k *Pick) iter.Seq2[ingest.Row, error] {
	if k == nil {
		return func(func(ingest.Row, error) bool) {}
	}
	return k.Through(roster())
}

// TestWhatIsLeftOutIsProtected: a row whose account cannot be read may be any
// account's.
func TestWhatIsLeftOutIsProtected(t *testing.T) {
	p := Part{Limit: 3}
	pick, err := p.From(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range pick.Through(roster()) {
	}
	want := []ingest.Protected{{Row: 5, Unreadable: true}, {Row: 6, AccountID: 5}, {Row: 7, AccountID: 6, Unreadable: true}}
	if !slices.Equal(pick.Left, want) {
		t.Errorf("%+v", pick.Left)
	}
}

// TestAFailedReadingIsHandedOn: what is read of a broken file is no part of it.
func TestAFailedReadingIsHandedOn(t *testing.T) {
	broken := errors.New("broken")
	p := Part{Limit: 1}
	pick, err := p.From(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got error
	for _, err := range pick.Through(func(yield func(ingest.Row, error) bool) { yield(ingest.Row{}, broken) }) {
		got = err
	}
	if !errors.Is(got, broken) {
		t.Errorf("%v", got)
	}
}
