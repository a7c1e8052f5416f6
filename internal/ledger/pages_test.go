package ledger

import (
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"linkbatch/planner"
)

// pagesOf counts the pages that a ledger stores.
func pagesOf(t *testing.T, l *Ledger) (n int) {
	t.Helper()
	if err := l.db.QueryRow("SELECT count(*) FROM pages").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// renumbered gives steps the indexes and row numbers of their places.
func renumbered(steps ...planner.Step) *planner.Plan {
	p := ordinary(0, planner.OpNone)
	p.Steps = steps
	for i := range steps {
		steps[i].Index, steps[i].Row.Number = i, i+2
	}
	return p
}

// TestOnlyWhatDiffersIsStored runs rosters that differ little from the one
// before: what they share is stored once, and each run is read back whole.
func TestOnlyWhatDiffersIsStored(t *testing.T) {
	t.Parallel()
	l := opened(t, t.TempDir())
	defer l.Close()
	const rows = 2000
	same := func() *planner.Plan { return ordinary(rows, planner.OpNone) }
	other := ordinary(rows+1, planner.OpNone).Steps[rows]
	plans := make(map[string]*planner.Plan)
	for i, night := range []struct {
		name  string
		plan  *planner.Plan
		pages int // at most so many are new
	}{
		{"the first", same(), rows},
		{"the same", same(), 0},
		{"a decision changes", func() *planner.Plan {
			p := same()
			p.Steps[700].Before.LastModified = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
			return p
		}(), 2},
		{"back to the first", same(), 0},
		{"a row on top", renumbered(append([]planner.Step{other}, same().Steps...)...), 4},
		{"a row at the end", renumbered(append(same().Steps, other)...), 4},
		{"a row is gone", renumbered(slices.Delete(same().Steps, 900, 901)...), 4},
		{"two rows change places", func() *planner.Plan {
			p := same()
			p.Steps[3], p.Steps[1500] = p.Steps[1500], p.Steps[3]
			return renumbered(p.Steps...)
		}(), 8},
		{"an account is twice in it", func() *planner.Plan {
			p := same()
			p.Steps[1000].SameAs = 20
			return p
		}(), 2},
	} {
		before := pagesOf(t, l)
		id := fmt.Sprint(i, " ", night.name)
		if _, err := l.Begin(Run{ID: id, Header: []string{"account_id"}}, night.plan); err != nil {
			t.Fatal(err)
		}
		if added := pagesOf(t, l) - before; added > night.pages {
			t.Errorf("%s: %d pages are new, want at most %d", night.name, added, night.pages)
		}
		plans[id] = night.plan
	}
	for id, want := range plans {
		rec, err := l.Load(id)
		if err != nil {
			t.Fatal(err)
		}
		if diff := differ(want, rec.Plan); diff != "" {
			t.Errorf("%s:\n%s", id, diff)
		}
	}
}

// TestPagesAreBounded holds that a page has a bounded length whatever its lines
// are, so that a line that changes never costs a whole list.
func TestPagesAreBounded(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	plan := ordinary(0, planner.OpNone)
	for i := range 1000 {
		plan.Steps = append(plan.Steps, planner.Step{Index: i, SameAs: -1, Reason: "the same in each row"})
		plan.Steps[i].Row.Number = i + 2
	}
	if _, err := l.Begin(Run{ID: "a"}, plan); err != nil {
		t.Fatal(err)
	}
	if n := pagesOf(t, l); n > 6 { // of rows and of decisions: one that repeats, and the rest
		t.Errorf("1,000 equal lines make %d pages", n)
	}
	rec, err := l.Load("a")
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(plan, rec.Plan); diff != "" {
		t.Error(diff)
	}
	var longest int
	if err := l.db.QueryRow("SELECT max(length(body) - length(replace(body, char(10), ''))) + 1 FROM pages").Scan(&longest); err != nil {
		t.Fatal(err)
	}
	if longest > 4*pageLines {
		t.Errorf("a page has %d lines", longest)
	}
}
