package executor

import (
	"maps"
	"slices"
	"sync"

	"linkbatch/planner"
)

// Call is one exchange with the service that writes: its number in the run
// (from 1, in the order in which calls are due), what it does and the steps
// it carries.
type Call struct {
	Number  int
	Op      planner.Op
	Profile string
	Steps   []*planner.Step // one a link, in the order of the request, as they were decided last
}

// Journal is told about every call before it is sent and after it came back.
// It is the memory that makes nothing-twice survive a lost reply. Both methods
// are called from several goroutines.
type Journal interface {
	// Sending records that the call is about to be sent. When it returns nil,
	// the record is kept; an error stops the run and the call is not sent.
	Sending(Call) error
	// Returned records what became of each step of a call. An error stops the
	// run after the calls in flight.
	Returned(Call, []Result) error
}

// Memory is a Journal that lives as long as the process: it knows which calls
// are under way. The zero value is ready; it is safe for concurrent use.
type Memory struct {
	mu       sync.Mutex
	inFlight map[int]Call // by number
}

// Sending implements [Journal]; it never fails.
func (m *Memory) Sending(c Call) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.inFlight == nil {
		m.inFlight = make(map[int]Call)
	}
	m.inFlight[c.Number] = c
	return nil
}

// Returned implements [Journal]; it never fails.
func (m *Memory) Returned(c Call, _ []Result) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.inFlight, c.Number)
	return nil
}

// InFlight returns the calls that may have been sent and did not come back, by
// number. After a Run there are none.
func (m *Memory) InFlight() []Call {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Values(m.inFlight), func(a, b Call) int { return a.Number - b.Number })
}
