package planner

import (
	"time"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// Op is what a step does to its link.
type Op string

// The ops. The first five write; the others end a row without a call.
const (
	OpAdd     Op = "add"     // AddClientLinks
	OpAccept  Op = "accept"  // UpdateClientLinks to LinkAccepted, by the client's login
	OpDecline Op = "decline" // UpdateClientLinks to LinkDeclined, by the client's login
	OpCancel  Op = "cancel"  // UpdateClientLinks to LinkCanceled, by the agency's login
	OpUnlink  Op = "unlink"  // UpdateClientLinks to UnlinkRequested, by the agency's login
	OpNone    Op = "none"    // nothing to do, the reason says what is already true
	OpBlocked Op = "blocked" // cannot be done now or by these credentials
	OpReject  Op = "reject"  // the row could not be understood
)

// Writes reports whether the op changes something at the service.
func (o Op) Writes() bool {
	switch o {
	case OpAdd, OpAccept, OpDecline, OpCancel, OpUnlink:
		return true
	}
	return false
}

// Side is the end of a link that a login is on.
type Side string

// The sides. A link whose ManagingCustomerId is the signed-in customer is ours
// as agency, every other one as client.
const (
	Agency Side = "agency"
	Client Side = "client"
)

// Key names the link that a row is about. A link is known by managing
// customer, type and client entity; EntityID is 0 for a row that has only a
// number and whose link was not found yet.
type Key struct {
	ManagingCustomerID msads.ID
	Type               msads.LinkType
	EntityID           msads.ID
	Number             string // entity number, upper case; may be empty when EntityID is set
}

// Seen is what a search showed of a link at one moment. The zero value means
// that there was no link.
type Seen struct {
	Status         msads.Status // empty = no link
	LastModified   time.Time    // zero when the service left it out
	EntityID       msads.ID
	Number         string
	Name           string // ClientEntityName
	IsBillToClient *bool
	StartDate      time.Time
	OtherAgency    bool // the same search showed a live link of another managing customer to the entity
}

// Found reports whether there was a link, in whatever status.
func (s Seen) Found() bool { return s.Status != "" }

// Sight is the sight of the link as far as a plan keeps it: enough for [Judge],
// [Mismatch] and [WrongName], and not to be sent.
func (s Seen) Sight() Sight {
	if !s.Found() {
		return Sight{}
	}
	return Sight{OtherAgency: s.OtherAgency, Link: &msads.ClientLink{
		Status: s.Status, LastModifiedDateTime: s.LastModified, ClientEntityID: s.EntityID, ClientEntityNumber: s.Number,
		ClientEntityName: s.Name, IsBillToClient: s.IsBillToClient, StartDate: s.StartDate,
	}}
}

// Terms are what an invitation says beside whom it is for, who pays and when the
// link starts.
type Terms struct {
	Name           string
	Note           string
	CustomerNumber string // ClientEntityCustomerNumber; account links only
	Permission     string // CustomerLinkPermission; customer links only
}

// Step is what was decided for one row.
type Step struct {
	Index    int // the step's place in Plan.Steps
	Row      ingest.Row
	Intent   ingest.Intent // the row's action, or the default of the run
	Side     Side
	Op       Op
	Reason   string   // why this op; for none and blocked what is true, for reject what is wrong
	Warnings []string // what a person should look at, the row's own warnings first; never stops the step
	Profile  string   // the profile whose credentials carry out Op; empty unless Op writes
	Key      Key
	Before   Seen // the link as it was when the step was decided

	// Send is the object that the call carries: a new link for an add, the
	// searched link with its status changed for an update. Nil unless Op writes.
	Send *msads.ClientLink

	// Former are the terms of the link that a step cancels or unlinks, or of the ended
	// one that it adds again, as they were searched: those of an invitation that would
	// make the same link again, beside who pays and the start, which Before has. Nil
	// for every other step.
	Former *Terms

	// Sent is when a call first carried the step, by the service's own clock, at
	// the latest; zero if none has, or the service states no time.
	Sent time.Time

	// SameAs is the index in Plan.Steps of the step whose outcome this row
	// shares, since both ask the same of one link; -1 for a row of its own. Op
	// is none then, so that nothing is done or counted twice.
	SameAs int

	// Due is when the row of a step becomes due, if its day has not come: a later
	// run carries it out, and Op is none. Zero for every other step.
	Due time.Time

	// Ended marks a row with the intent link or add whose end date is over. Its
	// step is decided as one with the intent unlink is.
	Ended bool

	// Held is why this run does not send a step that writes: a guard, a saved plan
	// that its link has left behind, or one that nobody approved. The planner
	// leaves it empty; the caller that holds a step sets it before the run.
	Held string

	// Deferred marks an add by number alone. It is decided again after all adds
	// by id have returned, so that two rows for one account cannot both invite.
	Deferred bool
}

// PausesAds reports whether the step unlinks an account that the agency pays
// for, or may pay for where the service does not say: the account's ads can
// pause for up to three hours (help page of client links). For a customer link
// nobody pays.
func (s *Step) PausesAds() bool {
	toClient := s.Before.IsBillToClient
	return s.Op == OpUnlink && s.Key.Type != msads.CustomerLink && (toClient == nil || !*toClient)
}

// Plan is one step for every row of a roster, in roster order, and after them one
// for each link to be pruned.
type Plan struct {
	ManagingCustomerID msads.ID // the default of the run
	Agency             string   // what the service calls it, as seen on a link of its own; empty = not known
	Steps              []Step
	Live               int // live links of the main login's customer that planning saw
	Listed             int // links in that customer's list, live or not, if it was read to its end; else 0

	Accounts int       // distinct accounts that the roster lists, skipped and left out lines included, as far as it shows itself
	Shrunk   bool      // they are less than half of those of its last good run, and [Prune.AllowShrink] is not set
	Refusals []Refusal // why none of the steps that prune may be sent; nil = they may

	Tripped []Tripped // the guards that it does not keep to, once they have judged it
}

// Tripped is a guard that a plan does not keep to. The planner judges none: its
// caller does, of the plan of a whole run.
type Tripped struct {
	Guard  string // such as "max-unlinks"
	Limit  int    // how many are allowed
	Wanted int    // how many the plan has
	Text   string // both as words, such as "11 unlinks and cancels, and at most 10 are allowed"
	Flag   string // the flag that would allow it, with its value; empty = there is none
}
