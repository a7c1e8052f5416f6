package ledger

import (
	"time"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Scope is where a run works. Runs of one scope follow one another; only one
// runs at a time.
type Scope struct {
	Endpoint           string // base URL of the service, or "simulator" for the built-in one
	ManagingCustomerID msads.ID
}

// State is how far a run got.
type State string

// The states of a run.
const (
	Running     State = "running"     // started and not ended: it is in progress, or its process died
	Interrupted State = "interrupted" // ended by a person or a signal; its process may have died, see Note
	Stopped     State = "stopped"     // ended by an error, or by its own caution, before every step was sent; see Note
	Finished    State = "finished"    // every step has its outcome
	NotStarted  State = "not_started" // nothing of it was ever to be sent: a guard, a missing confirmation or a failed sign-in came first, see Note
	Closed      State = "closed"      // given up for a run of a changed roster, or for --fresh; unsent rows are held
)

// Run is one execution. File to Expected are those of its last part: a run has
// one part, and another for each time it was resumed.
type Run struct {
	ID string
	Scope
	File    string   // the roster, as the user named it
	Path    string   // absolute path of it; "-" for standard input
	Digest  string   // of the roster's bytes, "sha256:…"
	Sheet   string   // empty for a CSV file
	Header  []string // the roster's own columns as written
	UserID  msads.ID // who, from GetUser
	Profile string
	Version string // of linkbatch
	Actor
	SavedPlan string // seal of the saved plan that is applied, see savedplan.File.Seal; empty = none
	Expected  string // digest that the plan had to have, see savedplan.Digest; empty = any
	Purpose
	Started, Ended time.Time // UTC; Ended zero while Running
	State          State
	Note           string // why it was stopped
	Parts          int    // 1, and 1 more for each time it was resumed
	Rows           int
	Live, Listed   int                      // of the first plan, see [planner.Plan]; Listed is the newest value other than 0
	Outcomes       map[executor.Outcome]int // as of End; nil before
}

// Purpose is what a run is for, if that is not its roster as a whole. Two runs of
// one roster with different purposes are different jobs: neither resumes the other.
type Purpose struct {
	Undoes  string // id of the run that it takes back; empty = none
	Retries string // id of the run some of whose rows it tries again; empty = none
	Part    string // which rows it is about, in the words of the flags that chose them; empty = all of them
}

// Whole reports whether the run is about its roster as a whole.
func (p Purpose) Whole() bool { return p == Purpose{} }

// Actor is who did something, on the machine: empty = not recorded.
type Actor struct {
	OSUser  string // as the operating system names them
	Host    string // of the machine
	Command string // with its flags, without secrets
	Reason  string // as given by the person
}

// Progress is what a run knows of a row for which something was sent, or was to
// be sent.
type Progress struct {
	Result executor.Result
	Done   []planner.Op // ops of the row that are confirmed

	// Whole is how many errors, the last ones of the Result, are those of a call
	// that was refused as a whole: they may be about another of its links, and
	// the next reply replaces them.
	Whole int

	// Sent is [planner.Step.Sent] of the step that was sent last; zero = none was, or
	// the record is of an older linkbatch.
	Sent time.Time

	// Step is the step as it was decided last, if that was after the plan was
	// made: the accept that follows an add, or the same op on a link that had
	// changed; nil = as in the plan. Its Row, and its Send if it is no add, are
	// not stored.
	Step *planner.Step
}

// Trace is one link of one call.
type Trace struct {
	// Step is the step as it was sent, with Send as in Record.Plan; its Row is that of the
	// plan, without Problems.
	Step *planner.Step
	// Answer is what the reply said about the link. While no reply is recorded
	// (the call is in flight, or its process died) its Outcome is Unknown and its
	// At zero; Step and Call are set.
	Answer executor.Answer
	Sent   time.Time // UTC
}

// Record is everything recorded about a run.
type Record struct {
	Run
	// Plan is that of the last part, without Shrunk and Refusals. Only adds have a
	// Send, to be shown and not to be sent; no row has Problems.
	Plan *planner.Plan
	Kept map[int]Progress // by step index
	// Loose are the links of calls that are newer than what Kept has of their row
	// (call number above Kept[step].Result.Call), in the order of call number and
	// place: replies that are not folded in yet, and links in flight.
	Loose []Trace
	Calls int // number of the last call, 0 before the first
}
