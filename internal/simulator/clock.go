package simulator

import "time"

// clock is the world's time: it starts where the world says, runs with real
// time while the process runs, jumps when a door moves it, and stands still
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
