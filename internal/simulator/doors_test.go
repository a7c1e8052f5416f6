package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// door uses a door that must open.
func door(t *testing.T, c caller, method, name, body string) answer {
	t.Helper()
	a := c.send(method, "/__simulator/"+name, body)
	if a.status != http.StatusOK {
		t.Fatalf("%s %s: %d %s", method, name, a.status, a.body)
	}
	return a
}

// TestStateDoor: every key that tests count on, with its value.
func TestStateDoor(t *testing.T) {
	_, agency, client := serve(t, simtest.World(12, "", "", msads.LinkPending), simulator.Options{})
	agency.add(newLink(0, ""), newLink(1, `,"SuppressNotification":true`), newLink(2, ""))
	agency.add(newLink(3, `,"Status":"LinkPending"`))
	agency.add(slices.Repeat([]string{newLink(4, "")}, 11)...)
	client.update(with(t, client.links(byAccount(0))[0], "Status", `"LinkAccepted"`))
	agency.update(with(t, agency.links(byAccount(1))[0], "Status", `"LinkAccepted"`), with(t, agency.links(byAccount(2))[0], "Status", `"LinkCanceled"`))
	a := door(t, agency, "GET", "state", "")
	var got map[string]json.RawMessage
	a.decode(t, &got)
	var links []simulator.Link
	if err := json.Unmarshal(got["links"], &links); err != nil || len(links) != 6 || links[0].Status != msads.LinkInProgress || links[0].ClientEntityNumber != "X0000001" {
		t.Errorf("links: %v %s", err, got["links"])
	}
	for key, want := range map[string]string{
		"calls":                    `{"AddClientLinks":3,"SearchClientLinks":3,"Token":2,"UpdateClientLinks":2}`,
		"adds_by_account":          `{"1000001":1,"1000002":1}`,
		"transitions":              `{"1000001":{"accept":1,"add":1},"1000002":{"add":1},"1000003":{"cancel":1}}`,
		"invitations":              `2`,
		"emails":                   `1`,
		"duplicate_adds_attempted": `1`,
		"largest_call":             `11`,
		"max_concurrent_calls":     `1`,
		"faults":                   `{}`,
		"modes":                    `[]`,
		"callers":                  `{"agency":{"AddClientLinks":3,"SearchClientLinks":2,"Token":1,"UpdateClientLinks":1},"client":{"SearchClientLinks":1,"Token":1,"UpdateClientLinks":1}}`,
	} {
		var w, g any
		if err := json.Unmarshal([]byte(want), &w); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(got[key], &g); err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		if d := cmp.Diff(w, g); d != "" {
			t.Errorf("%s: %s", key, d)
		}
	}
	var violations []simulator.Violation
	if err := json.Unmarshal(got["violations"], &violations); err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, v := range violations {
		rules = append(rules, v.Rule)
	}
	if want := []string{"status-on-add", "too-many-links", "mixed-ops", "not-allowed"}; !slices.Equal(rules, want) {
		t.Errorf("violations %v, want %v", rules, want)
	}
}

// TestLinksDoor: a colleague makes, changes and removes links.
func TestLinksDoor(t *testing.T) {
	s, agency, _ := serve(t, simtest.World(3, msads.LinkPending, ""), simulator.Options{})
	old := s.State().Links[0]
	door(t, agency, "PATCH", "links", `{"ClientEntityNumber":"X0000001","ManagingCustomerId":"9100001","Status":"LinkDeclined","IsBillToClient":false}`)
	door(t, agency, "PUT", "links", `[{"ClientEntityId":1000002,"ManagingCustomerId":"9300001","Status":"Active"}]`)
	links := s.State().Links
	if l := links[0]; l.Status != msads.LinkDeclined || *l.IsBillToClient || !*old.IsBillToClient || string(l.Timestamp) == string(old.Timestamp) || l.Name != old.Name {
		t.Errorf("patched: %+v", l)
	}
	if l := links[1]; l.ManagingCustomerName != "Quarry Street Media" || l.Status != msads.Active {
		t.Errorf("put: %+v", l)
	}
	for _, c := range []struct{ method, body string }{
		{"PATCH", `{"ClientEntityId":"1000003","ManagingCustomerId":"9300001","Status":"Active"}`},
		{"PUT", `{"ClientEntityId":"1000002","ManagingCustomerId":"9100001","Status":"Nonsense"}`},
		{"PUT", `{"ClientEntityId":"7777777","ManagingCustomerId":"9100001","Status":"Active"}`},
		{"PUT", `{"ClientEntityId":"1000002","ManagingCustomerId":"9100001","Status":"Active","ClientEntityName":"Someone else"}`},
		{"PUT", `nonsense`},
	} {
		if a := agency.send(c.method, "/__simulator/links", c.body); a.status != http.StatusBadRequest {
			t.Errorf("%s %s: %d %s", c.method, c.body, a.status, a.body)
		}
	}
	for _, body := range []string{`{"seconds":-1}`, `x`} {
		if a := agency.send("POST", "/__simulator/clock", body); a.status != http.StatusBadRequest {
			t.Errorf("clock %s: %d", body, a.status)
		}
	}
	door(t, agency, "POST", "reset", "")
	if st := s.State(); len(st.Links) != 2 || st.Links[0].Status != msads.LinkPending || len(st.Calls) != 0 {
		t.Errorf("after reset: %+v", st)
	}
}

// TestStateFile: what one process did, the next one finds; the clock stops
// between them.
func TestStateFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	now := day
	opts := simulator.Options{State: file, StrictRotation: true, Now: func() time.Time { return now }}
	s, agency, client := serve(t, simtest.World(2), opts)
	agency.add(newLink(0, ""))
	raw := client.links(byAccount(0))[0]
	client.update(with(t, raw, "Status", `"LinkAccepted"`))
	door(t, agency, "POST", "clock", `{"seconds":100}`)
	first := s.State()

	now = day.AddDate(1, 0, 0)
	next := simtest.New(t, simtest.World(0), opts)
	second := next.State()
	if d := cmp.Diff(first, second); d != "" {
		t.Errorf("the next process sees another state:\n%s", d)
	}
	c := caller{t: t, http: simtest.Serve(t, next), base: simtest.URL, dev: simulator.DeveloperToken, token: agency.token}
	if got := c.add(newLink(0, "")).codes(t); !slices.Equal(got, []int{1410}) {
		t.Errorf("an access token and a link of the first process: %v", got)
	}
	if a := c.refresh(url.Values{"client_id": {"simulator"}, "grant_type": {"refresh_token"}, "refresh_token": {"RT-agency"}}); a.status != http.StatusBadRequest {
		t.Errorf("a spent refresh token: %d %s", a.status, a.body)
	}
	now = now.Add(21 * time.Second)
	if got := next.State().Links[0].Status; got != msads.Active {
		t.Errorf("121 s after the accept: %s", got)
	}
	if left, _ := filepath.Glob(file + ".*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.WriteFile(file, []byte(`{"clock"`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := simulator.New(simulator.Options{World: simtest.World(0).JSON(), State: file}); err == nil {
		t.Error("a broken state file was taken")
	}
}

// TestStateIsSavedBeforeTheReply: a reply that is dropped, a clock that is
// moved and a write that was applied are all in the file by then.
func TestStateIsSavedBeforeTheReply(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	_, agency, _ := serve(t, simtest.World(1), simulator.Options{State: file, Faults: simulator.Faults{{Operation: "write", Kind: simulator.FaultDropAfter}}})
	if a := agency.add(newLink(0, "")); a.err == nil {
		t.Fatalf("the reply was not dropped: %d", a.status)
	}
	b, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(b), `"LinkPending"`) || !strings.Contains(string(b), `"invitations":1`) {
		t.Errorf("state file: %v %s", err, b)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(file, 0o700); err != nil {
		t.Fatal(err)
	}
	if a := agency.send("POST", "/__simulator/clock", `{"seconds":1}`); a.status == http.StatusOK {
		t.Error("a state that could not be saved was not reported")
	}
}

// TestBadWorlds: a world that cannot be is refused with its place.
func TestBadWorlds(t *testing.T) {
	whole := string(simtest.World(1, msads.Active).JSON())
	for old, c := range map[string]struct{ replacement, want string }{
		`"clock":"2026-11-20T16:00:00Z"`: {`"clock":"0001-01-01T00:00:00Z"`, "clock"},
		`"accounts"`:                     {`"acounts"`, "acounts"},
		`"Status":"Active"`:              {`"Status":"active"`, "links[0]"},
		`"customer_id":"9200001"}`:       {`"customer_id":"1234567"}`, "accounts[0]: customer_id"},
		`"id":"1000001"`:                 {`"id":"9100001"`, "accounts[0]: id"},
		`"number":"F300000001"`:          {`"number":"F200000001"`, "customers[2]: number"},
		`"id":"9200101"`:                 {`"id":"9100101"`, "users[1]: id"},
		`"ClientEntityId":"1000001"`:     {`"ClientEntityId":"1000009"`, "links[0]"},
		`"Status"`:                       {`"ClientEntityName":"Someone else","Status"`, "ClientEntityName"},
	} {
		if !strings.Contains(whole, old) {
			t.Fatalf("the world lacks %s:\n%s", old, whole)
		}
		_, err := simulator.New(simulator.Options{World: []byte(strings.Replace(whole, old, c.replacement, 1))})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one about %s", old, err, c.want)
		}
	}
	if _, err := simulator.New(simulator.Options{}); err == nil {
		t.Error("no world was taken")
	}
	for _, modes := range [][]simulator.Mode{{"nonsense"}, {simulator.OldDualID, simulator.NewDualID}} {
		if _, err := simulator.New(simulator.Options{World: []byte(whole), Modes: modes}); err == nil {
			t.Errorf("modes %v were taken", modes)
		}
	}
}
