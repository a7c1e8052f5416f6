package planner

import (
	"slices"
	"strings"
	"time"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// Group is a set of statuses that every intent treats alike.
type Group string

// The groups of the decision table. UnlinkFailed stands with Active, since the
// service resumes a link whose unlink failed.
const (
	anyStatus    Group = "any" // decided from side and credentials, before any search
	free         Group = "free"
	refusing     Group = "refusing"
	pending      Group = "pending"
	linking      Group = "linking"
	linked       Group = "linked"
	unlinking    Group = "unlinking"
	unrecognised Group = "unrecognised"
)

// groups holds the thirteen statuses that a decision may rest on; the empty
// status is that of no link. UnlinkCanceled is reserved by the service and
// counts as unrecognised, like every name that is not listed.
var groups = []struct {
	name     Group
	statuses []msads.Status
}{
	{free, []msads.Status{"", msads.LinkCanceled, msads.LinkExpired, msads.Inactive}},
	{refusing, []msads.Status{msads.LinkDeclined, msads.LinkFailed}},
	{pending, []msads.Status{msads.LinkPending}},
	{linking, []msads.Status{msads.LinkAccepted, msads.LinkInProgress}},
	{linked, []msads.Status{msads.Active, msads.UnlinkFailed}},
	{unlinking, []msads.Status{msads.UnlinkRequested, msads.UnlinkPending, msads.UnlinkInProgress}},
}

// Statuses lists the statuses of the group; an empty one stands for no link.
// It is nil for any and unrecognised.
func (g Group) Statuses() []msads.Status {
	for _, group := range groups {
		if group.name == g {
			return slices.Clone(group.statuses)
		}
	}
	return nil
}

func groupOf(status msads.Status) Group {
	for _, group := range groups {
		if slices.Contains(group.statuses, status) {
			return group.name
		}
	}
	return unrecognised
}

// live reports whether a link of this status exists for the service, see
// [Sight.Live]. It is false for no link and for a status that is not known.
func live(status msads.Status) bool {
	switch groupOf(status) {
	case pending, linking, linked, unlinking:
		return true
	}
	return false
}

// Condition narrows a rule; the empty Condition always holds.
type Condition string

// The conditions, as the table prints them.
const (
	reinvite   Condition = "--reinvite"
	unattended Condition = "unattended, no --reinvite"
	hasProfile Condition = "the row has a client_profile"
	noProfile  Condition = "the row has no client_profile"
)

// facts are what conditions ask about.
type facts struct{ reinvite, unattended, profile bool }

func (p *Planner) facts(step *Step) facts {
	return facts{p.Reinvite, p.Unattended, step.Row.ClientProfile != ""}
}

func (c Condition) holds(f facts) bool {
	switch c {
	case reinvite:
		return f.reinvite
	case unattended:
		return f.unattended && !f.reinvite
	case hasProfile:
		return f.profile
	case noProfile:
		return !f.profile
	}
	return true
}

// Rule is one line of the decision table.
type Rule struct {
	Intent ingest.Intent
	Side   Side // of the login that plans; empty = either
	Group  Group
	When   Condition // of several rules for one cell the first that holds decides
	Op     Op
	Reason string // D stands for a date, left out where the service gives none
}

// Rules returns the decision table in the order in which it is read, with the
// warnings that an add carries. The statuses of a group are in
// [Group.Statuses].
func Rules() []Rule {
	printed := slices.Clone(rules)
	words := strings.NewReplacer("[", "", "]", "", "{date}", "D", "{past}", past[msads.LinkDeclined], "{status}", "…")
	for i := range printed {
		rule := &printed[i]
		switch {
		case rule.Op == OpAdd && rule.Group == refusing:
			rule.Reason += " (warning: {past})"
		case rule.Op == OpAdd:
			rule.Reason += " (warning if Inactive: " + past[msads.Inactive] + ")"
		}
		rule.Reason = words.Replace(words.Replace(rule.Reason))
	}
	return printed
}

// find returns the first rule for a cell of the table.
func find(intent ingest.Intent, side Side, group Group, f facts) (Rule, bool) {
	for i := range rules {
		rule := &rules[i]
		if rule.Intent == intent && rule.Group == group && (rule.Side == "" || rule.Side == side) && rule.When.holds(f) {
			return *rule, true
		}
	}
	return Rule{}, false
}

// invitationDays is how long the service keeps an invitation open (the page of
// ClientLinkStatus, under LinkExpired).
const invitationDays = 30

// expiry is when an invitation of that date ends; zero if the date is.
func expiry(modified time.Time) time.Time {
	if modified.IsZero() {
		return modified
	}
	return modified.AddDate(0, 0, invitationDays)
}

// past tells how a link of this status ended: a warning where it is added
// again, and part of the reason where it is not.
var past = map[msads.Status]string{
	msads.LinkDeclined: "declined[ on {date}]",
	msads.LinkFailed:   "linking failed[ on {date}]",
	msads.Inactive:     "was linked[ until {date}]",
}

// render fills a reason for a link as it was seen. The text in brackets needs
// a date and is left out without one.
func render(reason string, seen Seen) string {
	reason = strings.ReplaceAll(reason, "{past}", past[seen.Status])
	reason = strings.ReplaceAll(reason, "{status}", string(seen.Status))
	day := seen.LastModified
	if groupOf(seen.Status) == pending {
		day = expiry(day)
	}
	for {
		before, rest, ok := strings.Cut(reason, "[")
		if !ok {
			return reason
		}
		dated, after, _ := strings.Cut(rest, "]")
		if day.IsZero() {
			dated = ""
		}
		reason = before + strings.ReplaceAll(dated, "{date}", day.UTC().Format(time.DateOnly)) + after
	}
}
