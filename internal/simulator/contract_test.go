package simulator_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// The contract suite speaks to a server through its URL, with net/http and
// JSON alone. Without settings it starts the simulator, strict and in every
// mode. With LINKBATCH_CONTRACT_URL it runs against any server that speaks the
// API, such as the sandbox; it then needs all of the variables below, and it
// invites, accepts, declines, cancels and unlinks the accounts that it is
// given, so they must be free and belong to the client's login.
//
//	LINKBATCH_CONTRACT_URL              endpoint, without /CustomerManagement
//	LINKBATCH_CONTRACT_TOKEN_URL        token endpoint
//	LINKBATCH_CONTRACT_DEVELOPER_TOKEN
//	LINKBATCH_CONTRACT_CLIENT_ID        a public client
//	LINKBATCH_CONTRACT_SCOPE
//	LINKBATCH_CONTRACT_AGENCY_TOKEN     refresh token of the agency's login
//	LINKBATCH_CONTRACT_CLIENT_TOKEN     refresh token of the client's login
//	LINKBATCH_CONTRACT_AGENCY           customer id of the agency
//	LINKBATCH_CONTRACT_OWNER_NUMBER     customer number of the client
//	LINKBATCH_CONTRACT_ACCOUNTS         ten accounts: id:number,id:number,…
const contractPrefix = "LINKBATCH_CONTRACT_"

// contractAccounts is how many accounts the suite needs.
const contractAccounts = 10

// target is a server under the suite.
type target struct {
	agency, client caller
	manager        string // customer id of the agency
	owner          string // number of the accounts' owner
	accounts       []account
	modes          []simulator.Mode
	seen           func() // waits until a write is seen by searches
}

type account struct{ id, number string }

func (t *target) has(m simulator.Mode) bool { return slices.Contains(t.modes, m) }

// bent reports whether replies have another form than the strict one.
func (t *target) bent() bool {
	return t.has(simulator.AbsentMembers) || t.has(simulator.NumericIDs) || t.has(simulator.UnknownMembers)
}

// TestContract runs the suite.
func TestContract(t *testing.T) {
	if os.Getenv(contractPrefix+"URL") != "" {
		runContract(t, external(t))
		return
	}
	t.Run("strict", func(t *testing.T) { runContract(t, simulated(t)) })
	for _, m := range simulator.Modes() {
		t.Run(string(m), func(t *testing.T) { runContract(t, simulated(t, m)) })
	}
	t.Run("combined", func(t *testing.T) {
		runContract(t, simulated(t, simulator.Lenient, simulator.ZeroTimestamps, simulator.AbsentMembers, simulator.NumericIDs, simulator.UnknownMembers, simulator.Lag))
	})
}

func simulated(t *testing.T, modes ...simulator.Mode) *target {
	s, agency, client := serve(t, simtest.World(contractAccounts), simulator.Options{Modes: modes})
	tg := &target{agency: agency, client: client, manager: simtest.AgencyID.String(), owner: simtest.ClientNumber, modes: modes}
	for i := range contractAccounts {
		tg.accounts = append(tg.accounts, account{simtest.AccountID(i).String(), simtest.AccountNumber(i)})
	}
	tg.seen = func() {
		if tg.has(simulator.Lag) {
			s.Advance(6 * time.Second)
		}
	}
	return tg
}

func external(t *testing.T) *target {
	get := func(name string) string {
		v := os.Getenv(contractPrefix + name)
		if v == "" {
			t.Fatalf("%s%s is not set", contractPrefix, name)
		}
		return v
	}
	c := caller{t: t, http: http.DefaultClient, base: get("URL"), dev: get("DEVELOPER_TOKEN")}
	login := func(refresh string) caller {
		resp, err := http.PostForm(get("TOKEN_URL"), url.Values{
			"client_id": {get("CLIENT_ID")}, "grant_type": {"refresh_token"}, "refresh_token": {refresh}, "scope": {get("SCOPE")},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var v struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.NewDecoder(resp.Body).Decode(&v); err != nil || v.AccessToken == "" {
			t.Fatalf("token endpoint: %s (%v)", resp.Status, err)
		}
		out := c
		out.token = v.AccessToken
		return out
	}
	tg := &target{
		agency: login(get("AGENCY_TOKEN")), client: login(get("CLIENT_TOKEN")), manager: get("AGENCY"), owner: get("OWNER_NUMBER"),
		seen: func() { time.Sleep(2 * time.Second) }, // searches of a real service may lag
	}
	for pair := range strings.SplitSeq(get("ACCOUNTS"), ",") {
		id, number, _ := strings.Cut(pair, ":")
		tg.accounts = append(tg.accounts, account{id, number})
	}
	if len(tg.accounts) < contractAccounts {
		t.Fatalf("%d accounts, want %d", len(tg.accounts), contractAccounts)
	}
	return tg
}

func runContract(t *testing.T, tg *target) {
	for _, step := range []struct {
		name string
		run  func(*testing.T, *target)
	}{
		{"refuses a call without its headers and tokens", contractSignIn},
		{"says who the caller is", contractUser},
		{"lists the accounts of the caller", contractAccountsOf},
		{"refuses what is out of bounds", contractLimits},
		{"takes adds of every official client", contractAdds},
		{"shows links by id, by manager and by page", contractSearches},
		{"takes updates of every official client", contractUpdates},
		{"keeps to sides and transitions", contractSides},
	} {
		t.Run(step.name, func(t *testing.T) { step.run(t, tg) })
	}
}

// wantFault checks status, TrackingId, form and first code of a fault.
func wantFault(t *testing.T, tg *target, a answer, kind string, code int) {
	t.Helper()
	if a.err != nil || !slices.Contains([]int{400, 401, 403, 429, 500}, a.status) {
		t.Fatalf("status %d (%v), want that of a fault", a.status, a.err)
	}
	if got := a.codes(t); len(got) == 0 || got[0] != code {
		t.Fatalf("codes %v, want %d: %s", got, code, a.body)
	}
	if a.header.Get("TrackingId") == "" {
		t.Error("no TrackingId header")
	}
	if !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		t.Errorf("content type %q", a.header.Get("Content-Type"))
	}
	if !tg.bent() {
		strictFault(t, a.body, kind)
	}
}

func contractSignIn(t *testing.T, tg *target) {
	const anyone = `{"UserId":null}`
	for _, c := range []struct {
		name string
		code int
		edit func(http.Header)
	}{
		{"no developer token", 116, func(h http.Header) { h.Del("DeveloperToken") }},
		{"no authorization", 116, func(h http.Header) { h.Del("Authorization") }},
		{"wrong developer token", 105, func(h http.Header) { h.Set("DeveloperToken", "WRONG") }},
		{"wrong access token", 105, func(h http.Header) { h.Set("Authorization", "Bearer wrong") }},
	} {
		wantFault(t, tg, tg.agency.send("POST", base+"/User/Query", anyone, c.edit), "AdApiFaultDetail", c.code)
	}
	// Official clients send these headers though the service ignores them.
	a := tg.agency.send("POST", base+"/User/Query", anyone, func(h http.Header) {
		h.Set("CustomerId", "None")
		h.Set("CustomerAccountId", "")
	})
	if a.status != http.StatusOK {
		t.Errorf("CustomerId: None: %d %s", a.status, a.body)
	}
}

func contractUser(t *testing.T, tg *target) {
	a := tg.agency.send("POST", base+"/User/Query", `{"UserId":null}`)
	if a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if !tg.bent() {
		strictUser(t, a.body)
	}
	var v struct {
		CustomerRoles []struct {
			RoleId     int
			CustomerId json.RawMessage
		}
	}
	a.decode(t, &v)
	for _, r := range v.CustomerRoles {
		if strings.Trim(string(r.CustomerId), `"`) == tg.manager && (r.RoleId == 41 || r.RoleId == 203) {
			return
		}
	}
	t.Errorf("no role in %s: %s", tg.manager, a.body)
}

// contractAccountsOf asks as the official samples do when they sign in.
func contractAccountsOf(t *testing.T, tg *target) {
	var who struct{ User struct{ Id json.RawMessage } }
	tg.client.send("POST", base+"/User/Query", `{"UserId":null}`).decode(t, &who)
	user := strings.Trim(string(who.User.Id), `"`)
	body := `{"Predicates": [{"Field": "UserId", "Operator": "Equals", "Value": "` + user + `"}], "PageInfo": {"Index": 0, "Size": 100}}`
	a := tg.client.send("POST", base+"/Accounts/Search", body)
	if a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if !tg.bent() {
		strictAccounts(t, a.body)
	}
	var v struct{ Accounts []json.RawMessage }
	a.decode(t, &v)
	found := map[string]string{}
	for _, raw := range v.Accounts {
		found[member(t, raw, "Id")] = member(t, raw, "Number")
	}
	for _, want := range tg.accounts {
		if found[want.id] != want.number {
			t.Errorf("account %s has the number %q, want %q", want.id, found[want.id], want.number)
		}
	}
	wantFault(t, tg, tg.client.send("POST", base+"/Accounts/Search", `{"PageInfo":{"Index":0,"Size":100}}`), "ApiFault", 3079)
}

// wantApplied checks the answer to an add or update of n links that all went
// well: a list of n nulls, or what the mode has instead.
func (tg *target) wantApplied(t *testing.T, a answer, n int) {
	t.Helper()
	want := "[" + strings.TrimSuffix(strings.Repeat("null,", n), ",") + "]"
	switch {
	case tg.has(simulator.NullPartialErrors):
		want = "null"
	case tg.has(simulator.EmptyPartialErrors):
		want = "[]"
	}
	var v struct{ PartialErrors json.RawMessage }
	a.decode(t, &v)
	if a.status != http.StatusOK || string(v.PartialErrors) != want {
		t.Errorf("%d, PartialErrors %s, want %s", a.status, v.PartialErrors, want)
	}
	if !tg.bent() {
		strictWrite(t, a.body, n)
	}
}

func contractLimits(t *testing.T, tg *target) {
	links := slices.Repeat([]string{tg.add(0, "")}, 11)
	wantFault(t, tg, tg.agency.add(links...), "ApiFault", 3024)
	wantFault(t, tg, tg.agency.add(), "ApiFault", 3087)
	wantFault(t, tg, tg.agency.update(), "ApiFault", 3087)
	ids := make([]string, 11)
	for i := range ids {
		ids[i] = fmt.Sprint(100000 + i)
	}
	page := `"PageInfo":{"Index":0,"Size":100}`
	for _, c := range []struct {
		body string
		code int
	}{
		{`{` + page + `}`, 3079},
		{`{"Predicates":[],` + page + `}`, 3079},
		{`{"Predicates":[` + predicate("ClientAccountId", "Equals", "123456") + `]}`, 3080},
		{`{"Predicates":[` + predicate("ClientAccountId", "Equals", "123456") + `],"PageInfo":{"Index":0,"Size":101}}`, 3080},
		{`{"Predicates":[` + predicate("ClientAccountId", "Equals", "123456") + `],"PageInfo":{"Index":0,"Size":0}}`, 3080},
		{`{"Predicates":[` + predicate("ClientAccountNumber", "Equals", "X1234567") + `],` + page + `}`, 3030},
		{`{"Predicates":[` + predicate("ClientAccountId", "Contains", "123456") + `],` + page + `}`, 3030},
		{`{"Predicates":[` + predicate("ClientAccountId", "In", strings.Join(ids, ",")) + `],` + page + `}`, 3030},
		{`{"Predicates":[` + predicate("ClientAccountId", "Equals", "123456") + `,` + predicate("ClientCustomerId", "Equals", "123456") + `],` + page + `}`, 3030},
	} {
		wantFault(t, tg, tg.agency.search(c.body), "ApiFault", c.code)
	}
	for _, verb := range []string{"GET", "PATCH"} {
		if a := tg.agency.send(verb, base+"/ClientLinks", ""); a.status != http.StatusMethodNotAllowed && a.status != http.StatusNotFound {
			t.Errorf("%s: %d", verb, a.status)
		}
	}
	if a := tg.agency.send("POST", base+"/NoSuchThing", "{}"); a.status != http.StatusNotFound {
		t.Errorf("unknown path: %d", a.status)
	}
}

func predicate(field, operator, value string) string {
	return fmt.Sprintf(`{"Field":%q,"Operator":%q,"Value":%q}`, field, operator, value)
}

// add returns the smallest add of account i that the server's rules allow.
func (tg *target) add(i int, more string) string {
	if tg.has(simulator.CustomerNumberRequired) {
		more += fmt.Sprintf(`,"ClientEntityCustomerNumber":%q`, tg.owner)
	}
	return fmt.Sprintf(`{"ClientEntityId":%q,"ManagingCustomerId":%q,"IsBillToClient":true%s}`, tg.accounts[i].id, tg.manager, more)
}

func contractAdds(t *testing.T, tg *target) {
	number := ""
	if tg.has(simulator.CustomerNumberRequired) {
		number = fmt.Sprintf(`,"ClientEntityCustomerNumber":%q`, tg.owner)
	}
	for i, body := range []string{
		// Python: what was assigned, null where None was.
		fmt.Sprintf(`{"ClientEntityId": %q, "ManagingCustomerId": %q, "Name": "Contract link", "IsBillToClient": true, "SuppressNotification": true, "StartDate": null%s}`, tg.accounts[0].id, tg.manager, number),
		// .NET: every member, null and the defaults of value types too.
		fmt.Sprintf(`{"Type":"AccountLink","ClientEntityId":%q,"ClientEntityNumber":null,"ClientEntityName":null,"ManagingCustomerId":%q,"ManagingCustomerNumber":null,"ManagingCustomerName":null,"Note":null,"Name":null,"InviterEmail":null,"InviterName":null,"InviterPhone":null,"IsBillToClient":true,"StartDate":"2026-01-02T03:04:05Z","Status":null,"SuppressNotification":false,"LastModifiedDateTime":"0001-01-01T00:00:00","LastModifiedByUserId":"0","Timestamp":null,"ForwardCompatibilityMap":null,"CustomerLinkPermission":null%s}`, tg.accounts[1].id, tg.manager, cmp.Or(number, `,"ClientEntityCustomerNumber":null`)),
		// Java: no nulls.
		fmt.Sprintf(`{"Type":"AccountLink","ClientEntityNumber":%q,"ManagingCustomerId":%q,"IsBillToClient":true,"SuppressNotification":true,"StartDate":"2026-01-02T03:04:05.123Z"%s}`, tg.accounts[2].number, tg.manager, number),
		// PHP: ids that nobody cast are numbers.
		fmt.Sprintf(`{"ClientEntityId":%s,"ManagingCustomerId":%s,"IsBillToClient":true,"SuppressNotification":true,"StartDate":"2026-01-02T03:04:05"%s}`, tg.accounts[3].id, tg.manager, number),
		// And one that only the server's documentation asks for.
		tg.add(4, `,"ForwardCompatibilityMap":[{"Key":"Campaign","Value":"A"}],"Note":"line one"`),
	} {
		a := tg.agency.add(body)
		if a.status != http.StatusOK || len(a.codes(t)) != 0 {
			t.Fatalf("add %d: %d %s", i, a.status, a.body)
		}
		tg.wantApplied(t, a, 1)
	}
	// Errors are at the positions of their links.
	a := tg.agency.add(tg.add(5, `,"Name":"`+strings.Repeat("n", 41)+`"`), tg.add(5, ""), tg.add(6, `,"Status":"LinkPending"`))
	if got := a.codes(t); a.status != http.StatusOK || !slices.Equal(got, []int{211, -1, 201}) {
		t.Errorf("partial errors %v: %s", got, a.body)
	}
	if !tg.bent() {
		strictWrite(t, a.body, 3)
	}
	if !tg.has(simulator.Lenient) {
		if got := tg.agency.add(tg.add(5, "")).codes(t); !slices.Equal(got, []int{1410}) {
			t.Errorf("second add of one account: codes %v, want 1410", got)
		}
	}
	tg.seen()
}
