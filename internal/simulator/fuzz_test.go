package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// FuzzRequests: whatever the body, every operation answers JSON with one of
// the statuses of the contract and never panics, and the state stays readable.
func FuzzRequests(f *testing.F) {
	for _, body := range []string{
		`{"ClientLinks":[` + newLink(0, "") + `]}`, `{"ClientLinks":[{"ClientEntityId":1e3,"Type":null}]}`, `{"ClientLinks":{}}`, `[]`, `null`, ``,
		byAccount(0), searchBody("", 0, 10, predicate("ClientAccountId", "In", "1000001,1000002")), `{"Predicates":[null],"PageInfo":{"Index":0,"Size":1}}`,
		searchBody(`null`, 9223372036854775807, 100, predicate("DirectManagingCustomerId", "Equals", agencyID)),
		searchBody(`null`, 2147483647, 100, predicate("ClientAccountId", "Equals", "1000002")),
		`{"UserId":"9100101"}`, `{"UserId":-1}`, `{"ClientLinks":[{"ClientEntityId":"1000002","ManagingCustomerId":"9100001","Status":"LinkCanceled","Timestamp":"AAAAAAABAAE="}]}`,
	} {
		f.Add(body)
	}
	world := simtest.World(3, "", msads.LinkPending, msads.Active).JSON()
	f.Fuzz(func(t *testing.T, body string) {
		s, err := simulator.New(simulator.Options{World: world, Modes: []simulator.Mode{simulator.UnknownMembers, simulator.NumericIDs, simulator.AbsentMembers}})
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{"client_id": {"simulator"}, "grant_type": {"refresh_token"}, "refresh_token": {"RT-agency"}}
		var token struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal(roundTrip(s, "POST", "/common/oauth2/v2.0/token", form.Encode(), "").Body.Bytes(), &token); err != nil {
			t.Fatal(err)
		}
		for _, r := range []struct{ method, path string }{
			{"POST", base + "/ClientLinks"}, {"PUT", base + "/ClientLinks"}, {"POST", base + "/ClientLinks/Search"}, {"POST", base + "/User/Query"}, {"POST", "/common/oauth2/v2.0/token"},
		} {
			a := roundTrip(s, r.method, r.path, body, token.AccessToken)
			if !json.Valid(a.Body.Bytes()) {
				t.Errorf("%s %s: %d %s", r.method, r.path, a.Code, a.Body)
			}
			if a.Code != 200 && a.Code != 400 && a.Code != 401 && a.Code != 403 {
				t.Errorf("%s %s: status %d", r.method, r.path, a.Code)
			}
		}
		if _, err := json.Marshal(s.State()); err != nil {
			t.Error(err)
		}
	})
}

func roundTrip(h http.Handler, method, path, body, token string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("DeveloperToken", simulator.DeveloperToken)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// FuzzWorld: a world is taken or refused, never a panic; one that was taken
// survives its own state file.
func FuzzWorld(f *testing.F) {
	f.Add(simtest.World(2, msads.Active).JSON())
	f.Add([]byte(`{"clock":"2026-11-20T16:00:00Z"}`))
	f.Add([]byte(`{"clock":"2026-11-20T16:00:00Z","customers":[{"id":1000,"number":"F","name":""}],"links":[{"Type":"CustomerLink","ClientEntityId":1000,"ManagingCustomerId":"1000","Status":"Active"}]}`))
	f.Fuzz(func(t *testing.T, world []byte) {
		s, err := simulator.New(simulator.Options{World: world})
		if err != nil {
			return
		}
		s.Advance(0)
		if n := len(s.State().Links); n > 0 && roundTrip(s, "POST", "/__simulator/reset", "", "").Code != 200 {
			t.Error("a world with links could not be loaded twice")
		}
	})
}

// FuzzFaults: rules are taken or refused, never a panic.
func FuzzFaults(f *testing.F) {
	f.Add([]byte(`[{"operation":"write","kind":"error-after-commit","body":"any","rate":0.5,"first":3}]`))
	f.Add([]byte(`[{"kind":"stale","every":2,"skip":1},{"kind":"latency","millis":1}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		rules, err := simulator.ParseFaults(b)
		if err != nil {
			return
		}
		if _, err := simulator.New(simulator.Options{World: simtest.World(0).JSON(), Faults: rules}); err != nil {
			t.Errorf("parsed, but refused: %v", err)
		}
	})
}
