package main

import (
	"errors"
	"fmt"
	"slices"
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

// noCredentialsError is a sign-in for which something is not set.
type noCredentialsError struct {
	login   *login
	missing []string // variables

	file     string   // the configuration, if it does not have the profile
	profiles []string // those that it has
}

func (e *noCredentialsError) Error() string {
	what, verb := strings.Join(e.missing, ", "), "is"
	if len(e.missing) > 1 {
		verb = "are"
	}
	if !e.login.inUse {
		what = strings.ReplaceAll(what, varRefreshToken, "a refresh token")
	}
	unknown := ""
	if e.file != "" {
		unknown = fmt.Sprintf(", which %s does not have", e.file)
	}
	return fmt.Sprintf("not signed in: profile %q%s: %s %s not set", e.login.options.Profile, unknown, what, verb)
}

func (e *noCredentialsError) hint() string {
	if len(e.profiles) > 0 {
		return "the profiles are " + strings.Join(e.profiles, ", ") + ": name one with --profile; or " + e.signIn()
	}
	return e.signIn()
}

// signIn is how the profile can sign in.
func (e *noCredentialsError) signIn() string {
	what := "set what is missing (linkbatch --help says what each is); --env simulator needs no credentials"
	if !slices.Contains(e.missing, varRefreshToken) {
		return what
	}
	if !e.login.inUse {
		what = "say in the configuration where its refresh token is"
	}
	return "sign in with " + loginCommand(e.login.options.Profile, e.login.options.Env) + ", or " + what
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
