package planner

import (
	"cmp"
	"slices"
	"time"

	"linkbatch/internal/msads"
)

// sentWithin is how long after the first call with a step its op may have been
// applied: a call may take two minutes, and what the clocks of the service differ
// by comes on top. An op that was sent again later than that counts as somebody
// else's, which costs a person a look and changes nothing.
const sentWithin = 4 * time.Minute

// Untouched reports whether a link is as the op of the step has left it: nobody
// but the service itself has changed it since. s.Sent says when the op was sent;
// after is what a search showed of the link once it was applied, of which Status and
// LastModified count, or zero if none did; next is a step that was decided from the
// link as it is now.
//
// Where the service does not say when a link last changed, it may have been
// changed. A link that is being unlinked is moved on by the service: it is the same
// link as long as its terms are those from before the op.
func (s *Step) Untouched(after Seen, next *Step) bool {
	now := next.Before
	result := s.leaves()
	stage := slices.Index(result, now.Status)
	if stage < 0 || now.LastModified.IsZero() {
		return false
	}
	seen := slices.Index(result, after.Status)
	switch {
	case seen >= 0 && now.Status == after.Status:
		return now.LastModified.Equal(after.LastModified)
	case seen >= 0:
		return stage > seen && !now.LastModified.Before(after.LastModified) && s.sameTerms(next)
	case s.Sent.IsZero() || now.LastModified.Before(s.Sent.Add(-clockDoubt)):
		return false
	case stage > 0:
		return s.sameTerms(next)
	}
	return now.LastModified.Before(s.Sent.Add(sentWithin))
}

// leaves are the statuses that the op of a step gives its link, and the service
// after it without anybody asking for it, in their order.
func (s *Step) leaves() []msads.Status {
	switch s.Op {
	case OpAdd:
		return []msads.Status{msads.LinkPending}
	case OpCancel, OpUnlink:
		return later[s.Op]
	}
	return nil
}

// sameTerms reports whether a link has the terms that it had when the step was
// decided, but for the note that the step has sent.
func (s *Step) sameTerms(next *Step) bool {
	if s.Former == nil || next.Former == nil {
		return false
	}
	was, is := *s.Former, *next.Former
	was.Note = cmp.Or(s.Row.Note, was.Note)
	a, b := s.Before.IsBillToClient, next.Before.IsBillToClient
	return was == is && (a == nil) == (b == nil) && (a == nil || *a == *b) &&
		s.Before.StartDate.Sub(next.Before.StartDate).Abs() <= startTolerance
}
