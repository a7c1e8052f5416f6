package planner

import (
	"slices"
	"testing"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// actions are what a list of links says to do about each, by account id.
func actions(t *testing.T, p *Planner, answered func(string) bool) map[msads.ID]ingest.Intent {
	t.Helper()
	list, err := p.Links(t.Context(), answered)
	if err != nil {
		t.Fatal(err)
	}
	got := map[msads.ID]ingest.Intent{}
	for _, l := range list.All {
		got[l.Link.ClientEntityID] = l.Action
	}
	return got
}

// TestLinksAreLeftAsTheyAre holds every status: a row with the action of the list
// needs nothing, and is link where the link is there or on its way.
func TestLinksAreLeftAsTheyAre(t *testing.T) {
	asLink := []msads.Status{msads.LinkPending, msads.LinkAccepted, msads.LinkInProgress, msads.Active, msads.UnlinkFailed}
	for i, status := range append(msads.Statuses(), "Brandished") {
		id := msads.ID(1001 + i)
		p, _, _ := agency(t, link(id, status))
		want := ingest.Keep
		if slices.Contains(asLink, status) {
			want = ingest.Link
		}
		if got := actions(t, p, nil)[id]; got != want {
			t.Errorf("%s: %s, want %s", status, got, want)
		}
		got := plan(t, p, []ingest.Row{{Number: 2, AccountID: int64(id), Action: want}})
		if s := got.Steps[0]; s.Op != OpNone || len(s.Warnings) > 0 {
			t.Errorf("%s: %s %q", status, said(&s), s.Warnings)
		}
	}
}

// TestLinksThatWouldBeAccepted: an invitation that a login of ours would accept is
// kept, and only that of its customer.
func TestLinksThatWouldBeAccepted(t *testing.T) {
	owned := func(id msads.ID, customer string) msads.ClientLink {
		return with(link(id, msads.LinkPending), func(l *msads.ClientLink) { l.ClientEntityCustomerNumber = customer })
	}
	p, _, _ := agency(t, owned(1001, "C000000001"), owned(1002, "C000000002"), link(1003, msads.Active))
	got := actions(t, p, func(customer string) bool { return customer == "C000000001" })
	if got[1001] != ingest.Keep || got[1002] != ingest.Link || got[1003] != ingest.Link {
		t.Errorf("got %v", got)
	}
}

// TestLinksWithoutNumbers: a customer link that no row could add is kept.
func TestLinksWithoutNumbers(t *testing.T) {
	bare := func(l *msads.ClientLink) { l.ClientEntityNumber = "" }
	p, _, _ := agency(t, with(customer(1001, msads.Active), bare), customer(1002, msads.Active), with(link(1003, msads.Active), bare))
	if got := actions(t, p, nil); got[1001] != ingest.Keep || got[1002] != ingest.Link || got[1003] != ingest.Link {
		t.Errorf("got %v", got)
	}
}

// TestLinksKeepTheirFields but not the object that an update echoes, and come in
// one order.
func TestLinksKeepTheirFields(t *testing.T) {
	whole := with(link(1003, msads.LinkPending), func(l *msads.ClientLink) { l.Name, l.Note = "theirs", "a note" })
	p, _, _ := agency(t, customer(900, msads.Active), whole, link(1001, msads.Active))
	list, err := p.Links(t.Context(), nil)
	if err != nil || len(list.All) != 3 || list.ManagingCustomerID != agencyID {
		t.Fatalf("%+v %v", list, err)
	}
	var ids []msads.ID
	for _, l := range list.All {
		ids = append(ids, l.Link.ClientEntityID)
	}
	if !slices.Equal(ids, []msads.ID{1001, 1003, 900}) {
		t.Errorf("order %v", ids)
	}
	if l := list.All[1]; l.Link.Name != "theirs" || l.Link.Note != "a note" || !l.Expires.Equal(someDay.AddDate(0, 0, 30)) || !list.All[0].Expires.IsZero() {
		t.Errorf("got %+v", l)
	}
}

func TestNarrow(t *testing.T) {
	list := []Listed{
		{Link: with(link(1001, msads.Active), func(l *msads.ClientLink) { l.ClientEntityCustomerNumber = "c000000001" })},
		{Link: link(1002, msads.LinkPending)},
		{Link: with(link(1003, msads.Inactive), func(l *msads.ClientLink) { l.ClientEntityCustomerNumber = "C000000002" })},
		{Link: customer(1, msads.Active)}, // C000000001
		{Link: with(link(0, msads.Active), func(l *msads.ClientLink) { l.ClientEntityNumber = "" })},
		{Link: with(link(0, msads.Active), func(l *msads.ClientLink) { l.ClientEntityNumber = "X0000009" })},
	}
	named := func(rows ...ingest.Row) *Names {
		n := new(Names)
		for i := range rows {
			n.Row(&rows[i])
		}
		return n
	}
	broken := []ingest.Problem{{Column: "action", Severity: ingest.Error}}
	tests := []struct {
		name   string
		narrow Narrow
		want   []int
		left   LeftOut
	}{
		{"all", Narrow{}, []int{0, 1, 2, 3, 5}, LeftOut{Nameless: 1}},
		{"by status", Narrow{Statuses: []msads.Status{msads.Inactive, msads.LinkPending}}, []int{1, 2}, LeftOut{}},
		{"by customer", Narrow{Customer: "C000000001"}, []int{0, 3}, LeftOut{Nameless: 1, Ownerless: 2}},
		{"by the id of the customer", Narrow{Customer: "1"}, []int{3}, LeftOut{Nameless: 1, Ownerless: 2}},
		{"by both", Narrow{Customer: "C000000001", Statuses: []msads.Status{msads.LinkPending}}, nil, LeftOut{Ownerless: 1}},
		{"of no roster", Narrow{NotIn: named()}, []int{0, 1, 2, 3, 5}, LeftOut{Nameless: 1}},
		{"by id", Narrow{NotIn: named(ingest.Row{AccountID: 1001})}, []int{1, 2, 3, 5}, LeftOut{Nameless: 1}},
		{"by number", Narrow{NotIn: named(ingest.Row{AccountNumber: "X0001002"}, ingest.Row{AccountNumber: "X0000009"})}, []int{0, 2, 3}, LeftOut{Nameless: 1}},
		{"by a rejected row", Narrow{NotIn: named(ingest.Row{AccountID: 1003, Problems: broken})}, []int{0, 1, 3, 5}, LeftOut{Nameless: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, left := tt.narrow.Apply(list)
			var places []int
			for _, g := range got {
				places = append(places, slices.IndexFunc(list, func(l Listed) bool {
					return l.Link.Type == g.Link.Type && l.Link.ClientEntityID == g.Link.ClientEntityID && l.Link.ClientEntityNumber == g.Link.ClientEntityNumber
				}))
			}
			if !slices.Equal(places, tt.want) || left != tt.left {
				t.Errorf("links %v, left out %+v; want %v, %+v", places, left, tt.want, tt.left)
			}
		})
	}
}

// TestNamesThatCannotBeRead are counted, since they may name any account.
func TestNamesThatCannotBeRead(t *testing.T) {
	var n Names
	broken := []ingest.Problem{{Column: "account_id", Severity: ingest.Error}}
	n.Row(&ingest.Row{Problems: broken})
	n.Row(&ingest.Row{AccountNumber: "X0000001", Problems: broken})
	n.Line(ingest.Protected{Row: 7, Unreadable: true})
	n.Line(ingest.Protected{Row: 8, AccountID: 5})
	if n.Unreadable != 2 || !n.Has(0, "x0000001") || !n.Has(5, "") || n.Has(6, "X0000002") || n.Has(0, "") {
		t.Errorf("got %+v", n)
	}
}
