package main

import (
	"errors"
	"strings"

	"linkbatch/internal/msads"
)

// profileError is a profile that the service or its sign-in service refused, or
// that could not be tried.
type profileError struct {
	login *login
	err   error
}

func (e *profileError) Error() string { return e.err.Error() }
func (e *profileError) Unwrap() error { return e.err }

// putToken is how advice ends that knows of no sign-in but the environment's.
const putToken = ", and put the new token into " + varRefreshToken

// hint makes advice about credentials that of this login: it names where they
// come from, and how this one signs in again.
func (e *profileError) hint(advice string) string {
	l := e.login
	if call, ok := errors.AsType[*msads.CallError](e.err); ok && len(call.Errors) > 0 && strings.Contains(advice, "sign in") {
		advice = strings.TrimSuffix(advice, putToken)
		if l.from[varRefreshToken].Kind == "login" {
			advice += ": run " + loginCommand(l.options.Profile, l.options.Env)
		} else {
			advice += putToken
		}
	}
	return l.named(advice)
}
