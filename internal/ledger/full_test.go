package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"linkbatch/executor"
	"linkbatch/planner"
)

// TestFullDisk fills a ledger that may have no more pages. The record that
// does not fit is refused whole, and nothing is sent after it.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, dir)
	var pages int
	if err := l.db.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	l.Close()
	l = opened(t, dir, fmt.Sprintf("max_page_count(%d)", pages+40))
	defer l.Close()
	if _, err := l.Begin(Run{ID: "too big"}, ordinary(1000, planner.OpAdd)); !unwritable(err, dir) {
		t.Fatalf("a plan that does not fit: %v", err)
	}
	if runs, err := l.Runs(); err != nil || len(runs) != 0 {
		t.Fatalf("something of it stayed: %v, %v", runs, err)
	}
	plan := ordinary(crashRows, planner.OpAdd)
	rec, err := l.Begin(Run{ID: "run"}, plan)
	if err != nil {
		t.Fatal(err)
	}
	sent := map[int]bool{}
	for n := 1; err == nil; n++ {
		c, answers := tenOf(plan, n)
		if err = rec.Sending(c); err == nil {
			sent[n] = true
			err = rec.Returned(c, answers)
		}
		if n > 1000 {
			t.Fatal("the disk does not fill")
		}
	}
	if !unwritable(err, dir) {
		t.Fatalf("a full disk: %v", err)
	}
	got, loadErr := l.Load("run")
	if loadErr != nil {
		t.Fatal(loadErr)
	}
	if got.Calls != len(sent) || len(got.Loose) != 10*len(sent) {
		t.Errorf("%d calls were allowed, %d are recorded with %d links", len(sent), got.Calls, len(got.Loose))
	}
	c, _ := tenOf(plan, 2000)
	if again := rec.Sending(c); again == nil || again.Error() != err.Error() {
		t.Errorf("Sending afterwards: %v, want %v", again, err)
	}
}

// unwritable reports whether an error is the message about a ledger that
// cannot be written.
func unwritable(err error, dir string) bool {
	return errors.Is(err, ErrUnwritable) && strings.HasPrefix(err.Error(), filepath.Join(dir, fileName)+": cannot be written: ")
}

// TestFolderThatCannotBe holds that a state folder which cannot be created, or
// in which nothing can be created, is reported before a run.
func TestFolderThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file); !unwritable(err, file) {
		t.Errorf("a file as folder: %v", err)
	}
	inside := filepath.Join(file, "state")
	if _, err := Open(inside); !unwritable(err, inside) {
		t.Errorf("a folder in a file: %v", err)
	}
	taken := t.TempDir()
	if err := os.Mkdir(filepath.Join(taken, fileName), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(taken); !unwritable(err, taken) {
		t.Errorf("a folder as ledger: %v", err)
	}
}

// TestReadOnlyLedger holds that Open notices a ledger whose files cannot be
// written, and that it can still be read. SQLite's own switch refuses the
// writes, since permissions do not bind root.
func TestReadOnlyLedger(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, dir)
	stored(t, l)
	want, err := l.Load("20261123-1")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if _, err := open(dir, "query_only(1)"); !unwritable(err, dir) {
		t.Errorf("Open: %v", err)
	}
	looking, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer looking.Close()
	got, err := looking.Load("20261123-1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := looking.Begin(Run{ID: "b"}, ordinary(1, planner.OpNone)); err == nil || !strings.Contains(err.Error(), "is open for reading only") {
		t.Errorf("Begin: %v", err)
	}
}

// TestFilesArePrivate holds that nobody else may read what is recorded.
func TestFilesArePrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "state")
	l := opened(t, dir)
	defer l.Close()
	rec, err := l.Begin(Run{ID: "a"}, ordinary(1, planner.OpNone))
	if err != nil {
		t.Fatal(err)
	}
	if err := rec.End(Finished, "", map[executor.Outcome]int{executor.Unchanged: 1}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, "locks": 0o700, fileName: 0o600, fileName + "-wal": 0o600, fileName + "-shm": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		} else if got := info.Mode().Perm(); got != want && os.PathSeparator == '/' {
			t.Errorf("%q has the mode %o, want %o", name, got, want)
		}
	}
}
