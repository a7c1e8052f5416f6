package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"linkbatch/internal/msads"
)

// writeReply is the answer to an add or update that was processed.
type writeReply struct {
	OperationErrors []operationError
	PartialErrors   [][]operationError
}

// writes decodes the list of links of an add or update, and refuses the call as
// a whole where the service does.
func (s *Simulator) writes(c *call) ([]object, *reply) {
	var body struct{ ClientLinks []object }
	if err := json.Unmarshal(c.body, &body); err != nil {
		return nil, new(c.refuse(codeValidation, err.Error()))
	}
	s.count.LargestCall = max(s.count.LargestCall, len(body.ClientLinks))
	switch n := len(body.ClientLinks); {
	case n == 0:
		s.violate(c, "empty-call", "ClientLinks")
		return nil, new(c.reject(newError(codeEmptyList, "ClientLinks")))
	case n > msads.MaxLinksPerCall:
		s.violate(c, "too-many-links", fmt.Sprintf("%d links in one call", n))
		return nil, new(c.reject(newError(codeBatchTooLarge, fmt.Sprintf("%d links, at most %d", n, msads.MaxLinksPerCall))))
	case !c.user.mayAny():
		return nil, new(c.refuse(codeNotAuthorized, "role"))
	}
	return body.ClientLinks, nil
}

// writeAll applies one function to every link of a call, each on its own, and
// collects PartialErrors: as long as the request, null where a link was applied.
func (s *Simulator) writeAll(c *call, links []object, one func(int, object) []operationError) reply {
	partial := make([][]operationError, len(links))
	clean := true
	for i, o := range links {
		if e := c.inject.skipped(i, len(links)); e != nil {
			partial[i] = []operationError{*e}
		} else if o == nil {
			partial[i] = []operationError{*newError(codeNullParameter, "ClientLink")}
		} else {
			partial[i] = one(i, o)
			if e := c.inject.marked(i, len(links)); e != nil && len(partial[i]) == 0 {
				partial[i] = []operationError{*e}
			}
		}
		clean = clean && len(partial[i]) == 0
	}
	switch {
	case clean && s.modes[NullPartialErrors]:
		partial = nil
	case clean && s.modes[EmptyPartialErrors]:
		partial = [][]operationError{}
	}
	return ok(writeReply{PartialErrors: partial})
}

// add is AddClientLinks.
func (s *Simulator) add(c *call) reply {
	links, refused := s.writes(c)
	if refused != nil {
		return *refused
	}
	adds := make([]addition, len(links))
	for i, o := range links {
		var err error
		if adds[i], err = readAddition(o); err != nil {
			s.violate(c, "bad-json", err.Error())
			return c.refuse(codeValidation, err.Error()) // one link that cannot be decoded refuses the whole call
		}
	}
	seen := map[key]bool{}
	return s.writeAll(c, links, func(i int, _ object) []operationError {
		return s.addOne(c, &adds[i], seen)
	})
}

// addition is one link of an add, decoded but not judged.
type addition struct {
	link          Link
	managerNumber string
	clientNumber  string
	startZone     zone
	startErr      error // a bad date refuses its own link, not the call
}

// readAddition decodes a link of an add, and of an update too: both have the
// members of one ClientLink, and an explicit null, an absent member and the
// default values that .NET writes all mean that a member is not set.
func readAddition(o object) (addition, error) {
	var a addition
	r := reader{o: o}
	l := &a.link
	l.Type = msads.LinkType(r.enum("Type", func(s string) bool { return s == string(msads.AccountLink) || s == string(msads.CustomerLink) }))
	l.Type = cmp.Or(l.Type, msads.AccountLink)
	l.ClientEntityID, a.clientNumber = r.id("ClientEntityId"), r.text("ClientEntityNumber")
	l.ManagingCustomerID, a.managerNumber = r.id("ManagingCustomerId"), r.text("ManagingCustomerNumber")
	l.ClientEntityCustomerNumber = r.text("ClientEntityCustomerNumber")
	l.Note, l.Name = r.text("Note"), r.text("Name")
	l.InviterEmail, l.InviterName, l.InviterPhone = r.text("InviterEmail"), r.text("InviterName"), r.text("InviterPhone")
	l.IsBillToClient = r.boolean("IsBillToClient")
	l.Status = msads.Status(r.enum("Status", func(s string) bool { return knownStatus(msads.Status(s)) }))
	if b := r.boolean("SuppressNotification"); b != nil {
		l.SuppressNotification = *b
	}
	l.CustomerLinkPermission = r.enum("CustomerLinkPermission", func(s string) bool { return s == "Administrative" || s == "Standard" })
	l.ForwardCompatibilityMap = r.pairs("ForwardCompatibilityMap")
	l.StartDate, a.startZone, a.startErr = o.date("StartDate")
	return a, r.err
}

// reader reads members of an object and keeps the first error.
type reader struct {
	o   object
	err error
}

// keep remembers the first error, so that the members can be read one after
// another and checked once.
func (r *reader) keep(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) text(name string) string {
	v, _, err := r.o.text(name)
	r.keep(err)
	return v
}

func (r *reader) id(name string) ID {
	v, err := r.o.id(name)
	r.keep(err)
	return v
}

func (r *reader) boolean(name string) *bool {
	v, err := r.o.boolean(name)
	r.keep(err)
	return v
}

func (r *reader) enum(name string, known func(string) bool) string {
	v, err := r.o.enum(name, known)
	r.keep(err)
	return v
}

func (r *reader) pairs(name string) []KeyValue {
	v, err := r.o.pairs(name)
	r.keep(err)
	return v
}

// addOne judges one addition and commits it. All errors of its members are
// reported together; only a link without any is compared with the world.
func (s *Simulator) addOne(c *call, a *addition, seen map[key]bool) []operationError {
	if errs := s.addMembers(c, a); len(errs) > 0 {
		return errs
	}
	client, manager, refused := s.addEnds(c, a)
	if refused == nil {
		refused = s.addAllowed(c, a, client, manager, seen)
	}
	if refused != nil {
		return []operationError{*refused}
	}
	s.commitAdd(c, a, client, manager)
	return nil
}

// addMembers checks what can be checked without the world.
func (s *Simulator) addMembers(c *call, a *addition) []operationError {
	var errs []operationError
	refuse := func(rule string, e *operationError) {
		s.violate(c, rule, *e.Details)
		errs = append(errs, *e)
	}
	l := &a.link
	if e := s.dualID(a); e != nil {
		refuse("entity-identifiers", e)
	}
	if e := exactlyOne("ManagingCustomer", l.ManagingCustomerID, a.managerNumber); e != nil {
		refuse("manager-identifiers", e)
	}
	if l.Status != "" {
		refuse("status-on-add", newError(codeValidation, "Status must not be set"))
	}
	if utf8.RuneCountInString(l.Name) > msads.MaxNameLength {
		refuse("name-too-long", newError(codeNameTooLong, "Name"))
	}
	switch {
	case a.startErr != nil:
		refuse("bad-date", newError(codeInvalidDate, a.startErr.Error()))
	case a.startZone == zoneSigned:
		refuse("offset-date", newError(codeInvalidDate, "StartDate: a signed offset is not accepted"))
	}
	if e := byType(l); e != nil {
		refuse("type-members", e)
	}
	return errs
}

// byType checks the members that one link type requires and the other forbids.
func byType(l *Link) *operationError {
	switch account := l.Type == msads.AccountLink; {
	case account && l.IsBillToClient == nil:
		return fieldInvalid("IsBillToClient")
	case !account && l.IsBillToClient != nil:
		return newError(codeValidation, "IsBillToClient: not for a customer link")
	case account && l.CustomerLinkPermission != "":
		return newError(codeValidation, "CustomerLinkPermission: not for an account link")
	case !account && l.ClientEntityCustomerNumber != "":
		return newError(codeValidation, "ClientEntityCustomerNumber: not for a customer link")
	}
	return nil
}

// exactlyOne is the either-or rule of an identifier pair.
func exactlyOne(prefix string, id ID, number string) *operationError {
	switch {
	case id != 0 && number != "":
		return newError(codeValidation, prefix+"Id and "+prefix+"Number: only one may be set")
	case id == 0 && number == "":
		return fieldInvalid(prefix + "Id")
	}
	return nil
}

// dualID is the rule for the client entity's identifiers, which changed in
// May 2026 and whose enforcement Microsoft announced without a date.
func (s *Simulator) dualID(a *addition) *operationError {
	l := &a.link
	if l.Type == msads.AccountLink || s.modes[OldDualID] {
		if e := exactlyOne("ClientEntity", l.ClientEntityID, a.clientNumber); e != nil {
			return e
		}
		if s.modes[CustomerNumberRequired] && l.ClientEntityCustomerNumber == "" && l.Type == msads.AccountLink {
			return fieldInvalid("ClientEntityCustomerNumber")
		}
		return nil
	}
	if a.clientNumber == "" {
		return fieldInvalid("ClientEntityNumber")
	}
	if s.modes[NewDualID] && l.ClientEntityID == 0 {
		return fieldInvalid("ClientEntityId")
	}
	return nil
}
