package planner

import (
	"cmp"
	"slices"
	"strings"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// entity and numbered name a client entity of one managing customer.
type entity struct {
	kind msads.LinkType
	id   msads.ID
}

type numbered struct {
	kind   msads.LinkType
	number string
}

// wanted is a link that steps ask for, once it is found.
type wanted struct {
	link    *msads.ClientLink
	intents []ingest.Intent // of the steps; one, but for steps that repeat each other
	refused string          // why the service would not search for it
}

func (w *wanted) add(intent ingest.Intent) {
	if !slices.Contains(w.intents, intent) {
		w.intents = append(w.intents, intent)
	}
}

// take keeps the link if it is the best yet, whole only if it can be updated. Of one
// that has ended the texts are kept too: whoever invites again may compare them.
func (w *wanted) take(link msads.ClientLink) {
	if !better(&link, w.link) {
		return
	}
	if !slices.ContainsFunc(w.intents, func(i ingest.Intent) bool { return updates(i, link.Status) }) {
		whole := link
		if link = whole.Bare(); hasEnded(whole.Status) {
			link.Name, link.Note, link.CustomerLinkPermission = whole.Name, whole.Note, whole.CustomerLinkPermission
		}
	}
	w.link = &link
}

// agencyView is what searches of the managing customer's own login show. Only
// links that a step asks for are kept.
type agencyView struct {
	manager    msads.ID
	name       string // of the managing customer, as far as a link has it
	ids        map[entity]*wanted
	numbers    map[numbered]*wanted
	unfound    int                     // entries of ids and, for steps with a number alone, of numbers that no link was found for
	alone      map[numbered]bool       // numbers that a step has alone
	seen       map[entity]bool         // every link that was seen, and whether it is live
	others     map[entity]bool         // wanted entities to which another managing customer has a live link
	ended      bool                    // the list was read to its end
	numberless map[msads.LinkType]bool // types of which a link was seen that may have any number
	idless     map[msads.LinkType]bool // types of which a link was seen that may have any id

	left  *leftovers             // takes every link of the list, to its end, too; may be nil
	every func(msads.ClientLink) // takes every link of the list, to its end, in place of the above; nil but in [Planner.Links]
}

func newAgencyView(manager msads.ID, steps int) *agencyView {
	return &agencyView{
		manager: manager, ids: make(map[entity]*wanted, steps), numbers: map[numbered]*wanted{},
		alone: map[numbered]bool{}, seen: map[entity]bool{}, others: map[entity]bool{}, numberless: map[msads.LinkType]bool{}, idless: map[msads.LinkType]bool{},
	}
}

// want asks for the link of a step. The number of a step that has an id too is
// looked out for, to notice that the service pairs it with another id.
func (v *agencyView) want(step *Step) {
	key := step.Key
	n := numbered{key.Type, key.Number}
	if key.EntityID != 0 {
		w := v.ids[entity{key.Type, key.EntityID}]
		if w == nil {
			w = &wanted{}
			v.ids[entity{key.Type, key.EntityID}] = w
			v.unfound++
		}
		w.add(step.wants())
	} else if !v.alone[n] {
		v.alone[n] = true
		v.unfound++
	}
	if key.Number == "" {
		return
	}
	if v.numbers[n] == nil {
		v.numbers[n] = &wanted{}
	}
	v.numbers[n].add(step.wants())
}

// see takes one link of an answer.
func (v *agencyView) see(link msads.ClientLink) {
	link.Type = cmp.Or(link.Type, msads.AccountLink) // as in an add
	if v.every != nil {
		v.every(link)
		return
	}
	e := entity{link.Type, link.ClientEntityID}
	if link.ManagingCustomerID == 0 {
		v.unowned(e)
	}
	if link.ManagingCustomerID != v.manager {
		v.foreign(e, &link)
		return
	}
	v.name = cmp.Or(v.name, link.ManagingCustomerName)
	if link.ClientEntityID == 0 {
		v.idless[link.Type] = true
	}
	v.seen[e] = v.seen[e] || live(link.Status)
	if v.left != nil {
		v.left.see(link)
	}
	if w := v.ids[e]; w != nil {
		if w.link == nil {
			v.unfound--
		}
		w.take(link)
	}
	if link.ClientEntityNumber == "" {
		v.numberless[link.Type] = true
		return
	}
	n := numbered{link.Type, strings.ToUpper(link.ClientEntityNumber)}
	if w := v.numbers[n]; w != nil {
		if w.link == nil && v.alone[n] {
			v.unfound--
		}
		w.take(link)
	}
}

// foreign notes a link of another managing customer to an entity that a step asks
// for. The service shows such links only in answer to a search for ids alone.
func (v *agencyView) foreign(e entity, link *msads.ClientLink) {
	if link.ManagingCustomerID != 0 && v.ids[e] != nil && live(link.Status) {
		v.others[e] = true
	}
}

// unowned notes a link that does not say whose it is: it may be the one that a
// step asks for.
func (v *agencyView) unowned(e entity) {
	v.numberless[e.kind] = true
	if w := v.ids[e]; w != nil {
		w.refused = "the service lists a link to this account without its managing customer"
	}
}

// complete reports whether the list has shown all that is wanted of it: every
// link was found and, where a row has a number alone, all known links were read.
func (v *agencyView) complete(known int) bool {
	return v.every == nil && v.left == nil && v.unfound == 0 && (len(v.alone) == 0 || len(v.seen) == known)
}

// missing lists the ids of one type that no link was found for, ascending.
func (v *agencyView) missing(kind msads.LinkType) []msads.ID {
	var ids []msads.ID
	for e, w := range v.ids {
		if e.kind == kind && w.link == nil {
			ids = append(ids, e.id)
		}
	}
	slices.Sort(ids)
	return ids
}

// sight returns what was seen of a key. In planning, a row whose id has no link
// gets the link that has the row's number, so that the pair is seen not to
// match.
func (v *agencyView) sight(key Key, why purpose) Sight {
	byNumber := v.numbers[numbered{key.Type, key.Number}]
	if key.EntityID != 0 {
		e := entity{key.Type, key.EntityID}
		switch w := v.ids[e]; {
		case w.link != nil:
			now := sightOf(w.link)
			now.OtherAgency = v.others[e]
			return now
		case w.refused != "":
			return Sight{Doubt: w.refused}
		case why == planning && byNumber != nil && byNumber.link != nil:
			return sightOf(byNumber.link)
		case v.idless[key.Type]:
			return Sight{Doubt: "the service lists a link without an account id, so this account may or may not be linked"}
		}
		return Sight{}
	}
	if byNumber.link == nil && v.numberless[key.Type] {
		return Sight{Doubt: "the service lists a link without an account number, so this account may or may not be linked: add its account_id"}
	}
	return sightOf(byNumber.link)
}

// live counts the live links that were seen.
func (v *agencyView) live() int {
	n := 0
	for _, live := range v.seen {
		if live {
			n++
		}
	}
	return n
}

// length is how many links the list has, 0 if it was not read to its end.
func (v *agencyView) length() int {
	if !v.ended {
		return 0
	}
	return len(v.seen)
}

// clientKey names a link as one client's login is asked for it.
type clientKey struct {
	profile string
	manager msads.ID
	entity
}

// clientView is what searches of clients' logins show.
type clientView struct {
	logins map[string]Login
	links  map[clientKey]*wanted
	order  []clientKey // as the steps ask, each once
}

func newClientView() *clientView {
	return &clientView{logins: map[string]Login{}, links: map[clientKey]*wanted{}}
}

// want asks for the link of a step through a client's login.
func (v *clientView) want(login Login, key Key) {
	k := clientKey{login.Profile, key.ManagingCustomerID, entity{key.Type, key.EntityID}}
	if v.links[k] == nil {
		v.links[k] = &wanted{intents: []ingest.Intent{ingest.Accept, ingest.Decline}}
		v.logins[login.Profile] = login
		v.order = append(v.order, k)
	}
}

// take keeps the link that the key names, if it is among links.
func (v *clientView) take(k clientKey, links []msads.ClientLink) {
	for _, link := range links {
		if matches(&link, Key{ManagingCustomerID: k.manager, Type: k.kind, EntityID: k.id}) {
			v.links[k].take(link)
		} else if link.ClientEntityID == 0 && link.ManagingCustomerID == k.manager {
			v.links[k].refused = "the service lists a link without an account id, so this account may or may not be linked"
		}
	}
}

// sight returns what a client's login saw of a key.
func (v *clientView) sight(login Login, key Key) Sight {
	w := v.links[clientKey{login.Profile, key.ManagingCustomerID, entity{key.Type, key.EntityID}}]
	if w.link == nil && w.refused != "" {
		return Sight{Doubt: w.refused}
	}
	return sightOf(w.link)
}
