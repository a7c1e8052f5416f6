package executor

import (
	"context"
	"errors"

	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// read maps PartialErrors to steps by index: entry i belongs to link i, and an
// empty entry means that the link was applied.
func read(chunk []*planner.Step, base Answer, reply *msads.Reply) []Answer {
	base.TrackingID = reply.TrackingID
	answers := all(chunk, base)
	for i := range answers {
		answers[i].Errors = reply.PartialErrors[i]
		answers[i].Outcome = linkOutcome(reply.PartialErrors[i])
	}
	return answers
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

// outcomeOf reads a call that brought no reply link by link.
func outcomeOf(ctx context.Context, err *msads.CallError) (Outcome, string) {
	if !err.NothingApplied() {
		return Unknown, err.Error()
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return Held, ""
	}
	switch err.Class() {
	case msads.ClassStale, msads.ClassLater, msads.ClassPermanent, msads.ClassPermission:
		return Refused, err.Error()
	}
	return Failed, err.Error()
}

// hopeless reports whether the calls after this one would fail in the same way.
// For an expired token or a throttle that holds once the client has refreshed
// or waited in vain, which it has unless the write is ambiguous.
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
