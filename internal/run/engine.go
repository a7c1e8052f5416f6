package run

import (
	"context"
	"time"

	"linkbatch/executor"
	"linkbatch/planner"
)

// Engine is what a run works with.
type Engine struct {
	Planner     *planner.Planner
	Linkers     map[string]executor.Linker // by profile
	Main        string                     // the profile in use
	Concurrency int                        // calls at once, at least 1
	Now         func() time.Time
	Watch       Watcher // nil = nobody watches
}

// Watcher is told what a run is doing. Its methods return at once; they are
// called from several goroutines.
type Watcher interface {
	// Phase says what begins, in a few words, and how many steps it has; -1 if
	// that is not known.
	Phase(name string, total int)
	// Step says that one more of them is over.
	Step()
	// Say is something that a person should know about the run, as a sentence.
	Say(text string)
}

// nobody is a watcher that does not look.
type nobody struct{}

func (nobody) Phase(string, int) {}
func (nobody) Step()             {}
func (nobody) Say(string)        {}

// watch is the engine's watcher.
func (e *Engine) watch() Watcher {
	if e.Watch == nil {
		return nobody{}
	}
	return e.Watch
}

// viaMain is a step to be looked at through the main login if the link is its
// customer's own: ten links a call, where a client's login asks one by one.
func (e *Engine) viaMain(s *planner.Step) *planner.Step {
	if main := e.Planner.Main; s.Key.ManagingCustomerID == main.CustomerID && s.Profile != main.Profile {
		return through(s, main.Profile)
	}
	return s
}

// through is a step to be looked at through another login than its own.
func through(s *planner.Step, profile string) *planner.Step {
	c := *s
	c.Profile = profile
	return &c
}

// pause waits for d, or until ctx is done; then it returns the cause.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
