package planner

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"sync/atomic"
	"time"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// Searcher reads client links. It is called from several goroutines at once.
type Searcher interface {
	// SearchClientLinks returns one page of links. An error means that the
	// search has finally failed: whatever may help by itself was tried before.
	SearchClientLinks(ctx context.Context, s msads.Search) ([]msads.ClientLink, error)
}

// Login is one profile's credentials, as far as planning needs them.
type Login struct {
	Profile    string
	CustomerID msads.ID // the signed-in customer, from GetUser
	Searcher   Searcher
	Problem    string // why these credentials cannot be used: steps that need them are blocked with it; empty = usable
}

// Options are the defaults of a run and its policy. The zero value is a run
// attended by a person, with no default but the intent link.
type Options struct {
	ManagingCustomerID   msads.ID      // for rows without one; 0 = the customer of the main login
	DefaultAction        ingest.Intent // for rows without an action; empty = link
	BillToClient         *bool         // for rows that do not say who pays; nil = no default
	SuppressNotification *bool         // for rows without one; nil = the client gets the e-mail

	// Now is the time by which rows are due and links end: it stands still, so that
	// a plan has one idea of the day. At zero no row with a date is due, and no
	// link ends. See "Dates" in the package comment for whose time it is.
	Now      time.Time
	TimeZone *time.Location // in which days begin; nil = UTC

	Name string // of new links, for rows without one; at most 40 characters
	Note string // of new links, for rows without one

	// Protected reports whether an account, by its id or number, either of which
	// may be blank, must never be unlinked, and where that is written. Nil
	// protects no account. A link whose number is not shown may be protected.
	Protected func(id msads.ID, number string) (where string, protected bool)

	Prune Prune // whether and when links that no row names end

	// Reinvite are the statuses of links that have ended, or never came to be,
	// of which a link row makes a new invitation, see [Reinvite.Set]. With
	// Unattended, since nobody watches, it takes one of them for an add row too,
	// and for a link row whose link has ended: a run by itself invites whom nobody
	// ever invited, and who left is asked again only because a person says so.
	Reinvite   Reinvite
	Unattended bool

	KnownLinks  int // links in the agency's list as of the last run; 0 = unknown
	Concurrency int // searches at once; less than 1 counts as 1
}

// Planner decides steps. Its fields do not change while a method runs; its
// methods may be called from several goroutines.
type Planner struct {
	Main Login // reads the list, and carries out every op of the managing customer

	// Clients accept and decline for clients, by profile. While [Planner.Plan]
	// reads rows it does not look at them, so that they can still be signed in.
	Clients map[string]Login
	Options

	idsAlone atomic.Bool // the service refused two predicates (code 3030) in this run
}

// Plan searches the links of rows and decides one step for every row, in
// order. It fails, with no plan, when rows yields an error (returned as it
// is), when a search finally fails, and when ctx ends. What concerns one row
// alone is not an error: the step is blocked or rejected and says why.
func (p *Planner) Plan(ctx context.Context, rows iter.Seq2[ingest.Row, error]) (*Plan, error) {
	repeats := p.newRepeats()
	all, err := gather(rows, repeats.add)
	if err != nil {
		return nil, err
	}
	own := len(all) // the steps of the roster
	for i, row := range p.Prune.Earlier {
		all = append(all, Step{Index: own + i, Row: row, SameAs: -1})
	}
	plan := &Plan{ManagingCustomerID: p.defaultManager(), Steps: all}
	for i := range plan.Steps {
		p.begin(&plan.Steps[i])
	}
	p.settleRepeats(plan.Steps, repeats)

	named := p.named(plan.Steps[:own])
	left := p.leftovers(plan.Steps[:own], named)
	steps := open(plan.Steps)
	sights, list, err := p.view(ctx, steps, planning, left)
	if err != nil {
		return nil, err
	}
	plan.Live, plan.Listed = list.live(), list.length()
	if plan.ManagingCustomerID == list.manager {
		plan.Agency = list.name
	}
	plan.Accounts, plan.Shrunk = named.count, p.Prune.shrunk(named.count)
	for i, step := range steps {
		if step.Index < own {
			repeats.meet(step.Index, sights[i].Link)
		}
	}
	p.settleRepeats(plan.Steps, repeats)
	for i, step := range steps {
		if step.SameAs >= 0 {
			step = &plan.Steps[step.SameAs] // which may not have been searched for
		}
		if step.Op == "" {
			*step = p.Decide(*step, sights[i])
		}
	}
	if err := p.consultClients(ctx, steps); err != nil {
		return nil, err
	}
	checkMerged(plan.Steps)
	deferByNumber(plan.Steps)
	warnNear(plan.Steps[:own])
	warnSpared(plan.Steps[:own], named.spared)
	for i := range plan.Steps {
		if s := &plan.Steps[i]; s.SameAs >= 0 { // it is about the same link
			s.Before, s.Due = plan.Steps[s.SameAs].Before, plan.Steps[s.SameAs].Due
		}
	}
	p.prune(plan, own, left, list)
	return plan, nil
}

// gather makes one step for every row, and passes each row to add. Steps are
// large and rosters long: growing one slice would leave garbage of five times
// its size.
func gather(rows iter.Seq2[ingest.Row, error], add func(*ingest.Row)) ([]Step, error) {
	const size = 256
	var blocks [][]Step
	n := 0
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		if n%size == 0 {
			blocks = append(blocks, make([]Step, 0, size))
		}
		last := &blocks[len(blocks)-1]
		*last = append(*last, Step{Index: n, Row: row, SameAs: -1})
		add(&row)
		n++
	}
	steps := make([]Step, 0, n)
	for i, block := range blocks {
		steps = append(steps, block...)
		blocks[i] = nil
	}
	return steps, nil
}

// consultClients decides the steps that a client's login would carry out anew,
// from what that login sees.
func (p *Planner) consultClients(ctx context.Context, steps []*Step) error {
	theirs := slices.DeleteFunc(slices.Clone(steps), func(s *Step) bool {
		return s.Side != Agency || s.SameAs >= 0 || s.Op != OpAccept && s.Op != OpDecline
	})
	sights, err := p.Look(ctx, theirs)
	if err != nil {
		return err
	}
	for i, step := range theirs {
		*step = p.Decide(*step, sights[i])
	}
	return nil
}

// open returns the steps that wait for a search.
func open(steps []Step) []*Step {
	var found []*Step
	for i := range steps {
		if steps[i].Op == "" {
			found = append(found, &steps[i])
		}
	}
	return found
}

// deferByNumber marks the adds of accounts by number alone if accounts are
// added by id too: whether two such rows mean one account shows only when the
// links by id can be read. A customer link always carries its number, so that
// its rows meet in repeats.
func deferByNumber(steps []Step) {
	account := func(s *Step) bool { return s.Op == OpAdd && s.Key.Type == msads.AccountLink }
	byID := false
	for i := range steps {
		byID = byID || account(&steps[i]) && steps[i].Send.ClientEntityID != 0
	}
	for i := range steps {
		if s := &steps[i]; byID && account(s) && s.Send.ClientEntityID == 0 {
			s.Deferred = true
		}
	}
}

// defaultManager is the managing customer of rows that do not name one.
func (p *Planner) defaultManager() msads.ID {
	return cmp.Or(p.ManagingCustomerID, p.Main.CustomerID)
}

// newRepeats knows the defaults as the rows of this plan see them.
func (p *Planner) newRepeats() *repeats {
	defaults := p.Options
	defaults.ManagingCustomerID = p.defaultManager()
	return newRepeats(defaults)
}
