package simulator

import (
	"cmp"

	"linkbatch/internal/msads"
)

// ends are the two ends of an addition as far as the world knows them. Each
// member is nil where the addition does not name one, or names one that there
// is not.
type ends struct {
	manager, byID, byNumber *entity
}

// client is the client end, however it was named.
func (e ends) client() *entity { return cmp.Or(e.byID, e.byNumber) }

// findEnds looks up what an addition names.
func (s *Simulator) findEnds(a *addition) ends {
	l := &a.link
	e := ends{manager: s.store.customer(l.ManagingCustomerID)}
	if a.managerNumber != "" {
		e.manager = s.store.customers[a.managerNumber]
	}
	if l.Type == msads.CustomerLink {
		e.byID, e.byNumber = s.store.customer(l.ClientEntityID), s.store.customers[a.clientNumber]
	} else {
		e.byID, e.byNumber = s.store.account(l.ClientEntityID), s.store.accounts[a.clientNumber]
	}
	return e
}

// addEnds returns the two ends of an addition, or why they cannot be linked by
// this caller.
func (s *Simulator) addEnds(c *call, a *addition) (client, manager *entity, refused *operationError) {
	l, e := &a.link, s.findEnds(a)
	client, manager = e.client(), e.manager
	if manager != nil && client != nil {
		s.countLinkCaller(c, key{manager.id, l.Type, client.id}, "add")
	}
	switch {
	case manager == nil:
		return nil, nil, newError(codeNotExistent, "ManagingCustomerId")
	case !c.user.may(manager.id, l.Type):
		return nil, nil, newError(codeNotAuthorized, "ManagingCustomerId")
	}
	return client, manager, s.clientFault(a, e)
}

// clientFault refuses a client end that does not exist, or whose identifiers
// do not belong together. The manager is known by then.
func (s *Simulator) clientFault(a *addition, e ends) *operationError {
	l := &a.link
	switch {
	case l.ClientEntityID != 0 && e.byID == nil:
		return newError(codeInvalidAccount, "ClientEntityId")
	case a.clientNumber != "" && e.byNumber == nil:
		return newError(codeNotExistent, "ClientEntityNumber")
	case e.byID != nil && e.byNumber != nil && e.byID != e.byNumber:
		return pairMismatch("ClientEntityId and ClientEntityNumber")
	}
	owner := s.store.customer(e.client().owner)
	if n := l.ClientEntityCustomerNumber; n != "" && n != owner.number && !s.modes[OldDualID] {
		return pairMismatch("ClientEntityCustomerNumber")
	}
	if e.client() == e.manager {
		return newError(codeValidation, "a customer cannot manage itself")
	}
	return nil
}

// addAllowed checks an addition against the state of the world.
func (s *Simulator) addAllowed(c *call, a *addition, client, manager *entity, seen map[key]bool) *operationError {
	k := key{manager.id, a.link.Type, client.id}
	twice := seen[k]
	seen[k] = true
	if e := s.store.entries[k]; twice || e != nil && e.link != nil && blocksAdd(e.link.Status) {
		s.count.DuplicateAddsAttempted++
		if twice {
			s.violate(c, "same-link-twice", client.id.String())
		}
		switch {
		case s.modes[Lenient]:
		case twice:
			return newError(codeDuplicateID, "ClientEntityId")
		default:
			return newError(codeAlreadyInvited, "")
		}
	}
	if acc := client.account; acc != nil {
		switch {
		case acc.Prepaid:
			return newError(codePrepaid, "")
		case acc.ManagedByOther:
			return newError(codeManagedByOther, "")
		case acc.Lifecycle == "Inactive" || acc.Lifecycle == "Suspended":
			return newError(codeLifecycle, acc.Lifecycle)
		}
	}
	if client.Busy {
		return newError(codeBusy, "")
	}
	return nil
}

// commitAdd makes the invitation.
func (s *Simulator) commitAdd(c *call, a *addition, client, manager *entity) {
	l := a.link
	l.ClientEntityID, l.ManagingCustomerID = client.id, manager.id
	l.Status = msads.LinkPending
	if s.modes[OldDualID] {
		l.ClientEntityCustomerNumber = "" // a member that server does not know
	}
	l.InviterEmail = cmp.Or(l.InviterEmail, c.user.Email)
	l.InviterPhone = cmp.Or(l.InviterPhone, c.user.Phone)
	l.LastModifiedDateTime, l.LastModifiedByUserID = c.now, c.user.ID
	s.store.fill(&l, client, manager, c.now)
	s.store.put(key{manager.id, l.Type, client.id}, &l, c.now)
	s.committed(client.id, "add")
	s.count.AddsByAccount[client.id.String()]++
	s.count.Invitations++
	if !l.SuppressNotification {
		s.count.Emails++
	}
}
