package executor

import (
	"context"
	"errors"

	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// read maps PartialErrors to steps by index: entry i belongs to link i, and an
// empty entry means that the link was applied.
func (e *Executor) read(chunk []*planner.Step, base Result, reply *msads.Reply) []Result {
	base.TrackingID = reply.TrackingID
	results := e.all(chunk, base)
	for i := range results {
		results[i].Errors = reply.PartialErrors[i]
		results[i].Outcome = linkOutcome(reply.PartialErrors[i])
	}
	return results
}

// linkOutcome reads the errors of one link. Codes of a failure inside the
// service (0, 202, 833, 2208), and those that speak of the call and not of
// the link, leave open whether the link was applied.
func linkOutcome(errs []msads.OperationError) Outcome {
	if len(errs) == 0 {
		return Done
	}
	for _, err := range errs {
		switch msads.Classify(err) {
		case msads.ClassTransient, msads.ClassThrottled, msads.ClassTokenExpired:
			return Unknown
		}
	}
	return Refused
}

// verdict reads a call that brought no reply link by link.
func verdict(ctx context.Context, err *msads.CallError) (Outcome, string) {
	if !err.NothingApplied() {
		return Unknown, err.Error()
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return Held, reason(context.Cause(ctx))
	}
	switch err.Class() {
	case msads.ClassStale, msads.ClassLater, msads.ClassPermanent, msads.ClassPermission:
		return Refused, err.Error()
	}
	return Failed, err.Error()
}

// hopeless reports whether the calls after this one would meet the same. Of
// codes that the client has done for what can be done (a token refreshed, a
// throttle waited for) that is so if they came back all the same; an ambiguous
// write it did not repeat.
func hopeless(failure *msads.CallError) bool {
	switch failure.Class() {
	case msads.ClassTokenExpired, msads.ClassThrottled:
		return failure.NothingApplied()
	}
	return failure.Class() >= msads.ClassFatal
}

// callError is err as the client's error type. Any other error says nothing
// about what was applied, which a zero CallError says too.
func callError(err error) *msads.CallError {
	if ce, ok := errors.AsType[*msads.CallError](err); ok {
		return ce
	}
	return &msads.CallError{Err: err}
}

// reason words why a step was held.
func reason(err error) string {
	return "not sent: " + err.Error()
}
