package simulator

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Lifetimes as the identity service has them: an access token about an hour,
// a refresh token about 90 days, an authorization code about five minutes.
const (
	accessLife  = 3600 * time.Second
	refreshLife = 90 * 24 * time.Hour
	codeLife    = 5 * time.Minute
)

// identity issues and reads tokens. It remembers only what was used up or
// revoked.
type identity struct {
	byRefresh map[string]*User
	byID      map[ID]*User
	clients   map[string]Client
	strict    bool
	issued    int
	spent     map[string]bool // codes that were redeemed, refresh tokens that strict rotation or a door refuses
	revoked   map[ID]int      // by user: the last serial that was revoked
}

// newIdentity continues the identity service of a state file.
func newIdentity(w *saved, strict bool) *identity {
	d := &identity{clients: map[string]Client{}, strict: strict, issued: w.Tokens, spent: map[string]bool{}, revoked: map[ID]int{}}
	d.index(w)
	for _, c := range w.Clients {
		d.clients[c.ID] = c
	}
	for _, t := range w.Spent {
		d.spent[t] = true
	}
	maps.Copy(d.revoked, w.Revoked)
	return d
}

// index finds users by their ids and their lasting refresh tokens.
func (d *identity) index(w *saved) {
	d.byRefresh, d.byID = map[string]*User{}, map[ID]*User{}
	for i := range w.Users {
		u := &w.Users[i]
		d.byID[u.ID] = u
		if u.RefreshToken != "" {
			d.byRefresh[u.RefreshToken] = u
		}
	}
}

func (d *identity) spentList() []string { return slices.Sorted(maps.Keys(d.spent)) }

// issue returns a new token of a kind for what a ticket grants.
func (d *identity) issue(kind string, t ticket, now time.Time) string {
	d.issued++
	t.Issued, t.Serial = now.Unix(), d.issued
	return seal(kind, t)
}

// refresh returns the user and the ticket of a refresh token, and the AADSTS
// code that refuses it, 0 for a good one. The token that a world gives a user
// has no age.
func (d *identity) refresh(token string, now time.Time) (*User, ticket, int) {
	u, t := d.byRefresh[token], ticket{}
	if u == nil {
		var ok bool
		if t, ok = unseal(refreshTicket, token); !ok || d.byID[t.User] == nil {
			return nil, t, 70000
		}
		u = d.byID[t.User]
		if t.after(now, refreshLife) {
			return u, t, 700082
		}
	}
	t.User = u.ID
	last, revoked := d.revoked[u.ID]
	switch {
	case revoked && t.Serial <= last:
		return u, t, 50173
	case d.spent[token]:
		return u, t, 70000
	}
	return u, t, 0
}

// The reasons that the service gives with 105 and 126 (its page of operation
// error codes); they are in the detail of the error.
const (
	reasonInactive = "AccountInactive"
	reasonToken    = "InvalidAccessToken"
	reasonUser     = "UserNotFound"
	reasonPersonal = "PersonalAccountIsRequired"
	reasonGoogle   = "GoogleAccountIsRequired"
	reasonWork     = "WorkAccountIsRequired"
)

// bearer returns the user of an access token and the code that refuses it, 0
// for a good one, with its reason where the service gives one.
func (d *identity) bearer(token, environment string, now time.Time) (u *User, code int, reason string) {
	t, ok := unseal(accessTicket, token)
	u = d.byID[t.User]
	switch {
	case !ok:
		return nil, codeCredentials, reasonToken
	case u == nil:
		return nil, codeCredentials, reasonUser
	case t.after(now, accessLife):
		return u, codeTokenExpired, ""
	case contradict(environmentOf(t.Scope), environment):
		return u, codeCredentials, reasonToken
	case !u.google() && (environmentOf(t.Scope) == "" || slices.ContainsFunc(deadScopes, func(s string) bool { return hasScope(t.Scope, s) })):
		return u, codeWrongToken, ""
	}
	return u, u.RefusedWith, u.refusal()
}

// refusal is the reason that goes with the code that a user is refused with. An
// identity of the wrong type is one other than the user's own.
func (u *User) refusal() string {
	switch {
	case u.RefusedWith == codeCredentials:
		return reasonInactive
	case u.RefusedWith != codeIdentityType:
		return ""
	}
	return map[string]string{loginPersonal: reasonPersonal, loginGoogle: reasonGoogle, loginWork: reasonWork}[u.Login]
}

// subject returns the user that a request to the identity service is about, nil
// if it names none.
func (s *Simulator) subject(c *call) *User {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return nil
	}
	if c.op == SignIn {
		return s.userNamed(form.Get("user"))
	}
	if t, ok := unseal(codeTicket, form.Get("code")); ok {
		return s.identity.byID[t.User]
	}
	u, _, _ := s.identity.refresh(form.Get("refresh_token"), c.now)
	return u
}

// userNamed finds a user by id, profile or user name, or returns nil.
func (s *Simulator) userNamed(name string) *User {
	for i := range s.world.Users {
		u := &s.world.Users[i]
		if u.named(name) {
			return u
		}
	}
	return nil
}

// named reports whether a name is the user's id, profile or user name.
func (u *User) named(name string) bool {
	return name != "" && (u.ID.String() == name || u.Profile == name || u.UserName == name)
}

// google reports whether a request went to Google's endpoints.
func (c *call) google() bool { return c.request.PathValue("tenant") == "" }

// google reports whether a user signs in with Google.
func (u *User) google() bool { return u.Login == loginGoogle }

// belongs reports whether a user may sign in under a tenant: everyone under
// common, work accounts under organizations, personal ones under consumers, and
// otherwise those of that tenant.
func (u *User) belongs(tenant string) bool {
	switch tenant {
	case "common":
		return true
	case "organizations":
		return u.Login != loginPersonal
	case "consumers":
		return u.Login != loginWork
	}
	return u.Tenant == tenant
}

// checkTenant returns the code that refuses the tenant of a path, 0 for a
// good one. Google's paths have no tenant.
func (s *Simulator) checkTenant(c *call) int {
	known := append([]string{"common", "organizations", "consumers"}, s.world.Tenants...)
	if c.google() || slices.Contains(known, c.request.PathValue("tenant")) {
		return 0
	}
	return 90002
}

// signIn checks the headers and tokens of a call in the service's order: what is
// missing, then the developer token, then the bearer token.
func (s *Simulator) signIn(c *call) *reply {
	h := c.request.Header
	missing := func(name string) *reply {
		s.violate(c, "missing-header", name)
		return new(c.refuse(codeMissingHeaders, name))
	}
	if mediaType := h.Get("Content-Type"); !strings.HasPrefix(strings.ToLower(mediaType), "application/json") {
		return missing("Content-Type")
	}
	if h.Get("DeveloperToken") == "" {
		return missing("DeveloperToken")
	}
	if h.Get("Authorization") == "" {
		return missing("Authorization")
	}
	scheme, bearer, _ := strings.Cut(h.Get("Authorization"), " ")
	u, code, reason := s.identity.bearer(bearer, s.world.Environment, c.now)
	c.user = u
	switch {
	case !slices.Contains(s.world.DeveloperTokens, h.Get("DeveloperToken")):
		return new(c.refuse(codeCredentials, reasonToken+": the developer token is not known"))
	case !strings.EqualFold(scheme, "Bearer"):
		s.violate(c, "no-bearer", scheme)
		return new(c.refuse(codeCredentials, "Authorization must be a bearer token"))
	case u != nil && !s.providerFits(c, h):
		return new(c.refuse(codeCredentials, "IdentityProvider"))
	case code != 0:
		return new(c.refuse(code, reason))
	}
	return nil
}

// providerFits judges the header IdentityProvider. The documentation requires it
// with Google's tokens, but no official client sends it, so its absence is
// recorded and accepted; with a token of another provider it is refused.
func (s *Simulator) providerFits(c *call, h http.Header) bool {
	named := strings.EqualFold(h.Get("IdentityProvider"), "Google")
	if named != c.user.google() {
		s.violate(c, "identity-provider", h.Get("IdentityProvider"))
	}
	return !named || c.user.google()
}
