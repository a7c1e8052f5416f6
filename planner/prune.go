package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// Prune is what --prune asks for: that links which no row of the roster names
// end. The zero value leaves them alone.
type Prune struct {
	On bool

	// Spared are the accounts of lines of the roster that are not rows of this
	// plan: those that were skipped, and those that the user left out. It is called
	// once, after the last row; nil = there are none.
	Spared func() []ingest.Protected

	// LastAccounts is [Plan.Accounts] of the roster's last good run; 0 = there was
	// none. A roster that lists less than half of them may be cut off, so that
	// nothing is pruned by it. AllowShrink waives that, and the need of such a run.
	LastAccounts int
	AllowShrink  bool

	// Earlier are the rows of the pruned links that the run to be resumed has, or the
	// saved plan, in order. Each gets a step of its own, decided anew, right after
	// those of the roster, so that a link keeps its place in the plan.
	Earlier []ingest.Row
}

// Refusal is why links that no row names must not be pruned, all of them.
type Refusal struct {
	Reason string // in words, such as "2 rows are invalid"
	Shrink bool   // [Prune.AllowShrink] waives it
}

// Pruned reports whether the step is about a link that no row names: its Row has
// no number and no cells, and names the link.
func (s *Step) Pruned() bool { return s.Intent == prune }

// names are the accounts that a roster names in any way. They are compared
// without type and managing customer, and an id also counts as a number: a link
// that a row may mean must not be pruned.
type names struct {
	ids        map[msads.ID]bool
	numbers    map[string]bool
	count      int // of distinct accounts, as far as the roster itself shows
	numberOnly bool
	spared     []ingest.Protected
	unreadable []int // row numbers of lines that are no rows and have an account that cannot be read
}

// named collects what the rows of the roster and its other lines name.
func (p *Planner) named(steps []Step) *names {
	var spared []ingest.Protected
	if p.Prune.Spared != nil {
		spared = p.Prune.Spared()
	}
	n := &names{ids: make(map[msads.ID]bool, len(steps)), numbers: map[string]bool{}, spared: spared}
	for i := range steps {
		s := &steps[i]
		n.add(cmp.Or(msads.ID(s.Row.AccountID), s.Key.EntityID), cmp.Or(s.Row.AccountNumber, s.Key.Number))
	}
	for _, p := range spared {
		n.add(msads.ID(p.AccountID), p.AccountNumber)
		if p.Unreadable {
			n.unreadable = append(n.unreadable, p.Row)
		}
	}
	return n
}

func (n *names) add(id msads.ID, number string) {
	if id == 0 && number == "" {
		return
	}
	if !n.has(id, number) {
		n.count++
	}
	n.numberOnly = n.numberOnly || id == 0
	if id != 0 {
		n.ids[id] = true
	}
	if number != "" {
		n.numbers[strings.ToUpper(number)] = true
	}
}

// has reports whether an account with these identifiers, either of which may be
// blank, is named.
func (n *names) has(id msads.ID, number string) bool {
	digits, _ := msads.ParseID(number) // 0 if it has letters, as most numbers do
	return n.ids[id] || n.ids[digits] || n.numbers[strings.ToUpper(number)]
}

// leftovers are the links of the managing customer's list that no row names.
type leftovers struct {
	names *names
	kinds map[msads.LinkType]bool // those of the roster
	links map[entity]*msads.ClientLink
}

// leftovers is where a reading of the list keeps the links that no row names; nil
// if nothing is to be pruned, or the list is not that of the managing customer.
func (p *Planner) leftovers(steps []Step, n *names) *leftovers {
	if !p.Prune.On || p.cannotPrune() != "" {
		return nil
	}
	l := &leftovers{names: n, kinds: map[msads.LinkType]bool{}, links: map[entity]*msads.ClientLink{}}
	for i := range steps {
		l.kinds[steps[i].Key.Type] = true
	}
	return l
}

// cannotPrune says why the main login cannot read the list or end its links;
// empty if it can.
func (p *Planner) cannotPrune() string {
	switch {
	case p.Main.Problem != "":
		return p.Main.Problem
	case p.Main.Searcher == nil:
		return "no credentials to read the list of links"
	case p.defaultManager() != p.Main.CustomerID:
		return fmt.Sprintf("the signed-in customer %s is not the managing customer %s", p.Main.CustomerID, p.defaultManager())
	}
	return ""
}

// see takes one link of the list. A link may be on two pages, if it changed
// meanwhile: whatever names it on one of them counts.
func (l *leftovers) see(link msads.ClientLink) {
	e := entity{link.Type, link.ClientEntityID}
	known, met := l.links[e]
	switch {
	case e.id == 0 || !l.kinds[e.kind]:
	case l.names.has(e.id, link.ClientEntityNumber):
		l.links[e] = nil
	case !met || known != nil && better(&link, known):
		if !updates(prune, link.Status) {
			link = link.Bare()
		}
		l.links[e] = &link
	}
}

// ordered are the links that are to be pruned, by type and id.
func (l *leftovers) ordered() (found []*msads.ClientLink) {
	for _, link := range l.links {
		if link != nil && updates(prune, link.Status) {
			found = append(found, link)
		}
	}
	slices.SortFunc(found, func(a, b *msads.ClientLink) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.ClientEntityID, b.ClientEntityID))
	})
	return found
}

// prune adds a step for each link that no row names, after those of the roster
// and of the run that is resumed, and says why none of them may be sent.
func (p *Planner) prune(plan *Plan, own int, left *leftovers, list *agencyView) {
	earlier := make(map[entity]bool)
	for i := own; i < len(plan.Steps); i++ {
		s := &plan.Steps[i]
		earlier[entity{s.Key.Type, s.Key.EntityID}] = true
		if why := p.spares(s, left); why != "" && s.Op != OpNone {
			s.end(OpNone, why)
		}
	}
	if left != nil {
		for _, link := range left.ordered() {
			if earlier[entity{link.Type, link.ClientEntityID}] || p.mayBeProtected(link.ClientEntityID, link.ClientEntityNumber) {
				continue
			}
			key := Key{p.Main.CustomerID, link.Type, link.ClientEntityID, strings.ToUpper(link.ClientEntityNumber)}
			step := Step{Index: len(plan.Steps), Row: UnnamedRow(key), SameAs: -1}
			plan.Steps = append(plan.Steps, p.Decide(step, sightOf(link)))
		}
	}
	plan.Refusals = p.refusals(plan, left, list)
}

// spares says why a link that an earlier part of the run was to prune is left
// alone; empty if it is not.
func (p *Planner) spares(s *Step, left *leftovers) string {
	switch {
	case left == nil:
		return "--prune was left out"
	case left.names.has(s.Key.EntityID, cmp.Or(s.Before.Number, s.Key.Number)):
		return "a row names it"
	case !left.kinds[s.Key.Type]:
		return "the roster has no links of this type"
	case p.mayBeProtected(s.Key.EntityID, cmp.Or(s.Before.Number, s.Key.Number)):
		return "protected"
	}
	return ""
}

// mayBeProtected reports whether an account is protected, or may be, since
// accounts are protected by their number too and this one's is not known.
func (p *Planner) mayBeProtected(id msads.ID, number string) bool {
	if p.Protected == nil {
		return false
	}
	_, protected := p.Protected(id, number)
	return protected || number == ""
}

// UnnamedRow stands for a link that no row names.
func UnnamedRow(link Key) ingest.Row {
	return ingest.Row{
		Action: prune, ManagingCustomerID: int64(link.ManagingCustomerID), Type: string(link.Type),
		AccountID: int64(link.EntityID), AccountNumber: link.Number,
	}
}

// refusals are the reasons why nothing may be pruned; nil if nothing is to be.
func (p *Planner) refusals(plan *Plan, left *leftovers, list *agencyView) (all []Refusal) {
	refuse := func(shrink bool, format string, args ...any) {
		all = append(all, Refusal{fmt.Sprintf(format, args...), shrink})
	}
	if why := p.cannotPrune(); p.Prune.On && why != "" {
		refuse(false, "%s", why)
	}
	pruned, invalid := 0, 0
	for i := range plan.Steps {
		switch s := &plan.Steps[i]; {
		case s.Op == OpReject:
			invalid++
		case s.Pruned() && s.Op.Writes():
			pruned++
		}
	}
	if left == nil || pruned == 0 {
		return all
	}
	if invalid > 0 {
		refuse(false, "invalid rows, which may name any link: %d", invalid)
	}
	if rows := left.names.unreadable; len(rows) > 0 {
		refuse(false, "row %d is skipped, and its account cannot be read", rows[0])
	}
	if left.names.numberOnly && len(list.numberless) > 0 {
		refuse(false, "the service lists a link without an account number, and a row may name it by its number alone")
	}
	if why := p.Prune.doubt(plan.Accounts); why != "" {
		refuse(true, "%s", why)
	}
	return all
}

// doubt says why a roster of that many accounts may not be all of it; empty if
// nothing speaks for that, or it is allowed.
func (p *Prune) doubt(accounts int) string {
	switch {
	case p.AllowShrink:
	case p.LastAccounts == 0:
		return "this roster has no finished run to compare it with"
	case p.shrunk(accounts):
		return fmt.Sprintf("accounts in the roster: %d, less than half of the %d in its last good run", accounts, p.LastAccounts)
	}
	return ""
}

// shrunk reports whether a roster of that many accounts may be one that was cut
// off.
func (p *Prune) shrunk(accounts int) bool { return !p.AllowShrink && 2*accounts < p.LastAccounts }
