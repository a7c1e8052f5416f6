package simulator

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// authRequest is a request to the authorize page that may be answered by
// redirect.
type authRequest struct {
	client    Client
	redirect  *url.URL
	state     string
	scope     string
	challenge string
	plain     bool
	offline   bool // Google: a refresh token was asked for
}

// readAuthRequest judges the query of an authorize page. Where it does not say
// reliably where to redirect, it is refused with a page, as an identity service
// must; all other refusals are redirects.
func (s *Simulator) readAuthRequest(c *call) (*authRequest, *reply) {
	q := c.request.URL.Query()
	page := func(code int, detail string) (*authRequest, *reply) { return nil, new(c.errorPage(code, detail)) }
	if code := s.checkTenant(c); code != 0 {
		return page(code, c.request.PathValue("tenant"))
	}
	client, known := s.identity.clients[q.Get("client_id")]
	redirect, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case q.Get("client_id") == "":
		return page(900144, "client_id")
	case !known || client.Google != c.google():
		return page(700016, q.Get("client_id"))
	case q.Get("redirect_uri") == "":
		return page(900144, "redirect_uri")
	case err != nil || !client.registered(redirect):
		return page(50011, q.Get("redirect_uri"))
	}
	a := &authRequest{client: client, redirect: redirect, state: q.Get("state"), scope: q.Get("scope"), challenge: q.Get("code_challenge")}
	if code, detail := a.check(c, q); code != 0 {
		return nil, new(c.deny(a, code, detail))
	}
	return a, nil
}

// noteCare records what a careful client sends and this one did not.
func (s *Simulator) noteCare(c *call, a *authRequest) {
	if a.state == "" {
		s.violate(c, "no-state", a.client.ID)
	}
	switch {
	case a.challenge == "":
		s.violate(c, "no-pkce", a.client.ID)
	case a.plain:
		s.violate(c, "plain-challenge", a.client.ID)
	}
}

// check returns the code that refuses the rest of a query, and its detail.
func (a *authRequest) check(c *call, q url.Values) (code int, detail string) {
	a.offline = q.Get("access_type") == "offline" && slices.Contains(strings.Fields(q.Get("prompt")), "consent")
	switch mode := q.Get("response_mode"); {
	case q.Get("response_type") != "code":
		return 70005, q.Get("response_type")
	case mode != "" && mode != "query":
		return 70007, mode
	case a.scope == "":
		return 900144, "scope"
	}
	if code, detail = a.checkChallenge(q.Get("code_challenge_method")); code != 0 {
		return code, detail
	}
	code, detail = scopeFault(a.scope)
	if code == 0 && c.google() && !hasScope(a.scope, scopeOpenID) {
		return 70011, a.scope
	}
	return code, detail
}

// checkChallenge judges PKCE. It is recommended and not required, and without
// a method a challenge is plain (RFC 7636, section 4.3): both are recorded, not
// refused.
func (a *authRequest) checkChallenge(method string) (code int, detail string) {
	a.plain = a.challenge != "" && (method == "" || method == "plain")
	switch {
	case method != "" && method != "plain" && method != "S256":
		return 50149, method
	case a.challenge != "" && (len(a.challenge) < 43 || len(a.challenge) > 128): // RFC 7636, section 4.2
		return 501491, ""
	}
	return 0, ""
}

// registered reports whether a client may be answered at an address. The port
// of a loopback address may vary; everything else must be as registered.
func (client Client) registered(u *url.URL) bool {
	return u.Fragment == "" && slices.ContainsFunc(client.RedirectURIs, func(r string) bool {
		want, err := url.Parse(r)
		return err == nil && u.Scheme == want.Scheme && u.User == nil && u.RawQuery == want.RawQuery &&
			(u.Host == want.Host || u.Scheme == "http" && loopbackName(want.Hostname()) && u.Hostname() == want.Hostname()) &&
			cmp.Or(u.Path, "/") == cmp.Or(want.Path, "/")
	})
}

func loopbackName(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// authorize is GET of the authorize page.
func (s *Simulator) authorize(c *call) reply {
	_, refused := s.readAuthRequest(c)
	if refused != nil {
		return *refused
	}
	if f := c.inject; f.struck && f.Kind == FaultOAuthError {
		return c.errorPage(f.Code, c.request.URL.Query().Get("client_id"))
	}
	return s.signInPage(c)
}

// signInAs is POST of the authorize page: someone signs in or cancels.
func (s *Simulator) signInAs(c *call) reply {
	a, refused := s.readAuthRequest(c)
	if refused != nil {
		return *refused
	}
	s.noteCare(c, a)
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return c.errorPage(900144, "user")
	}
	f := c.inject
	if f.struck && f.Kind == FaultOAuthError {
		return c.deny(a, f.Code, a.client.ID)
	}
	if form.Has("cancel") {
		return c.deny(a, 65004, "")
	}
	u := s.userNamed(form.Get("user"))
	if u == nil || u.google() != c.google() || !c.google() && !u.belongs(c.request.PathValue("tenant")) {
		return c.errorPage(50020, form.Get("user"))
	}
	if f.struck && f.Kind == FaultWrongState {
		a.state = "of-another-sign-in"
	}
	scope := a.scope
	if a.offline {
		scope += " " + scopeOffline
	}
	code := s.identity.issue(codeTicket, ticket{
		User: u.ID, Client: a.client.ID, Tenant: c.request.PathValue("tenant"), Scope: scope,
		Redirect: c.request.URL.Query().Get("redirect_uri"), Challenge: a.challenge, Plain: a.plain,
	}, c.now)
	values := url.Values{"code": {code}}
	if !c.google() {
		values.Set("session_state", c.tracking)
	}
	return a.back(values)
}

// deny refuses by redirect.
func (c *call) deny(a *authRequest, code int, detail string) reply {
	name, text := c.oauthText(code, detail)
	if c.google() { // Google sends only the name
		return a.back(url.Values{"error": {name}})
	}
	return a.back(url.Values{"error": {name}, "error_description": {text}})
}

// back sends the browser to where the client listens.
func (a *authRequest) back(values url.Values) reply {
	if a.state != "" {
		values.Set("state", a.state)
	}
	to := *a.redirect
	query := to.Query()
	for name, v := range values {
		query[name] = v
	}
	to.RawQuery = query.Encode()
	to.Path = cmp.Or(to.Path, "/")
	return reply{status: http.StatusFound, location: to.String(), contentType: "text/plain", raw: []byte{}}
}
