package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// app is what a command has of the world outside the program: the streams, the
// environment, the clock and the network. Every command gets the same one, and
// nothing in this package reaches past it.
type app struct {
	*terminal
	getenv   func(string) string
	unsetenv func(string) error
	now      func() time.Time
	environ  func() []string
	who      func() (user, host string) // of the machine; blank = not known
	http     *http.Client               // nil = each client's own

	settings *settings // what the configuration says, and where the values of flags come from; nil = nothing
}

func newApp(stdin io.Reader, stdout, stderr io.Writer) *app {
	return &app{terminal: newTerminal(stdin, stdout, stderr), getenv: os.Getenv, environ: os.Environ, unsetenv: os.Unsetenv, now: time.Now, who: who}
}

// who asks the operating system.
func who() (name, host string) {
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	host, _ = os.Hostname()
	return name, host
}

// colour reports whether standard output takes colours: it is a terminal, and
// neither the flag nor NO_COLOR (no-color.org) says otherwise.
func (a *app) colour(noColor bool) bool {
	return isTerminal(a.out) && !noColor && a.getenv("NO_COLOR") == ""
}

// stateFolder is where what must outlive a command is kept: dir, or the folder
// that systemd gives a service (StateDirectory=), or the place that the platform
// has for it. A relative $XDG_STATE_HOME is ignored, as the XDG base directory
// specification asks.
func (a *app) stateFolder(dir string) (string, error) {
	if dir != "" {
		return dir, nil
	}
	if first, _, _ := strings.Cut(a.getenv("STATE_DIRECTORY"), ":"); filepath.IsAbs(first) {
		return first, nil
	}
	if dir := a.getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "linkbatch"), nil
	}
	if home := a.getenv("HOME"); runtime.GOOS == "linux" && filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "linkbatch"), nil
	}
	if dir, err := os.UserConfigDir(); err == nil && runtime.GOOS != "linux" {
		return filepath.Join(dir, "linkbatch"), nil
	}
	variables := "STATE_DIRECTORY, XDG_STATE_HOME or HOME"
	if runtime.GOOS == "windows" {
		variables = "STATE_DIRECTORY, XDG_STATE_HOME or AppData"
	}
	return "", &configError{errors.New("no place to keep state: none of " + variables + " is set to an absolute path"), "name a folder with --state-dir or LINKBATCH_STATE_DIR"}
}

// encode prints a value as indented JSON, without escaping for HTML.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// orNull is s, or null for a blank.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
