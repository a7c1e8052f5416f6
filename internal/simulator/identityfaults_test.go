package simulator_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"testing/synctest"
	"time"

	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// TestTokenFaults: each way in which the token endpoint may fail can be asked
// for, as often as a test wants it, and then it is good again.
func TestTokenFaults(t *testing.T) {
	for _, x := range []struct {
		fault  string
		status int
		text   string
	}{
		{`"kind":"oauth-error","code":70000`, 400, `"error":"invalid_grant"`},
		{`"kind":"oauth-error","code":700082`, 400, `"suberror":"token_expired"`},
		{`"kind":"oauth-error","code":65001`, 400, `"suberror":"consent_required"`},
		{`"kind":"oauth-error","code":7000012`, 400, "different tenant"},
		{`"kind":"oauth-error","code":7000215`, 401, `"error":"invalid_client"`},
		{`"kind":"oauth-error","code":650052`, 400, "has not subscribed"},
		{`"kind":"oauth-error","code":700016`, 400, "'simulator' was not found"},
		{`"kind":"oauth-error","code":53003`, 400, "AADSTS53003: "},
		{`"kind":"oauth-error","code":90033`, 503, `"error":"temporarily_unavailable"`},
		{`"kind":"oauth-error","code":90033,"status":504`, 504, `"error":"temporarily_unavailable"`},
		{`"kind":"expired-token"`, 400, "AADSTS70000"},
		{`"kind":"error-before-commit","status":502,"body":"html"`, 502, "Bad Gateway"},
	} {
		_, c, _ := serve(t, simtest.World(0), simulator.Options{})
		door(t, c, "POST", "faults", `[{"operation":"Token","first":1,`+x.fault+`}]`)
		if a := c.refresh(renewing(simulator.AgencyRefreshToken)); a.status != x.status || !strings.Contains(string(a.body), x.text) {
			t.Errorf("%s: %d %s", x.fault, a.status, a.body)
		}
		if a := c.refresh(renewing(simulator.AgencyRefreshToken)); a.status != 200 {
			t.Errorf("%s, again: %d %s", x.fault, a.status, a.body)
		}
	}
}

// TestFaultsOfOneUser: one login's calls fail and the other's do not, at the
// identity service and at the service.
func TestFaultsOfOneUser(t *testing.T) {
	s, agency, client := serve(t, simtest.World(0), simulator.Options{})
	door(t, agency, "POST", "faults", `[
		{"operation":"Token","kind":"oauth-error","code":50173,"user":"client"},
		{"operation":"SignIn","kind":"oauth-error","code":650052,"user":"client@example.com"},
		{"kind":"error-before-commit","status":403,"code":123,"user":"9200101"}]`)
	for token, want := range map[string]int{simulator.AgencyRefreshToken: 200, simulator.ClientRefreshToken: 400} {
		if a := agency.refresh(renewing(token)); a.status != want {
			t.Errorf("%s: %d %s", token, a.status, a.body)
		}
	}
	for user, want := range map[string]string{"agency": "", "client": "invalid_client"} {
		to := simtest.SignIn(t, agency.http, agency.base+authorizePath+"?"+asking(nil).Encode(), user)
		if to.Query().Get("error") != want {
			t.Errorf("%s: %s", user, to)
		}
	}
	if got := agency.whoami(agency.token); len(got) != 0 {
		t.Errorf("agency: %v", got)
	}
	if got := client.whoami(client.token); !slices.Equal(got, []int{123}) {
		t.Errorf("client: %v", got)
	}
	if n := s.State().Faults["oauth-error"]; n != 2 {
		t.Errorf("%d faults counted, want 2", n)
	}
}

// TestSignInFaults: a page instead of a redirect, another state, a server
// that is down.
func TestSignInFaults(t *testing.T) {
	_, c, _ := serve(t, simtest.World(0), simulator.Options{})
	address := c.base + authorizePath + "?" + asking(nil).Encode()
	door(t, c, "POST", "faults", `[{"operation":"SignIn","kind":"wrong-state","first":1}]`)
	if q := simtest.SignIn(t, c.http, address, "agency").Query(); q.Get("state") == "s-1" || q.Get("state") == "" || q.Get("code") == "" {
		t.Errorf("wrong-state: %v", q)
	}
	if q := simtest.SignIn(t, c.http, address, "agency").Query(); q.Get("state") != "s-1" {
		t.Errorf("and then: %v", q)
	}
	door(t, c, "POST", "faults", `[{"operation":"Authorize","kind":"oauth-error","code":700016}]`)
	if status, _, body := c.fetch(address, nil); status != 400 || !strings.Contains(body, "AADSTS700016") {
		t.Errorf("page: %d %s", status, body)
	}
	door(t, c, "POST", "faults", `[{"operation":"Authorize","kind":"error-before-commit","status":503,"body":"html"}]`)
	if status, _, _ := c.fetch(address, nil); status != 503 {
		t.Errorf("down: %d", status)
	}
	for _, bad := range []string{
		`[{"kind":"oauth-error","code":70000}]`, `[{"operation":"GetUser","kind":"oauth-error","code":70000}]`,
		`[{"operation":"Token","kind":"oauth-error"}]`, `[{"operation":"Token","kind":"wrong-state"}]`,
	} {
		if a := c.send("POST", "/__simulator/faults", bad); a.status != 400 {
			t.Errorf("%s: %d", bad, a.status)
		}
	}
}

// TestLostRotation: a rotation whose answer was lost has used the token up
// all the same when rotation is strict, and only then.
func TestLostRotation(t *testing.T) {
	for strict, want := range map[bool]int{false: 200, true: 400} {
		s := simtest.New(t, simtest.World(0), simulator.Options{StrictRotation: strict})
		c := caller{t: t, http: simtest.Serve(t, s), base: simtest.URL}
		door(t, c, "POST", "faults", `[{"operation":"Token","kind":"drop-after-commit","first":1}]`)
		if a := c.refresh(renewing(simulator.AgencyRefreshToken)); a.err == nil {
			t.Errorf("an answer came: %d %s", a.status, a.body)
		}
		if a := c.refresh(renewing(simulator.AgencyRefreshToken)); a.status != want {
			t.Errorf("strict %v: %d, want %d", strict, a.status, want)
		}
	}
}

// TestSlowAndSkewed: the identity server takes its time, and the clock of the
// service may be off.
func TestSlowAndSkewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c, _ := serve(t, simtest.World(0), simulator.Options{})
		door(t, c, "POST", "faults", `[{"operation":"Token","kind":"latency","millis":20000},{"operation":"GetUser","kind":"clock-skew","millis":600000}]`)
		began := time.Now()
		if a := c.refresh(renewing(simulator.AgencyRefreshToken)); a.status != 200 || time.Since(began) != 20*time.Second {
			t.Errorf("%d after %v", a.status, time.Since(began))
		}
		for path, want := range map[string]time.Duration{"/User/Query": 10 * time.Minute, "/ClientLinks/Search": 0} {
			a := c.send("POST", base+path, `{}`)
			date, err := http.ParseTime(a.header.Get("Date"))
			if err != nil || time.Until(date).Round(time.Second) != want {
				t.Errorf("%s: Date %s: %v", path, a.header.Get("Date"), err)
			}
		}
	})
}

// TestLoginKinds: the codes for the wrong kind of login have their symbols.
func TestLoginKinds(t *testing.T) {
	_, agency, client := serve(t, simtest.World(0), simulator.Options{})
	for code, symbol := range map[string]string{
		"122": "PersonalIdentityNotAvailable", "123": "WorkIdentityNotAvailable", "124": "PersonalIdentityMigratedToWork",
		"125": "PersonalIdentityNotAllowedByCustomer", "126": "IdentityTypeMismatch", "3101": "OAuthTokenInvalid",
	} {
		door(t, agency, "PATCH", "users", `{"user":"client","set":{"refused_with":`+code+`}}`)
		a := client.send("POST", base+"/User/Query", `{}`)
		if !strings.Contains(string(a.body), `"Code":`+code+`,`) || !strings.Contains(string(a.body), symbol) || a.status < 400 {
			t.Errorf("%s: %d %s", code, a.status, a.body)
		}
	}
	for set, reason := range map[string]string{
		`"refused_with":105`:                    "AccountInactive",
		`"refused_with":126,"login":"work"`:     "WorkAccountIsRequired",
		`"refused_with":126,"login":"personal"`: "PersonalAccountIsRequired",
		`"refused_with":126,"login":""`:         "null",
	} {
		door(t, agency, "PATCH", "users", `{"user":"client","set":{`+set+`}}`)
		a := client.send("POST", base+"/User/Query", `{}`)
		var v struct{ Errors []json.RawMessage }
		if a.decode(t, &v); len(v.Errors) != 1 || member(t, v.Errors[0], "Detail") != reason {
			t.Errorf("%s: %s", set, a.body)
		}
	}
	if got := agency.whoami(agency.token); len(got) != 0 {
		t.Errorf("agency: %v", got)
	}
}

// TestUserDoor: members change, the rest stays, and nonsense is refused.
func TestUserDoor(t *testing.T) {
	s, agency, client := serve(t, simtest.World(1), simulator.Options{})
	door(t, agency, "PATCH", "users", `{"user":"agency","set":{"roles":[{"customer_id":"9100001","role_id":100}]}}`)
	if got := agency.add(newLink(0, "")).codes(t); !slices.Equal(got, []int{106}) {
		t.Errorf("a viewer adds: %v", got)
	}
	door(t, agency, "PATCH", "users", `{"user":"9100101","set":{"phone":"555-0199"}}`)
	if a := agency.send("POST", base+"/User/Query", `{}`); !strings.Contains(string(a.body), `"RoleId":100`) || !strings.Contains(string(a.body), "555-0199") {
		t.Errorf("%s", a.body)
	}
	door(t, agency, "PATCH", "users", `{"user":"client","set":{"refresh_token":"RT-other"}}`)
	for token, want := range map[string]int{"RT-other": 200, simulator.ClientRefreshToken: 400} {
		if a := client.refresh(renewing(token)); a.status != want {
			t.Errorf("%s: %d", token, a.status)
		}
	}
	for _, bad := range []string{
		`{"user":"nobody","set":{}}`, `{"user":"client"}`, `{"user":"client","set":{"id":"5"}}`, `{"user":"client","set":{"login":"fax"}}`,
		`{"user":"client","set":{"environment":"mars"}}`, `{"user":"client","set":{"customer_id":"77777"}}`, `{"user":"client","set":{"nick":"x"}}`, `[]`,
	} {
		if a := agency.send("PATCH", "/__simulator/users", bad); a.status != 400 {
			t.Errorf("%s: %d %s", bad, a.status, a.body)
		}
	}
	door(t, agency, "POST", "reset", "")
	if a := s.State(); len(a.LinkCallers) != 0 {
		t.Errorf("after a reset: %v", a.LinkCallers)
	}
	if got := agency.add(newLink(0, "")).codes(t); len(got) != 0 {
		t.Errorf("after a reset: %v", got)
	}
}

// TestTwoAgencies: two agencies invite one account; its owner sees both, and
// the state shows for each link which login asked for what.
func TestTwoAgencies(t *testing.T) {
	s, agency, client := serve(t, simtest.TwoAgencies(2), simulator.Options{})
	rival := agency.as("RT-rival")
	both := client.links(byAccount(0))
	if len(both) != 2 || !strings.Contains(string(both[0]), `"ManagingCustomerId":"9100001"`) || !strings.Contains(string(both[1]), `"ManagingCustomerId":"9300001"`) {
		t.Fatalf("%s", both)
	}
	if got := client.update(with(t, both[0], "Status", `"LinkAccepted"`)).codes(t); len(got) != 0 {
		t.Errorf("accept: %v", got)
	}
	if got := agency.update(with(t, both[1], "Status", `"LinkCanceled"`)).codes(t); !slices.Equal(got, []int{106}) {
		t.Errorf("the agency cancels the rival's: %v", got)
	}
	if got := rival.update(with(t, both[1], "Status", `"LinkCanceled"`)).codes(t); len(got) != 0 {
		t.Errorf("cancel: %v", got)
	}
	if got := rival.add(strings.Replace(newLink(0, ""), "9100001", "9300001", 1)).codes(t); len(got) != 0 {
		t.Errorf("add: %v", got)
	}
	state := s.State()
	want := map[string]simulator.LinkCalls{
		"9100001/AccountLink/1000001": {"accept": {"client": 1}},
		"9300001/AccountLink/1000001": {"cancel": {"agency": 1, "rival": 1}, "add": {"rival": 1}},
	}
	if d := cmp.Diff(want, state.LinkCallers); d != "" {
		t.Error(d)
	}
	var statuses []string
	for _, l := range state.Links {
		statuses = append(statuses, string(l.Status))
	}
	if want := []string{"LinkInProgress", "LinkPending", "LinkPending", "LinkPending"}; !slices.Equal(statuses, want) {
		t.Errorf("%v, want %v", statuses, want)
	}
}
