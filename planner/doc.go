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
//
// # The client's name
//
// The row's client_name is compared with the name that the service has for the
// entity, since a roster with the right numbers for the wrong client looks
// right otherwise. A clear mismatch is a warning in plan and report; it never
// stops a step. Case, accents (ü is u or ue), width, punctuation, the words for
// "and", and the legal form at either end (Inc, GmbH, S.A., 株式会社, …) do not
// count. What is left can mean one client, and nothing is said, if
//
//   - every word of one name is in the other, in any order, where a word of five
//     letters or more may have one slip, though not in a digit;
//   - the letters of one stand together in the other: at least four, or two of
//     Kana, Han or Hangul;
//   - one name is the initials of the other, three or more;
//   - they share no script, so that one may be the other's transliteration;
//   - one of them is blank, or has no letters and digits.
//
// Every other pair is a mismatch, "Harbour Bakery" and "Harbour Books" too.
//
// # Identifiers that are nearly alike
//
// Two rows of one roster whose account_id, or account_number, are one edit apart
// may be one account and a slip of the hand: [Near] tells them, as a warning. An
// edit is a character changed, left out or added, or two neighbours swapped.
// Accounts that were made one after another have such identifiers too, so that
// a pair is told only if
//
//   - each is the other's only neighbour in the roster, or among the rows with
//     the same client_name: in a series an identifier has several;
//   - it is not one character changed, or that is before the last two, where a
//     service does not count, and the client names can mean one client, or the
//     rows have the same client_name;
//   - the rows do not have the other identifier too, both of them;
//   - the identifiers have six characters or more;
//   - at most 20 pairs are of its kind (which edit, and whether the client is the
//     same): more are how the identifiers of this roster are.
//
// One identifier under two client names that are a clear mismatch is told too.
package planner
