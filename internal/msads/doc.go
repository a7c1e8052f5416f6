// Package msads is a client of the Microsoft Advertising Customer Management
// service v13 over REST, as far as client links need it: SearchClientLinks,
// AddClientLinks, UpdateClientLinks and GetUser.
//
// What enters is the service's own objects under the service's own names (in
// Go spelling: ClientEntityID for ClientEntityId); what leaves is what the
// service answered, field for field, or a [*CallError] that keeps every code,
// message, detail and the TrackingId.
//
// The one promise: a caller always knows whether a call may have changed
// anything. [CallError.NothingApplied] is true only when the service refused
// the call before processing it, or never saw it. Everything else that is not
// a clear reply is ambiguous, and is never sent again from here.
//
// The clients of a run share a [Gate], which bounds their calls, pauses all of
// them when the service throttles, and learns from that how many calls a minute
// accepts.
//
// What the client repeats by itself is only what can do no harm: a throttled
// call (code 117 or HTTP 429, nothing was done; for two hours at most, see
// [Gate]), a call with an expired token (once, after one refresh that all
// callers share), a connection that was never made, and, for reading calls
// only, a failure of any transient kind.
package msads
