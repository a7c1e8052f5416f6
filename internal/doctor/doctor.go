// Package doctor checks what a run needs: the configuration, the state folder and
// its ledger, the network, the service and its sign-in service, each profile's
// credentials and role, and the clock of this machine.
//
// What enters is how a run would sign in; what leaves is findings, one by one. The
// one promise: nothing is changed but the refresh tokens that the sign-in service
// replaces.
package doctor

import (
	"context"
	"fmt"
	"sync"

	"linkbatch/internal/session"
)

// Result is how a check ended.
type Result string

// The results of a check.
const (
	OK      Result = "ok"
	Warning Result = "warning"
	Failed  Result = "failed"
	Skipped Result = "skipped" // something that it needs has failed
)

// Finding is what one check has found.
type Finding struct {
	Check   string
	Profile string // whose; empty: the check is about none
	Result  Result
	Detail  string // empty where Err says it
	Next    string // what to do about it; empty where there is nothing to do, or Err says it
	Err     error  // what a run would end with; nil where a check is ok or skipped
}

// Cause is what kind of trouble an [*Error] is.
type Cause int

// The causes.
const (
	Setup       Cause = iota // the configuration, the state folder, the clock, or what intercepts the network
	Permission               // the user may not do it
	Unreachable              // there is no answer
)

// Error is trouble that a check has found by itself.
type Error struct {
	Cause Cause
	Text  string
	Next  string // what to do about it
}

// Error is the text.
func (e *Error) Error() string { return e.Text }

// Examine makes all checks for the profile in use and the others of its
// environment, and ends early where the rest would mean nothing, or with ctx. Each
// finding is passed on as soon as it is made, by the goroutine that called. A
// problem with a profile that is not in use is a warning. HTTP and Warn of the
// options are not used.
func Examine(ctx context.Context, o session.Options, found func(Finding)) {
	e := &examination{o: o, found: found, clock: newClock(o.Now)}
	e.found(e.configuration())
	e.found(e.state())
	e.o.HTTP, e.o.Warn = e.clock.client(), e.note
	s, err := session.New(e.o)
	if err != nil {
		e.found(failed("service", err))
		return
	}
	defer s.Close()
	reached := e.reach(ctx, "service", s.Endpoint, "--endpoint")
	for _, name := range append([]string{o.Profile}, e.others()...) {
		e.profile(ctx, s, name, reached)
	}
	e.found(e.clock.finding())
}

// examination is one round of checks.
type examination struct {
	o     session.Options
	found func(Finding)
	clock *clock

	mu    sync.Mutex
	notes []string // what the sign-in warned of since [examination.noted]
}

// failed is the finding of an error.
func failed(check string, err error) Finding {
	return Finding{Check: check, Result: Failed, Err: err}
}

// note keeps a warning of the session.
func (e *examination) note(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.notes = append(e.notes, fmt.Sprintf(format, args...))
}

// noted returns what the sign-in warned of since the last time.
func (e *examination) noted() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	notes := e.notes
	e.notes = nil
	return notes
}

// others are the profiles beside the one in use that a roster can name.
func (e *examination) others() (names []string) {
	known := e.o.Config.Profiles()
	if e.o.Env == session.Simulator {
		known = []string{"agency", "client"}
	}
	for _, name := range known {
		p, ok := e.o.Config.Profile(name)
		if name != e.o.Profile && (e.o.Env == session.Simulator || ok && p.Environment == e.o.Env) {
			names = append(names, name)
		}
	}
	return names
}

// profile checks one login, as far as it comes.
func (e *examination) profile(ctx context.Context, s *session.Session, name string, reached bool) {
	inUse := name == e.o.Profile
	found := func(f Finding) bool {
		f.Profile = name
		good := f.Result != Failed
		if !good && !inUse {
			f.Result = Warning
		}
		e.found(f)
		return good && ctx.Err() == nil
	}
	l, err := s.Login(name)
	if err != nil {
		found(failed("credentials", err))
		return
	}
	found(Finding{Check: "credentials", Result: OK, Detail: "refresh token: " + l.RefreshTokenFrom().String()})
	tokens, client, err := s.Connect(name, l)
	if err != nil {
		found(failed("sign-in", err))
		return
	}
	if inUse && !e.reach(ctx, "sign-in service", l.Options.TokenURL, "--token-url") {
		return
	}
	_, err = tokens.Token(ctx)
	for _, w := range e.noted() {
		found(Finding{Check: "token store", Result: Warning, Detail: w, Next: "make the place writable, or name another with --token-store or --state-dir"})
	}
	if err != nil {
		found(failed("sign-in", &session.ProfileError{Login: l, Err: err}))
		return
	}
	if !found(Finding{Check: "sign-in", Result: OK, Detail: "token received"}) || !reached {
		return
	}
	who, err := session.Identify(ctx, client, name, l)
	if err != nil {
		found(failed("developer token and user", err))
		return
	}
	found(Finding{Check: "developer token and user", Result: OK, Detail: "the service knows user " + who.User.ID.String()})
	found(role(who))
}

// role shows whether the user's role is one for managing links. Where the service's
// pages disagree it is a warning.
func role(who *session.Identity) Finding {
	const check = "customer and role"
	what, next := who.Warning()
	switch {
	case what == "":
		return Finding{Check: check, Result: OK, Detail: "customer " + who.Customer.String() + ", " + session.RoleName(who.Role())}
	case who.MayNot():
		return failed(check, &Error{Permission, what, next})
	}
	return Finding{Check: check, Result: Warning, Detail: what, Next: next}
}
