package simulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"linkbatch/internal/msads"
)

type searchReply struct{ ClientLinks []*wireLink }

// search is SearchClientLinks.
func (s *Simulator) search(c *call) reply {
	var body searchRequest
	if err := json.Unmarshal(c.body, &body); err != nil {
		return c.refuse(codeValidation, err.Error())
	}
	q, refused := s.parseSearch(&body)
	if refused != nil {
		s.violate(c, "bad-search", fmt.Sprintf("%d %s", refused.Code, *refused.Details))
		return c.reject(refused)
	}
	if q.manager != 0 {
		s.violate(c, "deprecated-predicate", byManager)
	}
	if refused := s.mayQuery(c, q); refused != nil {
		return *refused
	}
	at := c.now
	if s.modes[Lag] {
		at = c.now.Add(-s.opts.Lag)
	}
	links := s.page(c.user, q, at)
	out := searchReply{ClientLinks: make([]*wireLink, len(links))}
	for i, l := range links {
		out.ClientLinks[i] = s.link(l)
	}
	return ok(out)
}

// mayQuery refuses what the caller's roles do not cover. A client's login asks
// for one of its own entities at a time, without another predicate; In with one
// id is as good as Equals, and what the official samples send.
func (s *Simulator) mayQuery(c *call, q *query) *reply {
	u := c.user
	switch {
	case !u.mayAny():
		return new(c.refuse(codeNotAuthorized, "role"))
	case q.direct != 0 && !u.may(q.direct, msads.AccountLink):
		return new(c.refuse(codeNotAuthorized, byDirect))
	case q.manager != 0 && !u.may(q.manager, msads.AccountLink):
		return new(c.refuse(codeNotAuthorized, byManager))
	}
	if len(q.ids) > 1 && q.direct == 0 && s.ownsAll(u, q) {
		s.violate(c, "bad-search", "several entities asked for by a client's login")
		return new(c.reject(newError(codeInvalidPredicate, "a client asks for one entity at a time")))
	}
	return nil
}

// ownsAll reports whether a search is a client's: every entity that it names and
// that exists belongs to the caller.
func (s *Simulator) ownsAll(u *User, q *query) bool {
	owned := false
	for _, id := range q.ids {
		if ent := s.store.client(q.typ, id); ent != nil {
			if !u.may(ent.owner, q.typ) {
				return false
			}
			owned = true
		}
	}
	return owned
}

// page returns the links of one page as they were at a given time.
func (s *Simulator) page(u *User, q *query, at time.Time) []*Link {
	if q.direct != 0 && q.ids == nil && u.role(q.direct) == msads.RoleSuperAdmin {
		return s.listed(q, at)
	}
	found := s.matching(u, q)
	links := make([]*Link, 0, len(found))
	for _, e := range found {
		if l := e.at(at); l != nil {
			links = append(links, l)
		}
	}
	slices.SortStableFunc(links, q.compare)
	return cut(q.window, links)
}

// listed pages through a manager's links in an order that is kept sorted, so
// that a page of a long list costs no more than a page of a short one.
func (s *Simulator) listed(q *query, at time.Time) []*Link {
	l := s.store.managers[q.direct]
	if l == nil {
		return nil
	}
	entries := l.byID // Number is the manager's own number here, the same in every link
	if q.order == "Name" {
		entries = l.named()
	}
	skip := q.index * q.size
	var links []*Link
	for i := range entries {
		e := entries[i]
		if q.desc {
			e = entries[len(entries)-1-i]
		}
		if skip > 0 && len(e.past) == 0 && e.link != nil {
			skip--
			continue
		}
		link := e.at(at)
		if link == nil {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if links = append(links, link); len(links) == q.size {
			break
		}
	}
	return links
}

// matching returns the entries that a search asks for and its caller may see.
func (s *Simulator) matching(u *User, q *query) []*entry {
	var found []*entry
	switch {
	case q.ids != nil:
		for _, id := range q.ids {
			found = append(found, s.visible(u, q, id)...)
		}
	case q.direct != 0:
		for _, e := range s.store.listing(q.direct).byID {
			if u.may(q.direct, e.key.typ) {
				found = append(found, e)
			}
		}
	default: // ManagingCustomerId: its account links, and other managers' on the same accounts
		for _, e := range s.store.listing(q.manager).byID {
			if e.key.typ == msads.AccountLink {
				found = append(found, s.store.byEntity[e.key.entity]...)
			}
		}
	}
	return found
}

// visible returns the links of one client entity. Whoever owns or manages the
// entity sees the links of every manager, unless a predicate narrows them down.
func (s *Simulator) visible(u *User, q *query, id ID) []*entry {
	all := s.store.byEntity[id]
	ent := s.store.client(q.typ, id)
	if ent == nil {
		return nil
	}
	sees := u.may(ent.owner, q.typ) ||
		slices.ContainsFunc(all, func(e *entry) bool { return e.key.typ == q.typ && u.may(e.key.manager, q.typ) })
	if !sees {
		return nil
	}
	var found []*entry
	for _, e := range all {
		if e.key.typ == q.typ && (q.direct == 0 || e.key.manager == q.direct) && (q.manager == 0 || e.key.manager == q.manager) {
			found = append(found, e)
		}
	}
	return found
}
