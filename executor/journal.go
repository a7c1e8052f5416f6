package executor

import "linkbatch/planner"

// Call is one exchange with the service that writes: its number in the run
// (from 1, in the order in which calls are due), what it does and the steps
// it carries.
type Call struct {
	Number  int
	Op      planner.Op
	Profile string
	Steps   []*planner.Step // one a link, in the order of the request, as they were decided last
}

// Journal records every call before it is sent and after it came back. It is
// the memory that makes nothing-twice survive a lost reply. Both methods are
// called from several goroutines.
type Journal interface {
	// Sending records that the call is about to be sent. When it returns nil,
	// the record is kept; an error stops the run and the call is not sent.
	Sending(Call) error
	// Returned records what the call showed of each of its steps, one [Answer]
	// for each. An error stops the run after the calls in flight.
	Returned(Call, []Answer) error
}
