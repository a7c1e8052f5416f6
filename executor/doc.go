// Package executor carries out the steps of a plan.
//
// What enters is steps that were decided and approved; what leaves is an
// [Answer] for each of them, emitted as its call returns. Steps of one op and
// one profile are sent in calls of at most ten, several at a time, and each
// call is recorded in a [Journal] before it is sent and after it came back.
//
// The one promise: it writes exactly what a step says, at most once. A call
// whose reply was lost or cannot be read leaves its steps with the outcome
// unknown; they are looked up and planned again by the caller, never sent
// again from here. Cancellation takes effect between calls, never inside one.
package executor
