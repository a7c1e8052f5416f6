package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
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
	place    *place
	gate     *msads.Gate
	log      *slog.Logger
	userID   msads.ID // who signed in as the main profile
	main     planner.Login
	clients  map[string]planner.Login // the main profile, and those that rows have named so far
	linkers  map[string]executor.Linker
	warnings []string // what a person should know about the logins
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
func openSession(ctx context.Context, f *serviceFlags, stderr io.Writer, onWait func(time.Duration)) (*session, error) {
	p, err := f.place()
	if err != nil {
		return nil, err
	}
	s := &session{
		place: p, gate: msads.NewGate(f.concurrency, f.maxCallsPerMinute, onWait), log: f.logger(stderr),
		clients: make(map[string]planner.Login), linkers: make(map[string]executor.Linker),
	}
	if s.main, err = s.signIn(ctx, f.profile); err != nil {
		p.close()
		return nil, err
	}
	s.clients[f.profile] = s.main
	return s, nil
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
	l.options.Warn = func(err error) { s.warnings = append(s.warnings, fmt.Sprintf("profile %q: %v", name, err)) }
	tokens, err := auth.New(l.options)
	if err != nil {
		return planner.Login{}, &configError{err, "check --token-url"}
	}
	provider := ""
	if l.google {
		provider = "Google"
	}
	client, err := msads.New(msads.Options{
		Endpoint: s.place.endpoint, DeveloperToken: l.developerToken, Tokens: tokens, IdentityProvider: provider, Gate: s.gate,
		UserAgent: "linkbatch/" + version(), Log: s.log.With("profile", name),
	})
	if err != nil {
		return planner.Login{}, &configError{err, "check --endpoint"}
	}
	user, err := client.GetUser(ctx)
	if err != nil {
		return planner.Login{}, err
	}
	login := planner.Login{Profile: name, CustomerID: user.CustomerID, Searcher: client}
	if l.customerID != "" {
		if login.CustomerID, err = msads.ParseID(l.customerID); err != nil {
			return planner.Login{}, &configError{fmt.Errorf("customer of profile %q: %w", name, err), "set the id of the customer to sign in to, or leave it out"}
		}
	}
	s.linkers[name] = client
	if s.userID == 0 {
		s.userID = user.ID
	}
	if w := roleWarning(user, login); w != "" {
		s.warnings = append(s.warnings, w)
	}
	return login, nil
}

// roleWarning says what a login may not be allowed to do. Sources disagree on
// the roles, so it is a warning and the service decides.
func roleWarning(user *msads.User, login planner.Login) string {
	role := 0
	for _, r := range user.Roles {
		if r.CustomerID == login.CustomerID && (role == 0 || r.RoleID == msads.RoleSuperAdmin) {
			role = r.RoleID
		}
	}
	switch role {
	case msads.RoleSuperAdmin:
		return ""
	case msads.RoleStandard:
		return fmt.Sprintf("profile %q: the user has the role Standard in customer %s; the service may refuse to add or unlink, and refuses customer links", login.Profile, login.CustomerID)
	case 0:
		return fmt.Sprintf("profile %q: the user has no role in customer %s; the service may refuse", login.Profile, login.CustomerID)
	}
	return fmt.Sprintf("profile %q: the user's role in customer %s is %d, which is neither Super Admin nor Standard; the service may refuse", login.Profile, login.CustomerID, role)
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
func (f *serviceFlags) stateFolder() (string, error) {
	if f.stateDir != "" {
		return f.stateDir, nil
	}
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" {
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
