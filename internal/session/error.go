package session

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"linkbatch/internal/auth"
	"linkbatch/internal/msads"
)

// Error is a setting that cannot be used.
type Error struct {
	Err  error
	Next string // what to do about it
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Hint is what to do about an error of signing in or of a call, in the words of
// its login if it is a [*ProfileError]; empty if there is nothing to say.
func Hint(err error) string {
	hint := ""
	if e, ok := errors.AsType[*Error](err); ok {
		hint = e.Next
	} else if e, ok := errors.AsType[*MissingError](err); ok {
		hint = e.hint()
	} else if e, ok := errors.AsType[*auth.Error](err); ok {
		hint = e.Next
	} else if e, ok := errors.AsType[*auth.RedirectError](err); ok {
		hint = e.Next
	} else if _, ok := errors.AsType[*auth.UnreachableError](err); ok {
		hint = "check the network and --token-url, then run the same command again"
	} else if e, ok := errors.AsType[*msads.CallError](err); ok {
		hint = e.Advice()
	}
	if e, ok := errors.AsType[*ProfileError](err); ok {
		return e.named(hint)
	}
	return hint
}

// ProfileError is a profile that the service or its sign-in service refused, or
// that could not be tried.
type ProfileError struct {
	Login *Login
	Err   error
}

func (e *ProfileError) Error() string { return e.Err.Error() }
func (e *ProfileError) Unwrap() error { return e.Err }

// putToken is how advice ends that knows of no sign-in but the environment's.
const putToken = ", and put the new token into " + RefreshTokenVar

// named makes advice about credentials that of this login: it says where they
// come from, and how this one signs in again.
func (e *ProfileError) named(advice string) string {
	l := e.Login
	if call, ok := errors.AsType[*msads.CallError](e.Err); ok && len(call.Errors) > 0 && strings.Contains(advice, "sign in") {
		advice = strings.TrimSuffix(advice, putToken)
		if l.from[RefreshTokenVar].Kind == "login" {
			advice += ": run " + loginCommand(l.Options.Profile, l.Options.Env)
		} else {
			advice += putToken
		}
	}
	return l.Named(advice)
}

// MissingError is a sign-in for which something is not set.
type MissingError struct {
	login   *Login
	missing []string // variables

	file     string   // the configuration, if it does not have the profile
	profiles []string // those that it has
}

func (e *MissingError) Error() string {
	what, verb := strings.Join(e.missing, ", "), "is"
	if len(e.missing) > 1 {
		verb = "are"
	}
	if !e.login.inUse {
		what = strings.ReplaceAll(what, RefreshTokenVar, "a refresh token")
	}
	unknown := ""
	if e.file != "" {
		unknown = fmt.Sprintf(", which %s does not have", e.file)
	}
	return fmt.Sprintf("not signed in: profile %q%s: %s %s not set", e.login.Options.Profile, unknown, what, verb)
}

func (e *MissingError) hint() string {
	if len(e.profiles) > 0 {
		return "the profiles are " + strings.Join(e.profiles, ", ") + ": name one with --profile; or " + e.signIn()
	}
	return e.signIn()
}

// signIn is how the profile can sign in.
func (e *MissingError) signIn() string {
	what := "set what is missing (linkbatch --help explains each); --env simulator needs no credentials"
	if !slices.Contains(e.missing, RefreshTokenVar) {
		return what
	}
	if !e.login.inUse {
		what = "set in the configuration where its refresh token is"
	}
	return "sign in with " + loginCommand(e.login.Options.Profile, e.login.Options.Env) + ", or " + what
}

// loginCommand is the command that signs a profile in.
func loginCommand(profile, env string) string {
	command := "linkbatch login"
	if profile != "agency" {
		command += " --profile " + profile
	}
	if env != "production" {
		command += " --env " + env
	}
	return command
}
