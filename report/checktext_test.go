package report

import (
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
		g.write(&out)
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
