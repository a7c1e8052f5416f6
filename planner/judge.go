package planner

import (
	"slices"

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
// after an ambiguous call. A link is as before if it is absent as it was, or has the
// same Status and LastModifiedDateTime. An add shows in any changed link of a
// known status, since a link that ended never changes: the change is a new
// invitation, however far it has come.
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
	case s.Op == OpAdd && groupOf(link.Status) != unrecognised:
		return Applied
	case slices.Contains(later[s.Op], link.Status):
		return Applied
	}
	return Elsewhere
}
