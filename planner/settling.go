package planner

import (
	"slices"
	"time"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// course is what a link does by itself after something was asked of it.
type course string

const (
	settled  course = "settled"
	settling course = "settling"
	undone   course = "undone"
)

// Standing is how far a link is on its way to what was asked of it: settled,
// undone, or neither yet, since the service moves it on within minutes or no
// search shows yet what was done.
type Standing struct {
	Reason   string // what the link is
	NextStep string // of an undone link: what a person can do about it

	course course
}

// Settled reports whether nothing more comes of the link unless somebody acts.
func (s Standing) Settled() bool { return s.course == settled }

// Undone reports whether the service has given up what was asked.
func (s Standing) Undone() bool { return s.course == undone }

// goal is what a row is on its way to.
type goal int

const (
	nowhere  goal = iota // nothing that the service needs time for
	linkage              // invited or found so: whether the client answers is the client's business
	accepted             // accepted by this run: an invitation that is still pending is a search that lags
	ending               // unlinked
)

// goalOf is the goal of op or, for a row that nothing was done for, of what its
// intent found under way.
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

// standings holds for each status how far a link is on its way to each goal. The service sets LinkFailed when a link's billing
// cannot be changed, and resumes a link whose unlink failed as Active
// (ClientLinkStatus page).
var standings = map[msads.Status]struct {
	linkage, accepted, ending course
	reason                    string
}{
	"":                     {settled, settling, settling, "no search shows the link yet"},
	msads.LinkPending:      {settled, settling, settled, "invited, waiting for the client"},
	msads.LinkAccepted:     {settling, settling, settled, isSettling},
	msads.LinkInProgress:   {settling, settling, settled, isSettling},
	msads.Active:           {settled, settled, undone, "linked"},
	msads.LinkFailed:       {undone, undone, settled, "the service could not link the account (LinkFailed)"},
	msads.LinkDeclined:     {settled, settled, settled, "the client declined"},
	msads.LinkCanceled:     {settled, settled, settled, "the invitation was canceled"},
	msads.LinkExpired:      {settled, settled, settled, "the invitation has expired"},
	msads.UnlinkRequested:  {settling, settling, settling, underWay},
	msads.UnlinkPending:    {settling, settling, settling, underWay},
	msads.UnlinkInProgress: {settling, settling, settling, underWay},
	msads.UnlinkFailed:     {settled, settled, undone, "linked; an unlink failed"},
	msads.Inactive:         {settled, settled, settled, "unlinked"},
}

// What a person does about an undone link.
const (
	unlinkFailed  = "the unlink failed: the link is Active again"
	nextLinkFails = "the usual cause is a failed change of payer: have the billing of the account checked, then enter add to invite it again"
	nextLinked    = "the usual cause is a failed change of payer: have the billing of the account checked, then unlink it again"
)

// Standing says from a status alone how far the step's link is after op, the
// last that was done for it, or [OpNone] if nothing was. Since a search may lag
// behind a write, an undone link needs a second look, see [Step.Stand]. A status
// that is not known is settled: nothing can be expected of it.
func (s *Step) Standing(op Op, status msads.Status) Standing {
	is, known := standings[status]
	if !known {
		return Standing{Reason: render(strange, Seen{Status: status}), course: settled}
	}
	stands := Standing{Reason: is.reason, course: settled}
	next := nextLinkFails
	switch goalOf(op, s.wants()) {
	case linkage:
		stands.course = is.linkage
	case accepted:
		stands.course = is.accepted
	case ending:
		stands.course, next = is.ending, nextLinked
		if stands.Undone() {
			stands.Reason = unlinkFailed
		}
	}
	if stands.Undone() {
		stands.NextStep = next
	}
	return stands
}

// Stand is the step's [Step.Standing] for its link as [Planner.Look] shows it. A
// link that no search shows, or that is as it was before the op, is not settled:
// the search lags.
func (s *Step) Stand(op Op, now Sight) Standing {
	if !now.Shown() {
		return Standing{Reason: standings[""].reason, course: settling}
	}
	stands := s.Standing(op, now.Link.Status)
	if op.Writes() && goalOf(op, s.wants()) != nowhere && s.Judge(now) == AsBefore {
		stands.course, stands.NextStep = settling, ""
	}
	return stands
}

// StartsLater returns the start date of a link if it is still to come at now:
// the service does not move the link on before. Where there is no link yet, or
// only an invitation, it is that of the step. A start date that is not after
// the link's last change has come by the service's own clock.
func (s *Step) StartsLater(sight Sight, now time.Time) (time.Time, bool) {
	start, changed := s.Before.StartDate, s.Before.LastModified
	switch {
	case sight.Shown():
		start, changed = sight.Link.StartDate, sight.Link.LastModifiedDateTime
	case s.Op == OpAdd && s.Send != nil:
		start, changed = s.Send.StartDate, time.Time{}
	}
	return start, start.After(now) && start.After(changed)
}

// Stages are those of a funnel, in order: how many links are invited, how many
// of them accepted, and so on.
var Stages = stages{"invited", "accepted", "active", "unlinking"}

type stages [4]string

// Of is the place of a status among the stages; -1 if it is in none.
func (stages) Of(status msads.Status) int {
	return slices.Index([]group{pending, linking, linked, unlinking}, groupOf(status))
}
