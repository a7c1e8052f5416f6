package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestALogShowsLongPauses has no terminal: nothing is written but a plain
// line for a long pause, and not one for each when they follow one another.
func TestALogShowsLongPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := &progress{screen: newScreen(&out)}
		p.begin("sending", 100)
		p.step()
		p.pause(longPause - 1)
		if out.Len() > 0 {
			t.Errorf("wrote %q", out.String())
		}
		for range 60 { // an hour of throttling
			p.pause(time.Minute)
			time.Sleep(time.Minute)
		}
		p.end()
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		const first = "throttled by the service, waiting 1m until 2000-01-01T00:01:00Z; ^C stops the run"
		if len(lines) != 6 || lines[0] != first {
			t.Errorf("%d lines:\n%s", len(lines), out.String())
		}
	})
}

// TestATerminalShowsAWaitAsLongAsItLasts names the phase again afterwards.
func TestATerminalShowsAWaitAsLongAsItLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := &progress{screen: &screen{w: &out, terminal: true}}
		p.pause(time.Minute) // outside of a phase there is no line to show it on
		time.Sleep(time.Hour)
		p.begin("sending", 100)
		shown := func() string { // the line as it is drawn
			synctest.Wait()
			p.screen.mu.Lock()
			defer p.screen.mu.Unlock()
			return p.screen.line
		}
		defer p.end()
		end := time.Now().Add(time.Minute).UTC().Format(time.TimeOnly)
		p.pause(time.Minute)
		p.pause(20 * time.Second)
		time.Sleep(59 * time.Second)
		if got := shown(); !strings.HasPrefix(got, "throttled by the service, waiting until "+end+" UTC") {
			t.Errorf("shows %q", got)
		}
		time.Sleep(2 * time.Second)
		p.step()
		if got := shown(); !strings.HasPrefix(got, "sending") {
			t.Errorf("after the pause it shows %q", got)
		}
	})
}

// TestMessagesKeepClearOfTheProgressLine prints messages while a line moves:
// each is a line of its own, and the progress line is the last thing drawn.
func TestMessagesKeepClearOfTheProgressLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		term := newTerminal(nil, io.Discard, &out)
		term.err.terminal = true
		term.begin("sending", 1000)
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				term.step()
				term.say("message %d", i)
				term.warn("warning %d", i%5)
			})
		}
		all.Wait()
		for i := range 50 {
			if line := fmt.Sprintf("\nmessage %d\n", i); !strings.Contains("\n"+onScreen(out.String()), line) {
				t.Errorf("no line of its own for message %d", i)
			}
		}
		lines := strings.Split(onScreen(out.String()), "\n")
		if last := lines[len(lines)-1]; !strings.HasPrefix(last, "sending") || len(lines) != 56 {
			t.Errorf("%d lines, the last is %q", len(lines), last)
		}
		term.end()
		if got := onScreen(out.String()); !strings.HasSuffix(got, "\n") {
			t.Errorf("the progress line is left behind: %q", got)
		}
		if got := term.warnings(); len(got) != 5 {
			t.Errorf("warnings %q", got)
		}
	})
}

// onScreen is what a terminal shows that was given text: a carriage return goes
// back to the beginning of the line, and what comes then overwrites it.
func onScreen(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		var cells []rune
		for part := range strings.SplitSeq(line, "\r") {
			runes := []rune(part)
			cells = append(runes, cells[min(len(runes), len(cells)):]...)
		}
		lines[i] = strings.TrimRight(string(cells), " ")
	}
	return strings.Join(lines, "\n")
}

// TestAQuestionEndsWithTheContext asks, and is not answered.
func TestAQuestionEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		term := newTerminal(nil, io.Discard, &out)
		term.err.terminal = true
		term.begin("waiting", -1)
		defer func() {
			term.end()
			time.Sleep(time.Second) // a spinner ends at its next turn
		}()
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errors.New("too late"))
		defer cancel()
		_, err := term.ask(ctx, "Type yes: ", make(chan string))
		if err == nil || err.Error() != "too late" {
			t.Errorf("got %v", err)
		}
		term.say("after it")
		if got := onScreen(out.String()); !strings.Contains("\n"+got, "\nType yes:\nafter it\n") {
			t.Errorf("on the screen: %q", got)
		}
	})
}
