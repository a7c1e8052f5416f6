package ledger

import (
	"os"
	"path/filepath"
	"testing"

	"linkbatch/planner"
)

// TestAccountsOfTheLastGoodRun goes through runs of one roster, and after each
// holds what the next one is compared with.
func TestAccountsOfTheLastGoodRun(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, dir)
	scope := Scope{"https://example.com", 4}
	n := 0
	for _, run := range []struct {
		what  string
		scope Scope
		path  string
		of    Purpose
		plan  planner.Plan
		state State
		want  int
	}{
		{"none", scope, "", Purpose{}, planner.Plan{}, "", 0},
		{"of an older linkbatch, which counts none", scope, "/srv/r.csv", Purpose{}, planner.Plan{}, Finished, 0},
		{"stopped", scope, "/srv/r.csv", Purpose{}, planner.Plan{Accounts: 1}, Stopped, 0},
		{"interrupted", scope, "/srv/r.csv", Purpose{}, planner.Plan{Accounts: 1}, Interrupted, 0},
		{"closed", scope, "/srv/r.csv", Purpose{}, planner.Plan{Accounts: 1}, Closed, 0},
		{"in progress", scope, "/srv/r.csv", Purpose{}, planner.Plan{Accounts: 1}, Running, 0},
		{"not started", scope, "/srv/r.csv", Purpose{}, planner.Plan{Accounts: 1}, NotStarted, 0},
		{"finished", scope, "/srv/r.csv", Purpose{}, planner.Plan{Accounts: 60}, Finished, 60},
		{"of another roster", scope, "/srv/s.csv", Purpose{}, planner.Plan{Accounts: 1}, Finished, 60},
		{"of another agency", Scope{scope.Endpoint, 5}, "/srv/r.csv", Purpose{}, planner.Plan{Accounts: 1}, Finished, 60},
		{"at another server", Scope{"simulator", 4}, "/srv/r.csv", Purpose{}, planner.Plan{Accounts: 1}, Finished, 60},
		{"of a roster that may be cut off", scope, "/srv/r.csv", Purpose{}, planner.Plan{Accounts: 20, Shrunk: true}, Finished, 60},
		{"that was refused to prune", scope, "/srv/r.csv", Purpose{}, planner.Plan{Accounts: 70, Refusals: []planner.Refusal{{Reason: "no"}}}, Finished, 60},
		{"of some of its rows", scope, "/srv/r.csv", Purpose{Part: "--limit 2"}, planner.Plan{Accounts: 70}, Finished, 60},
		{"that took another one back", scope, "/srv/r.csv", Purpose{Undoes: "a"}, planner.Plan{Accounts: 70}, Finished, 60},
		{"that tried rows again", scope, "/srv/r.csv", Purpose{Retries: "a"}, planner.Plan{Accounts: 70}, Finished, 60},
		{"finished later", scope, "/srv/r.csv", Purpose{}, planner.Plan{Accounts: 50}, Finished, 50},
	} {
		if run.path != "" {
			n++
			rec, err := l.Begin(Run{ID: string(rune('a' + n)), Scope: run.scope, Path: run.path, Purpose: run.of}, &run.plan)
			must(t, err)
			if run.state != Running {
				must(t, rec.End(run.state, "", nil))
			}
		}
		if got, err := l.Accounts(scope, "/srv/r.csv"); got != run.want || err != nil {
			t.Errorf("after a run %s: %d, %v, want %d", run.what, got, err, run.want)
		}
	}
	must(t, l.Close())
	l, err := Read(dir)
	must(t, err)
	defer l.Close()
	if got, err := l.Accounts(scope, "/srv/r.csv"); got != 50 || err != nil {
		t.Errorf("read: %d, %v", got, err)
	}
}

// TestAccountsOfAResumedRun are those of its last part.
func TestAccountsOfAResumedRun(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	run := Run{ID: "a", Scope: Scope{"simulator", 4}, Path: "/srv/r.csv"}
	rec, err := l.Begin(run, &planner.Plan{Accounts: 5, Refusals: []planner.Refusal{{Reason: "no"}}})
	must(t, err, rec.End(Stopped, "", nil))
	rec, err = l.Resume(run, &planner.Plan{Accounts: 6})
	must(t, err, rec.End(Finished, "", nil))
	if got, err := l.Accounts(run.Scope, run.Path); got != 6 || err != nil {
		t.Errorf("%d, %v, want 6", got, err)
	}
}

// TestStandardInputHasNoRunsToCompare: what was piped before may have been
// another roster.
func TestStandardInputHasNoRunsToCompare(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	run := Run{ID: "a", Scope: Scope{"simulator", 4}, Path: "-"}
	rec, err := l.Begin(run, &planner.Plan{Accounts: 5})
	must(t, err, rec.End(Finished, "", nil))
	if got, err := l.Accounts(run.Scope, run.Path); got != 0 || err != nil {
		t.Errorf("%d, %v, want 0", got, err)
	}
}

// TestAccountsOfOldLedgers: files of every schema can be asked, and know none.
func TestAccountsOfOldLedgers(t *testing.T) {
	for schema := 1; schema <= Schema(); schema++ {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, fileName), unpack(t, fixture(schema)), 0o600))
		l, err := Read(dir)
		must(t, err)
		if got, err := l.Accounts(storyScope, "/srv/r.xlsx"); got != 0 || err != nil {
			t.Errorf("schema %d: %d, %v, want 0", schema, got, err)
		}
		must(t, l.Close())
	}
}
