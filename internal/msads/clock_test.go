package msads

import (
	"cmp"
	"net/http"
	"testing"
	"time"
)

// TestServiceTime: the service states its time in Date, a simulator its own
// next to it, and an answer without either leaves what was known. Between answers
// what it may be at most goes on; a clock of this machine that is set back does
// not take it back.
func TestServiceTime(t *testing.T) {
	now := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	c := Client{gate: NewGate(1, 0, func() time.Time { return now }, nil)}
	if got := cmp.Or(c.ServiceTime(), c.ServiceTimeAtMost()); !got.IsZero() {
		t.Errorf("before any answer: %v", got)
	}
	date := time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		name string
		h    http.Header
		want time.Time
		cut  time.Duration
	}{
		{"Date", http.Header{"Date": {date.Format(http.TimeFormat)}}, date, time.Second},
		{"nothing", http.Header{}, date, time.Second},
		{"nonsense", http.Header{"Date": {"yesterday"}, "Simulator-Clock": {"soon"}}, date, time.Second},
		{"both", http.Header{"Date": {date.Format(http.TimeFormat)}, "Simulator-Clock": {"2026-12-19T17:00:00.25+01:00"}}, date.AddDate(0, 0, 29).Add(250 * time.Millisecond), 0},
		{"Date alone again", http.Header{"Date": {date.Format(http.TimeFormat)}, "Simulator-Clock": {""}}, date, time.Second},
	} {
		c.clock.note(step.h, now)
		if got := c.ServiceTime(); !got.Equal(step.want) || got.Location() != time.UTC {
			t.Errorf("%s: %v, want %v", step.name, got, step.want)
		}
		if got := c.ServiceTimeAtMost(); !got.Equal(step.want.Add(step.cut)) || got.Location() != time.UTC {
			t.Errorf("%s: at most %v, want %v more than %v", step.name, got, step.cut, step.want)
		}
	}
	sent := now
	for passed, want := range map[time.Duration]time.Duration{time.Minute: time.Minute, time.Hour: time.Hour, -time.Hour: 0} {
		now = sent.Add(passed)
		if got := c.ServiceTime(); !got.Equal(date) {
			t.Errorf("%v after the call was sent: the service stated %v, want %v", passed, got, date)
		}
		if got := c.ServiceTimeAtMost(); !got.Equal(date.Add(time.Second + want)) {
			t.Errorf("%v after the call was sent: %v, want %v", passed, got, date.Add(time.Second+want))
		}
	}
}
