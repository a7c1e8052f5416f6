package executor_test

import (
	"sync"

	"linkbatch/executor"
)

// memory is a journal that knows which calls are under way. The zero value is
// ready.
type memory struct {
	mu       sync.Mutex
	inFlight map[int]bool // by the call's number
}

func (m *memory) Sending(c executor.Call) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.inFlight == nil {
		m.inFlight = make(map[int]bool)
	}
	m.inFlight[c.Number] = true
	return nil
}

func (m *memory) Returned(c executor.Call, _ []executor.Answer) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.inFlight, c.Number)
	return nil
}

// under is how many calls may have been sent and did not come back.
func (m *memory) under() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.inFlight)
}
