package main

import (
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestStateFolder holds where state is kept, by the flag and the environment.
func TestStateFolder(t *testing.T) {
	root := t.TempDir()
	path := func(name string) string { return filepath.Join(root, name) }
	for _, c := range []struct {
		name, flag string
		env        map[string]string
		want       string // empty = an error
	}{
		{"the flag", "here", map[string]string{"STATE_DIRECTORY": path("s"), "XDG_STATE_HOME": path("x"), "HOME": path("h")}, "here"},
		{"systemd", "", map[string]string{"STATE_DIRECTORY": path("s"), "XDG_STATE_HOME": path("x"), "HOME": path("h")}, path("s")},
		{"the first of several", "", map[string]string{"STATE_DIRECTORY": path("s") + ":" + path("t")}, path("s")},
		{"XDG", "", map[string]string{"XDG_STATE_HOME": path("x"), "HOME": path("h")}, path("x/linkbatch")},
		{"a relative one", "", map[string]string{"STATE_DIRECTORY": "s", "XDG_STATE_HOME": "x", "HOME": path("h")}, path("h/.local/state/linkbatch")},
		{"HOME", "", map[string]string{"HOME": path("h")}, path("h/.local/state/linkbatch")},
		{"a relative HOME", "", map[string]string{"HOME": "h"}, ""},
		{"nothing", "", nil, ""},
	} {
		if runtime.GOOS != "linux" && (c.want == "" || strings.Contains(c.want, ".local")) || runtime.GOOS == "windows" && strings.Contains(c.name, "several") {
			continue
		}
		a := newApp(nil, io.Discard, io.Discard)
		a.getenv = func(name string) string { return c.env[name] }
		got, err := a.stateFolder(c.flag)
		if got != c.want || (err == nil) == (c.want == "") {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
		if err != nil && (!strings.Contains(err.Error(), "HOME") || diagnose(err).code != exitConfig) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
