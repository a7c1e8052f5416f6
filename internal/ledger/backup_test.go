package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gofrs/flock"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"linkbatch/planner"
)

// copied is a backup of a ledger, and what the ledger answered.
func copied(t *testing.T, l *Ledger) (name string, truth everything) {
	t.Helper()
	truth, err := readEverything(l)
	if err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(t.TempDir(), "copy.db")
	if err := l.Backup(name); err != nil {
		t.Fatal(err)
	}
	return name, truth
}

// TestBackupAndRestore copies a ledger while a run is in progress, and restores
// it where there was none, and where there was another.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	source, _ := specimen(t)
	l := opened(t, source)
	defer l.Close()
	rec, err := l.Begin(Run{ID: "in progress", Scope: here}, ordinary(50, planner.OpAdd))
	must(t, err)
	looking, err := Read(source)
	must(t, err)
	name, truth := copied(t, looking)
	must(t, looking.Close(), rec.End(Finished, "", nil)) // the copy does not have the end
	entries, err := os.ReadDir(filepath.Dir(name))
	must(t, err)
	same(t, "files beside the copy", 1, len(entries))
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 && os.PathSeparator == '/' {
		t.Errorf("the copy: %v, %v", info.Mode(), err)
	}
	dir := filepath.Join(t.TempDir(), "new", "state")
	for range 2 {
		restored(t, dir, name, truth)
	}
}

// restored restores a copy of a ledger with three runs, and begins one more,
// which the next restoring replaces.
func restored(t *testing.T, dir, name string, truth everything) {
	t.Helper()
	by := Actor{"anna", "desk", "linkbatch state restore copy.db", "new machine"}
	had := exists(filepath.Join(dir, fileName))
	done, err := Restore(dir, name, by)
	must(t, err)
	if done.Runs != 3 || (done.Replaced != "") != had || had && !exists(done.Replaced) {
		t.Errorf("%+v", done)
	}
	got := opened(t, dir)
	all, err := readEverything(got)
	must(t, err)
	same(t, "restored", truth, all, cmpopts.IgnoreFields(everything{}, "Acts"))
	same(t, "acts", append([]Act{{Kind: "restore", Actor: by, Runs: 3}}, truth.Acts...), all.Acts, cmpopts.IgnoreFields(Act{}, "At"))
	_, err = got.Begin(Run{ID: "afterwards"}, ordinary(5, planner.OpNone))
	must(t, err, got.Close())
}

// TestBackupReplacesCopiesAlone holds that a mistyped name costs no other file.
func TestBackupReplacesCopiesAlone(t *testing.T) {
	dir, _ := specimen(t)
	l := opened(t, dir)
	defer l.Close()
	folder := t.TempDir()
	roster := filepath.Join(folder, "roster.csv")
	if err := os.WriteFile(roster, []byte("account_id,action\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.Backup(roster); err == nil || err.Error() != roster+": exists, and is not a copy of a ledger" {
		t.Errorf("a roster: %v", err)
	}
	if content, err := os.ReadFile(roster); err != nil || string(content) != "account_id,action\n" {
		t.Errorf("%q, %v", content, err)
	}
	if err := l.Backup(filepath.Join(folder, "missing", "copy.db")); err == nil || !strings.Contains(err.Error(), "copy.db: ") {
		t.Errorf("a folder that is missing: %v", err)
	}
	name := filepath.Join(folder, "copy.db")
	for range 2 {
		if err := l.Backup(name); err != nil {
			t.Errorf("a copy: %v", err)
		}
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 2 {
		t.Errorf("left: %v, %v", entries, err)
	}
}

// TestRestoreChangesNothingForABadCopy holds that what cannot be a ledger never
// replaces one, and that nothing is replaced under a run.
func TestRestoreChangesNothingForABadCopy(t *testing.T) {
	t.Parallel()
	dir, truth := specimen(t)
	l := opened(t, dir)
	good, _ := copied(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(t.TempDir(), "damaged.db")
	at := strings.LastIndex(string(content), "Client 7") // SQLite may leave a stale copy before
	spoiltCopy := slices.Clone(content)                  // so that only reading the record finds it
	spoiltCopy[at]++
	text := filepath.Join(t.TempDir(), "text.db")
	for name, content := range map[string][]byte{damaged: spoiltCopy, text: []byte(strings.Repeat("account_id,action\n", 1000))} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := files(t, dir)
	for name, want := range map[string]error{damaged: ErrDamaged, text: ErrDamaged, filepath.Join(dir, "missing.db"): os.ErrNotExist} {
		if _, err := Restore(dir, name, Actor{}); !errors.Is(err, want) || !strings.HasPrefix(err.Error(), name+": ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	lock := flock.New(filepath.Join(dir, "locks", lockName(here)+".lock"))
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	var locked *LockedError
	if _, err := Restore(dir, good, Actor{}); !errors.As(err, &locked) {
		t.Errorf("while a run is in progress: %v", err)
	}
	lock.Unlock()
	if diff := gocmp.Diff(before, files(t, dir)); diff != "" {
		t.Errorf("the folder has changed:\n%s", diff)
	}
	l = opened(t, dir)
	defer l.Close()
	if all, err := readEverything(l); err != nil || !gocmp.Equal(truth, all) {
		t.Errorf("another ledger: %v", err)
	}
}

// TestRestoreOverDamage restores over a ledger that cannot be opened, with a
// -wal beside it. Both are kept.
func TestRestoreOverDamage(t *testing.T) {
	t.Parallel()
	source, _ := specimen(t)
	l := opened(t, source)
	name, truth := copied(t, l)
	l.Close()
	dir := t.TempDir()
	for suffix, content := range map[string]string{"": "noise", "-wal": "more noise"} {
		if err := os.WriteFile(filepath.Join(dir, fileName+suffix), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	done, err := Restore(dir, name, Actor{})
	if err != nil {
		t.Fatal(err)
	}
	for suffix, want := range map[string]string{"": "noise", "-wal": "more noise"} {
		if got, err := os.ReadFile(done.Replaced + suffix); err != nil || string(got) != want {
			t.Errorf("kept: %q, %v", got, err)
		}
	}
	got := opened(t, dir)
	defer got.Close()
	all, err := readEverything(got)
	if diff := gocmp.Diff(truth, all, cmpopts.IgnoreFields(everything{}, "Acts")); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

// TestBackupOfAnOldSchema copies a ledger that was not upgraded, and restores it.
func TestBackupOfAnOldSchema(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), unpack(t, fixture(1)), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	want := answers(t, l)
	name := filepath.Join(t.TempDir(), "copy.db")
	if err := l.Backup(name); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	if _, err := Restore(other, name, Actor{}); err != nil {
		t.Fatal(err)
	}
	got := opened(t, other)
	defer got.Close()
	if diff := gocmp.Diff(want, answers(t, got), timeless); diff != "" {
		t.Error(diff)
	}
}
