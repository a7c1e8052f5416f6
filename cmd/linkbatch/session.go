package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/auth"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// session is a signed-in connection to one service: the main login, whose
// customer decides on which side a link is ours, and the logins that rows may
// name as their client's.
type session struct {
	place   *place
	gate    *msads.Gate
	log     *slog.Logger
	userID  msads.ID         // who signed in as the main profile
	now     func() time.Time // the service's time, zero if it does not tell
	main    planner.Login
	clients map[string]planner.Login // the main profile, and those that rows have named so far
	linkers map[string]executor.Linker
	whoAre  map[string]*identity             // the profiles that are signed in
	warn    func(format string, args ...any) // says what a person should know about the logins, at once

	http *http.Client // nil = as the packages have it
}

func (s *session) close() { s.place.close() }

// place is a service, and how the profiles sign in to it.
type place struct {
	service  string // its name in the ledger; empty = its endpoint
	endpoint string
	login    func(profile string) (*login, error)
	close    func()
}

// openSession finds the service, signs the main profile in and asks who it is.
func openSession(ctx context.Context, f *serviceFlags) (*session, error) {
	s, err := newSession(f)
	if err != nil {
		return nil, err
	}
	if s.main, err = s.signIn(ctx, f.profile); err != nil {
		s.close()
		return nil, err
	}
	s.clients[f.profile] = s.main
	return s, nil
}

// newSession finds the service. Nobody is signed in yet.
func newSession(f *serviceFlags) (*session, error) {
	p, err := f.place()
	if err != nil {
		return nil, err
	}
	return &session{
		place: p, gate: msads.NewGate(f.concurrency, f.maxCallsPerMinute, f.progress.pause), log: f.logger(f.err), warn: f.warn, http: f.app.http,
		clients: make(map[string]planner.Login), linkers: make(map[string]executor.Linker), whoAre: make(map[string]*identity),
	}, nil
}

// need signs a profile in that a row names. One that cannot be signed in is kept
// with its problem, so that only the rows that need it are blocked.
func (s *session) need(ctx context.Context, profile string) {
	if _, known := s.clients[profile]; known || profile == "" {
		return
	}
	login, err := s.signIn(ctx, profile)
	if errors.Is(err, errNoProfile) {
		return // which the planner tells
	}
	if err != nil {
		f := diagnose(err)
		login = planner.Login{Profile: profile, Problem: strings.Join(slices.DeleteFunc([]string{f.message, f.hint}, func(s string) bool { return s == "" }), ": ")}
	}
	s.clients[profile] = login
}

// signIn makes the client of one profile and asks the service who it is.
func (s *session) signIn(ctx context.Context, name string) (planner.Login, error) {
	l, err := s.place.login(name)
	if err != nil {
		return planner.Login{}, err
	}
	_, client, err := s.connect(name, l)
	if err != nil {
		return planner.Login{}, err
	}
	who, err := identify(ctx, client, name, l)
	if err != nil {
		return planner.Login{}, err
	}
	s.linkers[name], s.whoAre[name] = client, who
	if s.userID == 0 {
		s.userID, s.now = who.user.ID, client.ServiceTime
	}
	if l.idle != "" {
		s.warn("profile %q: signed in by %s, which comes before its own refresh token (%s)", name, l.from[varRefreshToken], l.idle)
	}
	if what, next := who.warning(); what != "" {
		s.warn("profile %q: %s: %s", name, what, next)
	}
	return planner.Login{Profile: name, CustomerID: who.customer, Searcher: client}, nil
}

// connect makes the token source and the client of a login. Nothing is sent.
func (s *session) connect(name string, l *login) (*auth.Source, *msads.Client, error) {
	l.options.Warn = func(err error) { s.warn("profile %q: %v", name, err) }
	l.options.HTTP = s.http
	tokens, err := auth.New(l.options)
	if err != nil {
		return nil, nil, &configError{err, "check --token-url"}
	}
	provider := ""
	if l.provider.Google {
		provider = "Google"
	}
	client, err := msads.New(msads.Options{
		Endpoint: s.place.endpoint, DeveloperToken: l.DeveloperToken, Tokens: tokens, IdentityProvider: provider, Gate: s.gate,
		UserAgent: "linkbatch/" + version(), Log: s.log.With("profile", name), HTTP: s.http,
	})
	if err != nil {
		return nil, nil, &configError{err, "check --endpoint"}
	}
	return tokens, client, nil
}

// identify asks the service who a login is, and finds the customer it acts for.
func identify(ctx context.Context, client *msads.Client, name string, l *login) (*identity, error) {
	user, err := client.GetUser(ctx)
	if err != nil {
		return nil, &profileError{l, err}
	}
	who := &identity{name, user, user.CustomerID, l}
	if l.CustomerID != "" {
		if who.customer, err = msads.ParseID(l.CustomerID); err != nil {
			return nil, &configError{fmt.Errorf("customer of profile %q: %w", name, err), "set the id of the customer to sign in to, or leave it out"}
		}
	}
	return who, nil
}

// logger is the log on standard error, silent without -v.
func (f *serviceFlags) logger(w io.Writer) *slog.Logger {
	if f.verbose == 0 {
		return slog.New(slog.DiscardHandler)
	}
	opts := &slog.HandlerOptions{Level: slog.LevelDebug}
	if f.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// stateFolder is where what must outlive a run is kept: --state-dir, or the
// place that the platform has for it.
func (a *app) stateFolder(dir string) (string, error) {
	if dir != "" {
		return dir, nil
	}
	if dir := a.getenv("XDG_STATE_HOME"); dir != "" {
		return dir + "/linkbatch", nil
	}
	if runtime.GOOS == "linux" {
		if home, err := os.UserHomeDir(); err == nil {
			return home + "/.local/state/linkbatch", nil
		}
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", &configError{fmt.Errorf("no place to keep state: %w", err), "name one with --state-dir"}
	}
	return dir + "/linkbatch", nil
}
