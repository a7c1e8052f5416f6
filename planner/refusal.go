package planner

import (
	"context"
	"errors"
	"slices"

	"linkbatch/internal/msads"
)

// invalidPredicate is the code by which a service refuses two predicates in
// one search.
const invalidPredicate = 3030

func hasCode(err error, code int) bool {
	call, ok := errors.AsType[*msads.CallError](err)
	return ok && slices.ContainsFunc(call.Errors, func(e msads.OperationError) bool { return e.Code == code })
}

// classOf is the class of a failed call; [msads.ClassNone] if it was cancelled,
// or if err is not a call's error at all.
func classOf(err error) msads.Class {
	call, ok := errors.AsType[*msads.CallError](err)
	if !ok || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return msads.ClassNone
	}
	return call.Class()
}

// refused reports whether the service would not search for what it was asked,
// so that the entities asked for may be at fault.
func refused(err error) bool {
	class := classOf(err)
	return class == msads.ClassPermanent || class == msads.ClassPermission || class == msads.ClassLater
}

// locked reports whether the service will not serve the login at all.
func locked(err error) bool {
	class := classOf(err)
	return class == msads.ClassSignIn || class == msads.ClassFatal || class == msads.ClassTokenExpired
}

// health tells apart refusals of single ids from the refusal of a login, or of a
// form of search, whatever it asks for.
type health struct {
	served  bool
	refused int
	last    error
}

// note counts one answer. It returns the refusal itself once as many ids as
// one search holds were refused and none was served.
func (h *health) note(err error) error {
	if err == nil {
		h.served = true
		return nil
	}
	h.refused, h.last = h.refused+1, err
	if !h.served && h.refused >= msads.MaxIDsPerSearch {
		return err
	}
	return nil
}

// err returns the refusal if the login was never served for want of a
// permission: that is about the login, not about a row.
func (h *health) err() error {
	if !h.served && classOf(h.last) == msads.ClassPermission {
		return h.last
	}
	return nil
}
