package msads

import (
	"bytes"
	"encoding/json"
	"slices"
)

// WithStatus returns the link with another status, ready for
// [Client.UpdateClientLinks]. Of a searched link the object is kept byte for
// byte (members unknown to us, Timestamp, ForwardCompatibilityMap, nulls,
// large numbers) but for two values: Status, and StartDate, which loses its
// fraction and its zone, since the service refuses an offset.
func (l ClientLink) WithStatus(s Status) ClientLink {
	l.Status = s
	l.raw = edit(l.raw, "Status", string(s))
	return l
}

// WithNote returns the link with another note, by the rules of
// [ClientLink.WithStatus].
func (l ClientLink) WithNote(note string) ClientLink {
	l.Note = note
	l.raw = edit(l.raw, "Note", note)
	return l
}

// Bare returns the link reduced to what names it and what a decision needs,
// without the object that it was decoded from. It takes far less memory and
// can no longer be sent as an update of that object.
func (l ClientLink) Bare() ClientLink {
	return ClientLink{
		Type: l.Type, ManagingCustomerID: l.ManagingCustomerID, ClientEntityCustomerNumber: l.ClientEntityCustomerNumber,
		ClientEntityID: l.ClientEntityID, ClientEntityNumber: l.ClientEntityNumber, ClientEntityName: l.ClientEntityName,
		Status: l.Status, LastModifiedDateTime: l.LastModifiedDateTime, StartDate: l.StartDate, IsBillToClient: l.IsBillToClient,
	}
}

// Detached returns the link without the object that it was decoded from: all of
// its fields, in far less memory. It can no longer be sent as an update of that
// object.
func (l ClientLink) Detached() ClientLink {
	l.raw = nil
	return l
}

// edit sets one string member of an object that has been decoded, and converts
// StartDate to the form that can be sent. nil stays nil.
func edit(raw json.RawMessage, name, value string) json.RawMessage {
	if raw == nil {
		return nil
	}
	out := make([]byte, 0, len(raw)+len(value)+len(name)+8)
	rest, found := 0, false // raw[:rest] is in out
	for _, m := range members(raw) {
		var text []byte
		switch m.name {
		case name:
			text, found = quote(value), true
		case "StartDate":
			text = naive(raw[m.start:m.end])
		default:
			continue
		}
		out = append(out, raw[rest:m.start]...)
		out = append(out, text...)
		rest = m.end
	}
	if found {
		return append(out, raw[rest:]...)
	}
	brace := bytes.LastIndexByte(raw, '}')
	out = append(out, raw[rest:brace]...)
	if len(bytes.TrimSpace(raw[:brace])) > 1 {
		out = append(out, ',')
	}
	out = append(append(append(out, quote(name)...), ':'), quote(value)...)
	return append(out, raw[brace:]...)
}

// member is one member of an object and the position of its value.
type member struct {
	name       string
	start, end int
}

// members lists the members of a valid JSON object in order, including
// repeated ones.
func members(raw []byte) []member {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil
	}
	var list []member
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return list
		}
		name, _ := key.(string)
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return list
		}
		end := int(dec.InputOffset())
		list = append(list, member{name, end - len(value), end})
	}
	return list
}

// naive is a JSON date in the form that can be sent; null and anything else
// that is not a date stays as it is.
func naive(value []byte) []byte {
	var s string
	if json.Unmarshal(value, &s) != nil || s == "" {
		return value
	}
	t, err := parseDate(s)
	if err != nil {
		return value
	}
	return quote(formatDate(t))
}

// quote writes a JSON string. Strings always encode.
func quote(s string) []byte {
	b, _ := marshal(s)
	return slices.Clip(b)
}
