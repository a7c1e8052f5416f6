package simulator

import (
	"cmp"

	"linkbatch/internal/msads"
)

// addEnds looks up the two ends of an addition.
func (s *Simulator) addEnds(c *call, a *addition) (client, manager *entity, refused *operationError) {
	l := &a.link
	manager = s.store.customer(l.ManagingCustomerID)
	if a.managerNumber != "" {
		manager = s.store.customers[a.managerNumber]
	}
	numbers, byID := s.store.accounts, s.store.account(l.ClientEntityID)
	if l.Type == msads.CustomerLink {
		numbers, byID = s.store.customers, s.store.customer(l.ClientEntityID)
	}
	byNumber := numbers[a.clientNumber]
	client = cmp.Or(byID, byNumber)
	if manager != nil && client != nil {
		s.countLinkCaller(c, key{manager.id, l.Type, client.id}, "add")
	}
	switch {
	case manager == nil:
		return nil, nil, newError(codeNotExistent, "ManagingCustomerId")
	case !c.user.may(manager.id, l.Type):
		return nil, nil, newError(codeNotAuthorized, "ManagingCustomerId")
	case l.ClientEntityID != 0 && byID == nil:
		return nil, nil, newError(codeInvalidAccount, "ClientEntityId")
	case a.clientNumber != "" && byNumber == nil:
		return nil, nil, newError(codeNotExistent, "ClientEntityNumber")
	case byID != nil && byNumber != nil && byID != byNumber:
		return nil, nil, pairMismatch("ClientEntityId and ClientEntityNumber")
	}
	if n := l.ClientEntityCustomerNumber; n != "" && !s.modes[OldDualID] && n != s.store.customer(client.owner).number {
		return nil, nil, pairMismatch("ClientEntityCustomerNumber")
	}
	if client == manager {
		return nil, nil, newError(codeValidation, "a customer cannot manage itself")
	}
	return client, manager, nil
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
