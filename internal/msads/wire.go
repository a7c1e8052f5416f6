package msads

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// object is a JSON object by member name, each value as it was received. Names are
// compared exactly, as the service documents them: encoding/json would let
// "status" overwrite Status.
type object map[string]json.RawMessage

// parseObject reads one JSON object, and nothing after it.
func parseObject(data []byte) (object, error) {
	var o object
	if err := json.Unmarshal(data, &o); err != nil {
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return nil, errors.New("not a JSON object")
		}
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	if o == nil {
		return nil, errors.New("null, not a JSON object")
	}
	return o, nil
}

// has reports whether the member is present and not null.
func (o object) has(name string) bool {
	v, ok := o[name]
	return ok && string(v) != "null"
}

// into reads the member into v and leaves v alone when it is absent or null.
func (o object) into(name string, v any) error {
	if !o.has(name) {
		return nil
	}
	if err := json.Unmarshal(o[name], v); err != nil {
		if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return fmt.Errorf("%s: a %s is not expected here", name, e.Value)
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// list reads a member that holds a list. Null and absent are an empty list.
func (o object) list(name string) ([]json.RawMessage, error) {
	var l []json.RawMessage
	err := o.into(name, &l)
	return l, err
}

// wireBool reads a boolean, quoted or not: the service's own JSON templates
// quote it.
type wireBool bool

func (b *wireBool) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(bytes.Trim(data, `"`), (*bool)(b))
}

// wireTime reads a date; an empty string is the zero time.
type wireTime time.Time

func (t *wireTime) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil || s == "" {
		return err
	}
	d, err := parseDate(s)
	*t = wireTime(d)
	return err
}

// UnmarshalJSON reads a link as the service writes it and keeps the whole
// object for the echo. Absent and null members stay zero, unknown members are
// kept; a member of the wrong kind is an error that names it.
func (l *ClientLink) UnmarshalJSON(data []byte) error {
	o, err := parseObject(data)
	if err != nil {
		return err
	}
	*l = ClientLink{raw: bytes.Clone(data)}
	var (
		bill     *wireBool
		suppress wireBool
	)
	for _, m := range [...]struct {
		name  string
		field any
	}{
		{"Type", &l.Type},
		{"ClientEntityId", &l.ClientEntityID},
		{"ClientEntityNumber", &l.ClientEntityNumber},
		{"ClientEntityName", &l.ClientEntityName},
		{"ClientEntityCustomerNumber", &l.ClientEntityCustomerNumber},
		{"ManagingCustomerId", &l.ManagingCustomerID},
		{"ManagingCustomerNumber", &l.ManagingCustomerNumber},
		{"ManagingCustomerName", &l.ManagingCustomerName},
		{"Note", &l.Note},
		{"Name", &l.Name},
		{"IsBillToClient", &bill},
		{"StartDate", (*wireTime)(&l.StartDate)},
		{"Status", &l.Status},
		{"SuppressNotification", &suppress},
		{"LastModifiedDateTime", (*wireTime)(&l.LastModifiedDateTime)},
		{"Timestamp", &l.Timestamp},
		{"CustomerLinkPermission", &l.CustomerLinkPermission},
	} {
		if err := o.into(m.name, m.field); err != nil {
			return err
		}
	}
	l.IsBillToClient, l.SuppressNotification = (*bool)(bill), bool(suppress)
	return nil
}

// wireLink is a link that was made here, in the order of the documentation.
// Members that are not set are left out: the SDKs disagree about what a null
// asks for.
type wireLink struct {
	Type                       LinkType `json:",omitempty"`
	ClientEntityID             ID       `json:"ClientEntityId,omitzero"`
	ClientEntityNumber         string   `json:",omitempty"`
	ClientEntityName           string   `json:",omitempty"`
	ManagingCustomerID         ID       `json:"ManagingCustomerId,omitzero"`
	ManagingCustomerNumber     string   `json:",omitempty"`
	ManagingCustomerName       string   `json:",omitempty"`
	Note                       string   `json:",omitempty"`
	Name                       string   `json:",omitempty"`
	IsBillToClient             *bool    `json:",omitempty"`
	StartDate                  string   `json:",omitempty"`
	Status                     Status   `json:",omitempty"`
	SuppressNotification       bool     `json:",omitempty"` // false is the service's default
	LastModifiedDateTime       string   `json:",omitempty"`
	Timestamp                  string   `json:",omitempty"`
	CustomerLinkPermission     string   `json:",omitempty"`
	ClientEntityCustomerNumber string   `json:",omitempty"`
}

// wire is the link as its fields describe it.
func (l ClientLink) wire() wireLink {
	w := wireLink{
		Type:                       l.Type,
		ClientEntityID:             l.ClientEntityID,
		ClientEntityNumber:         l.ClientEntityNumber,
		ClientEntityName:           l.ClientEntityName,
		ManagingCustomerID:         l.ManagingCustomerID,
		ManagingCustomerNumber:     l.ManagingCustomerNumber,
		ManagingCustomerName:       l.ManagingCustomerName,
		Note:                       l.Note,
		Name:                       l.Name,
		IsBillToClient:             l.IsBillToClient,
		Status:                     l.Status,
		SuppressNotification:       l.SuppressNotification,
		Timestamp:                  l.Timestamp,
		CustomerLinkPermission:     l.CustomerLinkPermission,
		ClientEntityCustomerNumber: l.ClientEntityCustomerNumber,
	}
	if !l.StartDate.IsZero() {
		w.StartDate = formatDate(l.StartDate)
	}
	if !l.LastModifiedDateTime.IsZero() {
		w.LastModifiedDateTime = formatDate(l.LastModifiedDateTime)
	}
	return w
}

// MarshalJSON writes the link as an update sends it: the searched object with
// the changes of [ClientLink.WithStatus] and [ClientLink.WithNote], or, for a
// link that was made here, the fields that are set.
func (l ClientLink) MarshalJSON() ([]byte, error) {
	if l.raw != nil {
		return l.raw, nil
	}
	return marshal(l.wire())
}

// forAdd writes the link as an add sends it. Status and the other members that
// the service fills in must not be set there.
func (l ClientLink) forAdd() ([]byte, error) {
	w := l.wire()
	w.ClientEntityName, w.ManagingCustomerName, w.Status = "", "", ""
	w.LastModifiedDateTime, w.Timestamp = "", ""
	return marshal(w)
}

// linksBody is the request body of an add or update. It is assembled by hand
// since encoding/json would rewrite an echoed object (spaces, escapes).
func linksBody(links []ClientLink, encode func(ClientLink) ([]byte, error)) ([]byte, error) {
	body := []byte(`{"ClientLinks":[`)
	for i, l := range links {
		link, err := encode(l)
		if err != nil {
			return nil, fmt.Errorf("link %d: %w", i, err)
		}
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, link...)
	}
	return append(body, `]}`...), nil
}

// marshal is json.Marshal that leaves <, > and & as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
