package msads

import (
	"encoding/json"
	"strconv"
	"strings"
)

// fault is what the service sends instead of a reply: an AdApiFaultDetail
// (Errors), an ApiFault (OperationErrors), an ApiBatchFault (BatchErrors too)
// or an ApplicationFault (TrackingId alone).
type fault struct {
	trackingID string
	errors     []OperationError
	stage      stage // refused or apiFault when all errors come from OperationErrors, else answered
}

// findFault looks for a fault in an object, also one level down, as one page
// of the documentation shows it. inReply says that the HTTP status is 200:
// there OperationErrors is a member of every reply to an add or update, and
// the errors in it mean that the call was refused whole.
func findFault(o object, inReply bool) (fault, bool) {
	if f, ok := readFault(o, inReply); ok || o.isReply() {
		return f, ok
	}
	for name := range o {
		if !isFaultName(name) {
			continue
		}
		if inner, err := parseObject(o[name]); err == nil {
			f, _ := readFault(inner, false)
			return f, true
		}
	}
	return fault{}, false
}

// isReply reports whether the object has a member that only replies have, even
// if it is null.
func (o object) isReply() bool { return o.hasAny("PartialErrors", "ClientLinks", "User") }

// isFaultName recognises names such as AdApiFaultDetail, ApiFault, ApiBatchFault
// and ApplicationFault.
func isFaultName(name string) bool {
	return strings.HasSuffix(name, "Fault") || strings.HasSuffix(name, "FaultDetail")
}

// readFault reads one object as a fault. A list that cannot be read counts as
// an error without a code, never as an empty list.
func readFault(o object, inReply bool) (fault, bool) {
	var typ, id string
	o.into("Type", &typ) // a Type of another kind is ignored
	o.into("TrackingId", &id)
	f := fault{trackingID: id}
	for _, name := range []string{"Errors", "BatchErrors", "OperationErrors"} {
		list, err := errorList(o[name])
		if err != nil {
			list = []OperationError{{Message: name + " cannot be read"}}
		}
		if name == "OperationErrors" && len(list) > 0 && len(f.errors) == 0 {
			f.stage = apiFault
		}
		f.errors = append(f.errors, list...)
	}
	switch {
	case isFaultName(typ):
		return f, true
	case len(f.errors) > 0:
		if inReply && f.stage == apiFault {
			f.stage = refused
		}
		return f, true
	}
	return f, id != "" && o.onlyTracking()
}

// onlyTracking reports whether nothing but TrackingId and Type is set.
func (o object) onlyTracking() bool {
	for name := range o {
		if name != "TrackingId" && name != "Type" && o.has(name) {
			return false
		}
	}
	return !o.isReply()
}

// errorList reads a list of errors. Null and absent mean an empty one, null
// entries are skipped, and a single object may replace the list.
func errorList(data json.RawMessage) ([]OperationError, error) {
	if len(data) == 0 || string(data) == "null" {
		return nil, nil
	}
	if data[0] == '{' {
		e, err := oneError(data)
		return []OperationError{e}, err
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(data, &entries); err != nil {
		return nil, err
	}
	var list []OperationError
	for _, entry := range entries {
		if string(entry) == "null" {
			continue
		}
		e, err := oneError(entry)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// oneError reads one error of any of the service's three kinds: AdApiError has
// Detail where the others have Details.
func oneError(data json.RawMessage) (OperationError, error) {
	o, err := parseObject(data)
	if err != nil {
		return OperationError{}, err
	}
	e := OperationError{
		Code:      o.number("Code"),
		ErrorCode: o.text("ErrorCode"),
		Message:   o.text("Message"),
		Details:   o.text("Details"),
	}
	if e.Details == "" {
		e.Details = o.text("Detail")
	}
	return e, nil
}

// number reads an integer, quoted or not; everything else is 0.
func (o object) number(name string) int {
	n, err := strconv.Atoi(strings.Trim(string(o[name]), `"`))
	if err != nil {
		return 0
	}
	return n
}

// text reads a string for people; a value of another kind is shown as it is.
func (o object) text(name string) string {
	if !o.has(name) {
		return ""
	}
	var s string
	if o.into(name, &s) != nil {
		s = string(o[name])
	}
	return s
}
