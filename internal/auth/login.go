package auth

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"linkbatch/internal/address"
)

// loginTime is how long the browser may take: enough for a person with a second
// factor. The code that it then brings is valid for about five minutes.
const loginTime = 5 * time.Minute

// LoginOptions are the settings of a [Login]. ClientID and Now must be set.
type LoginOptions struct {
	Provider     Provider // zero = Microsoft's, any account
	ClientID     string
	ClientSecret string // web clients, and Google's; empty is not sent
	Scope        string // empty = [ProductionScope], or [GoogleScope] with Google

	// Redirect is the redirect address of the app's registration without its
	// port; empty = http://localhost, for which Microsoft and Google ignore the
	// port. Unless Paste is set it must be on this machine.
	Redirect string
	Port     int  // of the listener; 0 = Redirect's, or a free one
	Paste    bool // no listener: the person pastes the address that the browser ends at

	Timeout time.Duration // until the browser comes back; 0 = 5 min
	HTTP    *http.Client  // only its Transport is used
	Now     func() time.Time

	listen func(network, address string) (net.Listener, error) // nil = net.Listen
}

// Login is a person's sign-in in progress, by authorization code with PKCE (S256).
// It is good for one [Login.Wait] or [Login.Answer].
type Login struct {
	o        LoginOptions
	config   oauth2.Config
	client   *http.Client
	state    string
	verifier string
	listener net.Listener
	redirect *url.URL
	took     atomic.Bool // the one good redirect has arrived
	strays   atomic.Bool // a redirect with another state has arrived
}

// StartLogin checks the options and, unless Paste is set, starts to listen on the
// loopback interface. It sends nothing. A port that is taken is an [*Error].
// [Login.Close] ends the listening.
func StartLogin(o LoginOptions) (*Login, error) {
	if o.Provider == (Provider{}) {
		o.Provider, _ = Microsoft("")
	}
	if o.Scope == "" {
		o.Scope = ProductionScope
		if o.Provider.Google {
			o.Scope = GoogleScope
		}
	}
	o.Timeout = cmp.Or(o.Timeout, loginTime)
	if o.listen == nil {
		o.listen = net.Listen
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	redirect, err := o.redirect()
	if err != nil {
		return nil, err
	}
	scope := o.Scope
	if o.Provider.Google {
		scope = ""
	}
	l := &Login{
		o: o, redirect: redirect, client: exchanger(o.HTTP, scope),
		state: rand.Text(), verifier: oauth2.GenerateVerifier(),
	}
	if !o.Paste {
		if err := l.listen(); err != nil {
			return nil, err
		}
	}
	l.config = oauth2.Config{
		ClientID:     o.ClientID,
		ClientSecret: o.ClientSecret,
		RedirectURL:  l.redirect.String(),
		Scopes:       strings.Fields(o.Scope),
		Endpoint:     oauth2.Endpoint{AuthURL: o.Provider.AuthURL, TokenURL: o.Provider.TokenURL, AuthStyle: oauth2.AuthStyleInParams},
	}
	return l, nil
}

// check rejects options that cannot work.
func (o *LoginOptions) check() error {
	switch {
	case o.Now == nil:
		return errors.New("login: no clock")
	case o.ClientID == "":
		return &Error{Description: "client id: not set", Next: "set LINKBATCH_CLIENT_ID to the id of your registered app"}
	case o.Provider.Google && o.ClientSecret == "":
		return &Error{Description: "client secret: not set", Next: "Google requires one for every app: set LINKBATCH_CLIENT_SECRET"}
	case o.Port < 0 || o.Port > 65535:
		return fmt.Errorf("port %d: want 0 to 65535", o.Port)
	}
	for name, url := range map[string]string{"sign-in address": o.Provider.AuthURL, "token address": o.Provider.TokenURL} {
		if _, err := address.Parse(url); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// URL is the address at which the person signs in. It carries the state and the
// challenge, which are good for this login only, and no secret.
//
// Microsoft is asked to show a choice of accounts, since an agency and its clients
// may sign in one after another in the same browser. Google is asked for consent
// each time, since only then does it return a refresh token.
func (l *Login) URL() string {
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(l.verifier)}
	if l.o.Provider.Google {
		options = append(options, oauth2.AccessTypeOffline, oauth2.SetAuthURLParam("prompt", "consent"))
	} else {
		options = append(options, oauth2.SetAuthURLParam("prompt", "select_account"))
	}
	return l.config.AuthCodeURL(l.state, options...)
}

// Close ends the listening. It may be called more than once.
func (l *Login) Close() error {
	if l.listener == nil {
		return nil
	}
	if err := l.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Answer ends a login with what a person pasted: the address that the browser ended
// up at, its query, or the code alone. An address must carry this login's state; a
// code alone has none, and is bound to this login by PKCE.
//
// The error is a [*RedirectError] if the text does not belong to this login, and
// another one may be pasted; any other is final, as that of [Login.Wait].
func (l *Login) Answer(ctx context.Context, pasted string) (Record, error) {
	query, code, err := parsePasted(pasted)
	if err != nil {
		return Record{}, err
	}
	if code == "" {
		if code, err = l.judge(query); err != nil {
			return Record{}, err
		}
	}
	return l.exchange(ctx, code)
}

// exchange turns the code into a refresh token. A code is good for one request, so
// there is no second attempt.
func (l *Login) exchange(ctx context.Context, code string) (Record, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeLimit, errNoAnswer)
	defer cancel()
	t, err := l.config.Exchange(context.WithValue(ctx, oauth2.HTTPClient, l.client), code, oauth2.VerifierOption(l.verifier))
	if err != nil {
		err = explain(ctx, err, l.o.Now, code, l.verifier, l.state, l.o.ClientSecret)
		if e, ok := errors.AsType[*Error](err); ok {
			e.Next = strings.ReplaceAll(e.Next, nextExpired, "the code has expired or was already used: run linkbatch login again")
			e.advise("run linkbatch login again")
		}
		return Record{}, err
	}
	if missing := l.missing(t); missing != "" {
		return Record{}, &Error{
			Code:        "invalid_scope",
			Description: "the token does not include " + missing,
			Next:        "run linkbatch login again and consent to everything that is requested; check --env (production or sandbox)",
		}
	}
	if t.RefreshToken == "" {
		return Record{}, &Error{
			Description: "the answer has no refresh token",
			Next:        "run linkbatch login again and consent to offline access; the app's registration must allow it",
		}
	}
	return Record{
		RefreshToken: t.RefreshToken, ClientID: l.o.ClientID, Scope: l.o.Scope,
		TokenURL: l.o.Provider.TokenURL, Obtained: l.o.Now(),
	}, nil
}

// missing is a permission of the service that was requested and not granted. An
// answer may omit its scopes if they are the requested ones (RFC 6749, 5.1), and it
// omits those that only concern the sign-in, such as offline_access.
func (l *Login) missing(t *oauth2.Token) string {
	given, _ := t.Extra("scope").(string)
	if given == "" {
		return ""
	}
	for _, asked := range l.config.Scopes {
		has := func(s string) bool { return strings.EqualFold(s, asked) }
		if strings.Contains(asked, "://") && !slices.ContainsFunc(strings.Fields(given), has) {
			return asked
		}
	}
	return ""
}
