package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// FuzzLoad holds for any text that Parse does not panic, that every problem
// stands inside the file, that what has no problem is TOML, and that the
// scanner finds every key that the library finds.
func FuzzLoad(f *testing.F) {
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
		text := strings.TrimPrefix(string(data), "\ufeff")
		lines := strings.Split(text, "\n")
		file, err := Parse("f.toml", data)
		if problems, ok := errors.AsType[*Error](err); ok {
			if file != nil || len(problems.Problems) == 0 {
				t.Fatalf("%d problems and a file: %v", len(problems.Problems), file)
			}
			for _, p := range problems.Problems {
				if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > len([]rune(lines[p.Line-1]))+1 {
					t.Errorf("%s: outside of %q", &p, data)
				}
				if p.Message == "" || strings.ContainsAny(p.String()+p.Hint, "\n\r\x1b\x00") {
					t.Errorf("message %q, hint %q", p.Message, p.Hint)
				}
			}
		} else if err != nil {
			t.Fatal(err)
		}
		values := map[string]any{}
		md, err := toml.Decode(text, &values)
		if err != nil {
			if file != nil {
				t.Errorf("%q is no TOML and was read: %v", data, err)
			}
			return
		}
		s := scan(text)
		for _, key := range md.Keys() {
			if _, found := s.places[pathKey(key)]; !found && !inList(values, key) {
				t.Errorf("%q: the scanner did not find %q", data, key)
			}
		}
		for key, v := range file.All() {
			if v.Line > len(lines) || v.Text == "" {
				t.Errorf("%s: %+v", key, v)
			}
		}
	})
}

// inList reports whether a key is below a list, where the scanner knows the
// index and the library does not.
func inList(values map[string]any, key toml.Key) bool {
	var v any = values
	for _, part := range key {
		m, ok := v.(map[string]any)
		if !ok {
			return true
		}
		v = m[part]
	}
	return false
}
