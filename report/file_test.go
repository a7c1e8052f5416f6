package report

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestFormat(t *testing.T) {
	for name, want := range map[string]string{
		"out.csv": "csv", "OUT.CSV": "csv", "a.b/c.xlsx": "xlsx", "x.jsonl": "jsonl", ".csv": "csv",
	} {
		if got, err := formatOf(name); got != want || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	_, err := formatOf("out.xls")
	wantError(t, err, `report "out.xls": suffix ".xls" is not known: use .csv, .xlsx or .jsonl`)
	_, err = formatOf("out")
	wantError(t, err, `report "out": the name has no suffix: use .csv, .xlsx or .jsonl`)
	wantError(t, Writable("out.json"), `suffix ".json" is not known`)
}

// TestWriteFile writes each format over an old file and as a new one.
func TestWriteFile(t *testing.T) {
	plan, results := sample()
	for format, begin := range map[string]string{"csv": "Client,", "jsonl": `{"format_version":1,`, "xlsx": "PK\x03\x04"} {
		folder := t.TempDir()
		for _, name := range []string{"new." + format, "old." + strings.ToUpper(format)} {
			path := filepath.Join(folder, name)
			if strings.HasPrefix(name, "old") {
				put(t, path, "what was there once")
			}
			if err := Writable(path); err != nil {
				t.Fatal(err)
			}
			if err := made(t, sampleHead(), plan, results).File(path); err != nil {
				t.Fatal(err)
			}
			if got := get(t, path); !strings.HasPrefix(got, begin) || strings.Contains(got, "there once") {
				t.Errorf("%s: %.40q", name, got)
			}
		}
		wantFiles(t, folder, "new."+format, "old."+strings.ToUpper(format))
	}
}

// TestFailedWriteLeavesNothing guards the report that is there: whatever goes
// wrong, it keeps its content, and no half of another lies beside it.
func TestFailedWriteLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "out.xlsx")
	put(t, path, "old")
	plan, results := sample()

	tooWide := Head{Header: make([]string, excelize.MaxColumns)} // [Plan.Fits] would have said so
	wantError(t, made(t, tooWide, plan, results).File(path), "do not fit on a sheet")
	wantFiles(t, folder, "out.xlsx")
	if got := get(t, path); got != "old" {
		t.Errorf("the old report holds %q", got)
	}
}

// failing is a writer whose room ends.
type failing struct{ room int }

func (f *failing) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errors.New("no room")
	}
	return len(p), nil
}

// TestWriteErrorsSurface guards that no form swallows a failure of its writer,
// wherever it comes.
func TestWriteErrorsSurface(t *testing.T) {
	plan, results := sample()
	head := sampleHead()
	forms := map[string]func(io.Writer) error{
		"csv":     func(w io.Writer) error { return made(t, head, plan, results).writeCSV(w) },
		"jsonl":   func(w io.Writer) error { return made(t, head, plan, results).writeJSONL(w) },
		"xlsx":    func(w io.Writer) error { return made(t, head, plan, results).writeXLSX(w) },
		"run":     func(w io.Writer) error { return made(t, head, plan, results).JSON(w) },
		"plan":    func(w io.Writer) error { return planned(t, head, plan).JSON(w) },
		"table":   func(w io.Writer) error { return planned(t, Head{}, plan).Table(w, TableOptions{}) },
		"results": func(w io.Writer) error { return made(t, Head{}, plan, results).Table(w, TableOptions{}) },
		"summary": func(w io.Writer) error { return made(t, head, plan, results).Summary(w, TableOptions{}) },
	}
	for name, do := range forms {
		whole := 0
		if err := do(writerFunc(func(p []byte) (int, error) { whole += len(p); return len(p), nil })); err != nil {
			t.Fatal(name, err)
		}
		for _, room := range []int{0, whole / 3, whole - 1} {
			if err := do(&failing{room}); err == nil || err.Error() != "no room" {
				t.Errorf("%s with room for %d of %d: error %v", name, room, whole, err)
			}
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestWritable(t *testing.T) {
	folder := t.TempDir()
	put(t, filepath.Join(folder, "file"), "")
	if err := os.Mkdir(filepath.Join(folder, "folder.csv"), 0o755); err != nil {
		t.Fatal(err)
	}
	plan, results := sample()
	for name, want := range map[string]string{
		"missing/out.csv": `missing": file does not exist`,
		"file/out.csv":    `out.csv": `,
		"folder.csv":      `folder.csv": is a folder or a device, not a file`,
	} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		for _, err := range []error{Writable(path), made(t, Head{}, plan, results).File(path)} {
			wantError(t, err, want)
			if err != nil && strings.Contains(err.Error(), ".tmp") {
				t.Errorf("%v names the file aside", err)
			}
		}
	}
	if err := Writable(filepath.Join(folder, "fine.csv")); err != nil {
		t.Error(err)
	}
	wantFiles(t, folder, "file", "folder.csv")
}

// TestModesAndLinks: a new report has the mode of any new file, an old one
// keeps its own, and a symbolic link goes on pointing to the report.
func TestModesAndLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("modes and links are those of Unix")
		return
	}
	folder := t.TempDir()
	plan, results := sample()
	plainFile, private, link := filepath.Join(folder, "a.csv"), filepath.Join(folder, "b.csv"), filepath.Join(folder, "c.csv")
	other := filepath.Join(folder, "other")
	put(t, other, "") // mode 0644 less the umask
	put(t, private, "old")
	if err := os.Chmod(private, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("b.csv", link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{plainFile, link} {
		if err := made(t, sampleHead(), plan, results).File(path); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := mode(t, plainFile), mode(t, other); got != want {
		t.Errorf("a new report has mode %v, want %v", got, want)
	}
	if got := mode(t, private); got != 0o600 {
		t.Errorf("an old report has mode %v", got)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Error("the link is gone", err)
	}
	if !strings.HasPrefix(get(t, private), "Client,") {
		t.Error("the file behind the link is not the report")
	}
	dangling := filepath.Join(folder, "d.csv")
	if err := os.Symlink("nowhere/x.csv", dangling); err != nil {
		t.Fatal(err)
	}
	wantError(t, Writable(dangling), "d.csv")
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// wantFiles demands that the folder holds these and nothing else.
func wantFiles(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the folder holds %q, want %q", got, names)
	}
}
