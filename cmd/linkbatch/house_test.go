package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// leaves are small rooms that every package may use, since they import the
// standard library and nothing else.
var leaves = []string{"internal/address", "internal/atomicfile", "internal/duration", "internal/edit", "internal/latin", "internal/redact"}

// The house: each package may import only what is upstream of it, and leaves.
// The rules are about the code that ships; tests may reach further.
var house = map[string][]string{
	"ingest":                      {"internal/charset", "internal/sheet"},
	"internal/charset":            {},
	"internal/sheet":              {"internal/xmlpart"},
	"internal/xmlpart":            {},
	"internal/msads":              {},
	"internal/auth":               {},
	"internal/config":             {},
	"samples":                     {},
	"planner":                     {"ingest", "internal/msads", "planner/internal/clientname", "planner/internal/nearly"},
	"planner/internal/clientname": {},
	"planner/internal/nearly":     {"planner/internal/clientname"},
	"executor":                    {"planner", "internal/msads"},
	"report":                      {"ingest", "planner", "executor", "internal/ledger", "internal/msads"},
	"internal/simulator":          {"internal/msads"},
	"internal/simulator/simtest":  {"internal/simulator", "internal/msads"},
	"internal/session": {
		"planner", "executor", "samples", "internal/auth", "internal/config", "internal/msads", "internal/simulator",
	},
	"internal/doctor":    {"internal/ledger", "internal/session"},
	"internal/flagvalue": {"ingest", "internal/msads", "planner"},
	"internal/part":      {"ingest"},
	"internal/undo":      {"ingest", "planner", "executor", "internal/ledger", "internal/msads", "internal/part", "internal/run"},
	"internal/savedplan": {"ingest", "planner", "internal/msads"},
	"internal/run":       {"ingest", "planner", "executor", "internal/ledger", "internal/msads"},
	"internal/run/runtest": {
		"ingest", "planner", "executor", "internal/auth", "internal/msads", "internal/simulator", "internal/simulator/simtest",
	},
	"internal/ledger": {"ingest", "planner", "executor", "internal/msads"},
	"cmd/linkbatch": {
		"ingest", "planner", "executor", "report", "samples",
		"internal/msads", "internal/auth", "internal/config", "internal/doctor", "internal/simulator", "internal/flagvalue", "internal/ledger", "internal/part",
		"internal/run", "internal/savedplan", "internal/session", "internal/undo",
	},
}

// Some packages of others have one home.
var homes = map[string][]string{
	"github.com/xuri/excelize/v2":              {"ingest", "report"},
	"golang.org/x/oauth2":                      {"internal/auth"},
	"github.com/pelletier/go-toml/v2/unstable": {"internal/config"},
	"github.com/spf13/cobra":                   {"cmd/linkbatch"},
	"github.com/jedib0t/go-pretty/v6/table":    {"report"},
	"text/tabwriter":                           {},
	"github.com/cli/browser":                   {"cmd/linkbatch"},
	"modernc.org/sqlite":                       {"internal/ledger"},
	"modernc.org/sqlite/lib":                   {"internal/ledger"},
	"github.com/gofrs/flock":                   {"internal/auth", "internal/ledger"},
	"time/tzdata":                              {"cmd/linkbatch"},
}

// What is outside of the program has a home too: only the command line prints,
// exits, and reads the environment, and few packages read the clock. The others
// are told, so that a test can tell them something else.
var outside = map[string][]string{
	"time.Now":         clocks,
	"time.Since":       clocks,
	"time.Until":       clocks,
	"os.Getenv":        {"cmd/linkbatch", "internal/auth"}, // the keyring asks for the address of the desktop
	"os.LookupEnv":     {"cmd/linkbatch"},
	"os.Environ":       {"cmd/linkbatch"},
	"os.Unsetenv":      {"cmd/linkbatch"},
	"os.UserHomeDir":   {"cmd/linkbatch"},
	"os.UserConfigDir": {"cmd/linkbatch"},
	"os.Exit":          {"cmd/linkbatch"},
	"os.Stdin":         {"cmd/linkbatch"},
	"os.Stdout":        {"cmd/linkbatch"},
	"os.Stderr":        {"cmd/linkbatch"},
	"fmt.Print":        {},
	"fmt.Println":      {},
	"fmt.Printf":       {},
	"log.Print":        {},
	"log.Println":      {},
	"log.Printf":       {},
	"log.Fatal":        {},
	"log.Fatalf":       {},
	"slog.Default":     {},
}

var clocks = []string{"cmd/linkbatch", "internal/run/runtest", "internal/simulator", "internal/simulator/simtest", "internal/ledger"}

func TestHouse(t *testing.T) {
	seen, imported := map[string]bool{}, map[string]bool{}
	for dir, file := range goFiles(t, filepath.Join("..", "..")) {
		seen[dir] = true
		allowed, known := house[dir]
		leaf := slices.Contains(leaves, dir)
		if !known && !leaf {
			t.Errorf("%s: a package that the house does not know; give it a place in this table", dir)
			continue
		}
		for _, imp := range file.Imports {
			name := strings.Trim(imp.Path.Value, `"`)
			imported[name] = true
			if leaf && !standard(name) {
				t.Errorf("%s imports %s; a leaf imports the standard library and nothing else", dir, name)
			}
			if ours, ok := strings.CutPrefix(name, "linkbatch/"); ok && !slices.Contains(allowed, ours) && !slices.Contains(leaves, ours) {
				t.Errorf("%s imports %s, which is not upstream of it", dir, ours)
			}
			if home, ok := homes[name]; ok && !slices.Contains(home, dir) {
				t.Errorf("%s imports %s, which belongs in %v", dir, name, home)
			}
		}
		for _, name := range named(file) {
			if home, ok := outside[name]; ok && !slices.Contains(home, dir) {
				t.Errorf("%s names %s, which belongs in %v: take it from the caller", dir, name, home)
			}
		}
	}
	if !imported["time/tzdata"] {
		t.Error("nothing imports time/tzdata: --time-zone would fail on Windows")
	}
	for _, dir := range slices.AppendSeq(slices.Clone(leaves), maps.Keys(house)) {
		if !seen[dir] {
			t.Errorf("%s: in the table but not in the house", dir)
		}
	}
}

// standard reports whether a package is the standard library's: the first part
// of every other name is a domain, or ours.
func standard(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return !strings.Contains(first, ".") && first != "linkbatch"
}

// TestEveryPackageHasItsChapter holds that each package says in doc.go (for a
// command: in main.go) what enters, what leaves and what it promises.
func TestEveryPackageHasItsChapter(t *testing.T) {
	documented := map[string]bool{}
	for dir, file := range goFiles(t, filepath.Join("..", "..")) {
		documented[dir] = documented[dir] || file.Doc != nil && len(file.Doc.Text()) > 80
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment", dir)
		}
	}
}

// goFiles yields every Go file of the module that is no test, with its folder.
func goFiles(t *testing.T, root string) func(func(string, *ast.File) bool) {
	return func(yield func(string, *ast.File) bool) {
		fsys := os.DirFS(root)
		err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
				return fs.SkipDir
			}
			if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, filepath.FromSlash(name)), nil, parser.ParseComments)
			if err != nil {
				return err
			}
			if !yield(path.Dir(name), file) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// named are the names of other packages that a file uses, as package.Name.
func named(file *ast.File) (names []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok {
				names = append(names, x.Name+"."+sel.Sel.Name)
			}
		}
		return true
	})
	return names
}
