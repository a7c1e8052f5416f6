package ledger

import (
	"time"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Scope is where a run works. Runs of one scope follow one another, and only
// one goes on at a time.
type Scope struct {
	Endpoint           string // base URL of the service, or "simulator" for the built-in one
	ManagingCustomerID msads.ID
}

// State tells how far a run came.
type State string

// The states of a run.
const (
	Running     State = "running"     // begun and not ended: it goes on, or its process died
	Interrupted State = "interrupted" // ended by a person or a signal, between calls
	Stopped     State = "stopped"     // ended by an error before every step was sent; Note says which
	Finished    State = "finished"    // every step has its outcome
	Closed      State = "closed"      // given up for a run of a changed roster, or for --fresh; what was not sent is held
)

// Run is one execution. File to Version are those of its last part: a run has
// one part, and one more for each time it was gone on with.
type Run struct {
	ID string
	Scope
	File           string   // the roster, as the user named it
	Path           string   // absolute path of it; "-" for standard input
	Digest         string   // of the roster's bytes, "sha256:…"
	Sheet          string   // empty for a CSV file
	Header         []string // the roster's own columns as written
	UserID         msads.ID // who, from GetUser
	Profile        string
	Version        string    // of linkbatch
	Started, Ended time.Time // UTC; Ended zero while Running
	State          State
	Note           string // why it was stopped
	Parts          int    // how often it was begun: 1, and 1 more for each time it was gone on with
	Rows           int
	Live, Listed   int                      // of the first plan, see [planner.Plan]; Listed is the newest that is not 0
	Outcomes       map[executor.Outcome]int // as of End; nil before
}

// Progress is what a run knows of a row that something was sent for, or was to
// be.
type Progress struct {
	Result executor.Result
	Done   []planner.Op // ops of the row that are confirmed
}

// Trace is one link of one call.
type Trace struct {
	// Step is the step as it was sent, with Send as in Record.Plan; its Row is that of the
	// plan, without Problems.
	Step *planner.Step
	// Result is what the reply said of the link. While no reply is recorded (the
	// call is in flight, or its process died) its Outcome is Unknown and its At
	// zero; Step, Ops, Call and Attempts are set.
	Result executor.Result
	Sent   time.Time // UTC
}

// Record is a run as the ledger knows it.
type Record struct {
	Run
	Plan *planner.Plan    // as decided when the run was last begun; only adds have a Send, to be told and not to be sent; no row has Problems
	Kept map[int]Progress // by step index
	// Loose are the links of calls that are newer than what was kept of their
	// row (call number above Kept[step].Result.Call), in the order of call number
	// and place: replies that are not folded in yet, and links in flight.
	Loose []Trace
	Calls int // number of the last call, 0 before the first
}
