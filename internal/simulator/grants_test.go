package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

func renewing(token string) url.Values {
	return url.Values{"client_id": {simulator.ClientID}, "grant_type": {"refresh_token"}, "refresh_token": {token}}
}

// whoami returns the codes of GetUser with an access token.
func (c caller) whoami(token string, edit ...func(http.Header)) []int {
	c.t.Helper()
	c.token = token
	return c.send("POST", base+"/User/Query", `{"UserId":null}`, edit...).codes(c.t)
}

// TestScopes: what each scope is worth at the service, and that a grant stays
// in its environment.
func TestScopes(t *testing.T) {
	for _, x := range []struct {
		world string // its environment
		scope string
		want  []int
		stays bool // with a refresh token
	}{
		{"", productionScope, nil, true},
		{"", sandboxScope, nil, true},
		{"production", productionScope, nil, true},
		{"production", sandboxScope, []int{105}, true},
		{"sandbox", productionScope, []int{105}, true},
		{"", "https://ads.microsoft.com/msads.manage", nil, false},
		{"", "openid profile offline_access", []int{3101}, true},
		{"", "https://ads.microsoft.com/bingads.manage offline_access", []int{3101}, true},
	} {
		w := simtest.World(0)
		w.Environment = x.world
		c := caller{t: t, http: simtest.Serve(t, simtest.New(t, w, simulator.Options{})), base: simtest.URL, dev: simulator.DeveloperToken}
		_, got := c.tokens(redeeming(c.code("agency", url.Values{"scope": {x.scope}}), nil))
		if codes := c.whoami(got.Access); !slices.Equal(codes, x.want) || (got.Refresh != "") != x.stays {
			t.Errorf("%s %q: %v %+v", x.world, x.scope, codes, got)
		}
		if x.scope != productionScope || x.world != "" {
			continue
		}
		form := renewing(got.Refresh)
		form.Set("scope", sandboxScope)
		if _, next := c.tokens(form); !slices.Equal(next.Codes, []int{7000012}) {
			t.Errorf("the other environment: %+v", next)
		}
	}
}

// TestEndedGrants: each way in which a refresh token ends has its own code,
// and another sign-in is good again.
func TestEndedGrants(t *testing.T) {
	w := simtest.World(0)
	w.Clients = []simulator.Client{{ID: simulator.ClientID}, {ID: "second"}}
	s := simtest.New(t, w, simulator.Options{StrictRotation: true})
	c := caller{t: t, http: simtest.Serve(t, s), base: simtest.URL, dev: simulator.DeveloperToken}
	signIn := func() tokens { _, v := c.tokens(redeeming(c.code("client", nil), nil)); return v }
	expect := func(name, token string, code int) {
		t.Helper()
		status, got := c.tokens(renewing(token))
		if status != 400 || got.Error != "invalid_grant" || !slices.Equal(got.Codes, []int{code}) {
			t.Errorf("%s: %d %+v", name, status, got)
		}
	}
	used := signIn()
	c.tokens(renewing(used.Refresh))
	expect("used", used.Refresh, 70000)
	one, other := signIn(), signIn()
	door(t, c, "POST", "revoke", `{"token":"`+one.Refresh+`"}`)
	expect("one token revoked", one.Refresh, 70000)
	if status, _ := c.tokens(url.Values{"client_id": {"second"}, "grant_type": {"refresh_token"}, "refresh_token": {other.Refresh}}); status != 400 {
		t.Errorf("another client's token: %d", status)
	}
	door(t, c, "POST", "revoke", `{"user":"client"}`)
	expect("user revoked", other.Refresh, 50173)
	expect("user revoked, the world's token", simulator.ClientRefreshToken, 50173)
	if codes := c.whoami(other.Access); len(codes) != 0 {
		t.Errorf("an access token ends with its time, not with the grant: %v", codes)
	}
	late := signIn()
	if status, next := c.tokens(renewing(late.Refresh)); status != 200 {
		t.Errorf("signed in again: %d %+v", status, next)
	} else {
		late = next
	}
	if status, _ := c.tokens(renewing(simulator.AgencyRefreshToken)); status != 200 {
		t.Errorf("another user's token: %d", status)
	}
	s.Advance(90 * 24 * time.Hour)
	expect("90 days", late.Refresh, 700082)
	for _, body := range []string{`{}`, `{"user":"nobody"}`, `{"token":"RT-nobody"}`, `{"user":"client","token":"x"}`, `{"users":"x"}`} {
		if a := c.send("POST", "/__simulator/revoke", body); a.status != 400 {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
}

// TestRevocationOutlivesTheProcess: codes that were used and users who were
// revoked are so in the next process, and its tokens are good there.
func TestRevocationOutlivesTheProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	start := func() caller {
		s := simtest.New(t, simtest.World(0), simulator.Options{State: file})
		return caller{t: t, http: simtest.Serve(t, s), base: simtest.URL, dev: simulator.DeveloperToken}
	}
	c := start()
	code := c.code("agency", nil)
	_, got := c.tokens(redeeming(code, nil))
	door(t, c, "POST", "revoke", `{"user":"client"}`)
	c = start()
	if _, again := c.tokens(redeeming(code, nil)); !slices.Equal(again.Codes, []int{54005}) {
		t.Errorf("a used code: %+v", again)
	}
	if status, _ := c.tokens(renewing(got.Refresh)); status != 200 {
		t.Errorf("a good token: %d", status)
	}
	if _, ended := c.tokens(renewing(simulator.ClientRefreshToken)); !slices.Equal(ended.Codes, []int{50173}) {
		t.Errorf("a revoked one: %+v", ended)
	}
}

// googleRig is a world whose client signs in with Google, and what a client
// of Google sends.
type googleRig struct {
	caller
	s   *simulator.Simulator
	ask url.Values // to the authorize page
}

func newGoogleRig(t *testing.T) *googleRig {
	w := simtest.World(0)
	w.Users[1].Login = "google"
	s := simtest.New(t, w, simulator.Options{StrictRotation: true})
	return &googleRig{
		caller: caller{t: t, http: simtest.Serve(t, s), base: simtest.URL, dev: simulator.DeveloperToken},
		s:      s,
		ask: url.Values{
			"client_id": {simulator.GoogleClientID}, "scope": {"openid email profile"}, "access_type": {"offline"},
			"prompt": {"consent"}, "redirect_uri": {"http://localhost:18099"},
		},
	}
}

func (g *googleRig) page() string { return g.base + "/o/oauth2/v2/auth?" + asking(g.ask).Encode() }

// redeeming is a token request for a new code.
func (g *googleRig) redeeming() url.Values {
	g.t.Helper()
	return g.ours(redeeming(simtest.SignIn(g.t, g.http, g.page(), "client").Query().Get("code"), nil))
}

// ours is a token request of the application that is registered with Google.
func (g *googleRig) ours(form url.Values) url.Values {
	form.Set("client_id", simulator.GoogleClientID)
	form.Set("client_secret", simulator.ClientSecret)
	form.Set("redirect_uri", "http://localhost:18099")
	return form
}

func (g *googleRig) post(form url.Values) (int, tokens) {
	g.t.Helper()
	status, _, body := g.fetch(g.base+"/token", form)
	var v tokens
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		g.t.Fatal(err)
	}
	return status, v
}

// TestGoogleTokens: Google's refresh token is not replaced and is given only
// to who asks for it; its access tokens go with the header IdentityProvider.
func TestGoogleTokens(t *testing.T) {
	g := newGoogleRig(t)
	status, got := g.post(g.redeeming())
	if status != 200 || got.Refresh == "" {
		t.Fatalf("%d %+v", status, got)
	}
	for range 2 {
		if status, next := g.post(g.ours(renewing(got.Refresh))); status != 200 || next.Refresh != "" || next.Access == "" {
			t.Errorf("refresh: %d %+v", status, next)
		}
	}
	google := func(h http.Header) { h.Set("IdentityProvider", "Google") }
	if codes := g.whoami(got.Access, google); len(codes) != 0 || len(g.s.State().Violations) != 0 {
		t.Errorf("with the header: %v %v", codes, g.s.State().Violations)
	}
	if codes := g.whoami(got.Access); len(codes) != 0 || len(g.s.State().Violations) != 1 {
		t.Errorf("without: %v %v", codes, g.s.State().Violations)
	}
	agency := g.as(simulator.AgencyRefreshToken)
	if codes := g.whoami(agency.token, google); !slices.Equal(codes, []int{105}) {
		t.Errorf("Microsoft's token as Google's: %v", codes)
	}
	g.ask.Set("access_type", "")
	if _, got := g.post(g.redeeming()); got.Access == "" || got.Refresh != "" {
		t.Errorf("online: %+v", got)
	}
}

// TestGoogleRefusals: Google's endpoints have their own clients, users and
// names of errors, and no AADSTS numbers.
func TestGoogleRefusals(t *testing.T) {
	g := newGoogleRig(t)
	used := g.redeeming()
	_, got := g.post(used)
	public := renewing(got.Refresh)
	public.Set("client_id", simulator.GoogleClientID)
	wrong := g.ours(renewing(got.Refresh))
	wrong.Set("client_secret", "x")
	for name, x := range map[string]struct {
		form   url.Values
		status int
		error  string
	}{
		"used code":        {used, 400, "invalid_grant"},
		"no secret":        {public, 400, "invalid_request"},
		"wrong secret":     {wrong, 401, "invalid_client"},
		"unknown client":   {renewing(got.Refresh), 401, "invalid_client"},
		"Microsoft's user": {g.ours(renewing(simulator.AgencyRefreshToken)), 400, "invalid_grant"},
	} {
		if status, v := g.post(x.form); status != x.status || v.Error != x.error || len(v.Codes) != 0 {
			t.Errorf("%s: %d %+v", name, status, v)
		}
	}
	if to := simtest.SignIn(t, g.http, g.page(), ""); to.Query().Get("error") != "access_denied" {
		t.Errorf("cancel: %s", to)
	}
	if status, _, body := g.fetch(g.page(), url.Values{"user": {"agency"}}); status != 400 || strings.Contains(body, "AADSTS") {
		t.Errorf("Microsoft's user: %d %s", status, body)
	}
}

// TestTenants: a login is refreshed only under a tenant that it belongs to.
func TestTenants(t *testing.T) {
	w := simtest.World(0)
	w.Tenants = []string{"home-tenant", "other-tenant"}
	w.Users[0].Login, w.Users[0].Tenant = "work", "home-tenant"
	w.Users[1].Login = "personal"
	_, c, _ := serve(t, w, simulator.Options{})
	for path, want := range map[string][2]int{"common": {}, "organizations": {0, 50020}, "consumers": {50020, 0}, "home-tenant": {0, 50020}, "other-tenant": {50020, 50020}, "nowhere": {90002, 90002}} {
		for i, token := range []string{simulator.AgencyRefreshToken, simulator.ClientRefreshToken} {
			a := c.send("POST", "/"+path+"/oauth2/v2.0/token", renewing(token).Encode())
			var v tokens
			a.decode(t, &v)
			if want[i] == 0 && v.Access == "" || want[i] != 0 && !slices.Equal(v.Codes, []int{want[i]}) {
				t.Errorf("%s %s: %d %s", path, token, a.status, a.body)
			}
		}
	}
}
