package simulator_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// TestTokenEndpoint: how the identity service refuses, and what it answers.
func TestTokenEndpoint(t *testing.T) {
	w := simtest.World(0)
	w.Clients = []simulator.Client{{ID: "simulator"}, {ID: "web", Secret: "s3cret"}}
	w.Users[0].Environment = "production"
	_, agency, _ := serve(t, w, simulator.Options{})
	for _, c := range []struct {
		name   string
		change url.Values
		status int
		text   string // within the answer
	}{
		{"good", nil, 200, `"expires_in":3600`},
		{"no scope, as generic OAuth libraries refresh", url.Values{"scope": {""}}, 200, "msads.manage"},
		{"unknown client", url.Values{"client_id": {"other"}}, 400, "AADSTS700016"},
		{"no client", url.Values{"client_id": {""}}, 400, "AADSTS900144"},
		{"public client with a secret", url.Values{"client_secret": {"x"}}, 400, `"error":"invalid_request"`},
		{"web client", url.Values{"client_id": {"web"}, "client_secret": {"s3cret"}}, 200, "access_token"},
		{"web client without its secret", url.Values{"client_id": {"web"}}, 401, "AADSTS7000218"},
		{"web client with a wrong one", url.Values{"client_id": {"web"}, "client_secret": {"x"}}, 401, "AADSTS7000215"},
		{"another grant", url.Values{"grant_type": {"client_credentials"}}, 400, "unsupported_grant_type"},
		{"no refresh token", url.Values{"refresh_token": {""}}, 400, "AADSTS900144"},
		{"unknown refresh token", url.Values{"refresh_token": {"RT-nobody"}}, 400, "AADSTS70000"},
		{"the sandbox's scope for a production user", url.Values{"scope": {"https://si.ads.microsoft.com/msads.manage offline_access"}}, 400, "AADSTS7000012"},
		{"a foreign scope", url.Values{"scope": {"https://graph.example.com/read"}}, 400, "invalid_scope"},
	} {
		form := url.Values{"client_id": {"simulator"}, "grant_type": {"refresh_token"}, "refresh_token": {"RT-agency"}, "scope": {"https://ads.microsoft.com/msads.manage offline_access"}}
		maps.Copy(form, c.change)
		a := agency.refresh(form)
		if a.status != c.status || !strings.Contains(string(a.body), c.text) || a.header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s: %d %s", c.name, a.status, a.body)
		}
		if a.status != 200 {
			var v struct {
				Error string `json:"error"`
				Codes []int  `json:"error_codes"`
			}
			if a.decode(t, &v); v.Error == "" || len(v.Codes) != 1 {
				t.Errorf("%s: %s", c.name, a.body)
			}
		}
	}
}

func refreshed(t *testing.T, c caller, token string) (status int, next string) {
	t.Helper()
	a := c.refresh(url.Values{"client_id": {"simulator"}, "grant_type": {"refresh_token"}, "refresh_token": {token}})
	var v struct {
		RefreshToken string `json:"refresh_token"`
	}
	a.decode(t, &v)
	return a.status, v.RefreshToken
}

// TestRotation: each refresh brings another token; the old ones stay good
// unless rotation is strict.
func TestRotation(t *testing.T) {
	for _, strict := range []bool{false, true} {
		w := simtest.World(0)
		w.Users[0].RefreshToken = "first"
		s := simtest.New(t, w, simulator.Options{StrictRotation: strict})
		c := caller{t: t, http: simtest.Serve(t, s), base: simtest.URL, dev: simulator.DeveloperToken}
		_, second := refreshed(t, c, "first")
		_, third := refreshed(t, c, second)
		if second == third || second == "first" {
			t.Errorf("tokens do not change: %q %q", second, third)
		}
		want := map[bool]int{false: 200, true: 400}[strict]
		for _, old := range []string{"first", second} {
			if got, _ := refreshed(t, c, old); got != want {
				t.Errorf("strict %v: a used token: %d, want %d", strict, got, want)
			}
		}
		if got, _ := refreshed(t, c, third+"0"); got != 400 {
			t.Errorf("a garbled token: %d", got)
		}
		s.Advance(91 * 24 * 3600e9)
		if got, _ := refreshed(t, c, third); got != 400 {
			t.Errorf("a token of 91 days: %d", got)
		}
	}
}

// TestAccessTokens: what a bearer is worth, by its age, its scope and its user.
func TestAccessTokens(t *testing.T) {
	w := simtest.World(0)
	w.Users[1].RefusedWith = 123
	s := simtest.New(t, w, simulator.Options{})
	c := caller{t: t, http: simtest.Serve(t, s), base: simtest.URL, dev: simulator.DeveloperToken}
	agency, client := c.as("RT-agency"), c.as("RT-client")
	ask := func(c caller) []int {
		t.Helper()
		return c.send("POST", base+"/User/Query", `{"UserId":null}`).codes(t)
	}
	if got := ask(client); !slices.Equal(got, []int{123}) {
		t.Errorf("a user who is refused: %v", got)
	}
	s.Advance(3599e9)
	if got := ask(agency); len(got) != 0 {
		t.Errorf("59:59 old: %v", got)
	}
	s.Advance(2e9)
	if got := ask(agency); !slices.Equal(got, []int{109}) {
		t.Errorf("an hour old: %v", got)
	}
	a := agency.refresh(url.Values{"client_id": {"simulator"}, "grant_type": {"refresh_token"}, "refresh_token": {"RT-agency"}, "scope": {"https://ads.microsoft.com/ads.manage offline_access"}})
	var v struct {
		AccessToken string `json:"access_token"`
	}
	a.decode(t, &v)
	agency.token = v.AccessToken
	if got := ask(agency); !slices.Equal(got, []int{3101}) {
		t.Errorf("a dead scope: %v", got)
	}
}

// TestHeaders: what is missing is reported before what is wrong.
func TestHeaders(t *testing.T) {
	s, agency, _ := serve(t, simtest.World(0), simulator.Options{})
	for _, c := range []struct {
		edit func(http.Header)
		code int
	}{
		{func(h http.Header) { h.Set("Content-Type", "text/xml") }, 116},
		{func(h http.Header) { h.Set("DeveloperToken", "x"); h.Set("Authorization", "") }, 116},
		{func(h http.Header) { h.Set("Authorization", "Basic "+agency.token) }, 105},
		{func(h http.Header) { h.Set("DeveloperToken", "x"); h.Set("Authorization", "Bearer x") }, 105},
		{func(h http.Header) { h.Set("Content-Type", "application/json; charset=utf-8") }, 0},
	} {
		a := agency.send("POST", base+"/User/Query", `{"UserId":null}`, c.edit)
		if got := a.codes(t); c.code == 0 && len(got) != 0 || c.code != 0 && !slices.Equal(got, []int{c.code}) {
			t.Errorf("codes %v, want %d", got, c.code)
		}
	}
	if n := len(s.State().Violations); n != 3 {
		t.Errorf("%d violations, want 3", n)
	}
}

// TestGetUser: the caller, a colleague, a stranger, nobody.
func TestGetUser(t *testing.T) {
	w := simtest.World(0)
	w.Users = append(w.Users, simulator.User{ID: 777, UserName: "colleague@example.com", CustomerID: simtest.AgencyID})
	_, agency, _ := serve(t, w, simulator.Options{})
	for body, want := range map[string][]int{
		`{}`: nil, `{"UserId":null}`: nil, `{"UserId":"777"}`: nil, `{"UserId":777}`: nil,
		`{"UserId":"9200101"}`: {106}, `{"UserId":"12345"}`: {210}, `null`: {100}, `x`: {100},
	} {
		if got := agency.send("POST", base+"/User/Query", body).codes(t); !slices.Equal(got, want) {
			t.Errorf("%s: codes %v, want %v", body, got, want)
		}
	}
}
