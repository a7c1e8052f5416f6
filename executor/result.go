package executor

import (
	"time"

	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Outcome is what became of a row. Every row has exactly one.
type Outcome string

// The outcomes.
const (
	Done      Outcome = "done"      // the service confirmed the op, or a search after the fact shows it
	Unchanged Outcome = "unchanged" // nothing was needed
	Waiting   Outcome = "waiting"   // done, but not settled when the time to wait was up
	Blocked   Outcome = "blocked"   // cannot be done now or by these credentials
	Refused   Outcome = "refused"   // the service refused this link
	Failed    Outcome = "failed"    // not applied, and retries ran out
	Unknown   Outcome = "unknown"   // sent, and nothing could tell what became of it
	Held      Outcome = "held"      // not attempted: something else came first
	Invalid   Outcome = "invalid"   // the row could not be understood
)

// Outcomes lists every outcome in the order in which a summary shows them:
// what a person must look at comes first.
var Outcomes = []Outcome{Unknown, Failed, Refused, Held, Invalid, Blocked, Waiting, Done, Unchanged}

// Result is what became of one step. The executor fills it for one call; the
// rounds add what later calls and searches showed.
type Result struct {
	Step        int          // index in Plan.Steps
	Ops         []planner.Op // ops that were sent, or the single op of a step that sends nothing
	Outcome     Outcome
	Reason      string
	Warnings    []string     // beyond those of the step
	StatusAfter msads.Status // what a search after the writes showed; empty = not searched
	EntityID    msads.ID     // the link's, as far as it is known
	EntityName  string
	Errors      []msads.OperationError // of every call that carried the step, in order
	NextStep    string                 // what a person can do about it, in plain words
	TrackingID  string                 // of the last call
	Call        int                    // number of the last call in the run, from 1; 0 = never sent
	Attempts    int                    // calls that carried the step
	At          time.Time              // when the last call returned, UTC; zero = never sent
}
