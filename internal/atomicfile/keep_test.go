package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatIsCompleteIsKept: a file that cannot take its name, as on Windows while
// Excel has the old one open, stays beside it under a free name, and the error
// says which. Here a folder gets in its way while it is written.
func TestWhatIsCompleteIsKept(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "report.xlsx")
	put(t, filepath.Join(folder, "report-1.xlsx"), "somebody else's")
	put(t, name, "old")
	for _, want := range []string{"report-2.xlsx", "report-3.xlsx"} {
		err := ReplaceOrKeep(name, 0o644, inTheWay(t, name, "new, for "+want))
		kept, ok := errors.AsType[*KeptError](err)
		if !ok || filepath.Base(kept.Name) != want || get(t, kept.Name) != "new, for "+want {
			t.Fatalf("%v", err)
		}
		if strings.Contains(err.Error(), suffix) || !strings.HasSuffix(err.Error(), `; what was written is in "`+kept.Name+`"`) || errors.Unwrap(err) == nil {
			t.Errorf("%v", err)
		}
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
	}
	if get(t, filepath.Join(folder, "report-1.xlsx")) != "somebody else's" {
		t.Error("a file that was there is replaced")
	}
	if err := Replace(name, 0o644, inTheWay(t, name, "new")); err == nil || errors.As(err, new(*KeptError)) {
		t.Errorf("Replace keeps nothing: %v", err)
	}
	wantFiles(t, folder, "report-1.xlsx", "report-2.xlsx", "report-3.xlsx", "report.xlsx")
}

// TestNothingIsKept: an error names no file that is not there, and a file that is
// not complete is not kept.
func TestNothingIsKept(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "report.csv")
	broken := errors.New("disk full")
	for what, write := range map[string]func(io.Writer) error{
		"a half": func(w io.Writer) error { _, err := io.WriteString(w, "half a f"); return errors.Join(err, broken) },
		"removed": func(w io.Writer) error {
			return errors.Join(os.Remove(w.(*os.File).Name()), os.Mkdir(name, 0o755))
		},
		"no folder": func(io.Writer) error { return os.RemoveAll(folder) },
	} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		err := ReplaceOrKeep(name, 0o644, write)
		if err == nil || errors.As(err, new(*KeptError)) || what == "a half" && !errors.Is(err, broken) {
			t.Errorf("%s: %v", what, err)
		}
		_ = os.RemoveAll(name)
		if what != "no folder" {
			wantFiles(t, folder)
		}
	}
}

// TestKeptUnderTheNameItHas: where it cannot be renamed at all it stays where it
// was written.
func TestKeptUnderTheNameItHas(t *testing.T) {
	folder := t.TempDir()
	// A name so long that no other can be made of it, but not too long to be written
	// aside: the file system takes 255 bytes.
	name := filepath.Join(folder, "r."+strings.Repeat("x", 253))
	a := &aside{target: name}
	var err error
	if a.file, err = os.Create(filepath.Join(folder, "aside")); err != nil {
		t.Fatal(err)
	}
	if err := a.close(true); err != nil {
		t.Fatal(err)
	}
	kept, ok := errors.AsType[*KeptError](a.keep(&os.LinkError{Op: "rename", Err: fs.ErrPermission}))
	if !ok || kept.Name != filepath.Join(folder, "aside") || kept.Err != fs.ErrPermission {
		t.Errorf("%v", kept)
	}
	wantFiles(t, folder, "aside")
}

// inTheWay writes a content and puts a folder in the way of the file's name.
func inTheWay(t *testing.T, name, content string) func(io.Writer) error {
	return func(w io.Writer) error {
		t.Helper()
		_ = os.Remove(name)
		return errors.Join(text(content)(w), os.MkdirAll(filepath.Join(name, "full"), 0o755))
	}
}
