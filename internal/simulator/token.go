package simulator

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"time"
)

// tokenReply is a successful answer of a token endpoint.
type tokenReply struct {
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope"`
	ExpiresIn    int    `json:"expires_in"`
	ExtExpiresIn int    `json:"ext_expires_in,omitzero"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitzero"`
}

// token is the token endpoint: the grants authorization_code and
// refresh_token.
func (s *Simulator) token(c *call) reply {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return c.oauthFault(900144, "grant_type")
	}
	if f := c.inject; f.struck && f.Kind == FaultOAuthError {
		out := c.oauthFault(f.Code, form.Get("client_id"))
		out.status = cmp.Or(f.Status, out.status)
		return out
	}
	if refused := s.checkTenant(c); refused != 0 {
		return c.oauthFault(refused, c.request.PathValue("tenant"))
	}
	client, refused := s.checkClient(c, form)
	if refused != nil {
		return *refused
	}
	switch grant := form.Get("grant_type"); grant {
	case "":
		return c.oauthFault(900144, "grant_type")
	case "refresh_token":
		return s.renew(c, client, form)
	case "authorization_code":
		return s.redeem(c, client, form)
	default:
		return c.oauthFault(70003, grant)
	}
}

// checkClient finds the application and checks its secret: a public one sends
// none, any other its own.
func (s *Simulator) checkClient(c *call, form url.Values) (Client, *reply) {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	client, known := s.identity.clients[id]
	refuse := func(code int, detail string) (Client, *reply) { return client, new(c.oauthFault(code, detail)) }
	switch {
	case id == "":
		return refuse(900144, "client_id")
	case !known || client.Google != c.google():
		return refuse(700016, id)
	case client.Secret == "" && secret != "":
		s.violate(c, "secret-of-public-client", id)
		return refuse(90023, "")
	case client.Secret != "" && secret == "":
		return refuse(7000218, "")
	case client.Secret != secret:
		return refuse(7000215, "")
	}
	return client, nil
}

// renew is the grant refresh_token. Google keeps the refresh token; Microsoft
// answers with its successor, and refuses the old one under strict rotation.
func (s *Simulator) renew(c *call, client Client, form url.Values) reply {
	old := form.Get("refresh_token")
	if old == "" {
		return c.oauthFault(900144, "refresh_token")
	}
	u, t, code := s.identity.refresh(old, c.now)
	switch {
	case code == 700082:
		return c.oauthFault(code, time.Unix(t.Issued, 0).UTC().Format(time.RFC3339))
	case code != 0:
		return c.oauthFault(code, "")
	case t.Client != "" && t.Client != client.ID, u.google() != c.google():
		return c.oauthFault(70000, "")
	}
	// A refresh may omit the scope, which then stays as it was.
	t.Scope = cmp.Or(t.Scope, scopeOfService(u.Environment)+" "+scopeOffline)
	if refused := s.checkGrant(c, u, &t, form.Get("scope")); refused != nil {
		return *refused
	}
	if c.google() {
		return ok(tokenReply{TokenType: "Bearer", Scope: t.Scope, ExpiresIn: int(accessLife.Seconds()), AccessToken: s.identity.issue(accessTicket, t, c.now)})
	}
	if s.identity.strict {
		s.identity.spent[old] = true
	}
	t.Client = client.ID
	return s.grant(c, t, true)
}

// redeem is the grant authorization_code. A code is accepted once, from the
// application, tenant and redirect URI that it was issued for, with the verifier
// of its challenge.
func (s *Simulator) redeem(c *call, client Client, form url.Values) reply {
	code := form.Get("code")
	if code == "" {
		return c.oauthFault(900144, "code")
	}
	t, ok := unseal(codeTicket, code)
	u := s.identity.byID[t.User]
	tenant := c.request.PathValue("tenant")
	switch {
	case !ok, u == nil, t.Client != client.ID, u.google() != c.google():
		return c.oauthFault(70000, "")
	case s.identity.spent[code]:
		return c.oauthFault(54005, "")
	case t.after(c.now, codeLife):
		return c.oauthFault(70008, "")
	case t.Tenant != tenant:
		return c.oauthFault(700005, t.Tenant)
	case form.Get("redirect_uri") == "":
		return c.oauthFault(900144, "redirect_uri")
	case form.Get("redirect_uri") != t.Redirect:
		return c.oauthFault(500112, form.Get("redirect_uri"))
	}
	if refused := verifierFault(t, form.Get("code_verifier")); refused != 0 {
		return c.oauthFault(refused, "")
	}
	if refused := s.checkGrant(c, u, &t, form.Get("scope")); refused != nil {
		return *refused
	}
	s.identity.spent[code] = true
	return s.grant(c, ticket{User: u.ID, Client: client.ID, Scope: t.Scope}, hasScope(t.Scope, scopeOffline))
}

// verifierFault judges a PKCE verifier by the challenge of its code.
func verifierFault(t ticket, verifier string) int {
	sum := sha256.Sum256([]byte(verifier))
	derived := base64.RawURLEncoding.EncodeToString(sum[:])
	if t.Plain {
		derived = verifier
	}
	switch {
	case t.Challenge == "" && verifier == "":
		return 0
	case verifier == "":
		return 50148
	case derived != t.Challenge:
		return 501481
	}
	return 0
}

// checkGrant adds the scope that a token request asks for to the grant. It
// refuses an environment other than the user's or the sign-in's.
func (s *Simulator) checkGrant(c *call, u *User, t *ticket, asked string) *reply {
	if c.google() {
		return nil // Google's scopes only identify the user
	}
	if code, what := scopeFault(asked); code != 0 {
		return new(c.oauthFault(code, what))
	}
	environment := environmentOf(cmp.Or(asked, t.Scope))
	switch {
	case contradict(u.Environment, environment), t.Client != "" && contradict(environmentOf(t.Scope), environment):
		return new(c.oauthFault(7000012, ""))
	case !u.belongs(c.request.PathValue("tenant")):
		return new(c.oauthFault(50020, u.UserName))
	}
	t.Scope = cmp.Or(asked, t.Scope)
	return nil
}

// grant answers with an access token and, if the user may stay signed in, a
// refresh token.
func (s *Simulator) grant(c *call, t ticket, stays bool) reply {
	out := tokenReply{
		TokenType: "Bearer", Scope: t.Scope, ExpiresIn: int(accessLife.Seconds()), ExtExpiresIn: int(accessLife.Seconds()),
		AccessToken: s.identity.issue(accessTicket, t, c.now),
	}
	if stays {
		out.RefreshToken = s.identity.issue(refreshTicket, t, c.now)
	}
	if c.google() {
		out.ExtExpiresIn = 0
	}
	return reply{status: http.StatusOK, value: out}
}
