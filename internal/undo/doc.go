// Package undo finds the way back from what a run has done.
//
// What enters is what a recorded run is known to have done of each row ([run.Deed]),
// and later the plan of the way back, made from a search of the links as they are
// now. What leaves is rows that any planner takes: cancel for an invitation, add on
// the former terms for a link that was cancelled or unlinked, and a reason where
// there is no way back.
//
// The one promise: nothing is taken back that is not the run's own doing. A link
// that anybody has changed since, or of which too little was recorded, is left as it
// is, and the row says why.
//
// # What can be taken back
//
//   - An invitation that still waits is cancelled. One that the client has answered
//     is the client's decision.
//   - A link that was cancelled or unlinked is invited again: the same payer, name,
//     note, customer number and permission, and the same start if that is to come.
//     The client must accept again.
//   - An accept or a decline cannot be taken back: the service has no op for it.
//
// What an undo does not reach, such as an e-mail that was sent, is in
// [Undo.Remains].
//
// The package reads no status: whether a link is as the run has left it is
// [planner.Step.Untouched].
package undo
