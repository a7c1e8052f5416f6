package planner

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// begin fills what is known of a step before any search: intent, side and
// key. It leaves Op empty unless the row or the credentials decide already.
// A key that an earlier search or a merged row has completed stays complete.
func (p *Planner) begin(step *Step) {
	row := &step.Row
	known := step.Key
	*step = Step{Index: step.Index, Row: *row, SameAs: step.SameAs}
	step.Intent = p.intent(row)
	step.Ended = endsLinks(step.Intent) && p.over(row)
	step.Key = p.key(row)
	step.Key.EntityID = cmp.Or(step.Key.EntityID, known.EntityID)
	step.Key.Number = cmp.Or(step.Key.Number, known.Number)
	step.Side = Client
	if step.Key.ManagingCustomerID == p.Main.CustomerID {
		step.Side = Agency
	}
	step.Warnings = rowWarnings(row)
	switch {
	case row.Invalid():
		step.end(OpReject, rowErrors(row))
	case step.Key.EntityID == 0 && step.Key.Number == "":
		step.end(OpReject, "account_id or account_number is missing")
	case !hasRules(step.Intent):
		step.end(OpReject, fmt.Sprintf("action %q is not known", string(step.Intent)))
	case !row.EndDate.IsZero() && !endsLinks(step.Intent):
		step.end(OpReject, "end_date "+strayEnd)
	default:
		p.access(step)
	}
}

// intent is what the row asks for, or the default.
func (o *Options) intent(row *ingest.Row) ingest.Intent {
	return cmp.Or(row.Action, o.DefaultAction, ingest.Link)
}

// key names the link that the row is about, as the row and the defaults say.
func (p *Planner) key(row *ingest.Row) Key {
	key := p.Options.key(row)
	key.ManagingCustomerID = cmp.Or(key.ManagingCustomerID, p.Main.CustomerID)
	return key
}

func (o *Options) key(row *ingest.Row) Key {
	return Key{
		ManagingCustomerID: cmp.Or(msads.ID(row.ManagingCustomerID), o.ManagingCustomerID),
		Type:               cmp.Or(msads.LinkType(row.Type), msads.AccountLink),
		EntityID:           msads.ID(row.AccountID),
		Number:             strings.ToUpper(row.AccountNumber),
	}
}

// access ends a step that the credentials at hand can never carry out. No call
// is made for it.
func (p *Planner) access(step *Step) {
	if step.Key.ManagingCustomerID == 0 {
		step.end(OpBlocked, nameManager)
		return
	}
	if rule, ok := find(step.Intent, step.Side, anyStatus, p.facts(step, "")); ok {
		step.end(rule.op, p.explain(rule.reason, step))
		return
	}
	if step.Intent == ingest.Accept || step.Intent == ingest.Decline {
		if _, why := p.clientLogin(step); why != "" {
			step.end(OpBlocked, why)
			return
		}
	}
	why := ""
	switch {
	case step.Side == Client && step.Key.EntityID == 0:
		why = "a client's login finds links only by account_id: add the account_id"
	case p.needsMain(step):
		why = p.Main.Problem
	}
	if why != "" {
		step.unseen(why)
	}
}

// unseen ends a step whose link cannot be seen: nothing is known against a row
// that only keeps it.
func (s *Step) unseen(why string) {
	if s.Intent == ingest.Keep {
		s.end(OpNone, kept)
		return
	}
	s.end(OpBlocked, why)
}

const nameManager = "set managing_customer_id (or --managing-customer): linkbatch does not guess whose invitation to accept"

// explain adds what a fixed reason cannot say: that the managing customer is
// only the default.
func (p *Planner) explain(reason string, step *Step) string {
	named := step.Row.ManagingCustomerID != 0 || p.ManagingCustomerID != 0
	if step.Side == Agency && !named && (step.Intent == ingest.Accept || step.Intent == ingest.Decline) {
		return reason + " and set managing_customer_id"
	}
	return reason
}

// needsMain reports whether the step is searched through the main login.
func (p *Planner) needsMain(step *Step) bool {
	if step.Side == Agency {
		return true
	}
	login, why := p.clientLogin(step)
	return why != "" || login.Profile == p.Main.Profile
}

// login returns the credentials of a profile.
func (p *Planner) login(profile string) (Login, bool) {
	if profile == "" || profile == p.Main.Profile {
		return p.Main, true
	}
	login, ok := p.Clients[profile]
	return login, ok
}

// clientLogin returns the login that accepts or declines for the step's
// client, or why there is no such login.
func (p *Planner) clientLogin(step *Step) (Login, string) {
	profile := step.Row.ClientProfile
	login, ok := p.login(profile)
	switch {
	case !ok:
		return Login{}, fmt.Sprintf("no credentials for profile %q", profile)
	case login.Problem != "" && profile != "":
		return Login{}, fmt.Sprintf("profile %q: %s", profile, login.Problem)
	case login.Problem != "":
		return Login{}, login.Problem
	case login.CustomerID == step.Key.ManagingCustomerID:
		return Login{}, p.explain(fmt.Sprintf("profile %q belongs to the managing customer, which cannot answer its own invitation: use another client_profile", profile), step)
	}
	return login, ""
}

// end decides a step without a write.
func (s *Step) end(op Op, reason string) {
	s.Op, s.Reason, s.Profile, s.Send, s.Former = op, reason, "", nil, nil
}

// fixed reports whether no search can change what was decided for the step.
func (s *Step) fixed() bool { return s.SameAs >= 0 || s.Op == OpReject }

// rowErrors joins what is wrong with a row that cannot be used.
func rowErrors(row *ingest.Row) string {
	return strings.Join(problems(row, ingest.Error), "; ")
}

// rowWarnings are the row's own warnings, the first of every step.
func rowWarnings(row *ingest.Row) []string {
	return problems(row, ingest.Warning)
}

// problems words the problems of one severity, each with its cell.
func problems(row *ingest.Row, severity ingest.Severity) []string {
	var texts []string
	for i := range row.Problems {
		if p := &row.Problems[i]; p.Severity == severity {
			where := p.Column
			if p.Value != "" {
				where += " " + strconv.Quote(p.Value)
			}
			text := strings.TrimSpace(where)
			if text != "" {
				text += ": "
			}
			texts = append(texts, text+p.Message)
		}
	}
	return texts
}
