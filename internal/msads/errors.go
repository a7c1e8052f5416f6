package msads

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// OperationError is one error of the service as it was received: an
// OperationError, an AdApiError or a BatchError. A code that is missing or is
// not a number reads as 0, the service's own InternalError. E-mail addresses
// and tokens inside the texts are redacted.
type OperationError struct {
	Code      int
	ErrorCode string // the symbol; only in an AdApiFaultDetail
	Message   string
	Details   string
}

// String is "1410: message (details)", with the symbol where there is one.
func (e OperationError) String() string {
	s := fmt.Sprint(e.Code)
	if e.ErrorCode != "" {
		s += " " + e.ErrorCode
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.Details != "" && e.Details != e.Message {
		s += " (" + e.Details + ")"
	}
	return s
}

// Class is what the caller has to do about an error. It follows from the code
// and never from the HTTP status.
type Class int

// The classes, from harmless to fatal, so that the worst of several is their
// maximum.
const (
	ClassNone         Class = iota
	ClassTransient          // 0, 202, 833, 2208, and network failures: may work later; search for a write before repeating it
	ClassThrottled          // 117, HTTP 429: all callers pause
	ClassTokenExpired       // 109, HTTP 401: refresh and send again
	ClassStale              // 209: the link changed since it was searched
	ClassLater              // 1472: being linked or unlinked, wait 5 to 30 minutes
	ClassPermanent          // this link cannot be done; also every unknown code
	ClassPermission         // 106, 1001: this login may not do this, for one row or for all
	ClassFatal              // a mistake in this program or its configuration: no further call makes sense
	ClassSignIn             // credentials are refused: no further call makes sense
)

// CallError is a call without a usable reply. Operation, HTTPStatus, TrackingID
// and Errors are as the service sent them; Err is set when the failure is not
// the service's answer (network, decoding, cancellation).
type CallError struct {
	Operation  string // SearchClientLinks, AddClientLinks, UpdateClientLinks or GetUser
	HTTPStatus int    // 0 when no response came
	TrackingID string
	Errors     []OperationError
	Body       string        // the beginning of a body that is not JSON, on one line, shortened
	RetryAfter time.Duration // of a throttled call: the pause that the service asks for, 60 s where it does not say
	Err        error

	stage  stage
	class  Class         // for the stages without an answer; ClassNone = transient
	gaveUp time.Duration // the patience that ran out, of a call that was throttled again and again
}

// stage is how far a call got. [CallError.NothingApplied] depends on it.
type stage int

const (
	answered    stage = iota // by a fault, or by something that is not a reply
	refused                  // HTTP 200 and a reply whose OperationErrors is not empty
	apiFault                 // by an ApiFault: OperationErrors inside a fault
	unsent                   // cancelled before sending, no token, or not a valid call
	unconnected              // not one byte of the body was handed to a connection
	lost                     // sent, but no answer came or only a part of one
)

// Unwrap returns Err, so that a cancelled call is a [context.Canceled].
func (e *CallError) Unwrap() error { return e.Err }

// NothingApplied reports whether it is certain that the call changed nothing:
// the service refused it as a whole before processing, or never saw it.
// Everything else is ambiguous, whatever the body says: a 5xx, an answer that
// cannot be read, a code of a failure inside the service (0, 202, 833, 2208),
// an unknown code or none in a fault, a time-out, a reset. It is meant for
// writes; a search never changes anything.
func (e *CallError) NothingApplied() bool {
	if slices.ContainsFunc(e.Errors, failedInside) {
		return false
	}
	switch {
	case e.stage == unsent, e.stage == unconnected, e.stage == refused:
		return true
	case e.stage == lost, e.HTTPStatus == 0, e.HTTPStatus >= 500:
		return false
	case e.HTTPStatus == 401, e.HTTPStatus == 429:
		return true
	case len(e.Errors) == 0, e.HTTPStatus >= 300 && e.HTTPStatus < 400:
		return false
	case e.stage == apiFault && e.all(knownCode):
		return true
	}
	return e.all(refusedBefore)
}

// all reports whether every error of the call is of one kind.
func (e *CallError) all(kind func(OperationError) bool) bool {
	return !slices.ContainsFunc(e.Errors, func(err OperationError) bool { return !kind(err) })
}

// failedInside are the codes of a failure after processing began: the call may
// have been applied in part or whole.
func failedInside(err OperationError) bool {
	return slices.Contains([]int{0, 202, 833, 2208}, err.Code)
}

// refusedBefore are the codes with which the service refuses a call before it
// looks at any link: sign-in, headers, throttling (100 to 126), version,
// operation, size and emptiness of the list.
func refusedBefore(err OperationError) bool {
	return err.Code >= 100 && err.Code <= 126 ||
		slices.Contains([]int{204, 205, 303, 3024, 3087, 3101}, err.Code)
}

func knownCode(err OperationError) bool {
	_, ok := byNumber(err.Code)
	return ok
}

// throttled reports whether the service wants all callers to pause.
func (e *CallError) throttled() bool {
	return e.HTTPStatus == 429 || e.has(codeThrottled)
}

// tokenRefused reports whether another access token may help: 109 and HTTP 401
// mean that, and 105 is also sent for a token that has just been replaced.
func (e *CallError) tokenRefused() bool {
	return e.HTTPStatus == 401 || e.has(codeTokenExpired) || e.has(codeCredentials)
}

func (e *CallError) has(code int) bool {
	return slices.ContainsFunc(e.Errors, func(err OperationError) bool { return err.Code == code })
}

// Class is the worst class of the call's errors. The HTTP status decides only
// where there is no known code: a 5xx may be temporary; an address that is
// forbidden, does not exist or redirects is fatal.
func (e *CallError) Class() Class {
	class := e.class
	for _, err := range e.Errors {
		c := Classify(err)
		if !knownCode(err) && e.HTTPStatus >= 500 {
			c = ClassTransient
		}
		class = max(class, c)
	}
	switch {
	case e.HTTPStatus == 429:
		class = max(class, ClassThrottled)
	case e.HTTPStatus == 401:
		class = max(class, ClassTokenExpired)
	}
	return cmp.Or(class, e.statusClass())
}

// statusClass is the class of an answer without any code.
func (e *CallError) statusClass() Class {
	switch s := e.HTTPStatus; {
	case e.wrongAddress():
		return ClassFatal
	case s < 300, s == 408, s >= 500:
		return ClassTransient
	}
	return ClassPermanent
}

// wrongAddress reports whether the answer, if it has no code, seems to come from
// something other than the service.
func (e *CallError) wrongAddress() bool {
	s := e.HTTPStatus
	return s >= 300 && s < 400 || s == 403 || s == 404 || s == 405 || s == 501
}
