package msads

import (
	"net/http"
	"testing"
	"time"
)

// TestServiceTime: the service states its time in Date, a simulator its own
// next to it, and an answer without either leaves what was known.
func TestServiceTime(t *testing.T) {
	var c Client
	if got := c.ServiceTime(); !got.IsZero() {
		t.Errorf("before any answer: %v", got)
	}
	date := time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		name string
		h    http.Header
		want time.Time
	}{
		{"Date", http.Header{"Date": {date.Format(http.TimeFormat)}}, date},
		{"nothing", http.Header{}, date},
		{"nonsense", http.Header{"Date": {"yesterday"}, "Simulator-Clock": {"soon"}}, date},
		{"both", http.Header{"Date": {date.Format(http.TimeFormat)}, "Simulator-Clock": {"2026-12-19T17:00:00.25+01:00"}}, date.AddDate(0, 0, 29).Add(250 * time.Millisecond)},
		{"Date alone again", http.Header{"Date": {date.Format(http.TimeFormat)}, "Simulator-Clock": {""}}, date},
	} {
		c.clock.note(step.h)
		if got := c.ServiceTime(); !got.Equal(step.want) || got.Location() != time.UTC {
			t.Errorf("%s: %v, want %v", step.name, got, step.want)
		}
	}
}
