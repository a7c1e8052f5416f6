package simulator_test

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

const (
	productionScope = "https://ads.microsoft.com/msads.manage offline_access"
	sandboxScope    = "https://si.ads.microsoft.com/msads.manage offline_access"
	authorizePath   = "/common/oauth2/v2.0/authorize"
	loopback        = "http://localhost:18099/"
)

// verifier is of the shortest length that PKCE allows.
var verifier = strings.Repeat("v", 43)

// asking is a good query of the authorize page, with changes; an empty value
// removes.
func asking(change url.Values) url.Values {
	q := url.Values{
		"client_id": {simulator.ClientID}, "redirect_uri": {loopback}, "response_type": {"code"}, "scope": {productionScope},
		"state": {"s-1"}, "code_challenge": {oauth2.S256ChallengeFromVerifier(verifier)}, "code_challenge_method": {"S256"},
	}
	maps.Copy(q, change)
	maps.DeleteFunc(q, func(_ string, v []string) bool { return v[0] == "" })
	return q
}

// fetch sends a form, or GETs when there is none.
func (c caller) fetch(address string, form url.Values) (status int, header http.Header, body string) {
	c.t.Helper()
	var resp *http.Response
	var err error
	if form == nil {
		resp, err = c.http.Get(address)
	} else {
		resp, err = c.http.PostForm(address, form)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(b)
}

// code signs in and returns the authorization code.
func (c caller) code(user string, change url.Values) string {
	c.t.Helper()
	to := simtest.SignIn(c.t, c.http, c.base+authorizePath+"?"+asking(change).Encode(), user)
	code := to.Query().Get("code")
	if code == "" {
		c.t.Fatalf("sign in as %s: %s", user, to)
	}
	return code
}

func redeeming(code string, change url.Values) url.Values {
	form := url.Values{
		"client_id": {simulator.ClientID}, "grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {loopback}, "code_verifier": {verifier},
	}
	maps.Copy(form, change)
	maps.DeleteFunc(form, func(_ string, v []string) bool { return v[0] == "" })
	return form
}

type tokens struct {
	Access      string `json:"access_token"`
	Refresh     string `json:"refresh_token"`
	Scope       string `json:"scope"`
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Codes       []int  `json:"error_codes"`
	Timestamp   string `json:"timestamp"`
	Trace       string `json:"trace_id"`
	Correlation string `json:"correlation_id"`
	Suberror    string `json:"suberror"`
}

func (c caller) tokens(form url.Values) (int, tokens) {
	c.t.Helper()
	a := c.refresh(form)
	if a.err != nil {
		c.t.Fatal(a.err)
	}
	var v tokens
	a.decode(c.t, &v)
	return a.status, v
}

// TestSignInPage: a button for everyone who may sign in under the tenant,
// with customer and role, and one to cancel.
func TestSignInPage(t *testing.T) {
	w := simtest.TwoAgencies(1)
	w.Tenants = []string{"11111111-2222-3333-4444-555555555555"}
	w.Users[0].Login, w.Users[0].Tenant = "work", w.Tenants[0]
	w.Users[1].Login = "personal"
	w.Users[2].Login = "google"
	c := caller{t: t, http: simtest.Serve(t, simtest.New(t, w, simulator.Options{})), base: simtest.URL}
	for tenant, want := range map[string][]string{
		"common": {"user-9100101", "user-9200101"}, "organizations": {"user-9100101"}, "consumers": {"user-9200101"}, w.Tenants[0]: {"user-9100101"},
	} {
		status, h, body := c.fetch(c.base+"/"+tenant+"/oauth2/v2.0/authorize?"+asking(nil).Encode(), nil)
		if status != 200 || h.Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(body, `id="cancel"`) {
			t.Errorf("%s: %d %v %s", tenant, status, h, body)
		}
		for _, id := range []string{"user-9100101", "user-9200101", "user-9300101"} {
			if strings.Contains(body, `id="`+id+`"`) != slices.Contains(want, id) {
				t.Errorf("%s: %s: %s", tenant, id, body)
			}
		}
	}
	_, _, body := c.fetch(c.base+authorizePath+"?"+asking(nil).Encode(), nil)
	if !strings.Contains(body, `data-profile="agency">Sign in as agency@example.com (work; Harbour Lane Agency: Super Admin)<`) {
		t.Error(body)
	}
}

// TestAuthorizeRefusals: what cannot be answered at a trusted address gets a
// page; the rest goes back to the client with its state.
func TestAuthorizeRefusals(t *testing.T) {
	_, c, _ := serve(t, simtest.World(0), simulator.Options{})
	for _, x := range []struct {
		name   string
		path   string
		change url.Values
		page   string // on the page, or
		error  string // in the redirect
		code   string
	}{
		{"an unknown tenant", "/nowhere/oauth2/v2.0/authorize", nil, "AADSTS90002", "", ""},
		{"no client", authorizePath, url.Values{"client_id": {""}}, "AADSTS900144", "", ""},
		{"an unknown client", authorizePath, url.Values{"client_id": {"other"}}, "AADSTS700016", "", ""},
		{"Google's client", authorizePath, url.Values{"client_id": {simulator.GoogleClientID}}, "AADSTS700016", "", ""},
		{"no redirect", authorizePath, url.Values{"redirect_uri": {""}}, "AADSTS900144", "", ""},
		{"another host", authorizePath, url.Values{"redirect_uri": {"http://example.com/"}}, "AADSTS50011", "", ""},
		{"another path", authorizePath, url.Values{"redirect_uri": {"http://localhost:18099/other"}}, "AADSTS50011", "", ""},
		{"another scheme", authorizePath, url.Values{"redirect_uri": {"https://localhost:18099/"}}, "AADSTS50011", "", ""},
		{"a name that begins so", authorizePath, url.Values{"redirect_uri": {"http://localhost.example.com/"}}, "AADSTS50011", "", ""},
		{"a port of no loopback", authorizePath, url.Values{"redirect_uri": {"https://login.microsoftonline.com:8443/common/oauth2/nativeclient"}}, "AADSTS50011", "", ""},
		{"a token at once", authorizePath, url.Values{"response_type": {"token"}}, "", "unsupported_response_type", "AADSTS70005"},
		{"a form", authorizePath, url.Values{"response_mode": {"form_post"}}, "", "invalid_request", "AADSTS70007"},
		{"no scope", authorizePath, url.Values{"scope": {""}}, "", "invalid_request", "AADSTS900144"},
		{"a foreign scope", authorizePath, url.Values{"scope": {"https://graph.example.com/read"}}, "", "invalid_scope", "AADSTS70011"},
		{"both environments", authorizePath, url.Values{"scope": {productionScope + " " + sandboxScope}}, "", "invalid_scope", "AADSTS28000"},
		{"a short challenge", authorizePath, url.Values{"code_challenge": {"short"}}, "", "invalid_request", "AADSTS501491"},
		{"a method of no kind", authorizePath, url.Values{"code_challenge_method": {"S512"}}, "", "invalid_request", "AADSTS50149"},
	} {
		for _, form := range []url.Values{nil, {"user": {"agency"}}} { // the page, and pressing a button of it
			status, h, body := c.fetch(c.base+x.path+"?"+asking(x.change).Encode(), form)
			if x.page != "" {
				if status != 400 || h.Get("Location") != "" || !strings.Contains(body, x.page) {
					t.Errorf("%s: %d %s %s", x.name, status, h.Get("Location"), body)
				}
				continue
			}
			to, err := url.Parse(h.Get("Location"))
			if err != nil || status != 302 || to.Host != "localhost:18099" {
				t.Fatalf("%s: %d %s", x.name, status, h.Get("Location"))
			}
			if q := to.Query(); q.Get("error") != x.error || q.Get("state") != "s-1" || !strings.HasPrefix(q.Get("error_description"), x.code+": ") || q.Has("code") {
				t.Errorf("%s: %s", x.name, to)
			}
		}
	}
}

// TestSignInWithCode: the redirect carries code and state; the code is worth
// an access token and a refresh token of the user that pressed the button.
func TestSignInWithCode(t *testing.T) {
	s, c, _ := serve(t, simtest.World(0), simulator.Options{})
	for _, redirect := range []string{loopback, "http://localhost:7", "http://127.0.0.1:18099/", "https://login.microsoftonline.com/common/oauth2/nativeclient"} {
		address := c.base + authorizePath + "?" + asking(url.Values{"redirect_uri": {redirect}}).Encode()
		to := simtest.SignIn(t, c.http, address, "client")
		if !strings.HasPrefix(to.String(), redirect) || to.Query().Get("state") != "s-1" || to.Query().Get("session_state") == "" {
			t.Errorf("%s: %s", redirect, to)
		}
		status, got := c.tokens(redeeming(to.Query().Get("code"), url.Values{"redirect_uri": {redirect}}))
		if status != 200 || got.Access == "" || got.Refresh == "" || got.Scope != productionScope {
			t.Errorf("%s: %d %+v", redirect, status, got)
		}
		c.token = got.Access
		if a := c.send("POST", base+"/User/Query", `{"UserId":null}`); !strings.Contains(string(a.body), "client@example.com") {
			t.Errorf("who: %s", a.body)
		}
		if status, next := c.tokens(renewing(got.Refresh)); status != 200 || next.Scope != productionScope {
			t.Errorf("refresh: %d %+v", status, next)
		}
	}
	wantSignIns(t, s, 4, 4)
}

// TestSignInWithoutCode: whoever cancels is sent back with an error; an unknown
// user stays on the page.
func TestSignInWithoutCode(t *testing.T) {
	s, c, _ := serve(t, simtest.World(0), simulator.Options{})
	address := c.base + authorizePath + "?" + asking(nil).Encode()
	if to := simtest.SignIn(t, c.http, address, ""); to.Query().Get("error") != "access_denied" || to.Query().Get("state") != "s-1" {
		t.Errorf("cancel: %s", to)
	}
	if status, _, body := c.fetch(address, url.Values{"user": {"nobody"}}); status != 400 || !strings.Contains(body, "AADSTS50020") {
		t.Errorf("nobody: %d %s", status, body)
	}
	wantSignIns(t, s, 2, 0)
}

// wantSignIns checks how often somebody pressed a button of the page, how
// often that was the client, and that nobody was careless.
func wantSignIns(t *testing.T, s *simulator.Simulator, all, client int) {
	t.Helper()
	state := s.State()
	if state.Calls[simulator.SignIn] != all || state.Callers["client"][simulator.SignIn] != client || len(state.Violations) != 0 {
		t.Errorf("state: %+v", state)
	}
}

// TestCodeRefusals: a code is good once, for five minutes, where and for whom
// it was given.
func TestCodeRefusals(t *testing.T) {
	w := simtest.World(0)
	w.Clients = []simulator.Client{{ID: "simulator"}, {ID: "second"}, {ID: "web", Secret: "s3cret"}}
	s, c, _ := serve(t, w, simulator.Options{})
	for _, x := range []struct {
		name   string
		ask    url.Values
		change url.Values
		status int
		code   int
	}{
		{"good", nil, nil, 200, 0},
		{"with its scope", nil, url.Values{"scope": {productionScope}}, 200, 0},
		{"no verifier", nil, url.Values{"code_verifier": {""}}, 400, 50148},
		{"another verifier", nil, url.Values{"code_verifier": {strings.Repeat("w", 43)}}, 400, 501481},
		{"a verifier without a challenge", url.Values{"code_challenge": {""}, "code_challenge_method": {""}}, nil, 400, 501481},
		{"no redirect", nil, url.Values{"redirect_uri": {""}}, 400, 900144},
		{"another redirect", nil, url.Values{"redirect_uri": {"http://localhost:18098/"}}, 400, 500112},
		{"another client", nil, url.Values{"client_id": {"second"}}, 400, 70000},
		{"the other environment", nil, url.Values{"scope": {sandboxScope}}, 400, 7000012},
		{"no code", nil, url.Values{"code": {""}}, 400, 900144},
		{"a garbled code", nil, url.Values{"code": {"OC-e30.0000000000000000"}}, 400, 70000},
		{"no grant", nil, url.Values{"grant_type": {""}}, 400, 900144},
		{"web client", url.Values{"client_id": {"web"}}, url.Values{"client_id": {"web"}, "client_secret": {"s3cret"}}, 200, 0},
		{"web client without its secret", url.Values{"client_id": {"web"}}, url.Values{"client_id": {"web"}}, 401, 7000218},
		{"native client with a secret", nil, url.Values{"client_secret": {"x"}}, 400, 90023},
	} {
		status, got := c.tokens(redeeming(c.code("agency", x.ask), x.change))
		if status != x.status || x.code != 0 && !slices.Equal(got.Codes, []int{x.code}) || (x.code == 0) != (got.Access != "") {
			t.Errorf("%s: %d %+v", x.name, status, got)
		}
		if x.code != 0 && (got.Error == "" || got.Timestamp == "" || got.Trace == "" || got.Correlation == "" || !strings.HasPrefix(got.Description, "AADSTS")) {
			t.Errorf("%s: %+v", x.name, got)
		}
	}
	code := c.code("agency", nil)
	c.tokens(redeeming(code, nil))
	if _, got := c.tokens(redeeming(code, nil)); !slices.Equal(got.Codes, []int{54005}) {
		t.Errorf("twice: %+v", got)
	}
	code = c.code("agency", nil)
	if a := c.send("POST", "/organizations/oauth2/v2.0/token", redeeming(code, nil).Encode()); !strings.Contains(string(a.body), "AADSTS700005") {
		t.Errorf("another tenant: %s", a.body)
	}
	s.Advance(301e9)
	if _, got := c.tokens(redeeming(code, nil)); !slices.Equal(got.Codes, []int{70008}) {
		t.Errorf("late: %+v", got)
	}
}

// TestSignInViolations: what a careful client does is noted when it is left out.
func TestSignInViolations(t *testing.T) {
	s, c, _ := serve(t, simtest.World(0), simulator.Options{})
	code := c.code("agency", url.Values{"state": {""}, "code_challenge": {""}, "code_challenge_method": {""}})
	if status, _ := c.tokens(redeeming(code, url.Values{"code_verifier": {""}})); status != 200 {
		t.Errorf("without PKCE: %d", status)
	}
	code = c.code("agency", url.Values{"code_challenge": {verifier}, "code_challenge_method": {"plain"}})
	if status, _ := c.tokens(redeeming(code, nil)); status != 200 {
		t.Errorf("plain: %d", status)
	}
	var rules []string
	for _, v := range s.State().Violations {
		rules = append(rules, v.Rule)
	}
	if want := []string{"no-state", "no-pkce", "plain-challenge"}; !slices.Equal(rules, want) {
		t.Errorf("violations %v, want %v", rules, want)
	}
}
