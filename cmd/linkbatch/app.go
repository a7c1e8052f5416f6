package main

import (
	"io"
	"net/http"
	"os"
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
	http     *http.Client // nil = each client's own
}

func newApp(stdin io.Reader, stdout, stderr io.Writer) *app {
	return &app{terminal: newTerminal(stdin, stdout, stderr), getenv: os.Getenv, unsetenv: os.Unsetenv, now: time.Now}
}

// colour reports whether standard output takes colours: it is a terminal, and
// neither the flag nor NO_COLOR (no-color.org) says otherwise.
func (a *app) colour(noColor bool) bool {
	return isTerminal(a.out) && !noColor && a.getenv("NO_COLOR") == ""
}
