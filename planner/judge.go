package planner

import (
	"slices"
	"time"

	"linkbatch/internal/msads"
)

// Verdict is what a search shows of an op whose reply was lost.
type Verdict string

// The verdicts.
const (
	Applied   Verdict = "applied"   // the op's result shows, or a status that only follows it
	AsBefore  Verdict = "as before" // the link is as it was when the step was decided
	Elsewhere Verdict = "elsewhere" // the link changed in another way, or the search is in doubt
)

// later lists, for each update, its result and what can follow it.
var later = map[Op][]msads.Status{
	OpAccept: {msads.LinkAccepted, msads.LinkInProgress, msads.LinkFailed, msads.Active, msads.UnlinkRequested,
		msads.UnlinkPending, msads.UnlinkInProgress, msads.UnlinkFailed, msads.Inactive},
	OpDecline: {msads.LinkDeclined},
	OpCancel:  {msads.LinkCanceled},
	OpUnlink:  {msads.UnlinkRequested, msads.UnlinkPending, msads.UnlinkInProgress, msads.UnlinkFailed, msads.Inactive},
}

// Judge decides from what [Planner.Look] shows what happened to the step's op
// after an ambiguous call. A link is as before if it is absent as it was, has the
// same Status and LastModifiedDateTime, or last changed before s.Sent, in which
// case somebody else changed it after the step was decided and before the call.
//
// An add shows in a link that is live. One that has ended shows it only if that
// was after s.Sent: the invitation was made and has ended since, as when the
// client has declined it. An earlier end proves nothing.
func (s *Step) Judge(now Sight) Verdict {
	before := s.Before
	if now.Absent() && !before.Found() {
		return AsBefore
	}
	if !now.Shown() {
		return Elsewhere
	}
	link := now.Link
	switch {
	case before.Found() && link.Status == before.Status && link.LastModifiedDateTime.Equal(before.LastModified):
		return AsBefore
	case link.LastModifiedDateTime.Before(before.LastModified):
		return Elsewhere // the search lags behind what was seen before
	case s.Op == OpAdd && live(link.Status):
		return Applied
	case s.sentAfter(link):
		return AsBefore
	case s.Op == OpAdd && hasEnded(link.Status) && s.sentBefore(link):
		return Applied
	case slices.Contains(later[s.Op], link.Status):
		return Applied
	}
	return Elsewhere
}

// clockDoubt is how far apart the change of a link and a call must be to say
// that the change came first: more than the clocks of the service's servers
// differ, and far less than the time between a plan and its approval.
const clockDoubt = time.Minute

// sentAfter reports whether the step was sent after the link last changed.
func (s *Step) sentAfter(link *msads.ClientLink) bool {
	return !s.Sent.IsZero() && !link.LastModifiedDateTime.IsZero() && s.Sent.Sub(link.LastModifiedDateTime) > clockDoubt
}

// sentBefore reports whether the step was sent before the link last changed.
func (s *Step) sentBefore(link *msads.ClientLink) bool {
	return !s.Sent.IsZero() && !link.LastModifiedDateTime.Before(s.Sent)
}

// hasEnded reports whether a link of this status has ended.
func hasEnded(status msads.Status) bool {
	group := groupOf(status)
	return status != "" && (group == free || group == refusing)
}
