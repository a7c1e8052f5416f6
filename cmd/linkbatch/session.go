package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
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

// place is a service: its addresses, and the credentials of each profile.
type place struct {
	service                   string // its name in the ledger; empty = its endpoint
	endpoint, tokenURL, scope string
	credentials               map[string]auth.Credentials
	close                     func()
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
	c, ok := p.credentials[f.profile]
	if !ok {
		p.close()
		return nil, &configError{fmt.Errorf("there is no profile %q", f.profile), "the profiles are " + strings.Join(slices.Sorted(maps.Keys(p.credentials)), " and ")}
	}
	if s.main, err = s.signIn(ctx, f.profile, c); err != nil {
		p.close()
		return nil, err
	}
	s.clients[f.profile] = s.main
	return s, nil
}

// need signs a profile in that a row names. One that cannot be signed in is kept
// with its problem, so that only the rows that need it are blocked.
func (s *session) need(ctx context.Context, profile string) {
	c, ok := s.place.credentials[profile]
	if _, known := s.clients[profile]; known || !ok {
		return
	}
	login, err := s.signIn(ctx, profile, c)
	if err != nil {
		login = planner.Login{Profile: profile, Problem: fmt.Sprintf("cannot sign in: %v", err)}
	}
	s.clients[profile] = login
}

// signIn makes the client of one profile and asks the service who it is.
func (s *session) signIn(ctx context.Context, name string, c auth.Credentials) (planner.Login, error) {
	tokens, err := auth.New(auth.Options{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret, RefreshToken: c.RefreshToken,
		TokenURL: s.place.tokenURL, Scope: s.place.scope, Now: time.Now,
	})
	if err != nil {
		return planner.Login{}, &configError{err, "check --token-url"}
	}
	client, err := msads.New(msads.Options{
		Endpoint: s.place.endpoint, DeveloperToken: c.DeveloperToken, Tokens: tokens, Gate: s.gate,
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
	if c.CustomerID != "" {
		if login.CustomerID, err = msads.ParseID(c.CustomerID); err != nil {
			return planner.Login{}, &configError{fmt.Errorf("LINKBATCH_CUSTOMER_ID: %w", err), "set the id of the customer to sign in to, or leave it out"}
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

// place finds the addresses and credentials that the flags ask for.
func (f *serviceFlags) place() (*place, error) {
	if f.env == "simulator" {
		return f.simulator()
	}
	c, err := auth.FromEnv(os.Getenv)
	if err != nil {
		return nil, &configError{err, "set the variable, or its _FILE form, to a value that can be read"}
	}
	if err := complete(c); err != nil {
		return nil, err
	}
	p := &place{endpoint: msads.ProductionEndpoint, tokenURL: auth.TokenURL, scope: auth.ProductionScope, close: func() {}}
	if f.env == "sandbox" {
		p.endpoint, p.scope = msads.SandboxEndpoint, auth.SandboxScope
	}
	p.endpoint, p.tokenURL = cmp.Or(f.endpoint, p.endpoint), cmp.Or(f.tokenURL, p.tokenURL)
	p.credentials = map[string]auth.Credentials{f.profile: c}
	return p, nil
}

// errNoCredentials is a sign-in for which something is not set.
var errNoCredentials = errors.New("not signed in")

// complete says which credentials are missing.
func complete(c auth.Credentials) error {
	var missing []string
	for _, v := range []struct{ name, value string }{
		{"LINKBATCH_DEVELOPER_TOKEN", c.DeveloperToken},
		{"LINKBATCH_CLIENT_ID", c.ClientID},
		{"LINKBATCH_REFRESH_TOKEN", c.RefreshToken},
	} {
		if v.value == "" {
			missing = append(missing, v.name)
		}
	}
	switch len(missing) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%w: %s is not set", errNoCredentials, missing[0])
	}
	return fmt.Errorf("%w: %s are not set", errNoCredentials, strings.Join(missing, ", "))
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
