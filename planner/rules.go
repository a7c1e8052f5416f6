package planner

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// group is a set of statuses that every intent treats alike.
type group string

// The groups of the decision table. UnlinkFailed is with Active, since the
// service resumes a link whose unlink failed.
const (
	anyStatus    group = "any"   // decided from side and credentials, before any search
	everyStatus  group = "every" // decided for each of the groups below
	free         group = "free"
	refusing     group = "refusing"
	pending      group = "pending"
	linking      group = "linking"
	linked       group = "linked"
	unlinking    group = "unlinking"
	unrecognised group = "unrecognised"
)

// groups holds the thirteen statuses that a decision may rest on; the empty
// status is that of no link. UnlinkCanceled is reserved by the service and
// counts as unrecognised, like every name that is not listed.
var groups = []struct {
	name     group
	statuses []msads.Status
}{
	{free, []msads.Status{"", msads.LinkCanceled, msads.LinkExpired, msads.Inactive}},
	{refusing, []msads.Status{msads.LinkDeclined, msads.LinkFailed}},
	{pending, []msads.Status{msads.LinkPending}},
	{linking, []msads.Status{msads.LinkAccepted, msads.LinkInProgress}},
	{linked, []msads.Status{msads.Active, msads.UnlinkFailed}},
	{unlinking, []msads.Status{msads.UnlinkRequested, msads.UnlinkPending, msads.UnlinkInProgress}},
}

// statuses lists the statuses of the group; the empty one is that of no link.
// It is nil for any and unrecognised.
func (g group) statuses() []msads.Status {
	for _, known := range groups {
		if known.name == g {
			return known.statuses
		}
	}
	return nil
}

func groupOf(status msads.Status) group {
	for _, known := range groups {
		if slices.Contains(known.statuses, status) {
			return known.name
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

// condition narrows a rule; the empty one always holds.
type condition string

// The conditions, as the table prints them.
const (
	reinvited  condition = "--reinvite names the status"
	notNamed   condition = "nobody watches, and --reinvite does not name the status"
	hasProfile condition = "the row has a client_profile"
	noProfile  condition = "the row has no client_profile"
	notDue     condition = "start_date is to come"
	ended      condition = "end_date is over"
)

// facts are what conditions ask about.
type facts struct {
	former     bool // there was a link, which has ended or never came to be
	reinvited  bool // and --reinvite names its status
	unattended bool
	profile    bool
	notDue     bool
	ended      bool
}

// facts are those of a step whose link has a status.
func (p *Planner) facts(step *Step, status msads.Status) facts {
	return facts{
		former:     formerly(status) != former{},
		reinvited:  slices.Contains(p.Reinvite, status),
		unattended: p.Unattended,
		profile:    step.Row.ClientProfile != "",
		ended:      step.Ended,
	}
}

func (c condition) holds(f facts) bool {
	switch c {
	case reinvited:
		return f.reinvited
	case notNamed:
		return f.unattended && f.former && !f.reinvited
	case hasProfile:
		return f.profile
	case noProfile:
		return !f.profile
	case notDue:
		return f.notDue
	case ended:
		return f.ended
	}
	return true
}

// rule is one line of the decision table.
type rule struct {
	intent ingest.Intent
	side   Side // of the login that plans; empty = either
	group  group
	when   condition // of several rules for one cell the first that holds decides
	op     Op
	reason string // see render
}

// asUnlink is the op of a rule that leaves it to those of unlink. What they do
// about the link has the reason of this rule, what they leave has both.
const asUnlink Op = "as unlink"

// find returns the first rule for a cell of the table.
func find(intent ingest.Intent, side Side, cell group, f facts) (rule, bool) {
	for _, r := range rules {
		fits := r.group == cell || r.group == everyStatus && cell != anyStatus
		if r.intent != intent || !fits || r.side != "" && r.side != side || !r.when.holds(f) {
			continue
		}
		if r.op != asUnlink {
			return r, true
		}
		as, found := find(ingest.Unlink, side, cell, f)
		if !as.op.Writes() {
			r.reason = as.reason + "; " + r.reason
		}
		r.op = as.op
		return r, found
	}
	return rule{}, false
}

// Rule is one line of the decision table as a person reads it.
type Rule struct {
	Intent   ingest.Intent
	Side     Side   // of the login that plans; empty = either
	Statuses string // of the link, "no link" included
	When     string // of several rules for the same statuses the first whose condition holds decides; empty = it always holds
	Op       Op
	Reason   string // D is a date, left out where the service gives none
}

// Rules returns the decision table in the order in which it is read, with the
// warnings that an add carries: the rules that a run with [Options.Unattended]
// follows, or one without.
func Rules(unattended bool) []Rule {
	words := strings.NewReplacer("[", "", "]", "", "{date}", "D", "{past}", formerly(msads.LinkDeclined).how, "{status}", "…", "{word}", "…", "{due}", "D", "{end}", "D")
	var printed []Rule
	for _, r := range rules {
		if r.when == notNamed && !unattended {
			continue
		}
		switch {
		case r.op == OpAdd && r.group == refusing:
			r.reason += " (warning: {past})"
		case r.when == notDue:
			r.reason += " (outcome: scheduled)"
		case r.op == OpAdd:
			r.reason += " (warning if Inactive: " + formerly(msads.Inactive).how + ")"
		}
		printed = append(printed, Rule{r.intent, r.side, r.group.String(), string(r.when), r.op, words.Replace(words.Replace(r.reason))})
	}
	return printed
}

// String lists the statuses of a group.
func (g group) String() string {
	switch g {
	case anyStatus:
		return "(before any search)"
	case everyStatus:
		return "(any)"
	case unrecognised:
		return "UnlinkCanceled, any other"
	}
	var names []string
	for _, status := range g.statuses() {
		names = append(names, cmp.Or(string(status), "no link"))
	}
	return strings.Join(names, ", ")
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

// render fills a reason for a link as it was seen. The text in brackets needs
// a date and is left out without one.
func render(reason string, seen Seen) string {
	how := formerly(seen.Status)
	reason = strings.NewReplacer("{past}", how.how, "{word}", how.word).Replace(reason)
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
