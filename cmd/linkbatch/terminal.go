package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/term"
)

// terminal owns standard input, standard output and standard error. Nothing
// else reads or writes them.
//
// Its rules: data goes to out and nothing else does. Messages go to standard
// error, each on lines of its own: a progress line gives way to them and comes
// back after them. Warnings are prefixed "warning: ", appear at once, and are
// kept for the end of the command. A question ends at once when the context
// does. All methods are safe for concurrent use.
type terminal struct {
	in  io.Reader
	out *data
	err *screen
	progress

	mu     sync.Mutex
	warned []string
}

func newTerminal(stdin io.Reader, stdout, stderr io.Writer) *terminal {
	t := &terminal{in: stdin, out: &data{Writer: stdout}, err: newScreen(stderr)}
	t.progress.screen = t.err
	return t
}

// data is standard output.
type data struct {
	io.Writer
	written bool
}

func (d *data) Write(b []byte) (int, error) {
	d.written = true
	return d.Writer.Write(b)
}

// say prints a message.
func (t *terminal) say(format string, args ...any) {
	fmt.Fprintf(t.err, format+"\n", args...)
}

// warn prints a warning, and keeps it for [terminal.warnings]. One that was
// given before is not repeated.
func (t *terminal) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	t.mu.Lock()
	known := slices.Contains(t.warned, text)
	if !known {
		t.warned = append(t.warned, text)
	}
	t.mu.Unlock()
	if !known {
		t.say("warning: %s", text)
	}
}

// warnings are those given so far, in order.
func (t *terminal) warnings() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.warned)
}

// person is where somebody can be asked: standard input if it is a terminal,
// or else, as when the roster comes through a pipe, the terminal that shows
// standard error. close must be called if there is one.
func (t *terminal) person() (in io.Reader, close func(), ok bool) {
	if isTerminal(t.in) {
		return t.in, func() {}, true
	}
	if !t.err.terminal {
		return nil, nil, false
	}
	name := "/dev/tty"
	if runtime.GOOS == "windows" {
		name = "CONIN$"
	}
	tty, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, nil, false
	}
	return tty, func() { tty.Close() }, true
}

// ask puts a question and returns the line that lines bring in answer, without
// its end; at the end of the input it is [io.EOF]. When ctx ends, so does the
// question, with the cause.
func (t *terminal) ask(ctx context.Context, question string, lines <-chan string) (string, error) {
	fmt.Fprint(t.err, question)
	select {
	case line, more := <-lines:
		if !more {
			fmt.Fprintln(t.err)
			return "", io.EOF
		}
		t.err.answered()
		return line, nil
	case <-ctx.Done():
		fmt.Fprintln(t.err)
		return "", context.Cause(ctx)
	}
}

// agree puts a question that ends with what to type, and that only want answers.
// Anything else, and that there is nobody to ask, is an [unconfirmedError]; unasked
// is the hint of the latter.
func (t *terminal) agree(ctx context.Context, question, want, unasked string) error {
	in, leave, ok := t.person()
	if !ok {
		return &unconfirmedError{"there is no terminal to ask for confirmation", unasked}
	}
	defer leave()
	answer, err := t.ask(ctx, question, readLines(in))
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil || strings.TrimSpace(answer) != want:
		return &unconfirmedError{"cancelled", "run it again when you are ready"}
	}
	return nil
}

// readLines hands on the lines of a stream without their ends, and closes at
// its end. It outlives a question that nobody answered.
func readLines(r io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(r); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	return lines
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := file(stream)
	return ok && term.IsTerminal(int(f.Fd()))
}

// file is the file behind a stream.
func file(stream any) (*os.File, bool) {
	if d, ok := stream.(*data); ok {
		stream = d.Writer
	}
	f, ok := stream.(*os.File)
	return f, ok
}

// width is the number of columns of a terminal, 0 for anything else.
func width(stream any) int {
	f, ok := file(stream)
	if !ok {
		return 0
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return w
}
