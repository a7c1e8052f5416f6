package planner

import (
	"cmp"
	"context"
	"strings"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// Look searches the links of steps as they are now and returns what it saw of
// each, in order. Each is looked up through the login that acts: step.Profile,
// or the one that planned the step if that is empty. The agency's login asks by
// id in tens, or reads its whole list once if a step has only a number; a
// client's login asks one account at a time.
//
// Where a search leaves a doubt, [Planner.Decide] blocks the step and [Judge]
// answers Elsewhere. A link keeps the object that an update echoes only if the
// decision for its step can be an update.
func (p *Planner) Look(ctx context.Context, steps []*Step) ([]Sight, error) {
	sights, _, err := p.view(ctx, steps, looking, nil)
	return sights, err
}

// purpose is what a view is for.
type purpose int

const (
	planning purpose = iota // many rows, any state: by list or by id, whichever is fewer calls
	looking                 // few rows, as they are at this moment: by id
)

// view searches the links of steps. It returns what it saw of each, in order,
// and of the main login's own customer. With left, which may be nil, the customer's
// whole list is read, and left given every link of it.
func (p *Planner) view(ctx context.Context, steps []*Step, why purpose, left *leftovers) ([]Sight, *agencyView, error) {
	agency := newAgencyView(p.Main.CustomerID, len(steps))
	agency.left = left
	client := newClientView()
	viewers := make([]viewer, len(steps))
	for i, step := range steps {
		viewers[i] = p.viewer(step)
		switch {
		case viewers[i].blind != "":
		case viewers[i].ours:
			agency.want(step)
		default:
			client.want(viewers[i].Login, step.Key)
		}
	}
	if err := p.searchAgency(ctx, agency, why); err != nil {
		return nil, nil, err
	}
	if err := p.searchClients(ctx, client); err != nil {
		return nil, nil, err
	}
	sights := make([]Sight, len(steps))
	for i, step := range steps {
		switch {
		case viewers[i].blind != "":
			sights[i].Doubt = viewers[i].blind
		case viewers[i].ours:
			sights[i] = agency.sight(step.Key, why)
		default:
			sights[i] = client.sight(viewers[i].Login, step.Key)
		}
	}
	return sights, agency, nil
}

// viewer is the login that looks at a step's link.
type viewer struct {
	Login
	ours  bool   // it is the main login, and the link is its own customer's as agency
	blind string // why it cannot look at all; empty if it can
}

// viewer finds the login that looks at a step's link, or why no login can.
func (p *Planner) viewer(step *Step) viewer {
	v := viewer{Login: p.Main}
	switch {
	case step.Profile != "" && step.Profile != p.Main.Profile:
		v.Login, _ = p.login(step.Profile)
	case step.Side == Agency:
		v.ours = true
	case step.Intent == ingest.Accept || step.Intent == ingest.Decline:
		v.Login, v.blind = p.clientLogin(step)
	}
	switch {
	case v.blind != "":
	case v.Searcher == nil || v.Problem != "":
		v.blind = cmp.Or(v.Problem, "no credentials to look at this link")
	case step.Key.EntityID == 0 && step.Key.Number == "":
		v.blind = "account_id or account_number is missing"
	case step.Key.EntityID == 0 && !v.ours:
		v.blind = "a client's login finds links by account_id only"
	}
	return v
}

// updates reports whether an intent changes a link of this status by an
// update, so that the searched object is needed whole.
func updates(intent ingest.Intent, status msads.Status) bool {
	group := groupOf(status)
	for _, rule := range rules {
		if rule.intent == intent && rule.group == group && targets[rule.op] != "" {
			return true
		}
	}
	return false
}

// matches reports whether the link is the one that the key names. Other
// agencies' links, and links of the other type, can be in any answer.
func matches(link *msads.ClientLink, key Key) bool {
	if link.ManagingCustomerID != key.ManagingCustomerID || cmp.Or(link.Type, msads.AccountLink) != key.Type {
		return false
	}
	if key.EntityID != 0 {
		return link.ClientEntityID == key.EntityID
	}
	return strings.EqualFold(link.ClientEntityNumber, key.Number)
}

// better reports whether a link replaces another that was found for the same
// key: the service shows one link for each pair, so two are one link that
// changed between pages. The live one counts, then the newer one.
func better(link, than *msads.ClientLink) bool {
	if than == nil {
		return true
	}
	if a, b := live(link.Status), live(than.Status); a != b {
		return a
	}
	return link.LastModifiedDateTime.After(than.LastModifiedDateTime)
}
