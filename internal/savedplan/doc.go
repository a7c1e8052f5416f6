// Package savedplan keeps plans in files, so that what is applied is what a
// person has seen.
//
// What enters is a [planner.Plan] with all that it was made of: the roster, the
// service, the agency, the options and the guards. What leaves is a JSON file of a
// published form ([Schema]), and what it was written from, read back.
//
// The one promise: a plan that is read is the plan that was written, or reading
// ends with a [*RefusedError] that says which part was changed.
//
// # Two digests
//
// The digest of a plan ([File.Digest], [Digest]) is about what was decided: the
// service, the agency, the roster, and each step with its link as searched and
// what would be sent. Planning again while nothing has changed gives the same
// digest, whoever plans and whenever. It is what apply --expect compares.
//
// The seal ([File.Seal]) is about the file: everything in it, also who made it,
// when, and until when it is good. Two files have never the same seal unless they
// are copies of one another. It is what the ledger records of a run, so that a
// plan is used once. Neither is a signature: whoever can write the file can make
// another that is whole. They show an accident or an edit, not a forger; who may
// apply plans is a matter of who holds the credentials.
//
// # Never stored
//
// The object that an update echoes, which has the Inviter members, and anything
// of the sign-in but the ids of the user and the customer. A plan does not say
// where to sign in: a token goes only to a server that the person who applies it
// has named. The roster's own cells are stored as they are.
//
// # Versions
//
// The form has a number, format_version. A file of another number is refused,
// whichever linkbatch wrote it. A linkbatch of another version may apply the file,
// since it decides each row again and holds those that it decides otherwise.
package savedplan
