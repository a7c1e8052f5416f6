package planner

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// pruning is a planner with --prune, after a good run of a roster of as many
// accounts as are listed here.
func pruning(t *testing.T, links ...msads.ClientLink) (*Planner, *service) {
	p, main, _ := agency(t, links...)
	p.Prune = Prune{On: true, LastAccounts: 1}
	return p, main
}

// endings are the steps that prune, in words.
func endings(plan *Plan) (found []string) {
	for i := range plan.Steps {
		if s := &plan.Steps[i]; s.Pruned() {
			found = append(found, fmt.Sprintf("%s %s %s", s.Key.Type, s.Key.EntityID, said(s)))
		}
	}
	return found
}

func refusalsOf(plan *Plan) (reasons []string) {
	for _, r := range plan.Refusals {
		reasons = append(reasons, r.Reason)
	}
	return reasons
}

func customer(id msads.ID, status msads.Status) msads.ClientLink {
	return with(link(id, status), func(l *msads.ClientLink) {
		l.Type, l.IsBillToClient, l.ClientEntityNumber = msads.CustomerLink, nil, fmt.Sprintf("C%09d", int64(id))
	})
}

// TestPruneEndsWhatNoRowNames goes through what spares a link.
func TestPruneEndsWhatNoRowNames(t *testing.T) {
	active, invited := link(1001, msads.Active), link(1001, msads.LinkPending)
	unlinks := []string{"AccountLink 1001 unlink by agency: no row names this link"}
	tests := []struct {
		name  string
		rows  []string
		links []msads.ClientLink
		setup func(*Planner)
		want  []string
	}{
		{name: "active", links: []msads.ClientLink{active}, want: unlinks},
		{name: "an unlink that failed", links: []msads.ClientLink{link(1001, msads.UnlinkFailed)}, want: unlinks},
		{name: "an invitation", links: []msads.ClientLink{invited}, want: []string{"AccountLink 1001 cancel by agency: no row names this link"}},
		{name: "left alone without --prune", links: []msads.ClientLink{active}, setup: func(p *Planner) { p.Prune.On = false }},
		{name: "another agency's", links: []msads.ClientLink{with(active, func(l *msads.ClientLink) { l.ManagingCustomerID = otherID })}},
		{name: "nobody's", links: []msads.ClientLink{with(active, func(l *msads.ClientLink) { l.ManagingCustomerID = 0 })}},
		{name: "without an account", links: []msads.ClientLink{with(active, func(l *msads.ClientLink) { l.ClientEntityID = 0 })}},
		{name: "a type that the roster does not have", links: []msads.ClientLink{customer(1001, msads.Active)}},
		{name: "a type that it has", rows: []string{"keep no=C000000007 type=CustomerLink"}, links: []msads.ClientLink{customer(1001, msads.Active)},
			want: []string{"CustomerLink 1001 unlink by agency: no row names this link"}},
		{name: "by id", rows: []string{"keep id=1001"}, links: []msads.ClientLink{active}},
		{name: "by number", rows: []string{"keep no=x0001001"}, links: []msads.ClientLink{active}},
		{name: "by the number beside another id", rows: []string{"keep id=1002 no=X0001001"}, links: []msads.ClientLink{active, link(1002, msads.Inactive)},
			want: unlinks[:0]},
		{name: "for another agency", rows: []string{"accept id=1001 manager=9002 profile=north"}, links: []msads.ClientLink{active}},
		{name: "as a link of the other type", rows: []string{"keep id=1001 type=CustomerLink"}, links: []msads.ClientLink{active}},
		{name: "in a skipped line, by id", links: []msads.ClientLink{active}, setup: spare(ingest.Protected{Row: 4, AccountID: 1001})},
		{name: "in a skipped line, by number", links: []msads.ClientLink{active}, setup: spare(ingest.Protected{Row: 4, AccountNumber: "X0001001"})},
		{name: "in a skipped line, by digits that may be a number", setup: spare(ingest.Protected{Row: 4, AccountID: 12345678}),
			links: []msads.ClientLink{with(active, func(l *msads.ClientLink) { l.ClientEntityNumber = "12345678" })}},
		{name: "protected by id", links: []msads.ClientLink{active}, setup: protect("1001")},
		{name: "protected by number", links: []msads.ClientLink{active}, setup: protect("X0001001")},
		{name: "another is protected", links: []msads.ClientLink{active}, setup: protect("1009"), want: unlinks},
		{name: "perhaps protected, by a number that the service does not show", setup: protect("1009"),
			links: []msads.ClientLink{with(active, func(l *msads.ClientLink) { l.ClientEntityNumber = "" })}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, _ := pruning(t, append([]msads.ClientLink{link(1, msads.Active)}, tt.links...)...)
			if tt.setup != nil {
				tt.setup(p)
			}
			got := plan(t, p, rows(t, append([]string{"keep id=1"}, tt.rows...)...))
			if diff := cmp.Diff(tt.want, endings(got)); diff != "" && len(tt.want)+len(endings(got)) > 0 {
				t.Errorf("pruned (-want +got):\n%s", diff)
			}
		})
	}
}

func spare(lines ...ingest.Protected) func(*Planner) {
	return func(p *Planner) { p.Prune.Spared = func() []ingest.Protected { return lines } }
}

func protect(what string) func(*Planner) {
	return func(p *Planner) {
		p.Protected = func(id msads.ID, number string) (string, bool) {
			return "linkbatch.toml:7", what == id.String() || what == number
		}
	}
}

// TestPruneTouchesThreeStatusesAlone holds every other status of a link that no
// row names against the three that prune ends.
func TestPruneTouchesThreeStatusesAlone(t *testing.T) {
	for _, status := range statuses[1:] {
		p, _ := pruning(t, link(1001, status))
		ends := slices.Contains([]msads.Status{msads.Active, msads.UnlinkFailed, msads.LinkPending}, status)
		if got := endings(plan(t, p, rows(t, "keep id=1"))); (len(got) > 0) != ends {
			t.Errorf("%s: %q", status, got)
		}
	}
}

// TestPrunedStepsComeLast: they are in a fixed order, have no row number and
// no cells, echo the searched link whole, and warn as every unlink does.
func TestPrunedStepsComeLast(t *testing.T) {
	whole := with(link(1003, msads.Active), func(l *msads.ClientLink) { l.IsBillToClient, l.Name = new(false), "theirs" })
	p, main := pruning(t, customer(1004, msads.LinkPending), whole, link(1001, msads.Active), link(1002, msads.Active))
	got := plan(t, p, rows(t, "keep id=1001", "keep no=C000000009 type=CustomerLink", "link id=1 owner=C1"))
	want := []string{
		"AccountLink 1002 unlink by agency: no row names this link",
		"AccountLink 1003 unlink by agency: no row names this link",
		"CustomerLink 1004 cancel by agency: no row names this link",
	}
	if diff := cmp.Diff(want, endings(got)); diff != "" || len(got.Steps) != 6 {
		t.Fatalf("%d steps, pruned (-want +got):\n%s", len(got.Steps), diff)
	}
	for i := range got.Steps {
		if s := &got.Steps[i]; s.Index != i || s.Pruned() != (i >= 3) || s.Pruned() && (s.Row.Number != 0 || s.Row.Cells != nil) {
			t.Errorf("step %d: %+v", i, s)
		}
	}
	s := &got.Steps[4]
	if s.Send == nil || s.Send.Name != "theirs" || s.Send.Status != msads.UnlinkRequested || !s.PausesAds() || len(s.Warnings) != 1 {
		t.Errorf("got %+v, sending %+v", s, s.Send)
	}
	if calls := main.calls(); calls != 1 || got.Live != 4 || got.Listed != 4 || got.Accounts != 3 {
		t.Errorf("%d calls, %d live of %d, %d accounts", calls, got.Live, got.Listed, got.Accounts)
	}
}

// TestPruneReadsTheWholeList whatever would be fewer calls, and has no plan if a
// page of it fails.
func TestPruneReadsTheWholeList(t *testing.T) {
	p, main := pruning(t, links(msads.Active, 1001, 250)...)
	p.KnownLinks = 250
	got := plan(t, p, rows(t, "keep id=1001"))
	if pruned := endings(got); len(pruned) != 249 || main.calls() != 3 {
		t.Errorf("%d pruned after %d calls", len(pruned), main.calls())
	}
	main.refuse = func(q msads.Search) error {
		if q.Index == 2 {
			return errors.New("no such page")
		}
		return nil
	}
	if got, err := p.Plan(t.Context(), seq(rows(t, "keep id=1001"))); err == nil || !strings.HasSuffix(err.Error(), "no such page") {
		t.Errorf("a plan of %d steps, %v", len(got.Steps), err)
	}
}

// TestPruneOfALinkOnTwoPages: a link that changes while the list is read counts
// as what it is now, and is named if one of its appearances is.
func TestPruneOfALinkOnTwoPages(t *testing.T) {
	all := append(links(msads.Inactive, 2001, 99), link(1001, msads.Active))
	for _, later := range []msads.ClientLink{
		with(link(1001, msads.Active), func(l *msads.ClientLink) { l.ClientEntityNumber = "X0000009" }), // which a row names
		with(link(1001, msads.UnlinkRequested), func(l *msads.ClientLink) { l.LastModifiedDateTime = someDay.Add(hour) }),
	} {
		p, _ := pruning(t)
		p.Main.Searcher = pagesOf{all, {later}}
		got := plan(t, p, rows(t, "keep no=X0000009"))
		if pruned := endings(got); pruned != nil {
			t.Errorf("%s %s: %q", later.ClientEntityNumber, later.Status, pruned)
		}
	}
}

// pagesOf is a list by pages.
type pagesOf [][]msads.ClientLink

func (p pagesOf) SearchClientLinks(_ context.Context, q msads.Search) ([]msads.ClientLink, error) {
	return p[q.Index], nil
}

// TestPruneRefuses goes through what keeps it from ending anything. The steps are
// in the plan all the same, for a person to see.
func TestPruneRefuses(t *testing.T) {
	tests := []struct {
		name  string
		rows  []string
		setup func(*Planner, *service)
		want  []string
		none  bool // nothing is to be pruned either
	}{
		{name: "nothing wrong", rows: []string{"keep id=1"}},
		{name: "an invalid row", rows: []string{"keep id=1", "keep broken=12A"}, want: []string{"invalid rows, which may name any link: 1"}},
		{name: "rows that contradict each other", rows: []string{"keep id=1", "unlink id=1"}, want: []string{"invalid rows, which may name any link: 2"}},
		{name: "a link without a number", rows: []string{"keep no=X0000001"},
			setup: func(_ *Planner, s *service) { s.links[0].ClientEntityNumber = "" },
			want:  []string{"the service lists a link without an account number, and a row may name it by its number alone"}},
		{name: "a link without a number that no row can mean", rows: []string{"keep id=1"},
			setup: func(_ *Planner, s *service) { s.links[0].ClientEntityNumber = "" }},
		{name: "a skipped line by number, and a link without one", rows: []string{"keep id=1"},
			setup: func(p *Planner, s *service) {
				s.links[0].ClientEntityNumber = ""
				spare(ingest.Protected{Row: 9, AccountNumber: "X0000077"})(p)
			},
			want: []string{"the service lists a link without an account number, and a row may name it by its number alone"}},
		{name: "a skipped line that cannot be read", rows: []string{"keep id=1"},
			setup: func(p *Planner, _ *service) { spare(ingest.Protected{Row: 9, Unreadable: true})(p) },
			want:  []string{"row 9 is skipped, and its account cannot be read"}},
		{name: "no run to compare with", rows: []string{"keep id=1"},
			setup: func(p *Planner, _ *service) { p.Prune.LastAccounts = 0 },
			want:  []string{"this roster has no finished run to compare it with"}},
		{name: "half", rows: []string{"keep id=1", "keep id=2"}, setup: func(p *Planner, _ *service) { p.Prune.LastAccounts = 4 }},
		{name: "less than half", rows: []string{"keep id=1", "keep id=2", "keep id=2"}, setup: func(p *Planner, _ *service) { p.Prune.LastAccounts = 5 },
			want: []string{"accounts in the roster: 2, less than half of the 5 in its last good run"}},
		{name: "less than half, allowed", rows: []string{"keep id=1"}, setup: func(p *Planner, _ *service) { p.Prune.LastAccounts, p.Prune.AllowShrink = 5, true }},
		{name: "none, allowed", rows: []string{"keep id=1"}, setup: func(p *Planner, _ *service) { p.Prune.LastAccounts, p.Prune.AllowShrink = 0, true }},
		{name: "an invalid row is not allowed by --allow-shrink", rows: []string{"keep id=1", "keep broken=12A"},
			setup: func(p *Planner, _ *service) { p.Prune.AllowShrink = true }, want: []string{"invalid rows, which may name any link: 1"}},
		{name: "left out lines are listed too", rows: []string{"keep id=1"},
			setup: func(p *Planner, _ *service) {
				p.Prune.LastAccounts = 6
				spare(ingest.Protected{AccountID: 71}, ingest.Protected{AccountID: 72}, ingest.Protected{AccountID: 1})(p)
			}},
		{name: "all at once", rows: []string{"keep no=X0000001", "keep broken=12A"},
			setup: func(p *Planner, s *service) {
				p.Prune.LastAccounts, s.links[0].ClientEntityNumber = 9, ""
			},
			want: []string{
				"invalid rows, which may name any link: 1",
				"the service lists a link without an account number, and a row may name it by its number alone",
				"accounts in the roster: 1, less than half of the 9 in its last good run",
			}},
		{name: "nothing to prune, nothing to refuse", rows: []string{"keep id=1001", "keep broken=12A"}, none: true},
		{name: "a client's login", rows: []string{"keep id=1"}, none: true,
			setup: func(p *Planner, _ *service) { p.ManagingCustomerID = otherID },
			want:  []string{"the signed-in customer 9001 is not the managing customer 9002"}},
		{name: "credentials that do not work", rows: []string{"keep id=1"}, none: true,
			setup: func(p *Planner, _ *service) { p.Main.Problem = "the sign-in has expired" },
			want:  []string{"the sign-in has expired"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, main := pruning(t, link(1001, msads.Active))
			if tt.setup != nil {
				tt.setup(p, main)
			}
			got := plan(t, p, rows(t, tt.rows...))
			if diff := cmp.Diff(tt.want, refusalsOf(got)); diff != "" {
				t.Errorf("refusals (-want +got):\n%s", diff)
			}
			if pruned := endings(got); tt.none != (pruned == nil) {
				t.Errorf("pruned: %q", pruned)
			}
		})
	}
}

// TestPruneDecidesEarlierStepsAnew: the links that a run to be resumed was to
// prune keep their places behind the rows, whatever has changed since.
func TestPruneDecidesEarlierStepsAnew(t *testing.T) {
	p, _ := pruning(t, links(msads.Active, 1001, 5)...)
	first := plan(t, p, rows(t, "keep id=1001"))
	for i := range first.Steps {
		if s := &first.Steps[i]; s.Pruned() {
			p.Prune.Earlier = append(p.Prune.Earlier, s.Row)
		}
	}
	p.Main.Searcher.(*service).links[2].Status = msads.UnlinkRequested                                          // 1003
	p.Main.Searcher.(*service).links = append(links(msads.Active, 900, 1), p.Main.Searcher.(*service).links...) // new
	protect("X0001005")(p)
	want := []string{
		"AccountLink 1002 unlink by agency: no row names this link",
		"AccountLink 1003 none: unlink under way",
		"AccountLink 1004 none: a row names it",
		"AccountLink 1005 none: protected",
		"AccountLink 900 unlink by agency: no row names this link",
	}
	spare(ingest.Protected{AccountNumber: "X0001004"})(p)
	if diff := cmp.Diff(want, endings(plan(t, p, rows(t, "keep id=1001")))); diff != "" {
		t.Errorf("decided anew (-want +got):\n%s", diff)
	}
	p.Prune.On = false
	want = []string{
		"AccountLink 1002 none: --prune was left out", "AccountLink 1003 none: unlink under way",
		"AccountLink 1004 none: --prune was left out", "AccountLink 1005 none: --prune was left out",
	}
	if diff := cmp.Diff(want, endings(plan(t, p, rows(t, "keep id=1001")))); diff != "" {
		t.Errorf("without --prune (-want +got):\n%s", diff)
	}
}

// TestPruneNeverTouchesWhatARowNames goes through random rosters and worlds: what
// is pruned is the agency's, has one of the three statuses, is of a type in the
// roster, and nothing that the roster says in any way means it; everything else
// that is so is pruned.
func TestPruneNeverTouchesWhatARowNames(t *testing.T) {
	pruned := 0
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 11))
		var world []msads.ClientLink
		for range r.IntN(30) {
			world = append(world, randomLink(r))
		}
		slices.SortFunc(world, func(a, b msads.ClientLink) int {
			return strings.Compare(fmt.Sprint(a.Type, a.ClientEntityID, a.ManagingCustomerID), fmt.Sprint(b.Type, b.ClientEntityID, b.ManagingCustomerID))
		})
		world = slices.CompactFunc(world, func(a, b msads.ClientLink) bool {
			return a.Type == b.Type && a.ClientEntityID == b.ClientEntityID && a.ManagingCustomerID == b.ManagingCustomerID
		})
		var roster []ingest.Row
		for i := range 1 + r.IntN(10) {
			row := randomRow(t, r)
			row.Number = i + 2
			roster = append(roster, row)
		}
		lines := []ingest.Protected{{AccountID: int64(1001 + r.IntN(40))}, {AccountNumber: number(msads.ID(1001 + r.IntN(40)))}}
		p, _ := pruning(t, world...)
		spare(lines...)(p)
		got := plan(t, p, roster)
		if len(got.Refusals) > 0 {
			for i := range got.Steps {
				got.Steps[i].Held = "refused" // as the guards do
			}
		}
		want := 0
		for _, l := range world {
			if endable(l, roster, lines) {
				want++
			}
		}
		ended := 0
		for i := range got.Steps {
			s := &got.Steps[i]
			if !s.Pruned() {
				continue
			}
			ended++
			if !slices.ContainsFunc(world, func(l msads.ClientLink) bool {
				return matches(&l, s.Key) && endable(l, roster, lines) && s.Op.Writes()
			}) {
				t.Fatalf("seed %d: pruned %+v: %s", seed, s.Key, said(s))
			}
		}
		if ended != want {
			t.Fatalf("seed %d: %d links pruned, want %d", seed, ended, want)
		}
		pruned += ended
	}
	if pruned < 1000 {
		t.Errorf("%d links pruned in all: the test shows nothing", pruned)
	}
}

func randomLink(r *rand.Rand) msads.ClientLink {
	id := msads.ID(1001 + r.IntN(40))
	l := link(id, statuses[1+r.IntN(len(statuses)-1)])
	if r.IntN(2) == 0 {
		l.Status = msads.Active
	}
	if r.IntN(4) == 0 {
		l = customer(id, l.Status)
	}
	if r.IntN(8) == 0 {
		l.ManagingCustomerID = otherID
	}
	return l
}

func randomRow(t *testing.T, r *rand.Rand) ingest.Row {
	id := msads.ID(1001 + r.IntN(40))
	words := []string{"keep", "unlink", "link", "add", "cancel"}[r.IntN(5)]
	if r.IntN(3) > 0 {
		words += " id=" + id.String()
	} else {
		words += " no=" + number(id)
	}
	if r.IntN(5) == 0 {
		words += " no=" + number(msads.ID(1001+r.IntN(40)))
	}
	if r.IntN(5) == 0 {
		words += " type=CustomerLink"
	}
	if r.IntN(12) == 0 {
		words += " broken=x"
	}
	return row(t, words)
}

// endable says in other words than the planner's what --prune ends.
func endable(l msads.ClientLink, roster []ingest.Row, lines []ingest.Protected) bool {
	ours := l.ManagingCustomerID == agencyID && (l.Status == msads.Active || l.Status == msads.UnlinkFailed || l.Status == msads.LinkPending)
	kind := false
	for _, row := range roster {
		kind = kind || row.Type == string(l.Type) || row.Type == "" && l.Type == msads.AccountLink
		if row.AccountID == int64(l.ClientEntityID) || row.AccountNumber == l.ClientEntityNumber {
			return false
		}
	}
	for _, line := range lines {
		if line.AccountID == int64(l.ClientEntityID) || line.AccountNumber == l.ClientEntityNumber {
			return false
		}
	}
	return ours && kind
}
