package executor

import (
	"time"

	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Outcome is what happened to a row. Every row has exactly one.
type Outcome string

// The outcomes.
const (
	Done      Outcome = "done"      // the service confirmed the op, or a search after the fact shows it
	Unchanged Outcome = "unchanged" // nothing was needed
	Scheduled Outcome = "scheduled" // not due yet; a later run of the same roster sends it on its day
	Waiting   Outcome = "waiting"   // done, but not settled when the time to wait was up
	Blocked   Outcome = "blocked"   // cannot be done now or by these credentials
	Refused   Outcome = "refused"   // the service refused this link
	Failed    Outcome = "failed"    // not applied, and retries ran out
	Unknown   Outcome = "unknown"   // sent, and neither reply nor searches could show what happened
	Held      Outcome = "held"      // not attempted: something else came first
	Invalid   Outcome = "invalid"   // the row could not be understood
)

// Outcomes lists every outcome in the order in which a summary shows them:
// what a person must look at comes first.
var Outcomes = []Outcome{Unknown, Failed, Refused, Held, Invalid, Blocked, Waiting, Done, Scheduled, Unchanged}

// Answer is what one call showed of one step that it carried, or why no call
// carried it. Its Outcome is done, refused (with the service's errors), failed
// (nothing was applied), unknown (it may have been applied, and only a search
// can show it), held (never sent), or blocked by credentials that were refused,
// see [Executor.Main].
type Answer struct {
	Step       int // index in Plan.Steps
	Outcome    Outcome
	Reason     string
	Errors     []msads.OperationError // the service's, of this call alone
	Whole      bool                   // the call was refused as a whole: Errors may be about another of its links
	NextStep   string                 // what a person can do about it, in plain words; may be empty
	TrackingID string
	Call       int       // number of the call in the run, from 1; 0 = never sent
	At         time.Time // when the call returned, UTC; zero = never sent, or never returned
}

// Sent reports whether a call carried the step.
func (a *Answer) Sent() bool { return a.Call > 0 }

// Result is what happened to a row in a whole run: what the answers of its
// calls and the searches after them showed together.
type Result struct {
	Step        int          // index in Plan.Steps
	Ops         []planner.Op // ops that were sent, or the single op of a step that sends nothing
	Outcome     Outcome
	Reason      string
	Warnings    []string     // beyond those of the step
	StatusAfter msads.Status // what a search after the writes showed; empty = not searched
	// ModifiedAfter is the link's LastModifiedDateTime as that search showed it;
	// zero = not searched, or the service left it out.
	ModifiedAfter time.Time
	EntityID      msads.ID // the link's, as far as it is known
	EntityName    string
	// Errors are those of every call that carried the step, in order. Left out
	// are those of a call that was refused as a whole before the link was sent
	// alone: they may be about another of its links.
	Errors     []msads.OperationError
	NextStep   string    // what a person can do about it, in plain words
	TrackingID string    // of the last call
	Call       int       // number of the last call in the run, from 1; 0 = never sent
	Attempts   int       // calls that carried the step
	At         time.Time // when the last call returned, UTC; zero = never sent
}
