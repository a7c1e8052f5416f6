package simulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"linkbatch/internal/msads"
)

// transition is one of the four statuses an update may set.
type transition struct {
	op       string
	from     []msads.Status
	to       msads.Status // what the link reads right after
	byClient bool         // the client's users decide, else the agency's
	moves    bool         // needs an entity that is not busy
}

// transitions lists every update that the service documents. LinkAccepted and
// UnlinkRequested are only written: they read back as the status that follows.
// UnlinkFailed counts as Active, since the service resumes the link.
var transitions = map[msads.Status]transition{
	msads.LinkAccepted:    {"accept", []msads.Status{msads.LinkPending}, msads.LinkInProgress, true, true},
	msads.LinkDeclined:    {"decline", []msads.Status{msads.LinkPending}, msads.LinkDeclined, true, false},
	msads.LinkCanceled:    {"cancel", []msads.Status{msads.LinkPending}, msads.LinkCanceled, false, false},
	msads.UnlinkRequested: {"unlink", []msads.Status{msads.Active, msads.UnlinkFailed}, msads.UnlinkPending, false, true},
}

// update is UpdateClientLinks.
func (s *Simulator) update(c *call) reply {
	links, refused := s.writes(c)
	if refused != nil {
		return *refused
	}
	wanted := map[msads.Status]bool{}
	for _, o := range links {
		if o == nil {
			continue
		}
		if err := decodable(o); err != nil {
			s.violate(c, "bad-json", err.Error())
			return c.refuse(codeValidation, err.Error())
		}
		status, _, _ := o.text("Status")
		wanted[msads.Status(status)] = true
	}
	if len(wanted) > 1 {
		s.violate(c, "mixed-ops", fmt.Sprintf("%d statuses in one call", len(wanted)))
	}
	seen := map[key]bool{}
	return s.writeAll(c, links, func(_ int, o object) []operationError {
		if e := s.updateOne(c, o, seen); e != nil {
			return []operationError{*e}
		}
		return nil
	})
}

// decodable refuses what a typed decoder of the service could not decode.
func decodable(o object) error {
	_, err := readAddition(o)
	if err != nil {
		return err
	}
	r := reader{o: o}
	r.id("LastModifiedByUserId")
	_, err = o.bytes("Timestamp")
	r.keep(err)
	return r.err
}

// updateOne judges one update and commits it.
func (s *Simulator) updateOne(c *call, o object, seen map[key]bool) *operationError {
	a, err := readAddition(o)
	if err != nil {
		return newError(codeValidation, err.Error())
	}
	wanted := a.link
	if e := s.required(c, o); e != nil {
		return e
	}
	k := key{wanted.ManagingCustomerID, wanted.Type, wanted.ClientEntityID}
	entry := s.store.entries[k]
	if entry == nil || entry.link == nil {
		return newError(codeNotExistent, "no such client link")
	}
	s.countLinkCaller(c, k, cmp.Or(transitions[wanted.Status].op, string(wanted.Status)))
	if seen[k] {
		s.violate(c, "same-link-twice", k.entity.String())
		return newError(codeDuplicateID, "ClientEntityId")
	}
	seen[k] = true
	client := s.store.entities[k.entity]
	if !c.user.may(client.owner, k.typ) && !c.user.may(k.manager, k.typ) {
		return newError(codeNotAuthorized, "ClientEntityId")
	}
	if e := s.fresh(c, o, entry.link); e != nil {
		return e
	}
	if e := s.readOnly(c, o, &a, entry.link); e != nil {
		return e
	}
	if e := s.transitionFault(c, entry, client, wanted.Status); e != nil {
		return e
	}
	s.commitUpdate(c, entry, transitions[wanted.Status], wanted.Note)
	return nil
}

// transitionFault refuses a status that this side may not set, or that does
// not follow the present one.
func (s *Simulator) transitionFault(c *call, e *entry, client *entity, wanted msads.Status) *operationError {
	t, known := transitions[wanted]
	side := e.key.manager
	if t.byClient {
		side = client.owner
	}
	switch now := e.link.Status; {
	case !known, !c.user.may(side, e.key.typ):
		s.violate(c, "not-allowed", fmt.Sprintf("%s to %s by %s", now, wanted, callerName(c.user)))
		return newError(codeNotUpdatable, fmt.Sprintf("Status: %s", wanted))
	case !slices.Contains(t.from, now):
		return newError(codeNotUpdatable, fmt.Sprintf("Status: %s to %s", now, wanted))
	case t.moves && client.Busy:
		return newError(codeBusy, "")
	}
	return nil
}

// commitUpdate makes the change. An unset Note leaves the old one.
func (s *Simulator) commitUpdate(c *call, e *entry, t transition, note string) {
	l := *e.link
	l.Status, l.Note = t.to, cmp.Or(note, l.Note)
	l.LastModifiedDateTime, l.LastModifiedByUserID, l.Timestamp = c.now, c.user.ID, s.store.nextTimestamp()
	s.store.put(e.key, &l, c.now)
	s.committed(l.ClientEntityID, t.op)
}

// required checks that an update identifies its link completely. What a mode
// left out of the searched object cannot be required.
func (s *Simulator) required(c *call, o object) *operationError {
	names := []string{"ClientEntityId", "ManagingCustomerId", "Status", "Timestamp"}
	if !s.modes[AbsentMembers] {
		names = append(names, "ManagingCustomerNumber")
	}
	for _, name := range names {
		if !o.has(name) {
			s.violate(c, "incomplete-update", name)
			return fieldInvalid(name)
		}
	}
	return nil
}

// fresh refuses an update of an object that was searched before the link last
// changed: by its Timestamp, and by its LastModifiedDateTime, which is the
// only sign when all Timestamps are zero.
func (s *Simulator) fresh(c *call, o object, l *Link) *operationError {
	stamp, _ := o.bytes("Timestamp") // decodable has checked it
	want := l.Timestamp
	if s.modes[ZeroTimestamps] {
		want = zeroTimestamp
	}
	if !bytes.Equal(stamp, want) {
		return newError(codeTimestampNotMatch, "Timestamp")
	}
	modified, _, err := o.date("LastModifiedDateTime")
	if err != nil {
		s.violate(c, "bad-date", err.Error())
		return newError(codeInvalidDate, err.Error())
	}
	if !modified.IsZero() && !sameSecond(modified, l.LastModifiedDateTime) {
		return newError(codeTimestampNotMatch, "LastModifiedDateTime")
	}
	return nil
}

// readOnly refuses an update that changes anything but Status, Note and
// SuppressNotification, or that does not return what the search showed.
func (s *Simulator) readOnly(c *call, o object, a *addition, l *Link) *operationError {
	refuse := func(rule, name string) *operationError {
		s.violate(c, rule, name)
		return newError(codeNotUpdatable, name)
	}
	if a.startErr != nil {
		s.violate(c, "bad-date", a.startErr.Error())
		return newError(codeInvalidDate, a.startErr.Error())
	}
	if a.startZone == zoneSigned {
		s.violate(c, "offset-date", "StartDate")
		if s.modes[OffsetsRefused] {
			return newError(codeInvalidDate, "StartDate: a signed offset is not accepted")
		}
	}
	var members object
	must(json.Unmarshal(s.encode(s.link(l)), &members))
	for name, value := range members {
		if name != "Type" && !mayChange(name) && !echoed(o, name, value) {
			return refuse("read-only-changed", name)
		}
	}
	return s.unshown(o, l, refuse)
}

// mayChange reports whether an update may have another value for a member: those
// that it sets, and those that fresh has judged.
func mayChange(name string) bool {
	return slices.Contains([]string{"Status", "Note", "SuppressNotification", "Timestamp", "LastModifiedDateTime"}, name)
}

// echoed reports whether a member came back as it was shown. Official clients
// rewrite dates, ids and null lists in ways that mean the same.
func echoed(o object, name string, shown json.RawMessage) bool {
	was := object{name: shown} // written here, so reading it back cannot fail
	switch name {
	case "ClientEntityCustomerNumber":
		if !o.has(name) {
			return true // clients from before May 2026 do not know it
		}
	case "StartDate":
		want, _, _ := was.date(name)
		have, _, err := o.date(name)
		return err == nil && o.has(name) && sameSecond(want, have)
	case "ForwardCompatibilityMap":
		want, _ := was.pairs(name)
		have, err := o.pairs(name)
		return err == nil && slices.Equal(want, have)
	case "ClientEntityId", "ManagingCustomerId", "LastModifiedByUserId":
		want, _ := was.id(name)
		have, err := o.id(name)
		return err == nil && want == have
	}
	return sameJSON(o[name], shown)
}

// sameJSON reports whether two values are the same but for spaces and for how
// a text is escaped. Absent is null.
func sameJSON(got, shown json.RawMessage) bool {
	if len(got) == 0 || string(got) == "null" {
		return string(shown) == "null"
	}
	var compact bytes.Buffer
	if json.Compact(&compact, got) == nil && bytes.Equal(compact.Bytes(), shown) {
		return true
	}
	var want, have string
	return string(shown) != "null" && json.Unmarshal(shown, &want) == nil && json.Unmarshal(got, &have) == nil && want == have
}

// unshown refuses values for members that a mode hid or that are null, unless
// they are the true ones.
func (s *Simulator) unshown(o object, l *Link, refuse func(rule, name string) *operationError) *operationError {
	var whole object
	must(json.Unmarshal(marshal(wire(l)), &whole))
	const late = "ClientEntityCustomerNumber" // absent when it is empty
	if _, shown := whole[late]; !shown && !s.modes[OldDualID] {
		whole[late] = json.RawMessage("null")
	}
	for name, value := range whole {
		if !mayChange(name) && o.has(name) && !echoed(o, name, value) {
			return refuse("read-only-changed", name)
		}
	}
	return nil
}
