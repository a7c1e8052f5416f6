package simulator

import (
	"cmp"
	"slices"
	"time"

	"linkbatch/internal/msads"
)

// pendingDays is how long a client has to answer an invitation before it becomes
// LinkExpired (the service's account hierarchy guide: 30 days).
const pendingDays = 30

// knownStatus reports whether a status is one of the fourteen of the service.
func knownStatus(s msads.Status) bool {
	return slices.Contains([]msads.Status{
		msads.LinkPending, msads.LinkAccepted, msads.LinkDeclined, msads.LinkCanceled, msads.LinkExpired,
		msads.LinkInProgress, msads.Active, msads.LinkFailed, msads.UnlinkRequested, msads.UnlinkPending,
		msads.UnlinkInProgress, msads.UnlinkFailed, msads.UnlinkCanceled, msads.Inactive,
	}, s)
}

// settling reports whether the service will change the status within minutes.
func settling(s msads.Status) bool {
	switch s {
	case msads.LinkAccepted, msads.LinkInProgress, msads.UnlinkRequested, msads.UnlinkPending, msads.UnlinkInProgress, msads.UnlinkFailed:
		return true
	}
	return false
}

// blocksAdd reports whether a link in this status makes a new add a duplicate.
func blocksAdd(s msads.Status) bool {
	switch s {
	case msads.LinkCanceled, msads.LinkDeclined, msads.LinkExpired, msads.LinkFailed, msads.Inactive, msads.UnlinkCanceled:
		return false
	}
	return true
}

// next returns the status that the service itself will give a link, and when;
// the zero time if it will not. A whole unlink takes as long as a whole link:
// two steps of half the settle time.
func (s *store) next(l *Link) (msads.Status, time.Time) {
	ent := s.entities[l.ClientEntityID]
	settle := cmp.Or(time.Duration(ent.SettleSeconds)*time.Second, s.settle)
	since, half := l.LastModifiedDateTime, settle/2
	switch l.Status {
	case msads.LinkPending:
		return msads.LinkExpired, since.AddDate(0, 0, pendingDays)
	case msads.LinkAccepted:
		return msads.LinkInProgress, since.Add(half)
	case msads.LinkInProgress:
		at := since.Add(settle)
		if l.StartDate.After(at) {
			at = l.StartDate
		}
		if ent.LinkFails {
			return msads.LinkFailed, at
		}
		return msads.Active, at
	case msads.UnlinkRequested:
		return msads.UnlinkPending, since.Add(half)
	case msads.UnlinkPending:
		return msads.UnlinkInProgress, since.Add(half)
	case msads.UnlinkInProgress:
		if ent.UnlinkFails {
			return msads.UnlinkFailed, since.Add(half)
		}
		return msads.Inactive, since.Add(half)
	case msads.UnlinkFailed:
		return msads.Active, since.Add(half)
	}
	return "", time.Time{}
}

// expect records when a link will settle, so that most requests need not look
// at any link.
func (s *store) expect(l *Link) {
	if l == nil {
		return
	}
	if _, at := s.next(l); !at.IsZero() && (s.nextDue.IsZero() || at.Before(s.nextDue)) {
		s.nextDue = at
	}
}

// settleUntil advances every link that is due by now, through as many steps as
// the time allows, each dated to the moment it was due.
func (s *store) settleUntil(now time.Time) {
	if s.nextDue.IsZero() || now.Before(s.nextDue) {
		return
	}
	s.nextDue = time.Time{}
	var due []*entry
	for _, e := range s.entries {
		if e.link == nil {
			continue
		}
		if _, at := s.next(e.link); !at.IsZero() && !at.After(now) {
			due = append(due, e)
		} else {
			s.expect(e.link)
		}
	}
	slices.SortFunc(due, byEntity)
	for _, e := range due {
		s.settleEntry(e, now)
	}
}

// settleEntry takes an entry through every step that is due. Each step starts at
// the time of the one before, not now, so that a clock that jumps a month leaves
// the same dates as one that ran.
func (s *store) settleEntry(e *entry, now time.Time) {
	for {
		status, at := s.next(e.link)
		if at.IsZero() || at.After(now) {
			return
		}
		l := *e.link
		l.Status, l.LastModifiedDateTime, l.Timestamp = status, at, s.nextTimestamp()
		s.put(e.key, &l, at)
	}
}
