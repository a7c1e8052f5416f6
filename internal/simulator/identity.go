package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Lifetimes as the identity service has them: an access token about an hour,
// a refresh token about 90 days.
const (
	accessLife  = 3600 * time.Second
	refreshLife = 90 * 24 * time.Hour
)

// The scopes that the service accepts, and the dead ones of older clients,
// whose tokens it refuses with 3101.
const (
	scopeProduction = "https://ads.microsoft.com/msads.manage"
	scopeSandbox    = "https://si.ads.microsoft.com/msads.manage"
)

var deadScopes = []string{
	"https://ads.microsoft.com/ads.manage", "https://ads.microsoft.com/bingads.manage", "bingads.manage", "ads.manage",
}

// identity issues and reads tokens. Tokens carry what they are worth and a
// check sum, so that none has to be remembered and a token of one process is
// good in the next; only refresh tokens that strict rotation has seen are kept.
type identity struct {
	byRefresh map[string]*User
	byID      map[ID]*User
	clients   map[string]Client
	strict    bool
	issued    int
	spent     map[string]bool
}

func newIdentity(w *saved, strict bool) *identity {
	d := &identity{
		byRefresh: map[string]*User{}, byID: map[ID]*User{}, clients: map[string]Client{},
		strict: strict, issued: w.Tokens, spent: map[string]bool{},
	}
	for i := range w.Users {
		u := &w.Users[i]
		d.byID[u.ID] = u
		if u.RefreshToken != "" {
			d.byRefresh[u.RefreshToken] = u
		}
	}
	for _, c := range w.Clients {
		d.clients[c.ID] = c
	}
	for _, t := range w.Spent {
		d.spent[t] = true
	}
	return d
}

func (d *identity) spentList() []string { return slices.Sorted(maps.Keys(d.spent)) }

// seal appends a check sum, so that a garbled token is told from a good one.
// It keeps no secret: the simulator guards nothing.
func seal(payload string) string {
	sum := sha256.Sum256([]byte("linkbatch simulator\n" + payload))
	return payload + "." + hex.EncodeToString(sum[:8])
}

func unseal(token string) ([]string, bool) {
	i := strings.LastIndexByte(token, '.')
	if i < 0 || seal(token[:i]) != token {
		return nil, false
	}
	return strings.Split(token[:i], "."), true
}

func unixText(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func parseUnix(s string) time.Time {
	n, _ := strconv.ParseInt(s, 10, 64) // sealed here
	return time.Unix(n, 0)
}

// access returns a new access token: user, end of life, serial, scope.
func (d *identity) access(u *User, now time.Time, scope string) string {
	d.issued++
	kind := "live"
	if slices.ContainsFunc(deadScopes, func(s string) bool { return slices.Contains(strings.Fields(scope), s) }) {
		kind = "dead"
	}
	return seal(fmt.Sprintf("AT.%d.%s.%d.%s", u.ID, unixText(now.Add(accessLife)), d.issued, kind))
}

// rotate returns the successor of a refresh token.
func (d *identity) rotate(u *User, now time.Time) string {
	d.issued++
	root := base64.RawURLEncoding.EncodeToString([]byte(u.RefreshToken))
	return seal(fmt.Sprintf("%s.%s.%d", root, unixText(now), d.issued))
}

// refresh returns the user of a refresh token; dead tells that it was good once.
func (d *identity) refresh(token string, now time.Time) (u *User, dead bool) {
	if u := d.byRefresh[token]; u != nil {
		return u, d.spent[token]
	}
	parts, ok := unseal(token)
	if !ok || len(parts) != 3 {
		return nil, false
	}
	root, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		return nil, false
	}
	u = d.byRefresh[string(root)]
	return u, d.spent[token] || now.After(parseUnix(parts[1]).Add(refreshLife))
}

// bearer returns the user of an access token, or the code that refuses it.
func (d *identity) bearer(token string, now time.Time) (*User, int) {
	parts, ok := unseal(token)
	if !ok || len(parts) != 5 || parts[0] != "AT" {
		return nil, codeCredentials
	}
	n, _ := strconv.ParseInt(parts[1], 10, 64) // sealed here
	u := d.byID[ID(n)]
	switch {
	case u == nil:
		return nil, codeCredentials
	case !now.Before(parseUnix(parts[2])):
		return u, codeTokenExpired
	case parts[4] == "dead":
		return u, codeWrongToken
	case u.RefusedWith != 0:
		return u, u.RefusedWith
	}
	return u, 0
}

// oauthError is how the identity service refuses.
type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Codes       []int  `json:"error_codes"`
	Timestamp   string `json:"timestamp"`
	Trace       string `json:"trace_id"`
	Correlation string `json:"correlation_id"`
}

func (c *call) oauthFault(status int, name string, code int, text string) reply {
	stamp := c.now.Format("2006-01-02 15:04:05Z")
	return reply{status: status, value: oauthError{
		Error: name, Codes: []int{code}, Timestamp: stamp, Trace: c.tracking, Correlation: c.tracking,
		Description: fmt.Sprintf("AADSTS%d: %s Trace ID: %s Timestamp: %s", code, text, c.tracking, stamp),
	}}
}

// tokenReply is a successful answer of the token endpoint.
type tokenReply struct {
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope"`
	ExpiresIn    int    `json:"expires_in"`
	ExtExpiresIn int    `json:"ext_expires_in"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
}

// token is the token endpoint: the refresh_token grant.
func (s *Simulator) token(c *call) reply {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return c.oauthFault(http.StatusBadRequest, "invalid_request", 900144, "The request body is not a form.")
	}
	if refused := s.checkClient(c, form); refused != nil {
		return *refused
	}
	if grant := form.Get("grant_type"); grant != "refresh_token" {
		return c.oauthFault(http.StatusBadRequest, "unsupported_grant_type", 70003, fmt.Sprintf("The grant type %q is not supported.", grant))
	}
	old := form.Get("refresh_token")
	if old == "" {
		return c.oauthFault(http.StatusBadRequest, "invalid_request", 900144, "The request body must contain the parameter refresh_token.")
	}
	u, dead := s.identity.refresh(old, c.now)
	if u == nil || dead {
		return c.oauthFault(http.StatusBadRequest, "invalid_grant", 70000, "The provided refresh token is not valid, has expired or was revoked.")
	}
	scope := form.Get("scope")
	if refused := checkScope(c, u, scope); refused != nil {
		return *refused
	}
	c.user = u
	s.countCaller(c)
	if s.identity.strict {
		s.identity.spent[old] = true
	}
	if scope == "" {
		scope = scopeProduction + " offline_access" // a refresh may leave the scope out: it stays what it was
	}
	return ok(tokenReply{
		TokenType: "Bearer", Scope: scope, ExpiresIn: int(accessLife.Seconds()), ExtExpiresIn: int(accessLife.Seconds()),
		AccessToken: s.identity.access(u, c.now, scope), RefreshToken: s.identity.rotate(u, c.now),
	})
}

func (s *Simulator) checkClient(c *call, form url.Values) *reply {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	client, known := s.identity.clients[id]
	refuse := func(status int, name string, code int, text string) *reply {
		return new(c.oauthFault(status, name, code, text))
	}
	switch {
	case id == "":
		return refuse(http.StatusBadRequest, "invalid_request", 900144, "The request body must contain the parameter client_id.")
	case !known:
		return refuse(http.StatusBadRequest, "unauthorized_client", 700016, fmt.Sprintf("Application %q was not found in the directory.", id))
	case client.Secret == "" && secret != "":
		s.violate(c, "secret-of-public-client", id)
		return refuse(http.StatusBadRequest, "invalid_request", 90023, "Public clients can't send a client secret.")
	case client.Secret != "" && secret == "":
		return refuse(http.StatusUnauthorized, "invalid_client", 7000218, "The request body must contain client_assertion or client_secret.")
	case client.Secret != secret:
		return refuse(http.StatusUnauthorized, "invalid_client", 7000215, "Invalid client secret provided.")
	}
	return nil
}

// checkScope refuses a scope that is none of the service's, and the scope of
// the other environment for a user that exists in one only.
func checkScope(c *call, u *User, scope string) *reply {
	if scope == "" {
		return nil
	}
	asked := strings.Fields(scope)
	has := func(s string) bool { return slices.Contains(asked, s) }
	switch {
	case u.Environment == "production" && has(scopeSandbox), u.Environment == "sandbox" && has(scopeProduction):
		return new(c.oauthFault(http.StatusBadRequest, "invalid_grant", 7000012, "The grant was obtained for a different tenant."))
	case has(scopeProduction), has(scopeSandbox), slices.ContainsFunc(deadScopes, has):
		return nil
	}
	return new(c.oauthFault(http.StatusBadRequest, "invalid_scope", 70011, fmt.Sprintf("The provided value for the input parameter 'scope' is not valid: %s.", scope)))
}

// signIn checks headers and tokens of an operation, in the service's order:
// what is missing, then the developer token, then the bearer.
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
	u, code := s.identity.bearer(bearer, c.now)
	c.user = u
	switch {
	case !slices.Contains(s.world.DeveloperTokens, h.Get("DeveloperToken")):
		return new(c.refuse(codeCredentials, "the developer token is not known"))
	case !strings.EqualFold(scheme, "Bearer"):
		s.violate(c, "no-bearer", scheme)
		return new(c.refuse(codeCredentials, "Authorization must be a bearer token"))
	case code != 0:
		return new(c.refuse(code, ""))
	}
	return nil
}
