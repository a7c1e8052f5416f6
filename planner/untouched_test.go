package planner

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linkbatch/internal/msads"
)

func TestUntouched(t *testing.T) {
	sent := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	at := func(d time.Duration) time.Time { return sent.Add(d) }
	start := sent.AddDate(0, -3, 0)
	link := func(status msads.Status, modified time.Time) Seen {
		return Seen{Status: status, LastModified: modified, IsBillToClient: new(true), StartDate: start}
	}
	otherPayer := link(msads.Inactive, at(time.Hour))
	otherPayer.IsBillToClient = new(false)
	otherStart := link(msads.Inactive, at(time.Hour))
	otherStart.StartDate = start.AddDate(0, 1, 0)
	unknown := Seen{}
	for _, test := range []struct {
		name       string
		op         Op
		sent       time.Time
		after, now Seen
		want       bool
	}{
		{"an invitation as it was seen", OpAdd, sent, link(msads.LinkPending, at(time.Second)), link(msads.LinkPending, at(time.Second)), true},
		{"an invitation that was changed", OpAdd, sent, link(msads.LinkPending, at(time.Second)), link(msads.LinkPending, at(2*time.Second)), false},
		{"an invitation that was accepted", OpAdd, sent, link(msads.LinkPending, at(time.Second)), link(msads.Active, at(time.Hour)), false},
		{"an invitation that nobody looked at", OpAdd, sent, unknown, link(msads.LinkPending, at(3*time.Minute)), true},
		{"a later invitation", OpAdd, sent, unknown, link(msads.LinkPending, at(5*time.Minute)), false},
		{"an earlier invitation", OpAdd, sent, unknown, link(msads.LinkPending, at(-2*time.Minute)), false},
		{"a search that lagged", OpAdd, sent, link(msads.LinkCanceled, at(-time.Hour)), link(msads.LinkPending, at(time.Second)), true},
		{"when it was sent is not known", OpAdd, time.Time{}, unknown, link(msads.LinkPending, at(time.Second)), false},
		{"no time of the last change", OpAdd, sent, link(msads.LinkPending, time.Time{}), link(msads.LinkPending, time.Time{}), false},
		{"cancelled", OpCancel, sent, link(msads.LinkCanceled, at(0)), link(msads.LinkCanceled, at(0)), true},
		{"cancelled, invited and cancelled", OpCancel, sent, link(msads.LinkCanceled, at(0)), link(msads.LinkCanceled, at(time.Hour)), false},
		{"cancelled, invited and declined", OpCancel, sent, link(msads.LinkCanceled, at(0)), link(msads.LinkDeclined, at(time.Hour)), false},
		{"unlinked and settled", OpUnlink, sent, link(msads.UnlinkPending, at(0)), link(msads.Inactive, at(time.Hour)), true},
		{"unlinked and settled, seen so", OpUnlink, sent, link(msads.Inactive, at(0)), link(msads.Inactive, at(0)), true},
		{"unlinked twice", OpUnlink, sent, link(msads.Inactive, at(0)), link(msads.Inactive, at(time.Hour)), false},
		{"unlinked and settled, never looked at", OpUnlink, sent, unknown, link(msads.Inactive, at(time.Hour)), true},
		{"unlinked, and another payer", OpUnlink, sent, link(msads.UnlinkPending, at(0)), otherPayer, false},
		{"unlinked, and another start", OpUnlink, sent, unknown, otherStart, false},
		{"unlinked, and settled before", OpUnlink, sent, link(msads.UnlinkPending, at(0)), link(msads.Inactive, at(-time.Hour)), false},
		{"accepted", OpAccept, sent, link(msads.Active, at(0)), link(msads.Active, at(0)), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := Step{Op: test.op, Sent: test.sent, Before: link(msads.Active, at(-time.Hour)), Former: &Terms{Name: "N", Note: "M"}}
			if got := s.Untouched(test.after, &Step{Before: test.now, Former: &Terms{Name: "N", Note: "M"}}); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

// TestUntouchedTerms holds that a link which the service has moved on has the terms
// that it had.
func TestUntouchedTerms(t *testing.T) {
	day := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name     string
		note     string // of the row
		was, now *Terms
		want     bool
	}{
		{"the same", "", &Terms{Name: "N", Note: "M"}, &Terms{Name: "N", Note: "M"}, true},
		{"the note that the unlink had", "bye", &Terms{Name: "N", Note: "M"}, &Terms{Name: "N", Note: "bye"}, true},
		{"another note", "", &Terms{Name: "N", Note: "M"}, &Terms{Name: "N", Note: "call first"}, false},
		{"another name", "", &Terms{Name: "N"}, &Terms{Name: "O"}, false},
		{"another customer", "", &Terms{CustomerNumber: "C000000001"}, &Terms{CustomerNumber: "C000000002"}, false},
		{"nobody knows what they were", "", nil, &Terms{}, false},
		{"nobody knows what they are", "", &Terms{}, nil, false},
	} {
		s := Step{Op: OpUnlink, Sent: day, Former: test.was}
		s.Row.Note = test.note
		next := Step{Before: Seen{Status: msads.Inactive, LastModified: day.Add(time.Hour)}, Former: test.now}
		if got := s.Untouched(Seen{Status: msads.UnlinkPending, LastModified: day}, &next); got != test.want {
			t.Errorf("%s: %t, want %t", test.name, got, test.want)
		}
	}
}

// TestFormerTermsAreKept holds that a step which ends a link, or adds one again, has
// the terms that the link had, whatever the row says, and no other step has any.
func TestFormerTermsAreKept(t *testing.T) {
	had := with(link(1001, msads.Active), func(l *msads.ClientLink) {
		l.Name, l.Note, l.ClientEntityCustomerNumber = "Winter launch", "for Ann", "C123456789"
	})
	customer := with(had, func(l *msads.ClientLink) {
		l.Type, l.CustomerLinkPermission, l.ClientEntityCustomerNumber, l.IsBillToClient = msads.CustomerLink, "Standard", "", nil
	})
	for _, test := range []struct {
		row  string
		link msads.ClientLink
		want *Terms
	}{
		{"unlink id=1001", had, &Terms{Name: "Winter launch", Note: "for Ann", CustomerNumber: "C123456789"}},
		{"unlink id=1001 note=bye owner=C000000001", had, &Terms{Name: "Winter launch", Note: "for Ann", CustomerNumber: "C123456789"}},
		{"unlink id=1001 type=CustomerLink", customer, &Terms{Name: "Winter launch", Note: "for Ann", Permission: "Standard"}},
		{"cancel id=1001", with(had, func(l *msads.ClientLink) { l.Status = msads.LinkPending }), &Terms{Name: "Winter launch", Note: "for Ann", CustomerNumber: "C123456789"}},
		{"add id=1001 name=New", with(had, func(l *msads.ClientLink) { l.Status = msads.Inactive }), &Terms{Name: "Winter launch", Note: "for Ann", CustomerNumber: "C123456789"}},
		{"add id=1002 name=New", had, nil},
		{"link id=1001", had, nil},
		{"unlink id=1001", with(had, func(l *msads.ClientLink) { l.Status = msads.Inactive }), nil},
	} {
		p, _, _ := agency(t, test.link)
		step := plan(t, p, rows(t, test.row)).Steps[0]
		if d := cmp.Diff(test.want, step.Former); d != "" {
			t.Errorf("%s (%s): %s", test.row, said(&step), d)
		}
	}
}

func TestBlock(t *testing.T) {
	p, _, _ := agency(t, link(1001, msads.Active))
	step := plan(t, p, rows(t, "unlink id=1001")).Steps[0]
	step.Block("somebody has changed it")
	if got := said(&step); got != "blocked: somebody has changed it" || step.Send != nil || step.Former != nil {
		t.Errorf("%s, sends %v, had %v", got, step.Send, step.Former)
	}
}
