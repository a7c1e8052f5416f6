package simulator

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object of a request. Its accessors treat an absent member and
// an explicit null alike, since official clients send either.
type object map[string]json.RawMessage

// has reports whether a member is present and not null.
func (o object) has(name string) bool {
	raw, ok := o[name]
	return ok && string(raw) != "null"
}

// text returns a string member; ok is false when it is absent or null.
func (o object) text(name string) (value string, ok bool, err error) {
	if !o.has(name) {
		return "", false, nil
	}
	if err := json.Unmarshal(o[name], &value); err != nil {
		return "", false, fmt.Errorf("%s: %s is not a string", name, o[name])
	}
	return value, true, nil
}

// id returns a 64-bit id, written as a string or as a number.
func (o object) id(name string) (ID, error) {
	if !o.has(name) {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.Trim(string(o[name]), `"`), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: %s is not a 64-bit whole number", name, o[name])
	}
	return ID(n), nil
}

// boolean returns a boolean member, nil when it is absent or null.
func (o object) boolean(name string) (*bool, error) {
	if !o.has(name) {
		return nil, nil
	}
	switch string(o[name]) {
	case "true":
		return new(true), nil
	case "false":
		return new(false), nil
	}
	return nil, fmt.Errorf("%s: %s is not a boolean", name, o[name])
}

// enum returns a string member that must be one of a set of names, in the exact
// case, or empty.
func (o object) enum(name string, known func(string) bool) (string, error) {
	s, ok, err := o.text(name)
	if err != nil {
		return "", err
	}
	if ok && s != "" && !known(s) {
		return "", fmt.Errorf("%s: %q is not one of its names", name, s)
	}
	return s, nil
}

// bytes returns a base64 member.
func (o object) bytes(name string) ([]byte, error) {
	s, _, err := o.text(name)
	if err != nil {
		return nil, err
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, fmt.Errorf("%s: %q is not base64", name, s)
	}
	return b, nil
}

// pairs returns a ForwardCompatibilityMap; the documentation spells its
// members in lower case, the SDKs in upper: both are read.
func (o object) pairs(name string) ([]KeyValue, error) {
	if !o.has(name) {
		return nil, nil
	}
	var list []KeyValue // encoding/json matches member names without case
	if err := json.Unmarshal(o[name], &list); err != nil {
		return nil, fmt.Errorf("%s: not a list of Key and Value", name)
	}
	return list, nil
}

// zone is how a date states its offset.
type zone int

const (
	zoneNone   zone = iota
	zoneUTC         // Z
	zoneSigned      // +00:00, -08:00
)

// date returns a dateTime member; a date without zone is UTC.
func (o object) date(name string) (time.Time, zone, error) {
	s, ok, err := o.text(name)
	if err != nil || !ok || s == "" {
		return time.Time{}, zoneNone, err
	}
	t, z, err := parseDate(s)
	if err != nil {
		return time.Time{}, z, fmt.Errorf("%s: %w", name, err)
	}
	return t, z, nil
}

// parseDate reads the forms that official clients have been seen to send: up to
// nine digits of fraction, with Z, with a signed offset, or without a zone.
func parseDate(s string) (time.Time, zone, error) {
	text := strings.ToUpper(s)
	for _, f := range []struct {
		layout string
		zone   zone
	}{
		{"2006-01-02T15:04:05", zoneNone},
		{"2006-01-02T15:04:05Z", zoneUTC},
		{"2006-01-02T15:04:05-07:00", zoneSigned},
		{"2006-01-02T15:04:05-0700", zoneSigned},
		{"2006-01-02", zoneNone},
	} {
		if t, err := time.Parse(f.layout, text); err == nil {
			return t.UTC(), f.zone, nil
		}
	}
	return time.Time{}, zoneNone, fmt.Errorf("%q is not a date", s)
}
