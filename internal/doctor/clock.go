package doctor

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"linkbatch/internal/duration"
)

// How far this machine's clock may be off: Microsoft Entra allows five minutes,
// and what is off by two will be off by five.
const (
	SkewWarning = 2 * time.Minute // a clock that is off by more is a warning
	SkewFailed  = 5 * time.Minute // and by more than this, trouble
)

// clock is a transport that holds the date of every answer against this
// machine's clock. It is safe for concurrent use.
type clock struct {
	base http.RoundTripper
	now  func() time.Time

	mu      sync.Mutex
	answers int
	off     time.Duration // the worst; above 0 the machine is ahead
}

func newClock(now func() time.Time) *clock { return &clock{base: http.DefaultTransport, now: now} }

// client makes requests through the check, and follows no redirect.
func (c *clock) client() *http.Client {
	return &http.Client{Transport: c, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// RoundTrip implements [http.RoundTripper].
func (c *clock) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.base.RoundTrip(req)
	if err != nil {
		return resp, err
	}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.answers++
		if off := c.now().Sub(date).Truncate(time.Second); off.Abs() > c.off.Abs() {
			c.off = off
		}
	}
	return resp, nil
}

// finding shows how far the clock is off.
func (c *clock) finding() Finding {
	c.mu.Lock()
	defer c.mu.Unlock()
	const check = "clock"
	if c.answers == 0 {
		return Finding{Check: check, Result: Skipped, Detail: "no answer had a date"}
	}
	way := "ahead of"
	if c.off < 0 {
		way = "behind"
	}
	off := fmt.Sprintf("%s %s the service", duration.String(c.off.Abs()), way)
	const next = "set this machine's clock, with NTP if possible"
	switch {
	case c.off.Abs() > SkewFailed:
		return failed(check, &Error{Setup, off, next})
	case c.off.Abs() > SkewWarning:
		return Finding{Check: check, Result: Warning, Detail: off, Next: next}
	}
	return Finding{Check: check, Result: OK, Detail: off}
}
