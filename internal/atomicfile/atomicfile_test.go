package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestReplace writes a new file and over an old one, by a whole name and by one
// in the working folder.
func TestReplace(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	for _, name := range []string{filepath.Join(folder, "whole"), "relative"} {
		for _, content := range []string{"first", "second, which is longer", ""} {
			for _, replace := range []func(string, fs.FileMode, func(io.Writer) error) error{Replace, ReplaceUnsynced} {
				if err := replace(name, 0o600, text(content)); err != nil {
					t.Fatal(err)
				}
				if got := get(t, name); got != content {
					t.Errorf("%s holds %q, want %q", name, got, content)
				}
			}
		}
	}
	wantFiles(t, folder, "relative", "whole")
}

// TestAFailureLeavesTheOldFile: whatever goes wrong, the file keeps its content,
// a new one is not made, and nothing lies beside it.
func TestAFailureLeavesTheOldFile(t *testing.T) {
	folder := t.TempDir()
	old, missing := filepath.Join(folder, "old"), filepath.Join(folder, "missing")
	put(t, old, "old")
	broken := errors.New("disk full")
	for _, name := range []string{old, missing} {
		for what, write := range map[string]func(io.Writer) error{
			"an error": func(w io.Writer) error { _, err := io.WriteString(w, "half a f"); return errors.Join(err, broken) },
			"closed":   func(w io.Writer) error { return w.(io.Closer).Close() }, // so that the end fails
			"removed":  func(w io.Writer) error { return os.Remove(w.(*os.File).Name()) },
		} {
			for _, replace := range []func(string, fs.FileMode, func(io.Writer) error) error{Replace, ReplaceUnsynced} {
				err := replace(name, 0o644, write)
				if err == nil || what == "an error" && !errors.Is(err, broken) || strings.Contains(err.Error(), folder) {
					t.Errorf("%s: %v", what, err)
				}
			}
		}
		func() {
			defer func() { _ = recover() }()
			_ = Replace(name, 0o644, func(io.Writer) error { panic("a library gave up") })
		}()
	}
	wantFiles(t, folder, "old")
	if got := get(t, old); got != "old" {
		t.Errorf("the old file holds %q", got)
	}
}

// TestNamesThatCannotBeReplaced holds for Check too, which must find them before
// there is anything to write.
func TestNamesThatCannotBeReplaced(t *testing.T) {
	folder := t.TempDir()
	put(t, filepath.Join(folder, "file"), "")
	if err := os.Mkdir(filepath.Join(folder, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"none/out": fmt.Sprintf("folder %q: file does not exist", filepath.Join(folder, "none")),
		"file/out": "",
		"folder":   "is a folder or a device, not a file",
	} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		for what, err := range map[string]error{"Check": Check(path), "Replace": Replace(path, 0o644, text("new"))} {
			if err == nil || want != "" && err.Error() != want || strings.Contains(err.Error(), suffix) {
				t.Errorf("%s %s: %v, want %s", what, name, err, want)
			}
		}
	}
	for _, fine := range []string{"file", "new"} {
		if err := Check(filepath.Join(folder, fine)); err != nil {
			t.Errorf("%s: %v", fine, err)
		}
	}
	wantFiles(t, folder, "file", "folder")
}

func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("modes are those of Unix")
		return
	}
	for _, test := range []struct{ umask, old, perm, want fs.FileMode }{
		{0o022, 0, 0o666, 0o644}, {0o002, 0, 0o666, 0o664}, {0o077, 0, 0o666, 0o600}, {0o022, 0, 0o600, 0o600}, {0, 0, 0o640, 0o640},
		{0o077, 0o664, 0o666, 0o664}, // the umask is for new files
		{0o022, 0o600, 0o666, 0o600}, {0o022, 0o444, 0o666, 0o444},
		{0o022, 0o644, 0o600, 0o600}, {0o022, 0o400, 0o600, 0o400},
	} {
		name := filepath.Join(t.TempDir(), "file")
		if test.old != 0 {
			put(t, name, "old")
			if err := os.Chmod(name, test.old); err != nil {
				t.Fatal(err)
			}
		}
		withUmask(test.umask, func() {
			if err := Replace(name, test.perm, text("new")); err != nil {
				t.Fatal(err)
			}
		})
		if info, err := os.Stat(name); err != nil || info.Mode() != test.want {
			t.Errorf("umask %v, old mode %v, perm %v: %v, want %v", test.umask, test.old, test.perm, info.Mode(), test.want)
		}
	}
}

func TestASymbolicLinkStaysOne(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("links need rights there")
		return
	}
	folder, behind := t.TempDir(), t.TempDir()
	target, link := filepath.Join(behind, "target"), filepath.Join(folder, "link")
	put(t, target, "old")
	if err := errors.Join(os.Symlink(target, filepath.Join(folder, "between")), os.Symlink("between", link)); err != nil {
		t.Fatal(err)
	}
	if err := Replace(link, 0o644, text("new")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 || get(t, target) != "new" {
		t.Errorf("%v, %v: the target holds %q", info.Mode(), err, get(t, target))
	}
	dangling := filepath.Join(folder, "dangling")
	if err := os.Symlink("none/file", dangling); err != nil {
		t.Fatal(err)
	}
	if err := Check(dangling); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a link to nothing: %v", err)
	}
	wantFiles(t, behind, "target")
	wantFiles(t, folder, "between", "dangling", "link")
}

// TestManyAtOnce: each finds a name of its own to write aside, and no reader
// sees a part of a file.
func TestManyAtOnce(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "file")
	var writers sync.WaitGroup
	for i := range 8 {
		content := strings.Repeat(fmt.Sprint(i), 5000)
		writers.Go(func() {
			for range 20 {
				if err := ReplaceUnsynced(name, 0o644, text(content)); err != nil {
					t.Error(err)
				}
				if got, err := os.ReadFile(name); err != nil || len(got) != len(content) || strings.Trim(string(got), string(got[:1])) != "" {
					t.Errorf("%d bytes, %.10q, %v", len(got), got, err)
				}
			}
		})
	}
	writers.Wait()
	wantFiles(t, folder, "file")
}

func TestRename(t *testing.T) {
	folder := t.TempDir()
	from, to := filepath.Join(folder, "from"), filepath.Join(folder, "to")
	put(t, from, "new")
	put(t, to, "old")
	if err := Rename(from, to); err != nil || get(t, to) != "new" {
		t.Errorf("%v: %q", err, get(t, to))
	}
	wantFiles(t, folder, "to")
	if err := Rename(from, to); !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), folder) {
		t.Errorf("a file that is missing: %v", err)
	}
}

// TestRemoveLeftovers removes what a process left that died while it wrote, and
// no other file.
func TestRemoveLeftovers(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "file")
	var left string
	err := Replace(name, 0o644, func(w io.Writer) error {
		left = w.(*os.File).Name()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	others := []string{".file.tmp.bak", ".file.x.tmp", ".file2.1-0.tmp", "file.1-0.tmp"}
	for _, other := range append(others, filepath.Base(left)) {
		put(t, filepath.Join(folder, other), "")
	}
	if err := RemoveLeftovers(name); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, folder, append(others, "file")...)

	if err := os.MkdirAll(filepath.Join(left, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := RemoveLeftovers(name); err == nil || strings.Contains(err.Error(), folder) {
		t.Errorf("one that cannot be removed: %v", err)
	}
	if err := RemoveLeftovers(filepath.Join(folder, "none", "file")); err != nil {
		t.Errorf("no folder: %v", err)
	}
}

func TestRemove(t *testing.T) {
	folder, behind := t.TempDir(), t.TempDir()
	name, target := filepath.Join(folder, "file"), filepath.Join(behind, "target")
	put(t, name, "")
	put(t, filepath.Join(folder, ".file.1-0.tmp"), "")
	put(t, filepath.Join(folder, "other"), "")
	if err := Remove(name); err != nil {
		t.Error(err)
	}
	if err := Remove(name); !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), folder) {
		t.Errorf("again: %v", err)
	}
	wantFiles(t, folder, "other")
	if runtime.GOOS == "windows" {
		t.Log("links need rights there")
		return
	}
	put(t, target, "")
	put(t, filepath.Join(behind, ".target.1-0.tmp"), "")
	if err := errors.Join(os.Symlink(target, name), Remove(name)); err != nil {
		t.Error(err)
	}
	wantFiles(t, folder, "other")
	wantFiles(t, behind)
}

func TestCause(t *testing.T) {
	plain := errors.New("plain")
	for _, test := range []struct{ err, want error }{
		{nil, nil}, {plain, plain},
		{&fs.PathError{Op: "open", Path: "secret", Err: fs.ErrExist}, fs.ErrExist},
		{&os.LinkError{Op: "rename", Old: "secret", New: "secret", Err: plain}, plain},
		{fmt.Errorf("state: %w", &fs.PathError{Op: "open", Path: "secret", Err: plain}), plain},
	} {
		if got := Cause(test.err); got != test.want {
			t.Errorf("%v: %v, want %v", test.err, got, test.want)
		}
	}
}

// text writes a content.
func text(content string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	}
}

func put(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// wantFiles demands that the folder holds these and nothing else.
func wantFiles(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(names)
	if !slices.Equal(got, names) {
		t.Errorf("the folder holds %q, want %q", got, names)
	}
}
