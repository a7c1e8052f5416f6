package planner

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// Listed is a client link of the managing customer's list.
type Listed struct {
	Link msads.ClientLink // without the object that an update echoes; Type is never empty

	// Action is the action of a row that leaves the link as it is: link if the
	// decision table then has nothing to do, else keep.
	Action ingest.Intent

	// Expires is when an invitation ends; zero for every other link, and if the
	// service left out the date to count from.
	Expires time.Time
}

// Links is the list of one managing customer.
type Links struct {
	ManagingCustomerID msads.ID
	All                []Listed // of both types, each link once, by type and identifiers
	Unclear            int      // links of the list that do not say whose they are, or their status
}

// Links reads the whole list of the managing customer through the main login.
// answered reports whether invitations to accounts of a customer are accepted by
// a login of ours, as a row with the action link would do; nil = none are. The
// error is that of a search that finally failed, or that of ctx.
func (p *Planner) Links(ctx context.Context, answered func(customerNumber string) bool) (*Links, error) {
	out := &Links{ManagingCustomerID: p.defaultManager()}
	found := map[listedKey]*msads.ClientLink{} // a link that changes meanwhile may be on two pages: the newer counts
	v := newAgencyView(out.ManagingCustomerID, 0)
	v.every = func(link msads.ClientLink) {
		if link.ManagingCustomerID == 0 || link.Status == "" {
			out.Unclear++
			return
		}
		at := keyOf(&link)
		if old := found[at]; link.ManagingCustomerID == v.manager && (old == nil || !link.LastModifiedDateTime.Before(old.LastModifiedDateTime)) {
			found[at] = new(link.Detached())
		}
	}
	if _, err := p.list(ctx, v, 0); err != nil {
		return nil, err
	}
	for _, link := range found {
		accepts := answered != nil && answered(link.ClientEntityCustomerNumber)
		out.All = append(out.All, listed(link, accepts))
	}
	slices.SortFunc(out.All, func(a, b Listed) int { return keyOf(&a.Link).compare(keyOf(&b.Link)) })
	return out, nil
}

// listed is a link as an export has it. A row that may add a customer link needs
// its number.
func listed(link *msads.ClientLink, answered bool) Listed {
	of := Listed{Link: *link, Action: ingest.Keep}
	unnumbered := link.Type == msads.CustomerLink && link.ClientEntityNumber == ""
	if rule, _ := find(ingest.Link, Agency, groupOf(link.Status), facts{profile: answered}); rule.op == OpNone && !unnumbered {
		of.Action = ingest.Link
	}
	if groupOf(link.Status) == pending {
		of.Expires = expiry(link.LastModifiedDateTime.UTC())
	}
	return of
}

// listedKey names a link of a list: by its number only if it has no id.
type listedKey struct {
	entity
	number string
}

func keyOf(link *msads.ClientLink) listedKey {
	key := listedKey{entity: entity{link.Type, link.ClientEntityID}}
	if link.ClientEntityID == 0 {
		key.number = link.ClientEntityNumber
	}
	return key
}

func (k listedKey) compare(other listedKey) int {
	return cmp.Or(cmp.Compare(k.kind, other.kind), cmp.Compare(k.id, other.id), cmp.Compare(k.number, other.number))
}

// Narrow says which links of a list are wanted. The zero value wants all.
type Narrow struct {
	Statuses []msads.Status // one of these; nil = any
	Customer string         // the number or id of the client's customer; empty = any
	NotIn    *Names         // links that these do not name; nil = all
}

// LeftOut counts links that were left out since the service does not say enough
// of them.
type LeftOut struct {
	Nameless  int // no row could name them: they have neither id nor number
	Ownerless int // the customer that owns the account is not known
}

// Apply returns the links that are wanted, in their order.
func (n *Narrow) Apply(list []Listed) (wanted []Listed, left LeftOut) {
	for i := range list {
		link := &list[i].Link
		switch {
		case n.Statuses != nil && !slices.Contains(n.Statuses, link.Status):
		case n.NotIn != nil && n.NotIn.Has(link.ClientEntityID, link.ClientEntityNumber):
		case link.ClientEntityID == 0 && link.ClientEntityNumber == "":
			left.Nameless++
		case n.Customer == "" || n.ofCustomer(link):
			wanted = append(wanted, list[i])
		case link.Type != msads.CustomerLink && link.ClientEntityCustomerNumber == "":
			left.Ownerless++
		}
	}
	return wanted, left
}

// ofCustomer reports whether a link is with the customer, or with an account that
// it owns. The service gives the owner of an account by its number alone.
func (n *Narrow) ofCustomer(link *msads.ClientLink) bool {
	if link.Type == msads.CustomerLink {
		return strings.EqualFold(link.ClientEntityNumber, n.Customer) || link.ClientEntityID.String() == n.Customer
	}
	return strings.EqualFold(link.ClientEntityCustomerNumber, n.Customer)
}

// Names are the accounts that rosters name in any way: in rows that are hidden,
// skipped or rejected too. Identifiers are compared without type and agency, and
// an id also counts as a number. The zero value names nothing.
type Names struct {
	Unreadable int // rows and lines whose account could not be read: they may name any

	names names
}

// Row adds a row of a roster.
func (n *Names) Row(r *ingest.Row) {
	n.Line(ingest.Protected{
		AccountID: r.AccountID, AccountNumber: r.AccountNumber, Unreadable: r.Invalid() && r.AccountID == 0 && r.AccountNumber == "",
	})
}

// Line adds a line of a roster that is not a row of it.
func (n *Names) Line(p ingest.Protected) {
	if n.names.ids == nil {
		n.names = names{ids: map[msads.ID]bool{}, numbers: map[string]bool{}}
	}
	if p.Unreadable {
		n.Unreadable++
	}
	n.names.add(msads.ID(p.AccountID), p.AccountNumber)
}

// Has reports whether an account with these identifiers, either of which may be
// blank, is named.
func (n *Names) Has(id msads.ID, number string) bool { return n.names.has(id, number) }
