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

// clock holds the time that the last answer stated. It is safe for concurrent
// use.
type clock struct{ last atomic.Pointer[stated] }

// stated is a time of the service, as precise as it was stated, and the time of
// this machine at which the call was sent that it answered.
type stated struct {
	service time.Time
	cut     time.Duration
	machine time.Time
}

// note reads the headers of the answer to a call that was sent at a time of this
// machine; one without a time changes nothing.
func (c *clock) note(h http.Header, sent time.Time) {
	cut := time.Duration(0)
	t, err := time.Parse(time.RFC3339, h.Get(simulatorClock))
	if err != nil {
		t, err = http.ParseTime(h.Get("Date"))
		cut = time.Second // HTTP dates have whole seconds
	}
	if err != nil {
		return
	}
	c.last.Store(&stated{t.UTC(), cut, sent})
}

// ServiceTime is the time of the service, in UTC, as its last answer stated it;
// zero if none has. The service dates links by this clock, so that the age of
// one does not depend on how the clock of this machine is set. It is behind by
// the age of that answer, and never ahead.
func (c *Client) ServiceTime() time.Time {
	if last := c.clock.last.Load(); last != nil {
		return last.service
	}
	return time.Time{}
}

// ServiceTimeAtMost is the present time of the service, in UTC, at the latest:
// what its last answer stated, and what has passed since that call was sent;
// zero if no answer has stated one. It is ahead by the second to which Date is
// cut, and by the time that the answer took.
func (c *Client) ServiceTimeAtMost() time.Time {
	last := c.clock.last.Load()
	if last == nil {
		return time.Time{}
	}
	return last.service.Add(last.cut + max(0, c.gate.now().Sub(last.machine)))
}
