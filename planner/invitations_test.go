package planner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"linkbatch/internal/msads"
)

func invitation(id msads.ID, days int) msads.ClientLink {
	return with(link(id, msads.LinkPending), func(l *msads.ClientLink) { l.LastModifiedDateTime = someDay.AddDate(0, 0, days) })
}

func waitingIDs(in *Invitations) []msads.ID {
	var ids []msads.ID
	for _, i := range in.Waiting {
		ids = append(ids, i.Link.ClientEntityID)
	}
	return ids
}

// TestInvitations: what waits, of both types, and nothing else; what expires
// first comes first, and what has no date last.
func TestInvitations(t *testing.T) {
	p, main, _ := agency(t,
		invitation(1001, 0), invitation(1002, -5),
		with(invitation(1003, 0), func(l *msads.ClientLink) { l.LastModifiedDateTime = time.Time{} }),
		with(invitation(5001, -9), func(l *msads.ClientLink) { l.Type = msads.CustomerLink }),
		with(invitation(1004, -5), func(l *msads.ClientLink) { l.Type = "" }),
		with(invitation(1005, -40), func(l *msads.ClientLink) {
			l.LastModifiedDateTime = l.LastModifiedDateTime.In(time.FixedZone("", 3600))
		}),
		with(invitation(1006, -1), func(l *msads.ClientLink) { l.StartDate = someDay.AddDate(0, 1, 0) }),
	)
	for n, status := range []msads.Status{
		msads.LinkAccepted, msads.LinkDeclined, msads.LinkCanceled, msads.LinkExpired, msads.LinkInProgress, msads.Active, msads.LinkFailed,
		msads.UnlinkRequested, msads.UnlinkPending, msads.UnlinkInProgress, msads.UnlinkFailed, msads.UnlinkCanceled, msads.Inactive, "LinkDoubted",
	} {
		main.links = append(main.links, link(msads.ID(2001+n), status))
	}
	got, err := p.Invitations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := []msads.ID{1005, 5001, 1002, 1004, 1006, 1001, 1003}; !slices.Equal(waitingIDs(got), want) || got.Unclear != 0 || got.ManagingCustomerID != agencyID {
		t.Errorf("%v, want %v; %d unclear, of %v", waitingIDs(got), want, got.Unclear, got.ManagingCustomerID)
	}
	for _, i := range got.Waiting {
		if i.Link.ClientEntityID == 1003 {
			if !i.Invited.IsZero() || !i.Expires.IsZero() {
				t.Errorf("without a date: %v to %v", i.Invited, i.Expires)
			}
			continue
		}
		if !i.Invited.Equal(i.Link.LastModifiedDateTime) || i.Invited.Location() != time.UTC || i.Expires.Sub(i.Invited) != 30*24*time.Hour || i.Link.Type == "" {
			t.Errorf("%v %q: %v to %v", i.Link.ClientEntityID, i.Link.Type, i.Invited, i.Expires)
		}
	}
}

// TestInvitationsOfManyPages: the whole list is read, whether its length is
// known, and no page twice.
func TestInvitationsOfManyPages(t *testing.T) {
	for _, known := range []int{0, 250, 999} {
		for n, pages := range map[int]int{0: 1, 99: 1, 100: 2, 101: 2, 250: 3} {
			t.Run(fmt.Sprint(known, n), func(t *testing.T) {
				p, main, _ := agency(t, links(msads.LinkPending, 1001, n)...)
				p.KnownLinks = known
				got, err := p.Invitations(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if len(got.Waiting) != n || main.calls() > pages+1 || known == 0 && main.calls() != pages {
					t.Errorf("%d of %d waiting, %d calls for %d pages", len(got.Waiting), n, main.calls(), pages)
				}
			})
		}
	}
}

// TestInvitationsThatMove: a link that is answered while the pages turn can be
// on two of them, and counts as what it was last.
func TestInvitationsThatMove(t *testing.T) {
	p, _, _ := agency(t)
	first := links(msads.LinkPending, 1001, 100)
	later := func(id msads.ID, status msads.Status) msads.ClientLink {
		return with(link(id, status), func(l *msads.ClientLink) { l.LastModifiedDateTime = someDay.Add(time.Hour) })
	}
	first[9] = later(1010, msads.LinkPending)
	pages := [][]msads.ClientLink{first, {
		later(1001, msads.LinkInProgress), later(1002, msads.LinkDeclined), later(1003, msads.LinkPending), link(1004, msads.LinkPending),
		link(1010, msads.LinkExpired), link(1101, msads.LinkPending),
	}}
	p.Main.Searcher = searcherFunc(func(_ context.Context, s msads.Search) ([]msads.ClientLink, error) { return pages[s.Index], nil })
	got, err := p.Invitations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ids := waitingIDs(got)
	slices.Sort(ids)
	if len(ids) != 99 || len(slices.Compact(slices.Clone(ids))) != 99 || ids[0] != 1003 || ids[98] != 1101 {
		t.Errorf("%d waiting: %v", len(ids), ids)
	}
}

// TestInvitationsOfOthers: only the managing customer's own are listed, and
// what does not say whose it is, or how it stands, is counted.
func TestInvitationsOfOthers(t *testing.T) {
	p, main, _ := agency(t)
	foreign := with(invitation(1002, 0), func(l *msads.ClientLink) { l.ManagingCustomerID = otherID })
	nobodys := with(invitation(1003, 0), func(l *msads.ClientLink) { l.ManagingCustomerID = 0 })
	mute := with(invitation(1004, 0), func(l *msads.ClientLink) { l.Status = "" })
	p.Main.Searcher = searcherFunc(func(context.Context, msads.Search) ([]msads.ClientLink, error) {
		return []msads.ClientLink{invitation(1001, 0), foreign, nobodys, mute}, nil
	})
	got, err := p.Invitations(t.Context())
	if err != nil || !slices.Equal(waitingIDs(got), []msads.ID{1001}) || got.Unclear != 2 {
		t.Errorf("%+v %v", got, err)
	}

	p.Main.Searcher, p.ManagingCustomerID = main, otherID
	main.customer, main.links = otherID, []msads.ClientLink{invitation(1001, 0), foreign}
	got, err = p.Invitations(t.Context())
	if err != nil || !slices.Equal(waitingIDs(got), []msads.ID{1002}) || got.ManagingCustomerID != otherID {
		t.Errorf("--managing-customer: %+v %v", got, err)
	}
}

// TestInvitationsWithoutIDs: links that the service shows without an id are
// told apart by their numbers.
func TestInvitationsWithoutIDs(t *testing.T) {
	p, main, _ := agency(t)
	for i := range 3 {
		main.links = append(main.links, with(invitation(0, 0), func(l *msads.ClientLink) { l.ClientEntityNumber = number(msads.ID(i)) }))
	}
	got, err := p.Invitations(t.Context())
	if err != nil || len(got.Waiting) != 3 {
		t.Errorf("%+v %v", got, err)
	}
}

// TestInvitationsFail: a list that cannot be read to its end is no list.
func TestInvitationsFail(t *testing.T) {
	p, main, _ := agency(t, links(msads.LinkPending, 1001, 150)...)
	main.refuse = func(s msads.Search) error {
		if s.Index == 1 {
			return refusal(106)
		}
		return nil
	}
	if got, err := p.Invitations(t.Context()); got != nil || err == nil {
		t.Errorf("%v %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Invitations(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

type searcherFunc func(context.Context, msads.Search) ([]msads.ClientLink, error)

func (f searcherFunc) SearchClientLinks(ctx context.Context, s msads.Search) ([]msads.ClientLink, error) {
	return f(ctx, s)
}
