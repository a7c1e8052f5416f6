package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"linkbatch/internal/msads"
)

// doors adds the test doors to the routes. They answer with JSON, or with a
// line of text and HTTP 400.
func (s *Simulator) doors() {
	s.mux.HandleFunc("GET /__simulator/state", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, s.State())
	})
	s.door("POST /__simulator/clock", s.clockDoor)
	s.door("POST /__simulator/faults", s.faultsDoor)
	s.door("PUT /__simulator/links", s.putLinks)
	s.door("POST /__simulator/links", s.putLinks)
	s.door("PATCH /__simulator/links", s.patchLinks)
	s.door("DELETE /__simulator/links", s.deleteLinks)
	s.door("PATCH /__simulator/users", s.patchUser)
	s.door("POST /__simulator/revoke", s.revokeDoor)
	s.door("POST /__simulator/reset", s.resetDoor)
}

// door serves a change, which is made and saved under the lock.
func (s *Simulator) door(pattern string, change func(body []byte) (any, error)) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		body, ok := readBody(w, r)
		if !ok {
			return
		}
		out, err := s.locked(body, change)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		writeJSON(w, out)
	})
}

// locked makes a change and saves it, unless it failed. What the clock has made
// due happens first, so that a change meets the links as they are by now.
func (s *Simulator) locked(body []byte, change func([]byte) (any, error)) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store.settleUntil(s.clock.now())
	out, err := change(body)
	if err != nil {
		return nil, err
	}
	return out, s.save()
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.Encode(v) // the only possible error is a client that has gone
}

// clockDoor moves the clock forward by a number of seconds.
func (s *Simulator) clockDoor(body []byte) (any, error) {
	var move struct {
		Seconds float64 `json:"seconds"`
	}
	if err := json.Unmarshal(body, &move); err != nil {
		return nil, fmt.Errorf("clock: %w", err)
	}
	if move.Seconds < 0 {
		return nil, fmt.Errorf("clock: seconds: %v: the clock cannot go back", move.Seconds)
	}
	s.clock.base = s.clock.base.Add(time.Duration(move.Seconds * float64(time.Second)))
	now := s.clock.now()
	s.store.settleUntil(now)
	return map[string]time.Time{"clock": now}, nil
}

// faultsDoor replaces the rules, and with them all counts of earlier draws.
func (s *Simulator) faultsDoor(body []byte) (any, error) {
	rules, err := ParseFaults(body)
	if err != nil {
		return nil, err
	}
	in, err := newInjector(rules, s.opts.Seed)
	if err != nil {
		return nil, err
	}
	s.faults = in
	return map[string]int{"rules": len(rules)}, nil
}

// resetDoor returns to the world and the faults of the start. Tokens of before
// stay valid if the world still has their users.
func (s *Simulator) resetDoor([]byte) (any, error) {
	if err := s.load(s.opts.World); err != nil {
		return nil, err
	}
	faults, err := newInjector(s.opts.Faults, s.opts.Seed)
	if err != nil {
		return nil, err
	}
	s.faults = faults
	return map[string]time.Time{"clock": s.clock.now()}, nil
}

// listOf reads one object or a list of them.
func listOf(body []byte) ([]json.RawMessage, error) {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil {
		return list, nil
	}
	var one map[string]json.RawMessage
	if err := json.Unmarshal(body, &one); err != nil {
		return nil, fmt.Errorf("links: %w", err)
	}
	return []json.RawMessage{body}, nil
}

// linkKey returns the key of the link that the body of a door names; the client
// end may be named by its number.
func (s *Simulator) linkKey(raw json.RawMessage) (key, error) {
	var l Link
	if err := json.Unmarshal(raw, &l); err != nil {
		return key{}, fmt.Errorf("links: %w", err)
	}
	if l.Type == "" {
		l.Type = msads.AccountLink
	}
	if l.ClientEntityID == 0 {
		numbers := s.store.accounts
		if l.Type == msads.CustomerLink {
			numbers = s.store.customers
		}
		if e := numbers[l.ClientEntityNumber]; e != nil {
			l.ClientEntityID = e.id
		}
	}
	return key{l.ManagingCustomerID, l.Type, l.ClientEntityID}, nil
}

// putLinks creates or replaces links, given as in a world.
func (s *Simulator) putLinks(body []byte) (any, error) {
	return s.eachLink(body, func(k key, raw json.RawMessage) error {
		return s.replace(k, Link{}, raw)
	})
}

// patchLinks changes the members that are in the body, as a colleague would on
// the website.
func (s *Simulator) patchLinks(body []byte) (any, error) {
	return s.eachLink(body, func(k key, raw json.RawMessage) error {
		e := s.store.entries[k]
		if e == nil || e.link == nil {
			return fmt.Errorf("links: %v: no such link", k)
		}
		l := *e.link
		if l.IsBillToClient != nil {
			l.IsBillToClient = new(*l.IsBillToClient) // links are shared: nothing is changed in place
		}
		l.ForwardCompatibilityMap = slices.Clone(l.ForwardCompatibilityMap)
		return s.replace(k, l, raw)
	})
}

// deleteLinks removes links; a search that lags still shows them for a while.
func (s *Simulator) deleteLinks(body []byte) (any, error) {
	return s.eachLink(body, func(k key, _ json.RawMessage) error {
		if e := s.store.entries[k]; e != nil {
			s.store.put(k, nil, s.clock.now())
		}
		return nil
	})
}

// eachLink makes one change per link of a body. Those before a faulty one stay
// made: the doors are for tests, which stop at an error.
func (s *Simulator) eachLink(body []byte, change func(key, json.RawMessage) error) (any, error) {
	list, err := listOf(body)
	if err != nil {
		return nil, err
	}
	for _, raw := range list {
		k, err := s.linkKey(raw)
		if err != nil {
			return nil, err
		}
		if err := change(k, raw); err != nil {
			return nil, err
		}
	}
	return map[string]int{"links": len(list)}, nil
}

// replace stores base overlaid with raw, modified now unless raw says when.
func (s *Simulator) replace(k key, base Link, raw json.RawMessage) error {
	now := s.clock.now()
	l := base
	l.Timestamp, l.LastModifiedDateTime = nil, now
	if err := json.Unmarshal(raw, &l); err != nil {
		return fmt.Errorf("links: %w", err)
	}
	l.Type, l.ClientEntityID, l.ManagingCustomerID = k.typ, k.entity, k.manager
	ent, manager := s.store.client(k.typ, k.entity), s.store.customer(k.manager)
	switch {
	case ent == nil || manager == nil:
		return fmt.Errorf("links: %v: no such account or customer", k)
	case !knownStatus(l.Status):
		return fmt.Errorf("links: %q is not a Status", l.Status)
	}
	if err := checkDerived(&l, ent, manager); err != nil {
		return fmt.Errorf("links: %w", err)
	}
	s.store.fill(&l, ent, manager, now)
	s.store.put(k, &l, now)
	s.store.settleUntil(now)
	return nil
}
