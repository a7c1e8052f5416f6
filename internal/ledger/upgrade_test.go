package ledger

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// childOpen opens a ledger, and upgrades it.
func childOpen(args []string) error {
	l, err := Open(args[0])
	if err != nil {
		return err
	}
	return l.Close()
}

// TestKilledWhileUpgrading kills a process at random moments of an upgrade. The
// next one finds the old file or the new one.
func TestKilledWhileUpgrading(t *testing.T) {
	content := unpack(t, fixture(1))
	first := t.TempDir()
	writeOld := func(dir string) string {
		path := filepath.Join(dir, fileName)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	writeOld(first)
	l := opened(t, first)
	want := recordsOf(t, l)
	l.Close()
	rng := rand.New(rand.NewPCG(1, 7))
	for range 5 {
		dir := t.TempDir()
		path := writeOld(dir)
		cmd, lines := spawn(t, "open", dir)
		for !exists(path + "-wal") { // it has begun
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(rng.IntN(60)) * time.Millisecond)
		cmd.Process.Kill()
		lines.Scan()
		cmd.Wait()
		l := opened(t, dir)
		same(t, "upgraded", want, recordsOf(t, l), timeless)
		must(t, l.Verify(), l.Close())
	}
}

// recordsOf reads all runs.
func recordsOf(t *testing.T, l *Ledger) (all []*Record) {
	t.Helper()
	runs, err := l.Runs()
	must(t, err)
	for _, r := range runs {
		rec, err := l.Load(r.ID)
		must(t, err)
		all = append(all, rec)
	}
	return all
}

// TestNoUpgradeUnderARun holds that a run of an older linkbatch keeps its
// tables, and that its ledger can be read meanwhile.
func TestNoUpgradeUnderARun(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	if err := os.WriteFile(path, unpack(t, fixture(1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "locks"), 0o700); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(filepath.Join(dir, "locks", lockName(storyScope)+".lock"))
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(dir)
	if locked, ok := errors.AsType[*LockedError](err); !ok || locked.PID != 0 {
		t.Errorf("under a run: %v", err)
	}
	l, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if runs, err := l.Runs(); err != nil || len(runs) != 7 {
		t.Errorf("%d runs, %v", len(runs), err)
	}
	lock.Unlock()
	upgraded := opened(t, dir)
	defer upgraded.Close()
	if version, err := upgraded.version(); version != len(migrations) || err != nil {
		t.Errorf("schema %d, %v", version, err)
	}
	if runs, err := l.Runs(); err != nil || len(runs) != 7 { // by who had it open before
		t.Errorf("%d runs, %v", len(runs), err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// TestAnUpgradeReturnsTheSpace holds that the tables of an old schema leave no
// hole in the file.
func TestAnUpgradeReturnsTheSpace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	content := unpack(t, fixture(1))
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	l := opened(t, dir)
	var free int
	err := l.db.QueryRow("PRAGMA freelist_count").Scan(&free)
	if err := errors.Join(err, l.Close()); err != nil {
		t.Fatal(err)
	}
	if after := size(t, path); free != 0 || after >= int64(len(content)) {
		t.Errorf("%d bytes, %d pages of them free; it was %d", after, free, len(content))
	}
}
