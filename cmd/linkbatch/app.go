package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
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
	http     *http.Client // nil = each client's own

	settings *settings // what the configuration says, and where the values of flags come from; nil = nothing
}

func newApp(stdin io.Reader, stdout, stderr io.Writer) *app {
	return &app{terminal: newTerminal(stdin, stdout, stderr), getenv: os.Getenv, environ: os.Environ, unsetenv: os.Unsetenv, now: time.Now}
}

// colour reports whether standard output takes colours: it is a terminal, and
// neither the flag nor NO_COLOR (no-color.org) says otherwise.
func (a *app) colour(noColor bool) bool {
	return isTerminal(a.out) && !noColor && a.getenv("NO_COLOR") == ""
}

// stateFolder is where what must outlive a command is kept: dir, or the place
// that the platform has for it.
func (a *app) stateFolder(dir string) (string, error) {
	if dir != "" {
		return dir, nil
	}
	if dir := a.getenv("XDG_STATE_HOME"); dir != "" {
		return dir + "/linkbatch", nil
	}
	if runtime.GOOS == "linux" {
		if home, err := os.UserHomeDir(); err == nil {
			return home + "/.local/state/linkbatch", nil
		}
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", &configError{fmt.Errorf("no place to keep state: %w", err), "name one with --state-dir"}
	}
	return dir + "/linkbatch", nil
}
