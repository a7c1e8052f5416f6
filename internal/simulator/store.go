package simulator

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"linkbatch/internal/msads"
)

// entity is the client end of a link: an account or a customer.
type entity struct {
	id      ID
	number  string
	name    string
	owner   ID // the customer whose users decide: the account's owner, or the customer itself
	account *Account
	Switches
}

// key identifies a link: the service gives links no id of their own.
type key struct {
	manager ID
	typ     msads.LinkType
	entity  ID
}

// String names the link as State.LinkCallers does.
func (k key) String() string { return fmt.Sprintf("%d/%s/%d", k.manager, k.typ, k.entity) }

// entry holds the most recent link of a key. Links are never changed in
// place: a write replaces the pointer, so a reply may be encoded unlocked.
type entry struct {
	key  key
	link *Link // nil once a door removed it
	past []version
}

// version is what an entry held until a given time; searches that lag read it.
type version struct {
	until time.Time
	link  *Link // nil: there was no link
}

// listing is one manager's links in the orders that searches ask for.
type listing struct {
	byID   []*entry // sorted by entity, then type
	byName []*entry // nil when out of date
}

// store indexes a world. The Simulator's lock guards it.
type store struct {
	entities  map[ID]*entity
	accounts  map[string]*entity // by number
	customers map[string]*entity // by number
	users     map[ID]*User
	entries   map[key]*entry
	byEntity  map[ID][]*entry
	managers  map[ID]*listing
	version   uint64 // the last Timestamp given out
	settle    time.Duration
	keep      time.Duration // how long versions are remembered
	nextDue   time.Time     // no link settles before; zero when none does
}

// newStore indexes a world. Customers come first, since accounts and users refer
// to them; links come last.
func newStore(w *saved, keep time.Duration) (*store, error) {
	s := &store{
		entities: map[ID]*entity{}, accounts: map[string]*entity{}, customers: map[string]*entity{},
		users: map[ID]*User{}, entries: map[key]*entry{}, byEntity: map[ID][]*entry{},
		managers: map[ID]*listing{}, version: max(w.Version, 1<<16), keep: keep,
		settle: time.Duration(cmp.Or(w.SettleSeconds, 120)) * time.Second,
	}
	for i := range w.Customers {
		c := &w.Customers[i]
		if err := s.addEntity(&entity{id: c.ID, number: c.Number, name: c.Name, owner: c.ID, Switches: c.Switches}, s.customers); err != nil {
			return nil, fmt.Errorf("world: customers[%d]: %w", i, err)
		}
	}
	for i := range w.Accounts {
		a := &w.Accounts[i]
		e := &entity{id: a.ID, number: a.Number, name: a.Name, owner: a.CustomerID, account: a, Switches: a.Switches}
		if err := s.addEntity(e, s.accounts); err != nil {
			return nil, fmt.Errorf("world: accounts[%d]: %w", i, err)
		}
	}
	for i := range w.Users {
		if err := s.addUser(&w.Users[i]); err != nil {
			return nil, fmt.Errorf("world: users[%d]: %w", i, err)
		}
	}
	for i := range w.Links {
		if err := s.load(w.Links[i], w.Clock); err != nil {
			return nil, fmt.Errorf("world: links[%d]: %w", i, err)
		}
	}
	return s, nil
}

// addEntity refuses ids of less than four digits: the service refuses shorter
// predicate values, so such an id could never be searched for.
func (s *store) addEntity(e *entity, numbers map[string]*entity) error {
	switch {
	case e.id < 1000:
		return fmt.Errorf("id: %d: must have at least 4 digits", e.id)
	case s.entities[e.id] != nil:
		return fmt.Errorf("id: %d: used twice", e.id)
	case e.number != "" && numbers[e.number] != nil:
		return fmt.Errorf("number: %q: used twice", e.number)
	case e.number == "" && e.account == nil:
		return fmt.Errorf("number: a customer must have one")
	case e.account != nil && s.customer(e.owner) == nil:
		return fmt.Errorf("customer_id: %d: no such customer", e.owner)
	}
	s.entities[e.id] = e
	if e.number != "" {
		numbers[e.number] = e
	}
	return nil
}

// customer returns the customer of an id, or nil.
func (s *store) customer(id ID) *entity {
	if e := s.entities[id]; e != nil && e.account == nil {
		return e
	}
	return nil
}

// account returns the account of an id, or nil.
func (s *store) account(id ID) *entity {
	if e := s.entities[id]; e != nil && e.account != nil {
		return e
	}
	return nil
}

// client returns the client entity of a link type and id, or nil.
func (s *store) client(t msads.LinkType, id ID) *entity {
	if t == msads.CustomerLink {
		return s.customer(id)
	}
	return s.account(id)
}

// nextTimestamp returns a Timestamp that no link had before.
func (s *store) nextTimestamp() []byte {
	s.version++
	return binary.BigEndian.AppendUint64(nil, s.version)
}

// load stores a link of a world and fills in derived members. Of several links
// with one key it keeps the most recently modified: the service shows no others.
func (s *store) load(l Link, clock time.Time) error {
	l.Type = cmp.Or(l.Type, msads.AccountLink)
	ent, manager := s.client(l.Type, l.ClientEntityID), s.customer(l.ManagingCustomerID)
	switch {
	case l.Type != msads.AccountLink && l.Type != msads.CustomerLink:
		return fmt.Errorf("%q is not a link Type", l.Type)
	case ent == nil:
		return fmt.Errorf("no account or customer has the ClientEntityId %d", l.ClientEntityID)
	case manager == nil:
		return fmt.Errorf("no customer has the ManagingCustomerId %d", l.ManagingCustomerID)
	case !knownStatus(l.Status):
		return fmt.Errorf("%q is not a Status", l.Status)
	}
	if err := checkDerived(&l, ent, manager); err != nil {
		return err
	}
	s.fill(&l, ent, manager, clock)
	k := key{l.ManagingCustomerID, l.Type, l.ClientEntityID}
	if old := s.entries[k]; old != nil && old.link.LastModifiedDateTime.After(l.LastModifiedDateTime) {
		return nil
	}
	s.put(k, &l, l.LastModifiedDateTime)
	s.entries[k].past = nil // a search that lags sees the world as it was given
	return nil
}

// checkDerived refuses a link whose number or name contradicts the world: a typo
// there would otherwise pass as a link of another account.
func checkDerived(l *Link, ent, manager *entity) error {
	for _, d := range []struct{ name, got, want string }{
		{"ClientEntityNumber", l.ClientEntityNumber, ent.number},
		{"ClientEntityName", l.ClientEntityName, ent.name},
		{"ManagingCustomerNumber", l.ManagingCustomerNumber, manager.number},
		{"ManagingCustomerName", l.ManagingCustomerName, manager.name},
	} {
		if d.got != "" && d.got != d.want {
			return fmt.Errorf("%s: %q: the world says %q", d.name, d.got, d.want)
		}
	}
	return nil
}

// fill completes a link from the world and the service's defaults.
func (s *store) fill(l *Link, ent, manager *entity, clock time.Time) {
	l.ClientEntityNumber, l.ClientEntityName = ent.number, ent.name
	l.ManagingCustomerNumber, l.ManagingCustomerName = manager.number, manager.name
	l.Name = cmp.Or(l.Name, defaultName(manager.name, ent.name))
	if l.LastModifiedDateTime.IsZero() {
		l.LastModifiedDateTime = clock
		if !settling(l.Status) {
			l.LastModifiedDateTime = clock.AddDate(0, 0, -10)
		}
	}
	l.LastModifiedDateTime = l.LastModifiedDateTime.UTC()
	if l.StartDate.IsZero() {
		l.StartDate = l.LastModifiedDateTime
	}
	l.StartDate = l.StartDate.UTC()
	if l.Type == msads.AccountLink && l.IsBillToClient == nil {
		l.IsBillToClient = new(true)
	}
	if l.Type == msads.CustomerLink {
		l.CustomerLinkPermission = cmp.Or(l.CustomerLinkPermission, "Administrative")
	}
	if u := s.userOf(manager.id); u != nil {
		l.InviterEmail, l.InviterPhone = cmp.Or(l.InviterEmail, u.Email), cmp.Or(l.InviterPhone, u.Phone)
		l.LastModifiedByUserID = cmp.Or(l.LastModifiedByUserID, u.ID)
	}
	l.InviterName = cmp.Or(l.InviterName, manager.name)
	if len(l.Timestamp) == 0 {
		l.Timestamp = s.nextTimestamp()
	}
}

// userOf returns the customer's user with the smallest id, or nil.
func (s *store) userOf(customer ID) *User {
	var first *User
	for _, u := range s.users {
		if u.CustomerID == customer && (first == nil || u.ID < first.ID) {
			first = u
		}
	}
	return first
}

// defaultName is the name the service supplies, within its 40 characters.
func defaultName(manager, client string) string {
	r := []rune(strings.TrimSpace(manager + " - " + client))
	return string(r[:min(len(r), msads.MaxNameLength)])
}

// put makes l the link of k from a given time on. A nil l removes it.
func (s *store) put(k key, l *Link, at time.Time) {
	e := s.entries[k]
	if e == nil {
		e = &entry{key: k}
		s.entries[k] = e
		s.byEntity[k.entity] = append(s.byEntity[k.entity], e)
		s.listing(k.manager).insert(e)
	}
	if s.keep > 0 {
		old := slices.IndexFunc(e.past, func(v version) bool { return v.until.After(at.Add(-s.keep)) })
		if old < 0 {
			old = len(e.past)
		}
		e.past = append(slices.Clone(e.past[old:]), version{at, e.link})
	}
	if e.link == nil || l == nil || e.link.Name != l.Name {
		s.listing(k.manager).byName = nil
	}
	e.link = l
	s.expect(l)
}

func (s *store) listing(manager ID) *listing {
	l := s.managers[manager]
	if l == nil {
		l = &listing{}
		s.managers[manager] = l
	}
	return l
}

// byEntity is the order of lists by Id; the key makes it total.
func byEntity(a, b *entry) int {
	return cmp.Or(cmp.Compare(a.key.entity, b.key.entity), cmp.Compare(a.key.manager, b.key.manager), cmp.Compare(a.key.typ, b.key.typ))
}

// insert keeps byID sorted. An entry stays when its link is removed, so that an
// add after that does not move the others.
func (l *listing) insert(e *entry) {
	i, _ := slices.BinarySearchFunc(l.byID, e, byEntity)
	l.byID = slices.Insert(l.byID, i, e)
	l.byName = nil
}

// named returns the entries by link name; they are sorted at most once per
// change.
func (l *listing) named() []*entry {
	if l.byName == nil {
		l.byName = slices.Clone(l.byID)
		slices.SortStableFunc(l.byName, func(a, b *entry) int { return cmp.Compare(nameOf(a), nameOf(b)) })
	}
	return l.byName
}

func nameOf(e *entry) string {
	if e.link == nil {
		return ""
	}
	return e.link.Name
}

// at returns the link as a search at that time saw it, nil if there was none.
func (e *entry) at(t time.Time) *Link {
	for _, v := range e.past {
		if v.until.After(t) {
			return v.link
		}
	}
	return e.link
}

// sorted returns every entry that holds a link, in a fixed order.
func (s *store) sorted() []*entry {
	all := make([]*entry, 0, len(s.entries))
	for _, e := range s.entries {
		if e.link != nil {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, byEntity)
	return all
}
