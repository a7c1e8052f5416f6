package planner

import (
	"slices"
	"time"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// Course is how a link goes on by itself after what was asked of it.
type Course string

// The courses.
const (
	Settled  Course = "settled"  // nothing more comes of it unless somebody acts
	Settling Course = "settling" // the service moves it on within minutes, or no search shows yet what was done
	Undone   Course = "undone"   // the service has given up what was asked
)

// Standing is where a link stands on its way to what was asked of it.
type Standing struct {
	Course   Course
	Reason   string // what the link is
	NextStep string // of an undone link: what a person can do about it
}

// goal is what a row is on its way to.
type goal int

const (
	nowhere  goal = iota // nothing that the service needs time for
	linkage              // invited or found so: whether the client answers is the client's business
	accepted             // accepted by this run: an invitation that still waits is a search that lags
	ending               // unlinked
)

// goalOf is what op is on the way to, or for a row that nothing was done for
// what its intent found under way.
func goalOf(op Op, intent ingest.Intent) goal {
	switch op {
	case OpAdd:
		return linkage
	case OpAccept:
		return accepted
	case OpUnlink:
		return ending
	case OpNone:
		switch intent {
		case ingest.Add, ingest.Link, ingest.Accept:
			return linkage
		case ingest.Unlink, ingest.Cancel:
			return ending
		}
	}
	return nowhere
}

// standings says of each status what it is for a link on its way to a goal, in
// the order of the goals. The service sets LinkFailed when a link's billing
// cannot be changed, and resumes a link whose unlink failed as Active
// (ClientLinkStatus page).
var standings = map[msads.Status]struct {
	linkage, accepted, ending Course
	reason                    string
}{
	"":                     {Settled, Settling, Settling, "no search shows the link yet"},
	msads.LinkPending:      {Settled, Settling, Settled, "invited, waiting for the client"},
	msads.LinkAccepted:     {Settling, Settling, Settled, settling},
	msads.LinkInProgress:   {Settling, Settling, Settled, settling},
	msads.Active:           {Settled, Settled, Undone, "linked"},
	msads.LinkFailed:       {Undone, Undone, Settled, "the service could not link the account (LinkFailed)"},
	msads.LinkDeclined:     {Settled, Settled, Settled, "the client has declined"},
	msads.LinkCanceled:     {Settled, Settled, Settled, "the invitation was canceled"},
	msads.LinkExpired:      {Settled, Settled, Settled, "the invitation has expired"},
	msads.UnlinkRequested:  {Settling, Settling, Settling, underWay},
	msads.UnlinkPending:    {Settling, Settling, Settling, underWay},
	msads.UnlinkInProgress: {Settling, Settling, Settling, underWay},
	msads.UnlinkFailed:     {Settled, Settled, Undone, "linked; an unlink has failed"},
	msads.Inactive:         {Settled, Settled, Settled, "unlinked"},
}

// What a person does about an undone link.
const (
	unlinkFailed  = "the unlink failed: the link is Active again"
	nextLinkFails = "a change of who pays that fails is the usual cause: have the billing of the account looked at, then write add to invite it again"
	nextLinked    = "a change of who pays that fails is the usual cause: have the billing of the account looked at, then unlink it again"
)

// StandingOf tells from a status alone where the link of a step stands after op,
// the last that was done for it, or [OpNone] if nothing was. Since a search may
// lag behind a write, an undone link needs a second look, see [Stand]. A status
// that is not known is settled: nothing can be expected of it.
func StandingOf(step *Step, op Op, status msads.Status) Standing {
	s, known := standings[status]
	if !known {
		return Standing{Settled, render(strange, Seen{Status: status}), ""}
	}
	switch goalOf(op, step.Intent) {
	case linkage:
		return undo(s.linkage, s.reason, nextLinkFails)
	case accepted:
		return undo(s.accepted, s.reason, nextLinkFails)
	case ending:
		if s.ending == Undone {
			s.reason = unlinkFailed
		}
		return undo(s.ending, s.reason, nextLinked)
	}
	return Standing{Settled, s.reason, ""}
}

func undo(course Course, reason, next string) Standing {
	if course != Undone {
		next = ""
	}
	return Standing{course, reason, next}
}

// Stand is [StandingOf] a link as [Planner.Look] shows it. A link that no search
// shows, or that is as it was before the op, is settling: the search lags.
func Stand(step *Step, op Op, now Sight) Standing {
	if !now.Shown() {
		return Standing{Settling, standings[""].reason, ""}
	}
	s := StandingOf(step, op, now.Link.Status)
	if op.Writes() && goalOf(op, step.Intent) != nowhere && Judge(step, now) == AsBefore {
		s.Course, s.NextStep = Settling, ""
	}
	return s
}

// StartsLater returns the start date of a link if it is still to come at now:
// the service does not move the link on before. Where there is no link yet, or
// only an invitation, it is that of the step. A start date that is not after
// the link's last change has come by the service's own clock.
func StartsLater(step *Step, sight Sight, now time.Time) (time.Time, bool) {
	start, changed := step.Before.StartDate, step.Before.LastModified
	switch {
	case sight.Shown():
		start, changed = sight.Link.StartDate, sight.Link.LastModifiedDateTime
	case step.Op == OpAdd && step.Send != nil:
		start, changed = step.Send.StartDate, time.Time{}
	}
	return start, start.After(now) && start.After(changed)
}

// Stages are those of a funnel, in order: how many links are invited, how many
// of them accepted, and so on.
var Stages = [...]string{"invited", "accepted", "active", "unlinking"}

// StageOf is the place of a status in [Stages]; -1 for one that is in none.
func StageOf(status msads.Status) int {
	return slices.Index([]Group{pending, linking, linked, unlinking}, groupOf(status))
}
