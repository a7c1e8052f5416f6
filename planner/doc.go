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
// [Step.Judge] decides whether the op was applied.
//
// [Check] is what can be said of a roster without any search: what reading it
// found, repeats and contradictions, identifiers that are nearly alike, and rows
// that do not say who pays.
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
