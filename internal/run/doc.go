// Package run carries plans out, in rounds, until every row has one outcome.
//
// What enters is a [planner.Plan], the [Engine] that can search and write, and
// what the ledger knows of the runs before. What leaves is one
// [executor.Result] for every step, in the order of the plan, and the record of
// all of it.
//
// The promise: no op is sent twice on one link unless two searches have shown
// that it came to nothing, and every result says what is known to be true of
// its row, whatever replies were lost and whenever the process died.
//
// A run goes through these rooms:
//
//   - [Take] waits for the lock of the run's scope, refuses a saved plan that was
//     used before (used.go), and settles, by searches alone, what runs before it
//     left open (turn.go, revive.go). A run whose process died is ended: finished
//     if nothing of it is open, else interrupted.
//   - [Turn.Join] looks for an unfinished run of the same roster, read in the
//     same way, and resumes it: what was done stays done, what was not is
//     decided by the new plan.
//   - [Limits.Check] holds the plan of the whole run against the guards, all at
//     once. Whether it may prune is one of them, for reasons that the planner
//     gives. [Run.Hold] holds what they are about; the rest goes.
//   - [Turn.Begin] records the run before anything is sent; [Turn.Forgo] records
//     one that is not started at all, and why. A run with
//     another [ledger.Purpose] than its roster as a whole, such as an undo, neither
//     resumes nor is resumed by one of the roster.
//   - [Run.Carry] sends what is due, unless its [Caution] stops it. After each
//     round of calls, rows whose reply left a question open are searched
//     (settle.go, look.go) and decided again: the same op on the same link may be
//     sent again, and the accept that follows an add; everything else ends the row.
//     An add by number waits for the adds by id, and ends with them if it is about
//     the same account (deferred.go, meet.go).
//   - [Run.Wait] follows links that the service is still setting up.
//   - [Turn.End] records how the run ended.
//
// [Ahead] is the same for a plan, which locks, settles and records nothing.
// [Deeds] is what a recorded run is known to have done, for whoever takes it back, and
// [Again] are its rows that are worth another try.
//
// The package decides nothing about a link, which is the planner's business, and
// prints nothing: it speaks to a [Watcher]. It reads neither the environment nor
// a clock but the one it is given.
package run
