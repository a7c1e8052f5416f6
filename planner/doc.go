// Package planner decides what to do for each row of a roster.
//
// What enters is rows and the client links that exist now, read through a
// [Searcher]; what leaves is a [Plan]: one [Step] for every row, in roster
// order, plain data that can be printed, compared and saved.
//
// The one promise: planning writes nothing. The packages after it write what
// a step says and never look at a status again; a dry run is a run that stops
// after the plan.
//
// The decision itself is a table of intent and status, kept as data in
// table.go and printed by [Rules]. It is the only place in linkbatch that
// reads a status. A row meets, in this order:
//
//   - begin: what row and credentials decide alone. An op that the credentials
//     at hand cannot perform is blocked before any call.
//   - repeats: rows about one link are merged if they ask the same, and all
//     rejected if they do not, whether they name it by id or by number.
//   - search: by id in tens or by the whole list in hundreds, never more than
//     twice the fewer calls of the two. What a search showed of a link is a
//     [Sight]: the link, that there is none, or a doubt. Absence is shown only
//     by a search for the id or by a list that was read to its end. A row in
//     doubt is blocked: it is never taken for absent, since an absent link is
//     invited.
//   - [Planner.Decide]: the table, the warnings, and the object to send.
//
// The agency's search cannot show what a client's login sees, so an accept or
// decline through a client_profile is looked up a second time through that
// login, and decided from that. A client's login that fails costs its own rows
// only; a search that fails for the main login fails the plan.
//
// After a call whose reply was lost, [Planner.Look] reads the links again and
// [Step.Judge] decides whether the op was applied. A link that has ended shows an
// add only if it ended after [Step.Sent], by the service's clock.
//
// Rows that name accounts by id and by number may be about one account, which
// shows once a search has the link: they are compared then, and share one
// outcome or contradict each other. [Planner.Compare] does the same for links
// that only the run itself has made.
//
// With [Prune] the links that no row names get steps of their own, after those of
// the roster: unlink for what is Active or UnlinkFailed, cancel for what is
// LinkPending, of the types that the roster has. The whole list is read for that.
// A row names an account in whatever it says of it, even if it is invalid, is
// about another agency, or was skipped. Why none of them may be sent is in
// [Plan.Refusals]; the steps are there all the same, to be shown.
//
// [Planner.Links] is the way back: the links as they are, each with the action that
// leaves it as it is.
//
// [Check] is what can be said of a roster without any search: what reading it
// found, repeats and contradictions, identifiers that are nearly alike, and rows
// that do not say who pays.
//
// # Dates
//
// start_date on unlink, cancel and decline is the day from which the row is due,
// since the service cannot schedule an update. Until then the row waits: its op
// is none, its [Step.Due] says for what, and what would keep it from being sent
// is a warning. end_date on link and add is the last day of the link: from the
// day after, the row is decided as an unlink is, guards and all. Nothing but the
// roster says what is to come: each plan decides again, so that a row that was
// moved or removed is as if it had never been.
//
// A day begins at midnight in [Options.TimeZone], UTC unless the caller says
// otherwise; a time in a cell is read as the cell has it. What is sent is UTC.
//
// [Options.Now] is to be the service's time, as its last answer stated it, where
// the service states one. The clock of this machine may be wrong, and the one
// that dates the link is the service's: a start that it was sent for the same
// day, and the end of an invitation, are counted by that clock too. Its age is
// that of the last answer, so that it can be late by seconds and not early: a row
// is never sent before its day.
//
// # The client's name
//
// The row's client_name is compared with the name that the service has for the
// entity, since a roster with the right numbers for the wrong client looks
// right otherwise. A clear mismatch is a warning in plan and report; it never
// stops a step. Package clientname has the rule.
//
// # Identifiers that are nearly alike
//
// Two rows of one roster whose account_id, or account_number, are one edit apart
// may be one account and a typo, which is a warning. Accounts that were created
// one after another have such identifiers too; package nearly has the rule by
// which they are left out. A pair is not reported either if
//
//   - both rows have the other identifier too: they are two accounts, or a
//     contradiction;
//   - there are more than 20 pairs of its kind (which edit, and whether the
//     client is the same): that is how the identifiers of this roster are.
//
// One identifier under two client names that are a clear mismatch is reported
// too.
package planner
