package session

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"linkbatch/executor"
	"linkbatch/internal/auth"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Session is a connection to one service: the login of the profile in use,
// whose customer decides on which side a link is ours, and the logins that rows
// name as their client's. It is used by one goroutine at a time; the clients in
// it are safe for concurrent use. Between [Session.Need] and [Session.Wait]
// nothing else of it is used.
type Session struct {
	*Service
	UserID  msads.ID                 // who signed in with the profile in use
	Main    planner.Login            // the profile in use
	Clients map[string]planner.Login // by profile: the one in use, and those that rows have named so far
	Linkers map[string]executor.Linker

	options Options
	gate    *msads.Gate
	time    func() time.Time
	known   map[string]*Identity

	named   map[string]bool // profiles that are signed in, or on their way
	signIns errgroup.Group  // on their way
	mu      sync.Mutex      // guards the maps above against them
	life    context.Context // of the session
}

// New finds the service. Nobody is signed in yet. Close must be called.
func New(o Options) (*Session, error) {
	service, err := o.service()
	if err != nil {
		return nil, err
	}
	s := &Session{
		Service: service, options: o, gate: msads.NewGate(o.Concurrency, o.MaxCallsPerMinute, o.Now, o.OnPause),
		Clients: make(map[string]planner.Login), Linkers: make(map[string]executor.Linker),
		known: make(map[string]*Identity), named: make(map[string]bool),
	}
	s.signIns.SetLimit(max(1, o.Concurrency))
	life, end := context.WithCancel(context.Background())
	s.life = life
	leave := service.Close
	service.Close = func() {
		end()
		s.Wait()
		leave()
	}
	return s, nil
}

// Open finds the service, signs the profile in use in and asks who it is. Close
// must be called unless there is an error: an [*Error] of the settings, a
// [*MissingError], or a [*ProfileError] with what the service said.
func Open(ctx context.Context, o Options) (*Session, error) {
	s, err := New(o)
	if err != nil {
		return nil, err
	}
	if s.Main, err = s.signIn(ctx, o.Profile); err != nil {
		s.Close()
		return nil, err
	}
	s.Clients[o.Profile], s.named[o.Profile] = s.Main, true
	return s, nil
}

// Identity is who a profile has signed in as; nil if it has not.
func (s *Session) Identity(profile string) *Identity { return s.known[profile] }

// Gate is what all calls of the session go through.
func (s *Session) Gate() *msads.Gate { return s.gate }

// ServiceTime is the time by the service's clock, zero if it does not say.
func (s *Session) ServiceTime() time.Time { return s.time() }

// Need begins to sign in a profile that a row names, unless it has. As many as
// [Options.Concurrency] sign in at once; Need waits only if that many are at it.
// One that cannot be signed in is kept with its problem, so that only the rows
// that need it are blocked. A name that no profile has is left to the planner.
func (s *Session) Need(ctx context.Context, profile string) {
	if profile == "" || s.named[profile] {
		return
	}
	s.named[profile] = true
	s.signIns.Go(func() error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(s.life, cancel)()
		login, err := s.signIn(ctx, profile)
		if errors.Is(err, ErrNoProfile) {
			return nil
		}
		if err != nil {
			login = planner.Login{Profile: profile, Problem: err.Error()}
			if hint := Hint(err); hint != "" {
				login.Problem += ": " + hint
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.Clients[profile] = login
		return nil
	})
}

// Wait waits until every profile that was needed is signed in, or cannot be.
func (s *Session) Wait() { s.signIns.Wait() }

// signIn makes the client of one profile and asks the service who it is.
func (s *Session) signIn(ctx context.Context, name string) (planner.Login, error) {
	l, err := s.Login(name)
	if err != nil {
		return planner.Login{}, err
	}
	_, client, err := s.Connect(name, l)
	if err != nil {
		return planner.Login{}, err
	}
	who, err := Identify(ctx, client, name, l)
	if err != nil {
		return planner.Login{}, err
	}
	s.keep(name, client, who)
	if l.idle != "" {
		s.options.Warn("profile %q: signed in with %s, which takes precedence over its own refresh token (%s)", name, l.RefreshTokenFrom(), l.idle)
	}
	if what, next := who.Warning(); what != "" {
		s.options.Warn("profile %q: %s: %s", name, what, next)
	}
	return planner.Login{Profile: name, CustomerID: who.Customer, Searcher: client}, nil
}

// keep keeps who a profile has signed in as, and its client.
func (s *Session) keep(name string, client *msads.Client, who *Identity) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Linkers[name], s.known[name] = client, who
	if s.UserID == 0 {
		s.UserID, s.time = who.User.ID, client.ServiceTime
	}
}

// Connect makes the token source and the client of a login. Nothing is sent.
func (s *Session) Connect(name string, l *Login) (*auth.Source, *msads.Client, error) {
	o := &s.options
	l.Options.Warn = func(err error) { o.Warn("profile %q: %v", name, err) }
	l.Options.HTTP = o.HTTP
	tokens, err := auth.New(l.Options)
	if err != nil {
		return nil, nil, &Error{err, "check --token-url"}
	}
	provider := ""
	if l.Provider.Google {
		provider = "Google"
	}
	client, err := msads.New(msads.Options{
		Endpoint: s.Endpoint, DeveloperToken: l.DeveloperToken, Tokens: tokens, IdentityProvider: provider, Gate: s.gate,
		UserAgent: "linkbatch/" + o.Version, Log: o.Log.With("profile", name), HTTP: o.HTTP,
	})
	if err != nil {
		return nil, nil, &Error{err, "check --endpoint"}
	}
	return tokens, client, nil
}

// Identify asks the service who a login is, and finds the customer it acts for.
// What the service refuses is a [*ProfileError].
func Identify(ctx context.Context, client *msads.Client, name string, l *Login) (*Identity, error) {
	user, err := client.GetUser(ctx)
	if err != nil {
		return nil, &ProfileError{l, err}
	}
	who := &Identity{name, user, user.CustomerID, l}
	if l.CustomerID != "" {
		if who.Customer, err = msads.ParseID(l.CustomerID); err != nil {
			return nil, &Error{fmt.Errorf("customer of profile %q: %w", name, err), "set the id of the customer to sign in to, or leave it out"}
		}
	}
	return who, nil
}
