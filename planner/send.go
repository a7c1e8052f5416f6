package planner

import (
	"cmp"

	"linkbatch/internal/msads"
)

// targets are the statuses that the updates set. The service turns
// LinkAccepted and UnlinkRequested into their successors at once.
var targets = map[Op]msads.Status{
	OpAccept:  msads.LinkAccepted,
	OpDecline: msads.LinkDeclined,
	OpCancel:  msads.LinkCanceled,
	OpUnlink:  msads.UnlinkRequested,
}

// prepare fills Profile and Send of a step that writes, or ends the step if
// the row lacks what the op needs or no login can carry it out.
func (p *Planner) prepare(step *Step, link *msads.ClientLink) {
	switch step.Op {
	case OpAdd:
		step.Profile = p.Main.Profile
		step.Former = termsOf(link)
		p.prepareAdd(step, link)
	case OpAccept, OpDecline:
		login, why := p.clientLogin(step)
		if why != "" {
			step.end(OpBlocked, why)
			return
		}
		step.Profile = login.Profile
		prepareUpdate(step, link)
	case OpCancel, OpUnlink:
		if where, ok := p.protected(step, link); ok {
			step.end(OpBlocked, "protected, never unlinked: "+where)
			return
		}
		if p.Protected != nil && link.ClientEntityNumber == "" {
			step.end(OpBlocked, "the service lists this link without its account number, and accounts may be protected by theirs")
			return
		}
		step.Profile = p.Main.Profile
		step.Former = termsOf(link)
		prepareUpdate(step, link)
	}
}

// termsOf are the terms of a link; nil if there is none.
func termsOf(link *msads.ClientLink) *Terms {
	if link == nil {
		return nil
	}
	return &Terms{link.Name, link.Note, link.ClientEntityCustomerNumber, link.CustomerLinkPermission}
}

// protected reports whether the account of a step is protected by what the row
// or the service calls it.
func (p *Planner) protected(step *Step, link *msads.ClientLink) (where string, ok bool) {
	if p.Protected == nil {
		return "", false
	}
	if where, ok = p.Protected(step.Key.EntityID, step.Key.Number); ok {
		return where, true
	}
	return p.Protected(link.ClientEntityID, link.ClientEntityNumber)
}

// prepareUpdate sends the searched link back whole, with another status and,
// if the row has one, another note.
func prepareUpdate(step *Step, link *msads.ClientLink) {
	send := link.WithStatus(targets[step.Op])
	if step.Row.Note != "" {
		send = send.WithNote(step.Row.Note)
	}
	step.Send = &send
}

// prepareAdd makes the new link. The service wants exactly one of id and
// number for an account. For a customer it wants the number, and checks the
// pair if the id comes with it.
func (p *Planner) prepareAdd(step *Step, link *msads.ClientLink) {
	row := &step.Row
	send := &msads.ClientLink{
		Type:               step.Key.Type,
		ManagingCustomerID: step.Key.ManagingCustomerID,
		ClientEntityID:     step.Key.EntityID,
		Name:               cmp.Or(row.Name, p.Name),
		Note:               cmp.Or(row.Note, p.Note),
		StartDate:          p.begins(row.StartDate),
	}
	if suppress := cmp.Or(row.SuppressNotification, p.SuppressNotification); suppress != nil {
		send.SuppressNotification = *suppress
	}
	if step.Key.Type == msads.CustomerLink {
		send.CustomerLinkPermission = row.Permission
		send.ClientEntityNumber = step.Key.Number
		if send.ClientEntityNumber == "" && link != nil {
			send.ClientEntityNumber = link.ClientEntityNumber
		}
		if send.ClientEntityNumber == "" {
			step.end(OpReject, "account_number is missing: a customer link is added by the customer's number")
			return
		}
		step.Send = send
		return
	}
	if send.ClientEntityID == 0 {
		send.ClientEntityNumber = step.Key.Number
	}
	send.ClientEntityCustomerNumber = row.CustomerNumber
	send.IsBillToClient = cmp.Or(row.BillToClient, p.BillToClient)
	if send.IsBillToClient == nil {
		step.end(OpReject, "bill_to_client is missing: who pays, the client (true) or the agency (false)?")
		return
	}
	step.Send = send
}
