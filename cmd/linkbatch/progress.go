package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/schollz/progressbar/v3"

	"linkbatch/internal/duration"
)

// progress shows what a command is doing. On a terminal it is one line that is
// removed at the end. Elsewhere nothing is shown but, as a plain line, a long
// pause that the service asks for: without it a log would stop for no visible
// reason. It is safe for concurrent use.
type progress struct {
	screen *screen

	mu    sync.Mutex
	bar   *progressbar.ProgressBar // nil outside of phases and where no line moves
	phase string
	until time.Time // when the last of the pauses ends
	noted time.Time // when a pause was last put into a log
}

// Pauses that a log mentions: those of at least longPause, and one every
// noteAgain when the service asks for one after another.
const (
	longPause = 10 * time.Second
	noteAgain = 10 * time.Minute
)

// begin starts a phase of total steps; -1 for one whose length is unknown.
func (p *progress) begin(phase string, total int) {
	if !p.screen.terminal {
		return
	}
	p.end()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.phase = phase
	p.bar = progressbar.NewOptions(total,
		progressbar.OptionSetWriter(progressLine{p.screen}),
		progressbar.OptionSetDescription(phase),
		progressbar.OptionShowCount(),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetWidth(20),
	)
	p.bar.RenderBlank()
}

// step counts one step of the phase.
func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.Add(1)
	}
}

// describe gives the phase another text.
func (p *progress) describe(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.phase = text; p.bar != nil && !time.Now().Before(p.until) {
		p.bar.Describe(text)
	}
}

// pause shows that the service asks for a pause of d, and when it is over.
func (p *progress) pause(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if end := now.Add(d); end.After(p.until) {
		p.until = end
	}
	switch {
	case p.bar != nil:
		p.bar.Describe("throttled by the service, waiting until " + p.until.UTC().Format(time.TimeOnly) + " UTC")
		time.AfterFunc(d, p.resume)
	case !p.screen.terminal && d >= longPause && (p.noted.IsZero() || now.Sub(p.noted) >= noteAgain):
		p.noted = now
		fmt.Fprintf(p.screen, "throttled by the service, waiting %s until %s; ^C stops the run\n", duration.String(d), p.until.UTC().Format(time.RFC3339))
	}
}

// resume names the phase again once every pause is over.
func (p *progress) resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil && !time.Now().Before(p.until) {
		p.bar.Describe(p.phase)
	}
}

// end removes the line.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.Finish() // which also ends a spinner
		p.bar.Clear()
		p.bar = nil
	}
}

// screen is standard error, shared by messages and a progress line. A message
// clears the line, which is drawn again below it. It is safe for concurrent use.
type screen struct {
	w        io.Writer
	terminal bool

	mu     sync.Mutex
	line   string // the progress line as it is drawn; empty = none
	asking bool   // the cursor is behind a question
}

func newScreen(w io.Writer) *screen {
	return &screen{w: w, terminal: isTerminal(w)}
}

// Write prints a message. One without a line end is a question. It implements
// [io.Writer].
func (s *screen) Write(message []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := s.line
	s.draw("")
	n, err := s.w.Write(message)
	s.asking = !bytes.HasSuffix(message, []byte("\n"))
	if !s.asking {
		s.draw(line)
	}
	return n, err
}

// answered ends a question: the cursor is at the beginning of a line again.
func (s *screen) answered() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asking = false
}

// draw replaces the progress line.
func (s *screen) draw(line string) {
	if s.line != "" {
		fmt.Fprintf(s.w, "\r%*s\r", utf8.RuneCountInString(s.line), "")
	}
	if s.line = line; line != "" {
		io.WriteString(s.w, line)
	}
}

// progressLine is what a progress bar writes to. The bar clears its line with
// blanks, as wide as they may be; the screen does that itself.
type progressLine struct{ *screen }

// Write implements [io.Writer].
func (l progressLine) Write(drawing []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.asking {
		l.draw(clip(strings.Trim(string(drawing), "\r "), width(l.w)-1))
	}
	return len(drawing), nil
}

// clip cuts a line to a number of columns, so that it does not wrap; without
// one, as where the width is unknown, it is left as it is.
func clip(line string, columns int) string {
	if runes := []rune(line); columns > 0 && len(runes) > columns {
		return string(runes[:columns])
	}
	return line
}
