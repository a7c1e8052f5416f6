package planner

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// TestImpact goes through what an unlink brings with it, by who pays.
func TestImpact(t *testing.T) {
	pays := func(toClient *bool) msads.ClientLink {
		return with(link(1001, msads.Active), func(l *msads.ClientLink) { l.IsBillToClient = toClient })
	}
	agencyPays := "the agency pays: unlinking can pause the account's ads for up to three hours, and makes the client the payer, who needs a payment method"
	for _, c := range []struct {
		name, row string
		link      msads.ClientLink
		want      *Impact
		warnings  []string
	}{
		{"the client pays", "unlink id=1001", pays(new(true)), &Impact{ClientPays: new(true)}, nil},
		{"the agency pays", "unlink id=1001", pays(new(false)), &Impact{ClientPays: new(false), AdsCanPause: true, ClientToPay: true}, []string{agencyPays}},
		{"the service does not say", "unlink id=1001", pays(nil), &Impact{AdsCanPause: true, ClientToPay: true},
			[]string{strings.Replace(agencyPays, "the agency pays:", "the service does not say who pays; if the agency does,", 1)}},
		{"nobody pays for a customer", "unlink id=1001 type=CustomerLink", with(pays(nil), func(l *msads.ClientLink) { l.Type = msads.CustomerLink }), &Impact{}, nil},
		{"an invitation that is canceled", "unlink id=1001", with(pays(new(false)), func(l *msads.ClientLink) { l.Status = msads.LinkPending }), nil, nil},
		{"a link that is kept", "keep id=1001", pays(new(false)), nil, nil},
	} {
		p, _, _ := agency(t, c.link)
		s := &plan(t, p, rows(t, c.row)).Steps[0]
		if d := cmp.Diff(c.want, s.Impact()); d != "" || !slices.Equal(s.Warnings, c.warnings) {
			t.Errorf("%s: warnings %q (-want +got)\n%s", c.name, s.Warnings, d)
		}
	}
}

// TestAnotherAgencyIsSeen only where the service shows its link: in answer to a
// search for ids alone.
func TestAnotherAgencyIsSeen(t *testing.T) {
	theirs := func(status msads.Status) msads.ClientLink {
		return with(link(1001, status), func(l *msads.ClientLink) { l.ManagingCustomerID = otherID })
	}
	for _, c := range []struct {
		name   string
		theirs msads.ClientLink
		shown  bool
		want   bool
	}{
		{"a live one", theirs(msads.Active), true, true},
		{"one that has ended", theirs(msads.Inactive), true, false},
		{"one that does not say whose it is", with(theirs(msads.Active), func(l *msads.ClientLink) { l.ManagingCustomerID, l.ClientEntityID = 0, 1002 }), true, false},
		{"not shown", theirs(msads.Active), false, false},
	} {
		p, main, _ := agency(t, link(1001, msads.Active), c.theirs)
		p.KnownLinks = 100_000
		main.refuse = func(s msads.Search) error {
			if c.shown && len(s.Predicates) > 1 {
				return refusal(3030)
			}
			return nil
		}
		s := &plan(t, p, rows(t, "unlink id=1001")).Steps[0]
		says := slices.Contains(s.Warnings, "another agency is linked to this account too; its link stays")
		if s.Op != OpUnlink || s.Impact().OtherAgency != c.want || says != c.want || s.Before.Sight().OtherAgency != c.want {
			t.Errorf("%s: %s, %+v, %q", c.name, s.Op, s.Impact(), s.Warnings)
		}
	}
}

// TestTheAgencyIsNamed as its own links have it.
func TestTheAgencyIsNamed(t *testing.T) {
	named := func(l msads.ClientLink, name string) msads.ClientLink {
		l.ManagingCustomerName = name
		return l
	}
	theirs := named(link(1002, msads.Active), "Rival")
	theirs.ManagingCustomerID = otherID
	p, _, _ := agency(t, theirs, named(link(1003, msads.Active), ""), named(link(1001, msads.Inactive), "Harbour Lane Agency"))
	if got := plan(t, p, rows(t, "keep id=1001")).Agency; got != "Harbour Lane Agency" {
		t.Errorf("%q", got)
	}
	p.ManagingCustomerID = otherID // of rows that do not name one: not the agency that is signed in
	if got := plan(t, p, rows(t, "keep id=1001")).Agency; got != "" {
		t.Errorf("another agency is called %q", got)
	}
}

// TestProtectedAccountsAreNeverUnlinked by whatever a row or the service calls
// them, nor is what may be one of them.
func TestProtectedAccountsAreNeverUnlinked(t *testing.T) {
	numberless := with(link(1001, msads.Active), func(l *msads.ClientLink) { l.ClientEntityNumber = "" })
	const never = "blocked: protected, never unlinked: linkbatch.toml:3"
	for _, c := range []struct {
		row, protects string
		link          msads.ClientLink
		want          string
	}{
		{"unlink id=1001", "1001", link(1001, msads.Active), never},
		{"unlink id=1001", "X0001001", link(1001, msads.Active), never},
		{"unlink no=X0001001", "1001", link(1001, msads.Active), never},
		{"unlink id=1001", "X0001001", link(1001, msads.LinkPending), never},
		{"cancel id=1001", "1001", link(1001, msads.LinkPending), never},
		{"link id=1001 end=2026-01-01", "1001", link(1001, msads.Active), never},
		{"unlink id=1001", "1002", link(1001, msads.Active), "unlink by agency: linked"},
		{"unlink id=1001", "", numberless, "unlink by agency: linked"},
		{"unlink id=1001", "X0001001", numberless, "blocked: the service lists this link without its account number, and accounts may be protected by theirs"},
		{"unlink id=1001", "1001", link(1001, msads.Inactive), "none: not linked"},
	} {
		p, _, _ := agency(t, c.link)
		p.Now = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
		if c.protects != "" {
			p.Protected = func(id msads.ID, number string) (string, bool) {
				return "linkbatch.toml:3", id.String() == c.protects || number == c.protects
			}
		}
		if got := said(&plan(t, p, rows(t, c.row)).Steps[0]); got != c.want {
			t.Errorf("%s, %s protected: %s, want %s", c.row, c.protects, got, c.want)
		}
	}
}

// TestALineThatIsNoRowNamesTheAccount of a link that a row ends: a warning says
// which line.
func TestALineThatIsNoRowNamesTheAccount(t *testing.T) {
	const warning = "row 9, which is skipped or left out, names this account too"
	for _, c := range []struct {
		row    string
		line   ingest.Protected
		status msads.Status
		want   bool
	}{
		{"unlink id=1001", ingest.Protected{Row: 9, AccountID: 1001}, msads.Active, true},
		{"unlink id=1001", ingest.Protected{Row: 9, AccountNumber: "X0001001"}, msads.Active, true},
		{"unlink no=X0001001", ingest.Protected{Row: 9, AccountID: 1001}, msads.Active, true},
		{"cancel id=1001", ingest.Protected{Row: 9, AccountID: 1001}, msads.LinkPending, true},
		{"unlink id=1001", ingest.Protected{Row: 9, AccountID: 1002, AccountNumber: "X0001002"}, msads.Active, false},
		{"unlink id=1001", ingest.Protected{Row: 9, Unreadable: true}, msads.Active, false},
		{"keep id=1001", ingest.Protected{Row: 9, AccountID: 1001}, msads.Active, false},
		{"unlink id=1001", ingest.Protected{Row: 9, AccountID: 1001}, msads.Inactive, false},
	} {
		p, _, _ := agency(t, link(1001, c.status))
		spare(c.line)(p)
		s := &plan(t, p, rows(t, c.row)).Steps[0]
		if got := slices.Contains(s.Warnings, warning); got != c.want {
			t.Errorf("%s, %+v: warnings %q", c.row, c.line, s.Warnings)
		}
	}
}
