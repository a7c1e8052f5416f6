package simulator_test

import (
	"testing"
	"time"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// TestSettling: what the service makes of each status, and when. Times are
// after the link was last modified; settle_seconds is 120.
func TestSettling(t *testing.T) {
	day := 24 * time.Hour
	for _, c := range []struct {
		name   string
		status msads.Status
		start  time.Duration // StartDate, after the clock
		fails  bool
		after  time.Duration
		want   msads.Status
	}{
		{"invited", msads.LinkPending, 0, false, 30*day - time.Second, msads.LinkPending},
		{"expired", msads.LinkPending, 0, false, 30 * day, msads.LinkExpired},
		{"accepted", msads.LinkAccepted, 0, false, time.Minute, msads.LinkInProgress},
		{"in progress", msads.LinkInProgress, 0, false, 119 * time.Second, msads.LinkInProgress},
		{"active", msads.LinkInProgress, 0, false, 120 * time.Second, msads.Active},
		{"not before its start", msads.LinkInProgress, day, false, day - time.Second, msads.LinkInProgress},
		{"at its start", msads.LinkInProgress, day, false, day, msads.Active},
		{"link fails", msads.LinkInProgress, 0, true, 120 * time.Second, msads.LinkFailed},
		{"unlink asked", msads.UnlinkRequested, 0, false, time.Minute, msads.UnlinkPending},
		{"unlink pending", msads.UnlinkPending, 0, false, 59 * time.Second, msads.UnlinkPending},
		{"unlink in progress", msads.UnlinkPending, 0, false, time.Minute, msads.UnlinkInProgress},
		{"unlinked", msads.UnlinkPending, 0, false, 2 * time.Minute, msads.Inactive},
		{"unlink fails", msads.UnlinkPending, 0, true, 2 * time.Minute, msads.UnlinkFailed},
		{"and the link resumes", msads.UnlinkPending, 0, true, 3 * time.Minute, msads.Active},
		{"accepted, all at once", msads.LinkAccepted, 0, false, day, msads.Active},
		{"active stays", msads.Active, 0, false, 365 * day, msads.Active},
		{"declined stays", msads.LinkDeclined, 0, false, 365 * day, msads.LinkDeclined},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := simtest.World(1, c.status)
			w.Accounts[0].LinkFails, w.Accounts[0].UnlinkFails = c.fails, c.fails
			w.Links[0].LastModifiedDateTime = simtest.Clock
			if c.start != 0 {
				w.Links[0].StartDate = simtest.Clock.Add(c.start)
			}
			s := simtest.New(t, w, simulator.Options{Now: func() time.Time { return simtest.Clock }})
			before := s.State().Links[0]
			s.Advance(c.after)
			l := s.State().Links[0]
			if l.Status != c.want {
				t.Errorf("%s, want %s", l.Status, c.want)
			}
			if moved := l.Status != before.Status; moved != (string(l.Timestamp) != string(before.Timestamp)) || moved != l.LastModifiedDateTime.After(before.LastModifiedDateTime) {
				t.Errorf("from %+v\nto %+v", before, l)
			}
		})
	}
}

// TestAnEntitySettlesInItsOwnTime while others settle in the world's.
func TestAnEntitySettlesInItsOwnTime(t *testing.T) {
	w := simtest.World(2, msads.LinkInProgress)
	w.Accounts[0].SettleSeconds = 10
	s := simtest.New(t, w, simulator.Options{Now: func() time.Time { return simtest.Clock }})
	for _, want := range []struct {
		after         time.Duration
		first, second msads.Status
	}{
		{9 * time.Second, msads.LinkInProgress, msads.LinkInProgress},
		{time.Second, msads.Active, msads.LinkInProgress},
		{110 * time.Second, msads.Active, msads.Active},
	} {
		s.Advance(want.after)
		if l := s.State().Links; l[0].Status != want.first || l[1].Status != want.second {
			t.Errorf("%s and %s, want %s and %s", l[0].Status, l[1].Status, want.first, want.second)
		}
	}
}
