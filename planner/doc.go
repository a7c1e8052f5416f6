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
// reads a status. Around it stand, in the order in which a row meets them:
//
//   - begin: what row and credentials decide alone. An op that the credentials
//     at hand cannot perform is blocked before any call.
//   - [Repeats]: rows about one link are merged if they ask the same, and all
//     rejected if they do not, whether they name it by id or by number. It works
//     offline too.
//   - search: by id in tens or by the whole list in hundreds, never more than
//     twice the fewer calls of the two. Absence is shown only by a search for
//     the id or by a list read to its end. What a search cannot tell is neither
//     present nor absent, and its row is blocked: it is never taken for absent,
//     since an absent link is invited.
//   - [Planner.Decide]: the table, the warnings, and the object to send.
//
// The agency's search cannot show what a client's login sees, so an accept or
// decline through a client_profile is looked up a second time through that
// login, and decided from that. A client's login that fails costs its own rows
// only; a search that fails for the main login fails the plan.
//
// After a call whose reply was lost, [Planner.Look] reads the links again and
// [Judge] tells whether the op was applied.
package planner
