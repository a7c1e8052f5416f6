package msads

import (
	"net/http"
	"sync/atomic"
	"time"
)

// simulatorClock is the header in which a simulator states its own time. Its
// worlds stop between runs and can be moved forward, while Date, as on every
// server, is the time of the machine.
const simulatorClock = "Simulator-Clock"

// clock holds the time that the last answer stated. It is safe for
// concurrent use.
type clock struct{ last atomic.Pointer[time.Time] }

// note reads the headers of an answer; one without a time changes nothing.
func (c *clock) note(h http.Header) {
	t, err := time.Parse(time.RFC3339, h.Get(simulatorClock))
	if err != nil {
		t, err = http.ParseTime(h.Get("Date"))
	}
	if err != nil {
		return
	}
	t = t.UTC()
	c.last.Store(&t)
}

// ServiceTime is the time of the service, in UTC, as its last answer stated it;
// zero if none has. The service dates links by this clock, so that the age of
// one does not depend on how the clock of this machine is set.
func (c *Client) ServiceTime() time.Time {
	if t := c.clock.last.Load(); t != nil {
		return *t
	}
	return time.Time{}
}
