package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"linkbatch/internal/address"
)

// The address and the scopes of Microsoft's sign-in. The sandbox has the same
// address and a scope of its own, as in all current official SDKs.
const (
	TokenURL        = "https://login.microsoftonline.com/common/oauth2/v2.0/token"
	ProductionScope = "https://ads.microsoft.com/msads.manage offline_access"
	SandboxScope    = "https://si.ads.microsoft.com/msads.manage offline_access"
)

// Options are the settings of a [Source]. ClientID must be set, and
// RefreshToken or Store.
type Options struct {
	ClientID     string
	ClientSecret string // web clients only; empty is not sent
	RefreshToken string // the environment's; empty = the sign-in in Store
	TokenURL     string // empty = [TokenURL]
	Scope        string // empty is not sent, as Google requires

	// Of HTTP only the Transport is used. Nil is the default transport.
	HTTP *http.Client
	// Now decides when a token has expired. Nil: a token is used until the
	// service refuses it.
	Now func() time.Time

	// Store keeps rotated tokens. With a RefreshToken it keeps its newest
	// successor, which is used instead for as long as RefreshToken has the same
	// value. It is read and written under a lock that excludes other processes,
	// and needs Now. Nil: nothing is kept.
	Store   *Store
	Profile string // with Env and TokenURL the [Key] of the sign-in
	Env     string
	// Warn gets a warning when the store could not be locked, read or written
	// and the run continues with the token in memory: the one in the store or
	// the environment may no longer work. Nil: that is an error of Token.
	Warn func(error)

	Backoff time.Duration // the first pause before a repeat, doubled each time; 0 = 1 s
}

// Source supplies access tokens for one login. It is safe for concurrent use.
type Source struct {
	o      Options
	client *http.Client
	flight singleflight.Group

	mu      sync.Mutex
	refresh string // the newest refresh token
	access  string // empty = none
	expires time.Time
	refused error // refusals are final
	held    []string
	unsaved bool // refresh is newer than what the store has

	slot, succeeds string // the name of the token in the store, and the hash of the environment's
}

// New checks the options and returns a source. It sends nothing.
func New(o Options) (*Source, error) {
	o.TokenURL = cmp.Or(o.TokenURL, TokenURL)
	o.Backoff = cmp.Or(o.Backoff, time.Second)
	switch {
	case o.ClientID == "":
		return nil, errors.New("client id: not set (LINKBATCH_CLIENT_ID)")
	case o.RefreshToken == "" && o.Store == nil:
		return nil, errors.New("refresh token: not set (LINKBATCH_REFRESH_TOKEN)")
	case o.Store != nil && o.Now == nil:
		return nil, errors.New("token store: no clock")
	}
	if _, err := address.Parse(o.TokenURL); err != nil {
		return nil, fmt.Errorf("token address: %w", err)
	}
	s := &Source{
		o:       o,
		refresh: o.RefreshToken,
		held:    []string{o.RefreshToken, o.ClientSecret},
		client:  exchanger(o.HTTP, o.Scope),
	}
	if o.RefreshToken != "" {
		s.succeeds = hash(o.RefreshToken)
	}
	s.slot = s.key().slot(s.succeeds)
	return s, nil
}

// Token returns a valid access token. If there is none it asks for one, once for
// all callers that wait. ctx stops only the waiting: a refresh that has started is
// finished, since the new refresh token would be lost otherwise.
//
// The error is an [*Error], which is final, an [*UnreachableError], that of the
// store, or that of ctx.
func (s *Source) Token(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if token, err := s.current(); token != "" || err != nil {
		return token, err
	}
	free := context.WithoutCancel(ctx)
	done := s.flight.DoChan("", func() (any, error) { return s.renew(free) })
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r := <-done:
		token, _ := r.Val.(string)
		return token, r.Err
	}
}

// Expire reports that the service refused token. If it is the one in use, the next
// Token call gets another one.
func (s *Source) Expire(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.access == token {
		s.access = ""
	}
}

// Secrets returns every token and secret that the source has held: texts that must
// not be shown, whoever repeats them.
func (s *Source) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.held)
}

// current is the token in use if it is still valid, or the refusal.
func (s *Source) current() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused != nil {
		return "", s.refused
	}
	if s.o.Now != nil && !s.expires.IsZero() && !s.o.Now().Before(s.expires) {
		s.access = ""
	}
	return s.access, nil
}

// renew gets a new access token, and puts it and the new refresh token into use.
func (s *Source) renew(ctx context.Context) (string, error) {
	if token, err := s.current(); token != "" || err != nil {
		return token, err // another flight has landed in the meantime
	}
	if s.o.Store != nil {
		return s.renewKept(ctx)
	}
	s.mu.Lock()
	old := s.refresh
	s.mu.Unlock()
	t, err := s.retrieve(ctx, old)
	if err != nil {
		return "", s.refuse(err)
	}
	s.keep(t)
	return t.AccessToken, nil
}

// refuse remembers a refusal, which is final.
func (s *Source) refuse(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		if s.o.RefreshToken == "" {
			e.advise(s.again())
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.refused = err
	}
	return err
}

// keep puts new tokens into use.
func (s *Source) keep(t *oauth2.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh, s.access, s.expires = t.RefreshToken, t.AccessToken, time.Time{}
	s.held = append(s.held, t.RefreshToken, t.AccessToken)
	if s.o.Now != nil && t.ExpiresIn > 0 {
		life := time.Duration(t.ExpiresIn) * time.Second
		s.expires = s.o.Now().Add(life - min(life/10, time.Minute)) // it must not expire during a call
	}
}
