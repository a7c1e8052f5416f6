package planner

import (
	"fmt"
	"strings"
	"time"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner/internal/clientname"
)

// Decide returns the step as decided anew from what a search showed of its
// link, as [Planner.Look] returned it. It sets every field except Index, Row
// and SameAs, and clears Deferred. A rejected step and one that shares
// another's outcome are returned as they are.
//
// The sight is taken for what the login in step.Profile saw, or the main login
// if that is empty. An accept or decline that was decided for an agency's row
// from the agency's view names the client's profile: before it is sent, its
// link must be looked at through that login and decided once more, so that the
// update echoes what that login sees. [Planner.Plan] does so.
func (p *Planner) Decide(step Step, now Sight) Step {
	if step.fixed() {
		return step
	}
	clientView := step.Side == Agency && step.Profile != "" && step.Profile != p.Main.Profile
	p.begin(&step)
	if step.Op != "" {
		return step
	}
	if now.Doubt != "" {
		step.unseen(now.Doubt)
		p.postpone(&step)
		return step
	}
	step.Before = now.Seen()
	link := now.Link
	if link != nil && step.Key.EntityID == 0 {
		step.Key.EntityID = link.ClientEntityID
	}
	if why := step.Mismatch(now); why != "" {
		step.end(OpReject, why)
		return step
	}
	rule, _ := find(step.Intent, step.Side, groupOf(step.Before.Status), p.facts(&step, step.Before.Status))
	if clientView && (now.Absent() || rule.op == OpAdd) {
		step.end(OpBlocked, fmt.Sprintf("profile %q sees no invitation to this account", step.Row.ClientProfile))
		return step
	}
	step.Op, step.Reason = rule.op, datedReason(render(rule.reason, step.Before), &step)
	if !step.Ended && !step.Row.EndDate.IsZero() && step.Op != OpBlocked {
		step.Reason += "; ends on " + step.Row.EndDate.Words()
	}
	p.warn(&step, now)
	p.prepare(&step, link)
	p.postpone(&step)
	return step
}

// Mismatch says where the identifiers of a link contradict those of the step's
// row; nothing if they agree or no link was shown. Identifiers that one of the
// two does not have agree with everything.
func (s *Step) Mismatch(now Sight) string {
	if !now.Shown() {
		return ""
	}
	key, link := s.Key, now.Link
	if number := link.ClientEntityNumber; key.Number != "" && number != "" && !strings.EqualFold(key.Number, number) {
		return fmt.Sprintf("account_number %q does not match: the service has %q for account_id %s", key.Number, number, link.ClientEntityID)
	}
	if id := link.ClientEntityID; key.EntityID != 0 && id != 0 && key.EntityID != id {
		return fmt.Sprintf("account_id \"%s\" does not match: the service has %s for account_number %q", key.EntityID, id, key.Number)
	}
	return ""
}

// WrongName says that the service has an entity under quite another name than
// the client_name of the step's row; nothing if the names can mean one client,
// or one of them is not known. See "The client's name" in the package comment
// for the rule.
func (s *Step) WrongName(now Sight) string {
	if !now.Shown() || clientname.Same(s.Row.ClientName, now.Link.ClientEntityName) {
		return ""
	}
	entity := "account"
	if s.Key.Type == msads.CustomerLink {
		entity = "customer"
	}
	return fmt.Sprintf("client_name %q: the service calls this %s %q", s.Row.ClientName, entity, now.Link.ClientEntityName)
}

// startTolerance is how far apart two start dates may be and still be one:
// the service's own SDKs cut StartDate to whole seconds.
const startTolerance = time.Second

// warn adds what a person should look at in a step whose op is decided.
func (p *Planner) warn(step *Step, now Sight) {
	if step.Op == OpAdd {
		p.warnAdd(step, now)
		return
	}
	if !now.Shown() {
		return
	}
	link := now.Link
	step.warnUnlink(link)
	if wrong := step.WrongName(now); wrong != "" {
		step.warn(wrong)
	}
	if ours, theirs := step.Row.CustomerNumber, link.ClientEntityCustomerNumber; ours != "" && theirs != "" && !strings.EqualFold(ours, theirs) {
		step.warn(fmt.Sprintf("customer_number %q: the service has %q", ours, theirs))
	}
	if wants := step.wants(); now.Live() && (wants == ingest.Add || wants == ingest.Link || wants == ingest.Accept) {
		p.warnTerms(step, link)
	}
}

// warnAdd adds the warnings of a new invitation.
func (p *Planner) warnAdd(step *Step, now Sight) {
	if before := formerly(step.Before.Status); before.warns {
		step.warn(render(before.how, step.Before))
	}
	if step.Key.Type == msads.AccountLink && step.Row.CustomerNumber == "" {
		step.warn("customer_number is missing: the service is making it required")
	}
	if wrong := step.WrongName(now); wrong != "" {
		step.warn(wrong)
	}
	if step.Intent == ingest.Link && step.Row.ClientProfile != "" {
		if _, why := p.clientLogin(step); why != "" {
			step.warn("the invitation will wait for the client: " + why)
		}
	}
}

// warnTerms says where a live link has other terms than the row asks for. An
// update cannot change them.
func (p *Planner) warnTerms(step *Step, link *msads.ClientLink) {
	state := "linked"
	if groupOf(link.Status) == pending {
		state = "invited"
	}
	if want, have := step.Row.BillToClient, link.IsBillToClient; want != nil && have != nil && *want != *have {
		payer := "the agency"
		if *have {
			payer = "the client"
		}
		step.warn(fmt.Sprintf("%s, but %s pays", state, payer))
	}
	want, have := p.begins(step.Row.StartDate), link.StartDate
	if !want.IsZero() && !have.IsZero() && want.Sub(have).Abs() > startTolerance {
		step.warn(fmt.Sprintf("%s, but the start date is %s", state, ingest.Date{Time: have.UTC(), HasTime: step.Row.StartDate.HasTime || sameDay(want, have)}))
	}
}

func sameDay(a, b time.Time) bool {
	return a.UTC().Format(time.DateOnly) == b.UTC().Format(time.DateOnly)
}

func (s *Step) warn(text string) { s.Warnings = append(s.Warnings, text) }
