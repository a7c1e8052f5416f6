package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// patchUser changes members of one user, named by id, profile or user name:
// {"user": "client", "set": {"refused_with": 125}}.
func (s *Simulator) patchUser(body []byte) (any, error) {
	var change struct {
		User string          `json:"user"`
		Set  json.RawMessage `json:"set"`
	}
	if err := strict(body, &change); err != nil {
		return nil, fmt.Errorf("users: %w", err)
	}
	u := s.userNamed(change.User)
	if u == nil {
		return nil, fmt.Errorf("users: %q: no such user", change.User)
	}
	next := *u
	next.Roles = nil // a reader may still use the old list; one in the body replaces it
	if err := strict(change.Set, &next); err != nil {
		return nil, fmt.Errorf("users: %w", err)
	}
	if next.Roles == nil {
		next.Roles = u.Roles
	}
	if next.ID != u.ID {
		return nil, fmt.Errorf("users: id: %d: an id cannot be changed", next.ID)
	}
	if err := s.store.checkUser(&next); err != nil {
		return nil, fmt.Errorf("users: %w", err)
	}
	*u = next
	s.identity.index(s.world)
	s.static = nil
	return u, nil
}

// revokeDoor revokes everything that a user was granted, {"user": "client"}, as
// a change of the password does, or one refresh token, {"token": "…"}. Access
// tokens stay valid until they expire.
func (s *Simulator) revokeDoor(body []byte) (any, error) {
	var what struct {
		User  string `json:"user"`
		Token string `json:"token"`
	}
	if err := strict(body, &what); err != nil {
		return nil, fmt.Errorf("revoke: %w", err)
	}
	if (what.User == "") == (what.Token == "") {
		return nil, fmt.Errorf("revoke: name a user or a token")
	}
	if what.Token != "" {
		if u, _, _ := s.identity.refresh(what.Token, s.clock.now()); u == nil {
			return nil, fmt.Errorf("revoke: token: not a refresh token of this simulator")
		}
		s.identity.spent[what.Token] = true
		return map[string]int{"revoked": 1}, nil
	}
	u := s.userNamed(what.User)
	if u == nil {
		return nil, fmt.Errorf("revoke: %q: no such user", what.User)
	}
	s.identity.revoked[u.ID] = s.identity.issued
	return map[string]int{"revoked": s.identity.issued}, nil
}

// strict decodes JSON and refuses unknown members, which are typing mistakes.
func strict(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	return d.Decode(into)
}
