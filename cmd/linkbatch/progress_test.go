package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestALogIsToldOfLongWaits has no terminal: nothing is written but a plain
// line for a long pause, and not one for each when they follow one another.
func TestALogIsToldOfLongWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newProgress(&out)
		p.start("sending", 100)
		p.step()
		p.wait(longWait - 1)
		if out.Len() > 0 {
			t.Errorf("wrote %q", out.String())
		}
		for range 60 { // an hour of throttling
			p.wait(time.Minute)
			time.Sleep(time.Minute)
		}
		p.stop()
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		const first = "throttled: the service asks for a pause of 1m0s, until 2000-01-01T00:01:00Z; an interrupt ends the run"
		if len(lines) != 6 || lines[0] != first {
			t.Errorf("%d lines:\n%s", len(lines), out.String())
		}
	})
}

// TestATerminalShowsAWaitAsLongAsItLasts names the phase again afterwards.
func TestATerminalShowsAWaitAsLongAsItLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := &progress{w: &out, terminal: true}
		p.wait(time.Minute) // outside of a phase there is no line to show it on
		time.Sleep(time.Hour)
		p.start("sending", 100)
		shown := func() string { // the line as it stands
			synctest.Wait()
			p.mu.Lock()
			defer p.mu.Unlock()
			s := out.String()
			return strings.TrimSpace(s[strings.LastIndex(s, "\r")+1:])
		}
		defer p.stop()
		end := time.Now().Add(time.Minute).Format(time.TimeOnly)
		p.wait(time.Minute)
		p.wait(20 * time.Second)
		time.Sleep(59 * time.Second)
		if got := shown(); !strings.HasPrefix(got, "throttled by the service, going on at "+end) {
			t.Errorf("shows %q", got)
		}
		time.Sleep(2 * time.Second)
		p.step()
		if got := shown(); !strings.HasPrefix(got, "sending") {
			t.Errorf("after the pause it shows %q", got)
		}
	})
}
