package planner

import (
	"slices"

	"linkbatch/ingest"
)

// The reasons of more than one cell.
const (
	clientOnly   = "a client's login can only accept or decline: sign in as the managing customer"
	notLinked    = "not linked"
	notAgain     = "{past}; --reinvite={word} invites again"
	noInvitation = "no invitation"
	invited      = "invited[, expires on {date}]"
	already      = "already invited[, expires on {date}]"
	isSettling   = "accepted, still being set up"
	isLinked     = "already linked"
	underWay     = "unlink under way"
	strange      = `status "{status}" is not known to linkbatch`
	kept         = "kept"
	dueOn        = "due on {due}"
	rosterEnds   = "the roster ends this link on {end}"
	unnamed      = "no row names this link"
)

// prune is the intent of a step that no row asks for. No roster can hold it.
const prune ingest.Intent = "prune"

// rules is the decision table: intent × status. What is decided before a status
// is known has the group any. It is complete: every intent has a rule
// without a condition for every group.
var rules = []rule{
	{ingest.Add, Client, anyStatus, "", OpBlocked, clientOnly},
	{ingest.Add, Agency, everyStatus, ended, asUnlink, rosterEnds},
	{ingest.Add, Agency, free, notNamed, OpBlocked, notAgain},
	{ingest.Add, Agency, free, "", OpAdd, notLinked},
	{ingest.Add, Agency, refusing, notNamed, OpBlocked, notAgain},
	{ingest.Add, Agency, refusing, "", OpAdd, notLinked},
	{ingest.Add, Agency, pending, "", OpNone, already},
	{ingest.Add, Agency, linking, "", OpNone, isSettling},
	{ingest.Add, Agency, linked, "", OpNone, isLinked},
	{ingest.Add, Agency, unlinking, "", OpBlocked, underWay},
	{ingest.Add, Agency, unrecognised, "", OpBlocked, strange},

	{ingest.Accept, Agency, anyStatus, noProfile, OpBlocked, "the agency cannot accept its own invitation: set a client_profile, or sign in as the client"},
	{ingest.Accept, "", free, "", OpBlocked, noInvitation},
	{ingest.Accept, "", refusing, "", OpBlocked, noInvitation},
	{ingest.Accept, "", pending, "", OpAccept, invited},
	{ingest.Accept, "", linking, "", OpNone, isSettling},
	{ingest.Accept, "", linked, "", OpNone, isLinked},
	{ingest.Accept, "", unlinking, "", OpBlocked, underWay},
	{ingest.Accept, "", unrecognised, "", OpBlocked, strange},

	{ingest.Decline, Agency, anyStatus, noProfile, OpBlocked, "the agency cannot decline its own invitation: set a client_profile, or sign in as the client"},
	{ingest.Decline, "", everyStatus, notDue, OpNone, dueOn},
	{ingest.Decline, "", free, "", OpBlocked, noInvitation},
	{ingest.Decline, "", refusing, "", OpNone, "{past}"},
	{ingest.Decline, "", pending, "", OpDecline, invited},
	{ingest.Decline, "", linking, "", OpBlocked, "already accepted"},
	{ingest.Decline, "", linked, "", OpBlocked, isLinked},
	{ingest.Decline, "", unlinking, "", OpBlocked, underWay},
	{ingest.Decline, "", unrecognised, "", OpBlocked, strange},

	{ingest.Unlink, Client, anyStatus, "", OpBlocked, clientOnly},
	{ingest.Unlink, Agency, everyStatus, notDue, OpNone, dueOn},
	{ingest.Unlink, Agency, free, "", OpNone, notLinked},
	{ingest.Unlink, Agency, refusing, "", OpNone, notLinked},
	{ingest.Unlink, Agency, pending, "", OpCancel, "cancel the invitation"},
	{ingest.Unlink, Agency, linking, "", OpBlocked, isSettling + "; try again once it is Active"},
	{ingest.Unlink, Agency, linked, "", OpUnlink, "linked"},
	{ingest.Unlink, Agency, unlinking, "", OpNone, underWay},
	{ingest.Unlink, Agency, unrecognised, "", OpBlocked, strange},

	{ingest.Cancel, Client, anyStatus, "", OpBlocked, clientOnly},
	{ingest.Cancel, Agency, everyStatus, notDue, OpNone, dueOn},
	{ingest.Cancel, Agency, free, "", OpNone, noInvitation},
	{ingest.Cancel, Agency, refusing, "", OpNone, noInvitation},
	{ingest.Cancel, Agency, pending, "", OpCancel, invited},
	{ingest.Cancel, Agency, linking, "", OpBlocked, "already accepted"},
	{ingest.Cancel, Agency, linked, "", OpBlocked, "already linked, use unlink"},
	{ingest.Cancel, Agency, unlinking, "", OpNone, underWay},
	{ingest.Cancel, Agency, unrecognised, "", OpBlocked, strange},

	{ingest.Link, Client, anyStatus, "", OpBlocked, clientOnly},
	{ingest.Link, Agency, everyStatus, ended, asUnlink, rosterEnds},
	{ingest.Link, Agency, free, notNamed, OpBlocked, notAgain},
	{ingest.Link, Agency, free, "", OpAdd, notLinked},
	{ingest.Link, Agency, refusing, reinvited, OpAdd, notLinked},
	{ingest.Link, Agency, refusing, "", OpBlocked, "{past}; write add to ask again"},
	{ingest.Link, Agency, pending, hasProfile, OpAccept, invited},
	{ingest.Link, Agency, pending, "", OpNone, "waiting for the client[, expires on {date}]"},
	{ingest.Link, Agency, linking, "", OpNone, isSettling},
	{ingest.Link, Agency, linked, "", OpNone, isLinked},
	{ingest.Link, Agency, unlinking, "", OpBlocked, underWay},
	{ingest.Link, Agency, unrecognised, "", OpBlocked, strange},

	{ingest.Keep, "", free, "", OpNone, kept},
	{ingest.Keep, "", refusing, "", OpNone, kept},
	{ingest.Keep, "", pending, "", OpNone, kept},
	{ingest.Keep, "", linking, "", OpNone, kept},
	{ingest.Keep, "", linked, "", OpNone, kept},
	{ingest.Keep, "", unlinking, "", OpNone, kept},
	{ingest.Keep, "", unrecognised, "", OpNone, kept},

	{prune, Client, anyStatus, "", OpBlocked, clientOnly},
	{prune, Agency, free, "", OpNone, notLinked},
	{prune, Agency, refusing, "", OpNone, notLinked},
	{prune, Agency, pending, "", OpCancel, unnamed},
	{prune, Agency, linking, "", OpNone, isSettling},
	{prune, Agency, linked, "", OpUnlink, unnamed},
	{prune, Agency, unlinking, "", OpNone, underWay},
	{prune, Agency, unrecognised, "", OpBlocked, strange},
}

// hasRules reports whether the table knows the intent.
func hasRules(intent ingest.Intent) bool {
	return slices.ContainsFunc(rules, func(r rule) bool { return r.intent == intent })
}
