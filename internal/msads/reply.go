package msads

import (
	"encoding/json"
	"errors"
	"fmt"
)

// errStrange is an answer of HTTP 200 without any of the members of the
// operation's replies, such as {"Message":"…"} from something in between.
var errStrange = errors.New("the answer does not belong to this operation")

// decodeReply reads the answer to an add or update of n links that has neither
// a fault nor OperationErrors. An error says why it cannot be read, in which
// case nobody knows what was applied.
//
// PartialErrors is a list with an entry for each link sent. Null, absent and
// empty mean that all were applied, as a null or empty entry means for its
// link; an entry may be a single error instead of a list. With a length other
// than n no entry can be trusted.
func decodeReply(o object, n int) (*Reply, error) {
	if len(o) > 0 && !o.hasAny("PartialErrors", "OperationErrors") {
		return nil, errStrange
	}
	partial, err := partialErrors(o["PartialErrors"], n)
	if err != nil {
		return nil, fmt.Errorf("PartialErrors: %w", err)
	}
	return &Reply{PartialErrors: partial}, nil
}

// partialErrors reads PartialErrors into exactly n entries.
func partialErrors(data json.RawMessage, n int) ([][]OperationError, error) {
	if len(data) > 0 && data[0] == '{' { // a single error instead of the list: it can only belong to the only link
		data = json.RawMessage("[" + string(data) + "]")
	}
	var entries []json.RawMessage
	if len(data) > 0 {
		if err := json.Unmarshal(data, &entries); err != nil {
			return nil, errors.New("not a list")
		}
	}
	out := make([][]OperationError, n)
	if len(entries) == 0 {
		return out, nil
	}
	if len(entries) != n {
		return nil, fmt.Errorf("%d entries for %d links", len(entries), n)
	}
	for i, entry := range entries {
		list, err := errorList(entry)
		if err != nil {
			return nil, fmt.Errorf("entry %d: not a list of errors", i)
		}
		if len(list) == 0 && !empty(entry) {
			list = []OperationError{{Message: "an error without code and message"}} // it cannot be taken for success
		}
		out[i] = list
	}
	return out, nil
}

// empty reports whether an entry of PartialErrors says that its link was
// applied: null or an empty list. A list of nulls does not.
func empty(entry json.RawMessage) bool {
	var list []json.RawMessage
	return json.Unmarshal(entry, &list) == nil && len(list) == 0
}

// hasAny reports whether one of the members is present, even if it is null.
func (o object) hasAny(names ...string) bool {
	for _, name := range names {
		if _, ok := o[name]; ok {
			return true
		}
	}
	return false
}

// decodeLinks reads the answer to a search. One link that cannot be read fails
// the page: without it, it would look as if there were no link.
func decodeLinks(o object) ([]ClientLink, error) {
	if len(o) > 0 && !o.hasAny("ClientLinks") {
		return nil, errStrange
	}
	entries, err := o.list("ClientLinks")
	if err != nil {
		return nil, err
	}
	links := make([]ClientLink, len(entries))
	for i, entry := range entries {
		if err := links[i].UnmarshalJSON(entry); err != nil {
			return nil, fmt.Errorf("ClientLinks[%d]: %w", i, err)
		}
	}
	return links, nil
}

// decodeUser reads the answer to GetUser, except for the personal data in it.
func decodeUser(o object) (*User, error) {
	if !o.has("User") {
		return nil, errStrange
	}
	person, err := parseObject(o["User"])
	if err != nil {
		return nil, fmt.Errorf("User: %w", err)
	}
	u := new(User)
	if err := errors.Join(person.into("Id", &u.ID), person.into("CustomerId", &u.CustomerID)); err != nil {
		return nil, fmt.Errorf("User: %w", err)
	}
	roles, err := o.list("CustomerRoles")
	if err != nil {
		return nil, err
	}
	for i, data := range roles {
		r, err := parseObject(data)
		if err != nil {
			return nil, fmt.Errorf("CustomerRoles[%d]: %w", i, err)
		}
		role := CustomerRole{RoleID: r.number("RoleId")}
		if err := r.into("CustomerId", &role.CustomerID); err != nil {
			return nil, fmt.Errorf("CustomerRoles[%d]: %w", i, err)
		}
		if role.CustomerID != 0 { // without one it gives no rights anywhere
			u.Roles = append(u.Roles, role)
		}
	}
	return u, nil
}
