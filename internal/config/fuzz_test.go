package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// FuzzParse holds for any text that Parse does not panic, that every problem
// lies in the file and says what is wrong in one line, that what has no problem
// is TOML, and that every value says what the library reads there.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.toml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, sample) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("f.toml", data)
		if err == nil {
			agrees(t, file, data)
			return
		}
		problems, ok := errors.AsType[*Error](err)
		if !ok || file != nil || len(problems.Problems) == 0 {
			t.Fatalf("%v, and a file: %t", err, file != nil)
		}
		for _, p := range problems.Problems {
			inFile(t, &p, data)
		}
	})
}

// inFile demands of a problem that its place is in the file, at the end of a line
// at the most, and that it is fit for one line of a terminal.
func inFile(t *testing.T, p *Problem, data []byte) {
	t.Helper()
	lines := strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
	if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > utf8.RuneCountInString(lines[p.Line-1])+1 {
		t.Errorf("%s: not in %q", p, data)
	}
	if p.Message == "" || strings.ContainsAny(p.String()+p.Hint, "\n\r\x1b\x00") || len(p.String()) > 1000 {
		t.Errorf("message %q, hint %q", p.Message, p.Hint)
	}
}

// agrees holds a file against what the library reads in the same text.
func agrees(t *testing.T, file *File, data []byte) {
	t.Helper()
	text := strings.TrimPrefix(string(data), "\ufeff")
	var values map[string]any
	if err := toml.Unmarshal([]byte(text), &values); err != nil {
		t.Fatalf("%q is not TOML and was read: %v", data, err)
	}
	count := 0
	for key, v := range file.All() {
		count++
		line := strings.Split(text, "\n")[v.Line-1]
		if v.Text == "" || v.Column > utf8.RuneCountInString(line) {
			t.Errorf("%s: %+v in %q", key, v, line)
		}
	}
	if want := leaves(values); count != want {
		t.Errorf("%d values, and %d in %q", count, want, data)
	}
}

// leaves counts the single values.
func leaves(v any) (n int) {
	switch v := v.(type) {
	case map[string]any:
		for _, sub := range v {
			n += leaves(sub)
		}
	case []any:
		for _, sub := range v {
			n += leaves(sub)
		}
	default:
		return 1
	}
	return n
}
