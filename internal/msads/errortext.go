package msads

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"linkbatch/internal/duration"
	"linkbatch/internal/redact"
)

// WorstAdvice is the [Advice] for the error of the highest class, the first of
// several; empty for no error.
func WorstAdvice(errs []OperationError) string {
	if len(errs) == 0 {
		return ""
	}
	return Advice(worst(errs))
}

// WorstClass is the highest class of several errors; [ClassNone] for no error.
func WorstClass(errs []OperationError) Class {
	if len(errs) == 0 {
		return ClassNone
	}
	return Classify(worst(errs))
}

func worst(errs []OperationError) OperationError {
	return slices.MaxFunc(errs, func(a, b OperationError) int { return cmp.Compare(Classify(a), Classify(b)) })
}

// Advice says in plain words what a person can do about the call: the advice
// for its worst error, or else what its way of failing suggests.
func (e *CallError) Advice() string {
	switch {
	case e.gaveUp > 0:
		return "the service has been throttling for longer than a burst of calls explains: run it again later; nothing is sent twice"
	case e.stage == unsent && e.RetryAfter > 0, e.RetryAfter > patience:
		return fmt.Sprintf("run it again when the pause of %s is over; nothing is sent twice", duration.String(e.RetryAfter))
	}
	if len(e.Errors) > 0 {
		return WorstAdvice(e.Errors)
	}
	switch class := e.Class(); {
	case class == ClassThrottled:
		return Advice(OperationError{Code: codeThrottled})
	case class == ClassTokenExpired, class == ClassSignIn:
		return nextSignIn
	case e.wrongAddress():
		return "check --endpoint and --env, and whether there is a proxy in between"
	case class == ClassFatal && e.Err != nil:
		return "check --endpoint and --env"
	case e.HTTPStatus == 0:
		return "check the network and --endpoint, then " + nextAgain
	}
	return nextAgain
}

// Error is one line: operation, HTTP status where it is not 200, every error
// of the service, or what went wrong instead, and the TrackingId.
func (e *CallError) Error() string {
	var b strings.Builder
	b.WriteString(e.Operation)
	if e.HTTPStatus != 0 && e.HTTPStatus != 200 {
		fmt.Fprintf(&b, ": HTTP %d", e.HTTPStatus)
	}
	for i, err := range e.Errors {
		b.WriteString([]string{": ", "; "}[min(i, 1)])
		b.WriteString(err.String())
	}
	if len(e.Errors) == 0 {
		b.WriteString(e.what())
	}
	switch {
	case e.gaveUp > 0:
		fmt.Fprintf(&b, "; throttled repeatedly for more than %s", duration.String(e.gaveUp))
	case e.RetryAfter > defaultPause && e.stage != unsent:
		fmt.Fprintf(&b, "; the service asks for a pause of %s", duration.String(e.RetryAfter))
	}
	if e.TrackingID != "" {
		fmt.Fprintf(&b, "; TrackingId %s", e.TrackingID)
	}
	return b.String()
}

// what describes a failure without an error of the service.
func (e *CallError) what() string {
	s := ""
	switch {
	case e.stage == unsent && e.Err != nil:
		s = ": not sent"
	case e.HTTPStatus >= 300 && e.HTTPStatus < 400:
		s = ": redirected, and redirects are not followed: check --endpoint"
	case e.HTTPStatus == 403:
		s = ": access to this address is forbidden: check --endpoint, and any proxy in between"
	case e.wrongAddress():
		s = ": no such service at this address: check --endpoint"
	}
	if e.Err != nil {
		s += ": " + redact.Text(e.Err.Error())
	}
	if e.Body != "" {
		s += fmt.Sprintf(": %q", e.Body)
	}
	return cmp.Or(s, ": no reason given")
}
