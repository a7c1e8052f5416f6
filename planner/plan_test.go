package planner

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// decision is one row, the links that exist, and what must become of it.
type decision struct {
	name     string
	row      string
	links    []msads.ClientLink
	setup    func(p *Planner)
	want     string // as said prints it
	warnings []string
	calls    int // of all logins
}

func with(l msads.ClientLink, change func(l *msads.ClientLink)) msads.ClientLink {
	change(&l)
	return l
}

func TestPlanOneRow(t *testing.T) {
	noOwner := "customer_number is missing: the service is making it required"
	tests := []decision{
		{name: "blank action links", row: "id=1001 owner=C1", want: "add by agency: not linked", calls: 1},
		{name: "default action", row: "id=1001", setup: func(p *Planner) { p.DefaultAction = ingest.Unlink }, want: "none: not linked", calls: 1},
		{name: "no customer number", row: "add id=1001", want: "add by agency: not linked", warnings: []string{noOwner}, calls: 1},
		{name: "nobody says who pays", row: "add id=1001 owner=C1", setup: func(p *Planner) { p.BillToClient = nil },
			want: "reject: bill_to_client is missing: who pays, the client (true) or the agency (false)?", calls: 1},
		{name: "who pays does not matter without an add", row: "add id=1001 owner=C1", links: []msads.ClientLink{link(1001, msads.Active)},
			setup: func(p *Planner) { p.BillToClient = nil }, want: "none: already linked", calls: 1},
		{name: "invalid row", row: "add id=1001 broken=12A", want: `reject: account_id "12A": is not a whole number`},
		{name: "row warning is carried", row: "keep id=1001 odd=X", want: "none: kept", warnings: []string{`name "X": is odd`}, calls: 1},
		{name: "no identifier", row: "add", want: "reject: account_id or account_number is missing"},
		{name: "unknown action", row: "explode id=1001", want: `reject: action "explode" is not known`},

		{name: "another agency's link is not ours", row: "unlink id=1001",
			links: []msads.ClientLink{with(link(1001, msads.Active), func(l *msads.ClientLink) { l.ManagingCustomerID = otherID })},
			want:  "none: not linked", calls: 1},
		{name: "a customer link of the same id is another link", row: "unlink id=1001",
			links: []msads.ClientLink{with(link(1001, msads.Active), func(l *msads.ClientLink) { l.Type = msads.CustomerLink })},
			want:  "none: not linked", calls: 1},
		{name: "the number finds the link", row: "unlink no=X0001001", links: links(msads.Active, 1000, 3), want: "unlink by agency: linked", calls: 1},
		{name: "the number does not match the id", row: "keep id=1001 no=X0009999", links: links(msads.Active, 1000, 3),
			want: `reject: account_number "X0009999" does not match: the service has "X0001001" for account_id 1001`, calls: 1},
		{name: "the number is another account's", row: "unlink id=1005 no=X0001001", links: links(msads.Active, 1000, 3),
			want: `reject: account_id "1005" does not match: the service has 1001 for account_number "X0001001"`, calls: 1},
		{name: "a link without a number leaves number rows open", row: "add no=X0001005 owner=C1",
			links: []msads.ClientLink{with(link(1001, msads.Inactive), func(l *msads.ClientLink) { l.ClientEntityNumber = "" })},
			want:  "blocked: the service lists a link without an account number, so this account may or may not be linked: add its account_id", calls: 1},
		{name: "keep asks nothing of it", row: "keep no=X0001005",
			links: []msads.ClientLink{with(link(1001, msads.Inactive), func(l *msads.ClientLink) { l.ClientEntityNumber = "" })},
			want:  "none: kept", calls: 1},
		{name: "no status is no decision", row: "add id=1001", links: []msads.ClientLink{link(1001, "")},
			want: "blocked: the service lists a link to account 1001 without a status", calls: 1},
		{name: "no managing customer is no match", row: "add id=1001",
			links: []msads.ClientLink{with(link(1001, msads.Active), func(l *msads.ClientLink) { l.ManagingCustomerID = 0 })},
			setup: func(p *Planner) { // the service ignores its own predicate
				p.Main.Searcher = searchFunc(func(context.Context, msads.Search) ([]msads.ClientLink, error) {
					return []msads.ClientLink{with(link(1001, msads.Active), func(l *msads.ClientLink) { l.ManagingCustomerID = 0 })}, nil
				})
			},
			want: "blocked: the service lists a link to this account without its managing customer"},

		{name: "the agency pays", row: "add id=1001 bill=true", links: []msads.ClientLink{with(link(1001, msads.Active), func(l *msads.ClientLink) { l.IsBillToClient = new(false) })},
			want: "none: already linked", warnings: []string{"linked, but the agency pays"}, calls: 1},
		{name: "the client is invited to pay", row: "link id=1001 bill=false", links: []msads.ClientLink{link(1001, msads.LinkPending)},
			want: "none: waiting for the client, expires on 2026-12-20", warnings: []string{"invited, but the client pays"}, calls: 1},
		{name: "a default does not question existing links", row: "link id=1001",
			links: []msads.ClientLink{with(link(1001, msads.Active), func(l *msads.ClientLink) { l.IsBillToClient = new(false) })}, want: "none: already linked", calls: 1},
		{name: "another start date", row: "add id=1001 start=2026-12-01",
			links: []msads.ClientLink{with(link(1001, msads.LinkPending), func(l *msads.ClientLink) { l.StartDate = someDay })},
			want:  "none: already invited, expires on 2026-12-20", warnings: []string{"invited, but the start date is 2026-11-20"}, calls: 1},
		{name: "a second more is the same start date", row: "add id=1001 start=2026-12-01",
			links: []msads.ClientLink{with(link(1001, msads.LinkPending), func(l *msads.ClientLink) { l.StartDate = someDay.AddDate(0, 0, 11).Add(-8*hour - 30*minute + second) })},
			want:  "none: already invited, expires on 2026-12-20", calls: 1},
		{name: "a start date of another hour", row: "link id=1001 start=2026-11-20",
			links: []msads.ClientLink{with(link(1001, msads.Active), func(l *msads.ClientLink) { l.StartDate = someDay })},
			want:  "none: already linked", warnings: []string{"linked, but the start date is 2026-11-20T08:30:00"}, calls: 1},
		{name: "another owner", row: "keep id=1001 owner=C000000001",
			links: []msads.ClientLink{with(link(1001, msads.Active), func(l *msads.ClientLink) { l.ClientEntityCustomerNumber = "C000000002" })},
			want:  "none: kept", warnings: []string{`customer_number "C000000001": the service has "C000000002"`}, calls: 1},
		{name: "wrong client was linked before", row: "add id=1001 owner=C1 client=Northwind", links: []msads.ClientLink{link(1001, msads.LinkCanceled)},
			want: "add by agency: not linked", warnings: []string{`client_name "Northwind": the service calls this account "Account 1001"`}, calls: 1},
		{name: "wrong client", row: "unlink id=1001 client=Northwind", links: []msads.ClientLink{link(1001, msads.Active)},
			want: "unlink by agency: linked", warnings: []string{`client_name "Northwind": the service calls this account "Account 1001"`}, calls: 1},
		{name: "client name in other spelling", row: "unlink id=1001 client=ACCOUNT-1001", links: []msads.ClientLink{link(1001, msads.Active)},
			want: "unlink by agency: linked", calls: 1},
		{name: "unlinking pauses ads", row: "unlink id=1001", links: []msads.ClientLink{with(link(1001, msads.Active), func(l *msads.ClientLink) { l.IsBillToClient = new(false) })},
			want: "unlink by agency: linked", warnings: []string{"the agency pays: unlinking can pause the account's ads for up to three hours, and makes the client the payer, who needs a payment method"}, calls: 1},
		{name: "declined before", row: "add id=1001 owner=C1", links: []msads.ClientLink{link(1001, msads.LinkDeclined)},
			want: "add by agency: not linked", warnings: []string{"declined on 2026-11-20"}, calls: 1},

		{name: "accept by the client's profile", row: "accept id=1001 profile=north", links: []msads.ClientLink{link(1001, msads.LinkPending)},
			want: "accept by north: invited, expires on 2026-12-20", calls: 2},
		{name: "link goes on to accept", row: "link no=X0001001 profile=north", links: []msads.ClientLink{link(1001, msads.LinkPending)},
			want: "accept by north: invited, expires on 2026-12-20", calls: 2},
		{name: "the client does not see it", row: "link id=1001 profile=north", links: []msads.ClientLink{link(1001, msads.LinkPending)},
			setup: func(p *Planner) { p.Clients["north"].Searcher.(*service).links = nil },
			want:  `blocked: profile "north" sees no invitation to this account`, calls: 2},
		{name: "the client's view is the later one", row: "link id=1001 profile=north", links: []msads.ClientLink{link(1001, msads.LinkPending)},
			setup: func(p *Planner) {
				p.Clients["north"].Searcher.(*service).links = []msads.ClientLink{link(1001, msads.LinkInProgress)}
			},
			want: "none: accepted, still being set up", calls: 2},
		{name: "never add because of what a client sees", row: "link id=1001 profile=north", links: []msads.ClientLink{link(1001, msads.LinkPending)},
			setup: func(p *Planner) {
				p.Clients["north"].Searcher.(*service).links = []msads.ClientLink{link(1001, msads.LinkExpired)}
			},
			want: `blocked: profile "north" sees no invitation to this account`, calls: 2},
		{name: "the client's login is refused", row: "accept id=1001 profile=north", links: []msads.ClientLink{link(1001, msads.LinkPending)},
			setup: func(p *Planner) {
				p.Clients["north"].Searcher.(*service).refuse = func(msads.Search) error { return refusal(106) }
			},
			want: `blocked: profile "north": search client links: ` + refusal(106).Error(), calls: 2},
		{name: "unknown profile", row: "accept id=1001 profile=south", want: `blocked: no credentials for profile "south"`},
		{name: "unusable profile", row: "accept id=1001 profile=north", setup: func(p *Planner) {
			p.Clients["north"] = Login{Profile: "north", Problem: "sign-in was refused"}
		}, want: `blocked: profile "north": sign-in was refused`},
		{name: "unusable profile does not stop the invitation", row: "link id=1001 owner=C1 profile=south", want: "add by agency: not linked",
			warnings: []string{`the invitation will wait for the client: no credentials for profile "south"`}, calls: 1},
		{name: "but the accept", row: "link id=1001 profile=south", links: []msads.ClientLink{link(1001, msads.LinkPending)},
			want: `blocked: no credentials for profile "south"`, calls: 1},
		{name: "the agency's own profile cannot accept", row: "accept id=1001 manager=9001 profile=agency",
			want: `blocked: profile "agency" belongs to the managing customer, which cannot answer its own invitation: use another client_profile`},
		{name: "the agency cannot accept", row: "accept id=1001 manager=9001",
			want: "blocked: the agency cannot accept its own invitation: set a client_profile, or sign in as the client"},
		{name: "nobody names the managing customer", row: "accept id=1001",
			want: "blocked: the agency cannot accept its own invitation: set a client_profile, or sign in as the client and set managing_customer_id"},

		{name: "accept as the client", row: "accept id=1001 manager=9001", links: []msads.ClientLink{link(1001, msads.LinkPending)},
			setup: asClient, want: "accept by agency: invited, expires on 2026-12-20", calls: 1},
		{name: "decline as the client, default manager", row: "decline id=1001", links: []msads.ClientLink{link(1001, msads.LinkPending)},
			setup: func(p *Planner) { asClient(p); p.ManagingCustomerID = agencyID }, want: "decline by agency: invited, expires on 2026-12-20", calls: 1},
		{name: "another agency's invitation is not accepted", row: "accept id=1001 manager=9002", links: []msads.ClientLink{link(1001, msads.LinkPending)},
			setup: asClient, want: "blocked: no invitation", calls: 1},
		{name: "a client needs the id", row: "accept no=X0001001 manager=9001", setup: asClient,
			want: "blocked: a client's login finds links only by account_id: add the account_id"},
		{name: "a client cannot add", row: "add id=1001 manager=9001", setup: asClient,
			want: "blocked: a client's login can only accept or decline: sign in as the managing customer"},
		{name: "a client keeps by number", row: "keep no=X0001001 manager=9001", setup: asClient, want: "none: kept"},
		{name: "a client keeps by id", row: "keep id=1001 manager=9001", links: []msads.ClientLink{link(1001, msads.Active)}, setup: asClient, want: "none: kept", calls: 1},
		{name: "keep without a login", row: "keep id=1001", setup: func(p *Planner) { p.Main.Problem = "sign-in was refused" }, want: "none: kept"},
		{name: "accept without a login", row: "accept id=1001 manager=9002", setup: func(p *Planner) { p.Main.Problem = "sign-in was refused" },
			want: "blocked: sign-in was refused"},
		{name: "the main login is refused", row: "add id=1001", setup: func(p *Planner) { p.Main.Problem = "sign-in was refused" },
			want: "blocked: sign-in was refused"},
		{name: "nobody is signed in", row: "add id=1001", setup: func(p *Planner) { p.Main = Login{Problem: "sign-in was refused"} },
			want: "blocked: set managing_customer_id (or --managing-customer): linkbatch does not guess whose invitation to accept"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, main, client := agency(t, tt.links...)
			if tt.setup != nil {
				tt.setup(p)
			}
			got := plan(t, p, rows(t, tt.row))
			step := &got.Steps[0]
			if text := said(step); text != tt.want {
				t.Errorf("step is\n\t%s\nwant\n\t%s", text, tt.want)
			}
			if diff := cmp.Diff(tt.warnings, step.Warnings); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			if n := main.calls() + client.calls(); n != tt.calls {
				t.Errorf("%d searches, want %d", n, tt.calls)
			}
			if step.Op.Writes() != (step.Send != nil) || step.Op.Writes() != (step.Profile != "") {
				t.Errorf("%s: send %v, profile %q", step.Op, step.Send, step.Profile)
			}
		})
	}
}

const (
	second = 1e9
	minute = 60 * second
	hour   = 60 * minute
)

type searchFunc func(context.Context, msads.Search) ([]msads.ClientLink, error)

func (f searchFunc) SearchClientLinks(ctx context.Context, s msads.Search) ([]msads.ClientLink, error) {
	return f(ctx, s)
}

// asClient makes the main login a client's.
func asClient(p *Planner) {
	p.Main.CustomerID = clientID
	p.Main.Searcher.(*service).customer = clientID
}

func TestSend(t *testing.T) {
	customer := func(status msads.Status) msads.ClientLink {
		return msads.ClientLink{Type: msads.CustomerLink, ClientEntityID: 3003, ClientEntityNumber: "C000003003", ManagingCustomerID: agencyID, Status: status, LastModifiedDateTime: someDay}
	}
	tests := []struct {
		name  string
		row   string
		links []msads.ClientLink
		want  *msads.ClientLink
	}{
		{"account by id", "add id=1001 no=X0001001 owner=C000000007 bill=false start=2026-12-01 name=N note=M", nil, &msads.ClientLink{
			Type: msads.AccountLink, ClientEntityID: 1001, ClientEntityCustomerNumber: "C000000007", ManagingCustomerID: agencyID,
			IsBillToClient: new(false), StartDate: someDay.AddDate(0, 0, 11).Truncate(24 * hour), Name: "N", Note: "M", SuppressNotification: true}},
		{"account by number", "add no=x0001001", nil, &msads.ClientLink{
			Type: msads.AccountLink, ClientEntityNumber: "X0001001", ManagingCustomerID: agencyID, IsBillToClient: new(true), SuppressNotification: true}},
		{"account whose number the service knows", "add no=X0001001", []msads.ClientLink{link(1001, msads.Inactive)}, &msads.ClientLink{
			Type: msads.AccountLink, ClientEntityID: 1001, ManagingCustomerID: agencyID, IsBillToClient: new(true), SuppressNotification: true}},
		{"customer by number", "add type=CustomerLink no=C000003003 permission=Standard bill=true owner=C000000007", nil, &msads.ClientLink{
			Type: msads.CustomerLink, ClientEntityNumber: "C000003003", ManagingCustomerID: agencyID, CustomerLinkPermission: "Standard", SuppressNotification: true}},
		{"customer by both", "add type=CustomerLink id=3003 no=C000003003", nil, &msads.ClientLink{
			Type: msads.CustomerLink, ClientEntityID: 3003, ClientEntityNumber: "C000003003", ManagingCustomerID: agencyID, SuppressNotification: true}},
		{"customer whose number the service knows", "add type=CustomerLink id=3003", []msads.ClientLink{customer(msads.LinkExpired)}, &msads.ClientLink{
			Type: msads.CustomerLink, ClientEntityID: 3003, ClientEntityNumber: "C000003003", ManagingCustomerID: agencyID, SuppressNotification: true}},
		{"customer without a number", "add type=CustomerLink id=3003", nil, nil},
		{"update", "unlink type=CustomerLink no=C000003003", []msads.ClientLink{customer(msads.Active)}, new(with(customer(msads.UnlinkRequested), func(*msads.ClientLink) {}))},
		{"update with a note", "cancel type=CustomerLink id=3003 note=M", []msads.ClientLink{customer(msads.LinkPending)},
			new(with(customer(msads.LinkCanceled), func(l *msads.ClientLink) { l.Note = "M" }))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, _, _ := agency(t, tt.links...)
			p.SuppressNotification = new(true)
			step := plan(t, p, rows(t, tt.row)).Steps[0]
			if diff := cmp.Diff(tt.want, step.Send, cmp.Comparer(func(a, b msads.ClientLink) bool { return cmp.Equal(bare(a), bare(b)) })); diff != "" {
				t.Errorf("%s (-want +got):\n%s\n%+v", said(&step), diff, step.Send)
			}
		})
	}
}

// bare is a link as a map, for comparison: the object it was decoded from is
// not part of what these tests are about.
func bare(l msads.ClientLink) map[string]any {
	bill := any(nil)
	if l.IsBillToClient != nil {
		bill = *l.IsBillToClient
	}
	return map[string]any{
		"type": l.Type, "id": l.ClientEntityID, "number": l.ClientEntityNumber, "owner": l.ClientEntityCustomerNumber,
		"manager": l.ManagingCustomerID, "name": l.Name, "note": l.Note, "bill": bill, "start": l.StartDate, "status": l.Status,
		"suppress": l.SuppressNotification, "permission": l.CustomerLinkPermission,
	}
}

func TestNumberOnlyAddsAreDeferredBehindAddsByID(t *testing.T) {
	p, _, _ := agency(t, link(1003, msads.Active))
	got := plan(t, p, rows(t, "add id=1001", "add no=X0001002", "add no=X0001003", "add type=CustomerLink no=C000000001"))
	want := []bool{false, true, false, false}
	for i := range got.Steps {
		if got.Steps[i].Deferred != want[i] {
			t.Errorf("step %d (%s): deferred %v", i, said(&got.Steps[i]), got.Steps[i].Deferred)
		}
	}
	step := p.Decide(got.Steps[1], Sight{})
	if step.Deferred || step.Op != OpAdd {
		t.Errorf("decided again: %s", said(&step))
	}
	got = plan(t, p, rows(t, "add no=X0001001", "add no=X0001002"))
	if got.Steps[0].Deferred || got.Steps[1].Deferred {
		t.Error("deferred though nothing is added by id")
	}
}

func TestPlanFails(t *testing.T) {
	p, main, _ := agency(t)
	broken := errors.New("roster.csv: row 3: cut off")
	_, err := p.Plan(t.Context(), func(yield func(ingest.Row, error) bool) {
		_ = yield(ingest.Row{AccountID: 1}, nil) && yield(ingest.Row{}, broken)
	})
	if err != broken || main.calls() != 0 {
		t.Errorf("a roster that breaks off: %v after %d searches", err, main.calls())
	}
	main.refuse = func(msads.Search) error { return refusal(0) }
	_, err = p.Plan(t.Context(), seq(rows(t, "add id=1001")))
	if err == nil || !strings.HasPrefix(err.Error(), "search client links: SearchClientLinks: HTTP 400") || !strings.Contains(err.Error(), "t-1") {
		t.Errorf("a search that fails: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = p.Plan(ctx, seq(rows(t, "add id=1001"))); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
