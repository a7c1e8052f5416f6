package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"linkbatch/planner"
)

// forgetful changes a byte of an index in the file: no record is read otherwise for
// it, but a check of the whole file finds it. The file keeps its time, as when a
// disk forgets.
func forgetful(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page, leafOfIndex = 4096, 10
	id := []byte("the-id-of-a-run")
	for at := 0; at < len(content); at += page {
		if content[at] == leafOfIndex {
			if i := bytes.Index(content[at:at+page], id); i >= 0 {
				content[at+i]++
				if err := os.WriteFile(path, content, 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Chtimes(path, time.Time{}, info.ModTime()); err != nil {
					t.Fatal(err)
				}
				return
			}
		}
	}
	t.Fatal("no index has the run")
}

// TestWhenTheWholeFileIsChecked holds that a file which is as it was when it was
// closed cleanly is not checked again for a week, and any other is.
func TestWhenTheWholeFileIsChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(t *testing.T, path string)
		checked bool
	}{
		"closed cleanly": {func(*testing.T, string) {}, false},
		"written since": {func(t *testing.T, path string) {
			if err := os.Chtimes(path, time.Time{}, time.Now()); err != nil {
				t.Fatal(err)
			}
		}, true},
		"a process has died": {func(t *testing.T, path string) {
			if err := os.WriteFile(path+"-wal", []byte("no frame of this is valid"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, true},
		"not checked for long": {func(t *testing.T, path string) { checkedAt(t, path, time.Now().Add(-recheck)) }, true},
		"checked yesterday":    {func(t *testing.T, path string) { checkedAt(t, path, time.Now().Add(-24*time.Hour)) }, false},
		"the clock was set back": {func(t *testing.T, path string) {
			checkedAt(t, path, time.Now().Add(time.Hour))
		}, true},
		"nobody knows": {func(t *testing.T, path string) {
			if err := os.Remove(path + "-closed"); err != nil {
				t.Fatal(err)
			}
		}, true},
		"half a note": {func(t *testing.T, path string) {
			if err := os.WriteFile(path+"-closed", []byte("size 40"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, true},
	} {
		for way, try := range map[string]func(string) (*Ledger, error){"Read": Read, "Open": Open} {
			t.Run(name+"/"+way, func(t *testing.T) {
				dir := t.TempDir()
				path := filepath.Join(dir, fileName)
				l := opened(t, dir)
				if _, err := l.Begin(Run{ID: "the-id-of-a-run"}, ordinary(20, planner.OpNone)); err != nil {
					t.Fatal(err)
				}
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
				forgetful(t, path)
				c.change(t, path)
				l, err := try(dir)
				if c.checked {
					if !errors.Is(err, ErrDamaged) {
						t.Errorf("it was not checked: %v", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				if err := l.Verify(); !errors.Is(err, ErrDamaged) {
					t.Errorf("Verify finds nothing: %v", err)
				}
			})
		}
	}
}

// checkedAt sets when a file was last checked.
func checkedAt(t *testing.T, path string, when time.Time) {
	t.Helper()
	info, err := os.Stat(path)
	if err == nil {
		err = os.WriteFile(path+"-closed", fmt.Appendf(nil, closedFormat, info.Size(), info.ModTime().UnixNano(), when.UnixNano()), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestTheLastToCloseNotesIt holds that a file which another process still has
// open does not count as closed, and that one whose process died does not either.
func TestTheLastToCloseNotesIt(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	noted := func() bool { return (&Ledger{path: path}).trusted() }
	first, second := opened(t, dir), opened(t, dir)
	stored(t, first)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if noted() {
		t.Error("noted while the file was open")
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	if !noted() {
		t.Error("not noted when the last has closed the file")
	}
	cmd, lines := spawn(t, "record", dir, "another")
	lines.Scan()
	cmd.Process.Kill()
	cmd.Wait()
	if noted() {
		t.Error("noted though the process was killed")
	}
}

// files are the names in a folder with their sizes and times.
func files(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if !e.IsDir() {
			out = append(out, fmt.Sprintln(e.Name(), info.Size(), info.ModTime()))
		}
	}
	return out
}

// TestReadingLeavesNothing holds that a ledger that was read is as it was, and
// that what a dead process left in the -wal is in the file afterwards.
func TestReadingLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, dir)
	stored(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)
	for range 2 {
		l, err := Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Load("20261123-1"); err != nil {
			t.Error(err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if diff := gocmp.Diff(before, files(t, dir)); diff != "" {
			t.Errorf("reading has changed the folder:\n%s", diff)
		}
	}
	cmd, lines := spawn(t, "record", dir, "another")
	for range 20 {
		lines.Scan()
	}
	cmd.Process.Kill()
	cmd.Wait()
	if size(t, filepath.Join(dir, fileName+"-wal")) == 0 {
		t.Fatal("the process left nothing")
	}
	l, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	want, err := l.Load("another")
	if err := errors.Join(err, l.Close()); err != nil {
		t.Fatal(err)
	}
	if exists(filepath.Join(dir, fileName+"-wal")) || exists(filepath.Join(dir, fileName+"-shm")) {
		t.Errorf("left behind: %v", files(t, dir))
	}
	l = opened(t, dir)
	defer l.Close()
	got, err := l.Load("another")
	if diff := gocmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

// TestLogWithoutItsFile holds that a -wal whose ledger is missing is reported,
// and kept.
func TestLogWithoutItsFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	cmd, lines := spawn(t, "record", dir, "run")
	for range 20 {
		lines.Scan()
	}
	cmd.Process.Kill()
	cmd.Wait()
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)
	for name, try := range map[string]func(string) (*Ledger, error){"Open": Open, "OpenExisting": OpenExisting, "Read": Read} {
		_, err := try(dir)
		if !errors.Is(err, ErrMissing) || err.Error() != path+": is missing, though its -wal is there" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if diff := gocmp.Diff(before, files(t, dir)); diff != "" {
		t.Errorf("the folder has changed:\n%s", diff)
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	l := opened(t, dir)
	defer l.Close()
	if _, err := l.Load("run"); err != nil {
		t.Error(err)
	}
}

// TestOpenExistingCreatesNothing holds that a mistyped folder stays as it is.
func TestOpenExistingCreatesNothing(t *testing.T) {
	dir := t.TempDir()
	mistyped := filepath.Join(dir, "stat")
	for _, d := range []string{mistyped, dir} {
		if _, err := OpenExisting(d); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v", err)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("created: %v, %v", entries, err)
	}
	l := opened(t, dir)
	stored(t, l)
	l.Close()
	l, err := OpenExisting(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := l.Load("20261123-1"); err != nil {
		t.Error(err)
	}
}
