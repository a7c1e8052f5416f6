package simulator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// caller speaks raw HTTP and JSON to a server: nothing of our client's.
type caller struct {
	t     testing.TB
	http  *http.Client
	base  string
	token string
	dev   string
}

type answer struct {
	status int
	header http.Header
	body   []byte
	err    error
}

func (a answer) decode(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("body %q: %v", a.body, err)
	}
}

// codes returns every code of a fault, or of PartialErrors by position, with -1
// where a link was applied; none if all were.
func (a answer) codes(t testing.TB) []int {
	t.Helper()
	var v struct {
		Errors, OperationErrors []struct{ Code int }
		PartialErrors           [][]struct{ Code int }
	}
	a.decode(t, &v)
	var codes []int
	for _, e := range append(v.Errors, v.OperationErrors...) {
		codes = append(codes, e.Code)
	}
	for _, p := range v.PartialErrors {
		if len(p) == 0 {
			codes = append(codes, -1)
			continue
		}
		codes = append(codes, p[0].Code)
	}
	if !slices.ContainsFunc(codes, func(c int) bool { return c >= 0 }) {
		return nil
	}
	return codes
}

func (c caller) send(method, path, body string, edit ...func(http.Header)) answer {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("DeveloperToken", c.dev)
	req.Header.Set("Authorization", "Bearer "+c.token)
	for _, f := range edit {
		f(req.Header)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, b, err}
}

const base = "/CustomerManagement/v13"

func (c caller) search(body string) answer { return c.send("POST", base+"/ClientLinks/Search", body) }
func (c caller) add(links ...string) answer {
	return c.send("POST", base+"/ClientLinks", `{"ClientLinks":[`+strings.Join(links, ",")+`]}`)
}
func (c caller) update(links ...string) answer {
	return c.send("PUT", base+"/ClientLinks", `{"ClientLinks":[`+strings.Join(links, ",")+`]}`)
}

// links searches and returns the raw links.
func (c caller) links(body string) []json.RawMessage {
	c.t.Helper()
	a := c.search(body)
	if a.status != http.StatusOK {
		c.t.Fatalf("search: %d %s", a.status, a.body)
	}
	var v struct{ ClientLinks []json.RawMessage }
	a.decode(c.t, &v)
	return v.ClientLinks
}

func (c caller) refresh(form url.Values) answer {
	c.t.Helper()
	resp, err := c.http.PostForm(c.base+"/common/oauth2/v2.0/token", form)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, b, err}
}

// as returns a caller that is signed in with a refresh token.
func (c caller) as(refresh string) caller {
	c.t.Helper()
	a := c.refresh(url.Values{"client_id": {simulator.ClientID}, "grant_type": {"refresh_token"}, "refresh_token": {refresh}, "scope": {"https://ads.microsoft.com/msads.manage offline_access"}})
	var v struct {
		AccessToken string `json:"access_token"`
	}
	a.decode(c.t, &v)
	if v.AccessToken == "" {
		c.t.Fatalf("token: %d %s", a.status, a.body)
	}
	c.token = v.AccessToken
	return c
}

// with returns a raw link with one member set.
func with(t testing.TB, raw json.RawMessage, name, value string) string {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	m[name] = json.RawMessage(value)
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func serve(t testing.TB, w simulator.World, opts simulator.Options) (*simulator.Simulator, caller, caller) {
	t.Helper()
	s := simtest.New(t, w, opts)
	c := caller{t: t, http: simtest.Serve(t, s), base: simtest.URL, dev: simulator.DeveloperToken}
	return s, c.as(simulator.AgencyRefreshToken), c.as(simulator.ClientRefreshToken)
}

func newLink(i int, more string) string {
	return `{"ClientEntityId":"` + simtest.AccountID(i).String() + `","ManagingCustomerId":"` + simtest.AgencyID.String() + `","IsBillToClient":true` + more + `}`
}

func byAccount(i int) string {
	return `{"Predicates":[{"Field":"ClientAccountId","Operator":"Equals","Value":"` + simtest.AccountID(i).String() + `"}],"PageInfo":{"Index":0,"Size":100}}`
}

// TestLinkLife walks a link from the invitation to its end, each step by the
// side that may take it.
func TestLinkLife(t *testing.T) {
	s, agency, client := serve(t, simtest.World(1), simulator.Options{})
	if a := agency.add(newLink(0, "")); a.status != 200 || !bytes.Contains(a.body, []byte(`"PartialErrors":[null]`)) {
		t.Fatalf("add: %d %s", a.status, a.body)
	}
	status := func(c caller, want msads.Status) json.RawMessage {
		t.Helper()
		list := c.links(byAccount(0))
		if len(list) != 1 {
			t.Fatalf("%d links", len(list))
		}
		var v struct{ Status msads.Status }
		if err := json.Unmarshal(list[0], &v); err != nil || v.Status != want {
			t.Fatalf("status %q, want %q (%v)", v.Status, want, err)
		}
		return list[0]
	}
	set := func(c caller, raw json.RawMessage, to string, want ...int) {
		t.Helper()
		a := c.update(with(t, raw, "Status", `"`+to+`"`))
		if got := a.codes(t); a.status != 200 || len(got) != len(want) || len(got) == 1 && got[0] != want[0] {
			t.Fatalf("update to %s: %d %s", to, a.status, a.body)
		}
	}
	raw := status(agency, msads.LinkPending)
	set(agency, raw, "LinkAccepted", 3083)
	set(client, raw, "LinkCanceled", 3083)
	set(client, raw, "LinkAccepted")
	set(client, raw, "LinkAccepted", 209)
	raw = status(client, msads.LinkInProgress)
	set(agency, raw, "LinkCanceled", 3083)
	s.Advance(121e9)
	raw = status(agency, msads.Active)
	set(client, raw, "UnlinkRequested", 3083)
	set(agency, raw, "UnlinkRequested")
	status(agency, msads.UnlinkPending)
	s.Advance(61e9)
	status(agency, msads.UnlinkInProgress)
	s.Advance(60e9)
	raw = status(agency, msads.Inactive)
	set(agency, raw, "UnlinkRequested", 3083)
	if a := agency.add(newLink(0, "")); len(a.codes(t)) != 0 {
		t.Fatalf("add after unlink: %s", a.body)
	}
	s.Advance(30 * 24 * 3600e9)
	status(agency.as(simulator.AgencyRefreshToken), msads.LinkExpired)
	st := s.State()
	if st.Invitations != 2 || st.Emails != 2 || st.AddsByAccount[simtest.AccountID(0).String()] != 2 {
		t.Errorf("counters: %+v", st)
	}
}
