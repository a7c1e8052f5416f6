package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows what a run is doing. On a terminal it is one line on standard
// error that is taken away in the end. Elsewhere nothing is shown but, as a
// plain line, a long wait that the service asks for, since a log would else
// stand still without a reason. It is safe for concurrent use.
type progress struct {
	w        io.Writer
	terminal bool

	mu    sync.Mutex
	bar   *progressbar.ProgressBar // nil outside of phases and where no line moves
	phase string
	until time.Time // when the last of the pauses ends
	told  time.Time // when a plain line was last written
}

// Waits that a log is told about: of at least longWait, and one in tellAgain
// when the service asks for one after another.
const (
	longWait  = 10 * time.Second
	tellAgain = 10 * time.Minute
)

func newProgress(w io.Writer) *progress {
	return &progress{w: w, terminal: isTerminal(w)}
}

// start begins a phase of total rows; -1 for a phase whose length is unknown.
func (p *progress) start(phase string, total int) {
	if !p.terminal {
		return
	}
	p.stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.phase = phase
	p.bar = progressbar.NewOptions(total,
		progressbar.OptionSetWriter(p.w),
		progressbar.OptionSetDescription(phase),
		progressbar.OptionShowCount(),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetWidth(20),
	)
	p.bar.RenderBlank()
}

// step counts one row.
func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.Add(1)
	}
}

// show gives the phase another text, on a terminal.
func (p *progress) show(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.phase = text; p.bar != nil && !time.Now().Before(p.until) {
		p.bar.Describe(text)
	}
}

// wait tells that the service asks for a pause of d, and when it is over: on
// the line of a terminal for as long as it lasts.
func (p *progress) wait(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if end := now.Add(d); end.After(p.until) {
		p.until = end
	}
	switch {
	case p.bar != nil:
		p.bar.Describe("throttled by the service, going on at " + p.until.Format(time.TimeOnly))
		time.AfterFunc(d, p.goOn)
	case !p.terminal && d >= longWait && (p.told.IsZero() || now.Sub(p.told) >= tellAgain):
		p.told = now
		fmt.Fprintf(p.w, "throttled: the service asks for a pause of %v, until %s; an interrupt ends the run\n",
			d.Round(time.Second), p.until.UTC().Format(time.RFC3339))
	}
}

// goOn names the phase again once every pause is over.
func (p *progress) goOn() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil && !time.Now().Before(p.until) {
		p.bar.Describe(p.phase)
	}
}

// stop takes the line away.
func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.Finish() // which takes a bar away, and ends a spinner
		p.bar.Clear()
		p.bar = nil
	}
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width is the number of columns of a terminal, 0 for anything else.
func width(stream any) int {
	f, ok := stream.(*os.File)
	if !ok {
		return 0
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return w
}
