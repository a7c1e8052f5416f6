package ledger

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"linkbatch/planner"
)

// settledAs records a run of a plan that has one call, and ends it.
func settledAs(t *testing.T, l *Ledger, run Run, plan *planner.Plan, state State, reply, keep bool) {
	t.Helper()
	rec, err := l.Begin(run, plan)
	if err != nil {
		t.Fatal(err)
	}
	c, answers := tenOf(plan, 1)
	err = rec.Sending(c)
	if err == nil && reply {
		err = rec.Returned(c, answers)
	}
	if err == nil && keep {
		var kept []Progress
		for _, a := range answers {
			kept = append(kept, doneBy(c, a))
		}
		err = rec.Keep(kept)
	}
	if err == nil && state != Running {
		err = rec.End(state, "", nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// ids are those of runs, in order.
func ids(runs []Run) (out []string) {
	for _, r := range runs {
		out = append(out, r.ID)
	}
	return out
}

// TestPrune deletes what is old and settled, and nothing else; what later runs
// share with it stays. The file gets smaller, and an act says what was done.
func TestPrune(t *testing.T) {
	t.Parallel()
	l := opened(t, t.TempDir())
	defer l.Close()
	plans := make(map[string]*planner.Plan)
	run := func(id string, first int, state State, reply, keep bool) {
		t.Helper()
		all := ordinary(first+2000, planner.OpAdd).Steps
		plans[id] = renumbered(all[first:]...)
		settledAs(t, l, Run{ID: id, Scope: here, Header: []string{id}}, plans[id], state, reply, keep)
	}
	run("running", 0, Running, false, false)
	run("finished", 1000, Finished, true, false) // half of it is the running one's
	run("closed", 4000, Closed, false, false)
	run("stopped-by-a-guard", 6000, NotStarted, false, false)
	run("replied", 8000, Interrupted, true, false)
	run("in-flight", 100, Stopped, false, false)
	run("settled", 12000, Stopped, false, true)

	none, err := l.Prune(Retention{Before: time.Now().Add(-time.Hour)}, Actor{})
	must(t, err)
	same(t, "ended an hour ago", []string(nil), ids(none))
	later := Retention{Before: time.Now().Add(time.Hour)}
	want := []string{"settled", "replied", "stopped-by-a-guard", "closed", "finished"}
	would, err := l.Prunable(later)
	must(t, err, l.shrink())
	same(t, "would be pruned", want, ids(would))
	before := size(t, l.path)
	by := Actor{"anna", "cron-1", "linkbatch runs prune", "space"}
	did, err := l.Prune(later, by)
	must(t, err)
	same(t, "pruned", want, ids(did))
	if after := size(t, l.path) + size(t, l.path+"-wal"); after > before/2 {
		t.Errorf("the file had %d bytes and has %d", before, after)
	}
	runs, err := l.Runs()
	must(t, err)
	same(t, "what is left", []string{"in-flight", "running"}, ids(runs))
	for _, r := range runs {
		got, err := l.Load(r.ID)
		must(t, err)
		same(t, r.ID, plans[r.ID], got.Plan)
	}
	acts, err := l.Acts()
	must(t, err, l.Verify())
	same(t, "acts", []Act{{Kind: "prune", Actor: by, Runs: 5, Before: later.Before.UTC()}}, acts, cmpopts.IgnoreFields(Act{}, "At"))
}

// TestPruneKeepsTheNewestOfEachRoster holds that Keep counts the runs of one
// roster, by path and scope.
func TestPruneKeepsTheNewestOfEachRoster(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	for i, path := range []string{"/a", "/b", "/a", "/a", "/a", "/b"} {
		scope := here
		if i == 4 {
			scope.ManagingCustomerID = 9
		}
		settledAs(t, l, Run{ID: fmt.Sprint(i, path), Scope: scope, Path: path}, ordinary(10, planner.OpAdd), Finished, true, false)
	}
	later := time.Now().Add(time.Hour)
	for keep, want := range [][]string{
		{"5/b", "4/a", "3/a", "2/a", "1/b", "0/a"}, {"2/a", "1/b", "0/a"}, {"0/a"}, nil,
	} {
		got, err := l.Prunable(Retention{later, keep})
		must(t, err)
		same(t, fmt.Sprint("keeping ", keep), want, ids(got))
	}
	_, err := l.Prune(Retention{later, 1}, Actor{})
	must(t, err)
	runs, err := l.Runs()
	must(t, err)
	same(t, "runs that are left", 3, len(runs))
}

// TestRunsThatWereNotStartedAreNotKept in place of those that were.
func TestRunsThatWereNotStartedAreNotKept(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	for id, state := range map[string]State{"a": Finished, "b": NotStarted} {
		settledAs(t, l, Run{ID: id, Scope: here, Path: "/r"}, ordinary(10, planner.OpAdd), state, false, false)
	}
	got, err := l.Prunable(Retention{time.Now().Add(time.Hour), 1})
	must(t, err)
	same(t, "keeping 1", []string{"b"}, ids(got))
	open, err := l.Unfinished(here)
	must(t, err)
	same(t, "to be resumed", 0, len(open))
}

func count(t *testing.T, l *Ledger, table string) (n int) {
	t.Helper()
	if err := l.db.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestPruneForgetsPairs holds that identifiers of accounts which no roster names
// are deleted, and those of the others are kept.
func TestPruneForgetsPairs(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	for _, r := range []struct {
		id       string
		from, to int
	}{{"old", 0, 30}, {"new", 20, 40}} {
		rec, err := l.Begin(Run{ID: r.id, Scope: here, Path: r.id}, renumbered(ordinary(r.to, planner.OpNone).Steps[r.from:]...))
		must(t, err)
		if r.id == "old" {
			must(t, rec.End(Finished, "", nil))
		}
	}
	same(t, "accounts", 40, count(t, l, "accounts"))
	_, err := l.Prune(Retention{Before: time.Now().Add(time.Hour)}, Actor{})
	must(t, err, l.Verify())
	same(t, "accounts that are left", 20, count(t, l, "accounts"))
	same(t, "events of one of them", 1, len(historyOf(t, l, "X0000025")))
}

func historyOf(t *testing.T, l *Ledger, number string) []Event {
	t.Helper()
	events, err := l.History(0, number)
	if err != nil {
		t.Fatal(err)
	}
	return events
}
