package planner

import (
	"cmp"
	"context"
	"slices"
	"time"

	"linkbatch/internal/msads"
)

// Invitation is a client link of the managing customer that its client has
// neither accepted nor declined yet.
type Invitation struct {
	Link msads.ClientLink // without the object that an update echoes; Type is never empty

	// Invited is the link's LastModifiedDateTime, in UTC. A link has no date of
	// its own for the invitation, and StartDate is the day from which it is to
	// hold. So an invitation that was changed since, such as its note, is older
	// than this. Zero when the service left it out.
	Invited time.Time
	Expires time.Time // 30 days after Invited; zero as Invited is
}

// Invitations is what the list of one managing customer says about pending
// invitations.
type Invitations struct {
	ManagingCustomerID msads.ID
	Waiting            []Invitation // of both types, soonest expiry first, those without a date last
	Unclear            int          // links of the list that do not say whose they are, or their status: they may be pending too
}

// Invitations reads the whole list of the managing customer, through the main
// login, and returns the pending invitations. An invitation is one of them as
// long as the service calls it LinkPending, even past Expires. The error is that
// of a search that finally failed, or that of ctx.
func (p *Planner) Invitations(ctx context.Context) (*Invitations, error) {
	list, err := p.Links(ctx, nil)
	if err != nil {
		return nil, err
	}
	out := &Invitations{ManagingCustomerID: list.ManagingCustomerID, Unclear: list.Unclear}
	for _, l := range list.All {
		if groupOf(l.Link.Status) == pending {
			out.Waiting = append(out.Waiting, Invitation{Link: l.Link, Invited: l.Link.LastModifiedDateTime.UTC(), Expires: l.Expires})
		}
	}
	slices.SortFunc(out.Waiting, soonest)
	return out, nil
}

// soonest orders invitations by their end, then by what names their links.
func soonest(a, b Invitation) int {
	dated := func(i Invitation) int {
		if i.Expires.IsZero() {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(dated(a), dated(b)), a.Expires.Compare(b.Expires),
		cmp.Compare(a.Link.Type, b.Link.Type), cmp.Compare(a.Link.ClientEntityID, b.Link.ClientEntityID),
		cmp.Compare(a.Link.ClientEntityNumber, b.Link.ClientEntityNumber),
	)
}
