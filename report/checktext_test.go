package report

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"linkbatch/ingest"
)

func TestProblemsOfOneKindStandTogether(t *testing.T) {
	row := func(n int, severity ingest.Severity, column, message, hint string) ingest.Problem {
		return ingest.Problem{Place: "r.csv:" + string(rune('0'+n)), Row: n, Column: column, Severity: severity, Message: message, Hint: hint}
	}
	var out strings.Builder
	for _, g := range group([]ingest.Problem{
		row(1, ingest.Warning, "", "same as row 2", ""),
		row(2, ingest.Error, "name", "has 41 characters; the service takes at most 40", "shorten the name"),
		row(3, ingest.Warning, "", "same as row 5", ""),
		row(4, ingest.Error, "start_date", "may be 2026-04-03 or 2026-03-04", "write YYYY-MM-DD"),
		row(5, ingest.Error, "name", "has 55 characters; the service takes at most 40", "shorten the name"),
		row(6, ingest.Error, "note", "has 41 characters; the service takes at most 40", ""),
		row(7, ingest.Error, "name", "has 41 characters; the service takes at most 40", "shorten it"),
	}) {
		g.write(&out, false)
	}
	const want = `
3 errors: name: has … characters; the service takes at most …
error: r.csv:2: name: has 41 characters; the service takes at most 40
error: r.csv:5: name: has 55 characters; the service takes at most 40
  hint: shorten the name
error: r.csv:7: name: has 41 characters; the service takes at most 40
  hint: shorten it

error: r.csv:4: start_date: may be 2026-04-03 or 2026-03-04
  hint: write YYYY-MM-DD

error: r.csv:6: note: has 41 characters; the service takes at most 40

2 warnings: same as row …
warning: r.csv:1: same as row 2
warning: r.csv:3: same as row 5
`
	if out.String() != want {
		t.Errorf("got:%s\nwant:%s", out.String(), want)
	}
}

// TestManyProblemsOfOneKind: the sentence is said once with the places and values
// below it, ten of them, and each problem is a line of its own with all.
func TestManyProblemsOfOneKind(t *testing.T) {
	var alike, differ []ingest.Problem
	for n := 3; n < 17; n++ {
		p := ingest.Problem{Place: fmt.Sprintf("r.xlsx: S!C%d", n), Row: n, Column: "account_id", Value: strconv.Itoa(-n), Severity: ingest.Error, Message: "is not greater than zero", Hint: "fix it"}
		alike = append(alike, p)
		p.Message = fmt.Sprintf("has %d characters", n)
		differ = append(differ, p)
	}
	text := func(problems []ingest.Problem, all bool) string {
		var out strings.Builder
		for _, g := range group(problems) {
			g.write(&out, all)
		}
		return out.String()
	}
	const want = `
14 errors: account_id: is not greater than zero
  r.xlsx: S!C3 "-3", C4 "-4", C5 "-5", C6 "-6", C7 "-7", C8 "-8", C9 "-9", C10 "-10", C11 "-11", C12 "-12" and 4 more (--all)
  hint: fix it
`
	if got := text(alike, false); got != want {
		t.Errorf("got:%s\nwant:%s", got, want)
	}
	if got := text(differ, false); strings.Count(got, "error: r.xlsx") != 10 || !strings.HasSuffix(got, "\n  hint: fix it\n  … and 4 more (--all)\n") {
		t.Error(got)
	}
	for _, problems := range [][]ingest.Problem{alike, differ} {
		if got := text(problems, true); strings.Count(got, "error: r.xlsx") != 14 || strings.Contains(got, "more") {
			t.Error(got)
		}
	}
}
