package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows on a terminal what a run is doing: one line on standard
// error that is taken away in the end. Elsewhere it shows nothing. It is safe
// for concurrent use after start.
type progress struct {
	w   io.Writer // nil where nothing is shown
	bar *progressbar.ProgressBar
}

func newProgress(w io.Writer) *progress {
	if !isTerminal(w) {
		w = nil
	}
	return &progress{w: w}
}

// start begins a phase of total rows; -1 for a phase whose length is unknown.
func (p *progress) start(phase string, total int) {
	if p.w == nil {
		return
	}
	p.stop()
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
	if p.bar != nil {
		p.bar.Add(1)
	}
}

// wait tells that the service asked for a pause.
func (p *progress) wait(d time.Duration) {
	if p.bar != nil {
		p.bar.Describe(fmt.Sprintf("throttled by the service, going on in %s", d.Round(time.Second)))
	}
}

// stop takes the line away.
func (p *progress) stop() {
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
