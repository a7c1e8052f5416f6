package simulator

import "time"

// clock is the world's time: it starts at the time that the world states, runs
// with real time while the process runs, jumps when a door moves it, and stops
// between processes. So the results of a shipped world do not depend on the
// day.
type clock struct {
	base    time.Time
	started time.Time
	real    func() time.Time
}

// now is cut to milliseconds, as fine as the service's dates are.
func (c clock) now() time.Time {
	return c.base.Add(c.real().Sub(c.started)).UTC().Truncate(time.Millisecond)
}
