package planner

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// byID makes rows for n accounts from the id on.
func byID(action ingest.Intent, from, n int) []ingest.Row {
	var all []ingest.Row
	for i := range n {
		all = append(all, ingest.Row{Number: i + 2, AccountID: int64(from + i), Action: action})
	}
	return all
}

func byNumber(action ingest.Intent, from, n int) []ingest.Row {
	all := byID(action, from, n)
	for i := range all {
		all[i].AccountNumber, all[i].AccountID = number(msads.ID(all[i].AccountID)), 0
	}
	return all
}

// TestSearchesAreAtMostTwiceTheBest measures planning over every size of
// roster and list, with rows that are all, half or not in the list.
func TestSearchesAreAtMostTwiceTheBest(t *testing.T) {
	const first = 1_000_000
	for _, n := range []int{10, 1_000, 10_000} {
		for _, listed := range []int{0, 1_000, 10_000} {
			all := links(msads.Active, first, listed)
			for _, offset := range []int{0, listed / 2, listed} {
				for _, known := range []bool{false, true} {
					p, main, _ := agency(t)
					main.links = all
					if known {
						p.KnownLinks = listed
					}
					got := plan(t, p, byID(ingest.Unlink, first+offset, n))
					a, b := (n+9)/10, listed/100+1
					limit := 2 * min(a, b)
					if known && listed > 0 {
						limit = min(a, b)
					}
					if main.calls() > limit {
						t.Errorf("%d rows, %d links, offset %d, known %v: %d searches, at most %d", n, listed, offset, known, main.calls(), limit)
					}
					unlinks := 0
					for i := range got.Steps {
						if got.Steps[i].Op == OpUnlink {
							unlinks++
						}
					}
					if want := min(n, listed-offset); unlinks != want {
						t.Errorf("%d rows, %d links, offset %d, known %v: %d unlinks, want %d", n, listed, offset, known, unlinks, want)
					}
					t.Logf("%6d rows, %6d links, offset %5d, known %-5v: %4d searches of a=%d b=%d", n, listed, offset, known, main.calls(), a, b)
				}
			}
		}
	}
}

func TestSearchPlans(t *testing.T) {
	const first = 1_000_000
	tests := []struct {
		name   string
		rows   []ingest.Row
		links  []msads.ClientLink
		known  int
		calls  int
		live   int
		listed int
	}{
		{name: "no row", calls: 0},
		{name: "every id is found before the list ends", rows: byID(ingest.Keep, first, 1000), links: links(msads.Active, first, 10_000), calls: 10, live: 1000},
		{name: "the quiet night, length unknown", rows: byID(ingest.Link, first, 10_000), links: links(msads.Active, first, 10_000), calls: 100, live: 10_000},
		{name: "the quiet night by number, length unknown", rows: byNumber(ingest.Link, first, 10_000), links: links(msads.Active, first, 10_000), calls: 101, live: 10_000, listed: 10_000},
		{name: "the quiet night by number, length known", rows: byNumber(ingest.Link, first, 10_000), links: links(msads.Active, first, 10_000), known: 10_000, calls: 100, live: 10_000},
		{name: "a number that is not listed needs the end of the list", rows: byNumber(ingest.Link, first+1, 100), links: links(msads.Active, first, 100), known: 100, calls: 2, live: 100, listed: 100},
		{name: "the list grew since", rows: byNumber(ingest.Link, first, 300), links: links(msads.Active, first, 300), known: 200, calls: 4, live: 300, listed: 300},
		{name: "the list shrank since", rows: byNumber(ingest.Link, first, 50), links: links(msads.LinkDeclined, first, 50), known: 400, calls: 2, live: 0, listed: 50},
		{name: "few rows, long known list", rows: byID(ingest.Keep, first, 11), links: links(msads.Active, first, 1000), known: 1000, calls: 2, live: 11},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, main, _ := agency(t)
			main.links, p.KnownLinks = tt.links, tt.known
			got := plan(t, p, tt.rows)
			if main.calls() != tt.calls || got.Live != tt.live || got.Listed != tt.listed {
				t.Errorf("%d searches, %d live, %d listed; want %d, %d, %d", main.calls(), got.Live, got.Listed, tt.calls, tt.live, tt.listed)
			}
			if len(got.Steps) != len(tt.rows) {
				t.Errorf("%d steps for %d rows", len(got.Steps), len(tt.rows))
			}
		})
	}
}

// TestPagesMove lets a link be added to the front of the list between two
// pages, so that every later link shows one place further on.
func TestPagesMove(t *testing.T) {
	p, main, _ := agency(t)
	main.links = links(msads.Active, 1_000_000, 350)
	main.turn = func(page int) { main.links = append(main.links, link(msads.ID(2000+page), msads.LinkPending)) }
	got := plan(t, p, byNumber(ingest.Link, 1_000_000, 350))
	for i := range got.Steps {
		if got.Steps[i].Op != OpNone {
			t.Fatalf("row %d: %s", i, said(&got.Steps[i]))
		}
	}
	if got.Live != 351 {
		t.Errorf("%d live links, want each once and the first added: 351", got.Live)
	}
}

func TestALinkSeenTwiceCountsOnceAndTheLiveOneWins(t *testing.T) {
	old, newer := link(1001, msads.Inactive), link(1001, msads.Active)
	old.LastModifiedDateTime = someDay.AddDate(0, 0, 1)
	for _, both := range [][]msads.ClientLink{{old, newer}, {newer, old}} {
		p, _, _ := agency(t, both...)
		got := plan(t, p, rows(t, "unlink id=1001"))
		if got.Steps[0].Op != OpUnlink || got.Live != 1 {
			t.Errorf("%s, %d live", said(&got.Steps[0]), got.Live)
		}
	}
	older := link(1001, msads.LinkDeclined)
	older.LastModifiedDateTime = someDay.AddDate(0, 0, -1)
	p, _, _ := agency(t, link(1001, msads.Inactive), older)
	if got := plan(t, p, rows(t, "add id=1001")); got.Steps[0].Before.Status != msads.Inactive {
		t.Errorf("of two ended links the newer counts, not %+v", got.Steps[0].Before)
	}
}

func TestAServiceThatDoesNotTurnPages(t *testing.T) {
	p, _, _ := agency(t)
	page := links(msads.Active, 1_000_000, 100)
	p.Main.Searcher = searchFunc(func(context.Context, msads.Search) ([]msads.ClientLink, error) { return page, nil })
	if _, err := p.Plan(t.Context(), seq(byNumber(ingest.Link, 2_000_000, 1))); err == nil || !strings.Contains(err.Error(), "returned the previous page") {
		t.Errorf("the list: %v", err)
	}
	p.KnownLinks = 1_000_000
	if _, err := p.Plan(t.Context(), seq(byID(ingest.Link, 2_000_000, 1))); err == nil || !strings.Contains(err.Error(), "returned the previous page") {
		t.Errorf("by id: %v", err)
	}
}

// TestCustomersAndAccountsAreSearchedApart has one id that is an account's and a
// customer's.
func TestCustomersAndAccountsAreSearchedApart(t *testing.T) {
	customer := with(link(1001, msads.Active), func(l *msads.ClientLink) { l.Type, l.ClientEntityNumber = msads.CustomerLink, "C000001001" })
	p, main, _ := agency(t, link(1001, msads.LinkPending), customer)
	p.KnownLinks = 1000
	got := plan(t, p, rows(t, "unlink id=1001", "unlink id=1001 type=CustomerLink"))
	if a, b := got.Steps[0].Op, got.Steps[1].Op; a != OpCancel || b != OpUnlink || main.calls() != 2 {
		t.Errorf("%s, %s after %d searches", a, b, main.calls())
	}
}

// TestOnePredicate is about a service that refuses two predicates: the ids are
// asked for alone, other agencies' links come with them, and the run remembers.
func TestOnePredicate(t *testing.T) {
	p, main, _ := agency(t, append(links(msads.Active, 1001, 30), with(link(1040, msads.Active), func(l *msads.ClientLink) { l.ManagingCustomerID = otherID }))...)
	p.KnownLinks, p.Concurrency = 100_000, 1
	main.refuse = func(s msads.Search) error {
		if len(s.Predicates) > 1 {
			return refusal(3030)
		}
		return nil
	}
	got := plan(t, p, byID(ingest.Unlink, 1001, 40))
	for i := range got.Steps {
		if want := map[bool]Op{true: OpUnlink, false: OpNone}[i < 30]; got.Steps[i].Op != want {
			t.Errorf("row %d: %s", i, said(&got.Steps[i]))
		}
	}
	if main.calls() != 1+4 {
		t.Errorf("%d searches, want one refused and four", main.calls())
	}
	if _, err := p.Look(t.Context(), []*Step{&got.Steps[0]}); err != nil || main.calls() != 6 {
		t.Errorf("later searches ask for ids alone: %d searches, %v", main.calls(), err)
	}
}

// TestOneBadIDDoesNotStopTheOthers has a service that refuses a search for one
// account: its row is blocked, the rows beside it go on.
func TestOneBadIDDoesNotStopTheOthers(t *testing.T) {
	p, main, _ := agency(t, links(msads.Active, 1001, 20)...)
	p.KnownLinks = 100_000
	main.refuse = func(s msads.Search) error {
		if slices.Contains(strings.Split(s.Predicates[0].Value, ","), "1005") {
			return refusal(2108)
		}
		return nil
	}
	got := plan(t, p, byID(ingest.Unlink, 1001, 20))
	for i := range got.Steps {
		want := "unlink by agency: linked"
		if i == 4 {
			want = "blocked: search client links: " + refusal(2108).Error()
		}
		if text := said(&got.Steps[i]); text != want {
			t.Errorf("row %d: %s, want %s", i, text, want)
		}
	}
	main.refuse = func(msads.Search) error { return refusal(2108) }
	before := main.calls()
	if _, err := p.Plan(t.Context(), seq(byID(ingest.Unlink, 1001, 100))); err == nil {
		t.Error("a service that refuses every id is not taken for bad rows")
	}
	if n := main.calls() - before; n > 30 {
		t.Errorf("%d searches before giving up", n)
	}
	main.refuse = func(msads.Search) error { return refusal(106) }
	if _, err := p.Plan(t.Context(), seq(byID(ingest.Unlink, 1001, 2))); err == nil {
		t.Error("a login without permission is not taken for bad rows")
	}
}

// TestAClientsLoginIsAskedOneAccountAtATime also holds that a client's login
// that fails costs its own rows, asks no further, and a passing failure does
// not look like an answer.
func TestAClientsLoginIsAskedOneAccountAtATime(t *testing.T) {
	pending := links(msads.LinkPending, 1001, 25)
	var asked []ingest.Row
	for i := range 25 {
		asked = append(asked, row(t, fmt.Sprintf("accept id=%d profile=north", 1001+i)))
	}
	p, _, client := agency(t, pending...)
	got := plan(t, p, asked)
	for i := range got.Steps {
		if got.Steps[i].Op != OpAccept {
			t.Errorf("row %d: %s", i, said(&got.Steps[i]))
		}
	}
	for _, s := range client.asked {
		if len(s.Predicates) != 1 || s.Predicates[0].Operator != "Equals" {
			t.Errorf("asked %+v", s)
		}
	}
	if client.calls() != 25 {
		t.Errorf("%d searches", client.calls())
	}

	p, _, client = agency(t, pending...)
	p.Concurrency = 1
	client.refuse = func(msads.Search) error { return refusal(105) }
	got = plan(t, p, append(asked, row(t, "unlink id=1001 manager=9001 profile=north note=x")))
	for i := range got.Steps[:25] {
		if i > 0 && !strings.HasPrefix(said(&got.Steps[i]), `blocked: profile "north": search client links: `) {
			t.Errorf("row %d: %s", i, said(&got.Steps[i]))
		}
	}
	if client.calls() != 1 {
		t.Errorf("a login that is refused is asked %d times", client.calls())
	}

	client.refuse = func(msads.Search) error { return refusal(2208) }
	if _, err := p.Plan(t.Context(), seq(asked)); !hasCode(err, 2208) {
		t.Errorf("a client's search that fails for now: %v", err)
	}
}

func TestLook(t *testing.T) {
	p, main, client := agency(t, links(msads.LinkPending, 1001, 30)...)
	var lines []string
	for i := range 30 {
		lines = append(lines, fmt.Sprintf("link id=%d", 1001+i))
	}
	lines = append(lines, "add id=1101 owner=C1", "add no=X0001102 owner=C1", "link id=1001 no=X9", "link id=1103 profile=north owner=C1", "link id=1103 profile=north owner=C1")
	got := plan(t, p, rows(t, lines...))
	var steps []*Step
	for i := range got.Steps {
		steps = append(steps, &got.Steps[i])
	}

	main.asked = nil
	found, err := p.Look(t.Context(), steps[:31])
	if err != nil || main.calls() != 4 || !found[30].Absent() || found[29].Link.ClientEntityID != 1030 {
		t.Errorf("31 ids: %d searches, %v, %v", main.calls(), found, err)
	}
	main.asked = nil
	if found, err = p.Look(t.Context(), steps); err != nil || main.calls() != 1 || !found[31].Absent() {
		t.Errorf("with a number the list is read once: %d searches, %v", main.calls(), err)
	}

	if steps[0].Op != OpNone || steps[32].Op != OpReject {
		t.Errorf("a row whose number is not its link's is rejected, alone: %s, %s", said(steps[0]), said(steps[32]))
	}
	if text := said(steps[34]); text != "none same as step 33: same as row 35" {
		t.Errorf("a row that says the same: %s", text)
	}

	main.links = append(main.links, link(1103, msads.LinkPending))
	client.links = main.links
	if found, err = p.Look(t.Context(), steps[33:34]); err != nil {
		t.Fatal(err)
	}
	accept := p.Decide(*steps[33], found[0])
	if text := said(&accept); text != "accept by north: invited, expires on 2026-12-20" {
		t.Errorf("the link has been added: %s", text)
	}
	if found, err = p.Look(t.Context(), []*Step{&accept}); err != nil || client.calls() != 1 {
		t.Errorf("an accept is looked up through the client: %d searches, %v", client.calls(), err)
	}
	if accept = p.Decide(accept, found[0]); accept.Op != OpAccept || accept.Send == nil {
		t.Errorf("decided from the client's view: %s", said(&accept))
	}

	main.refuse = func(msads.Search) error { return refusal(833) }
	if _, err := p.Look(t.Context(), steps[:1]); !hasCode(err, 833) {
		t.Errorf("a search that fails: %v", err)
	}
}

// TestLookNeverMistakesDoubtForAbsence is what keeps an invitation from being
// sent twice: where a search cannot tell, the link is not absent.
func TestLookNeverMistakesDoubtForAbsence(t *testing.T) {
	p, main, _ := agency(t)
	got := plan(t, p, rows(t, "add no=X0001001", "add id=1002", "accept id=1003 profile=south manager=9002", "add"))
	main.links = []msads.ClientLink{with(link(1001, msads.LinkPending), func(l *msads.ClientLink) { l.ClientEntityNumber = "" })}
	steps := []*Step{&got.Steps[0], &got.Steps[1], &got.Steps[2], &got.Steps[3]}
	found, err := p.Look(t.Context(), steps)
	if err != nil {
		t.Fatal(err)
	}
	if found[0].Doubt == "" || found[2].Doubt == "" || found[3].Doubt == "" || !found[1].Absent() {
		t.Fatalf("found %v", found)
	}
	if v := steps[0].Judge(found[0]); v != Elsewhere {
		t.Errorf("judged %s", v)
	}
	if step := p.Decide(*steps[0], found[0]); step.Op != OpBlocked {
		t.Errorf("decided %s", said(&step))
	}
	main.refuse = func(s msads.Search) error {
		if s.Predicates[0].Value == "1002" || strings.Contains(s.Predicates[0].Value, ",") {
			return refusal(2180)
		}
		return nil
	}
	found, err = p.Look(t.Context(), []*Step{{Key: Key{agencyID, msads.AccountLink, 1002, ""}, Side: Agency}, {Key: Key{agencyID, msads.AccountLink, 1004, ""}, Side: Agency}})
	if err != nil || found[0].Doubt == "" || !found[1].Absent() {
		t.Errorf("one refused id: %v, %v", found, err)
	}
}

// TestPlanAgainstNaiveOracle plans random rosters over random links and
// compares each decision with one made for the row alone from all links.
func TestPlanAgainstNaiveOracle(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		p, main, client := agency(t, randomLinks(r)...)
		p.BillToClient, p.Unattended = new(true), r.IntN(2) == 0
		for _, status := range every {
			if r.IntN(2) == 0 {
				p.Reinvite = append(p.Reinvite, status)
			}
		}
		if r.IntN(3) == 0 {
			p.KnownLinks = len(main.links) + r.IntN(200) - 100
		}
		client.links = main.links
		roster := randomRows(r, len(main.links))
		got := plan(t, p, roster)
		if len(got.Steps) != len(roster) {
			t.Fatalf("seed %d: %d steps for %d rows", seed, len(got.Steps), len(roster))
		}
		for i := range got.Steps {
			step := &got.Steps[i]
			if step.Index != i || step.Row.Number != roster[i].Number {
				t.Fatalf("seed %d: step %d is row %d", seed, step.Index, step.Row.Number)
			}
			if send := step.Send; send != nil && send.ManagingCustomerID != agencyID {
				t.Fatalf("seed %d row %d: touches another agency's link", seed, i)
			}
			if want := oracle(p, roster[i], main.links); step.Op != want {
				t.Errorf("seed %d row %d (%s %d %s): %s, want %s", seed, i, step.Intent, step.Row.AccountID, step.Row.AccountNumber, said(step), want)
			}
		}
	}
}

func randomLinks(r *rand.Rand) []msads.ClientLink {
	var all []msads.ClientLink
	for i := range r.IntN(400) {
		l := link(msads.ID(1000+i*2), statuses[1+r.IntN(len(statuses)-1)])
		if r.IntN(20) == 0 {
			l.Type = msads.CustomerLink
		}
		if r.IntN(10) == 0 {
			l.ManagingCustomerID = otherID
		}
		all = append(all, l)
	}
	return all
}

func randomRows(r *rand.Rand, links int) []ingest.Row {
	var all []ingest.Row
	numbers := r.IntN(2) == 0
	for i, n := range r.Perm(2 * (links + 10))[:r.IntN(links+10)] {
		id := msads.ID(1000 + n)
		row := ingest.Row{Number: i + 2, AccountID: int64(id), Action: intents[r.IntN(len(intents))]}
		switch {
		case numbers && r.IntN(4) == 0:
			row.AccountID, row.AccountNumber = 0, number(id)
		case r.IntN(4) == 0:
			row.AccountNumber = number(id)
		}
		if r.IntN(3) == 0 {
			row.ClientProfile = "north"
		}
		all = append(all, row)
	}
	return all
}

// oracle is the table of the design, written down a second time.
func oracle(p *Planner, row ingest.Row, links []msads.ClientLink) Op {
	status := msads.Status("")
	for _, l := range links {
		if l.ManagingCustomerID == agencyID && l.Type == msads.AccountLink && (l.ClientEntityID == msads.ID(row.AccountID) || row.AccountID == 0 && l.ClientEntityNumber == row.AccountNumber) {
			status = l.Status
		}
	}
	answer := row.Action == ingest.Accept || row.Action == ingest.Decline
	if row.Action == ingest.Keep {
		return OpNone
	}
	if answer && row.ClientProfile == "" {
		return OpBlocked
	}
	column := map[msads.Status]int{"": 0, "LinkCanceled": 0, "LinkExpired": 0, "Inactive": 0, "LinkDeclined": 1, "LinkFailed": 1, "LinkPending": 2,
		"LinkAccepted": 3, "LinkInProgress": 3, "Active": 4, "UnlinkFailed": 4, "UnlinkRequested": 5, "UnlinkPending": 5, "UnlinkInProgress": 5}
	n, ok := column[status]
	if !ok {
		return OpBlocked
	}
	op := map[ingest.Intent][6]Op{
		ingest.Add:     {OpAdd, OpAdd, OpNone, OpNone, OpNone, OpBlocked},
		ingest.Accept:  {OpBlocked, OpBlocked, OpAccept, OpNone, OpNone, OpBlocked},
		ingest.Decline: {OpBlocked, OpNone, OpDecline, OpBlocked, OpBlocked, OpBlocked},
		ingest.Unlink:  {OpNone, OpNone, OpCancel, OpBlocked, OpUnlink, OpNone},
		ingest.Cancel:  {OpNone, OpNone, OpCancel, OpBlocked, OpBlocked, OpNone},
		ingest.Link:    {OpAdd, OpBlocked, OpNone, OpNone, OpNone, OpBlocked},
	}[row.Action][n]
	named := slices.Contains(p.Reinvite, status)
	switch {
	case op == OpAdd && status != "" && p.Unattended && !named:
		return OpBlocked
	case row.Action == ingest.Link && n == 1 && named:
		return OpAdd
	case row.Action == ingest.Link && n == 2 && row.ClientProfile != "":
		return OpAccept
	}
	return op
}

func TestNothingIsSearchedThroughACancelledContext(t *testing.T) {
	p, main, _ := agency(t, links(msads.Active, 1001, 500)...)
	ctx, cancel := context.WithCancel(t.Context())
	main.turn = func(page int) {
		if page == 1 {
			cancel()
		}
	}
	if _, err := p.Plan(ctx, seq(byID(ingest.Unlink, 1001, 500))); !errors.Is(err, context.Canceled) || main.calls() > 3 {
		t.Errorf("%v after %d searches", err, main.calls())
	}
}
