package msads

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tokens is a TokenSource that hands out first, and second once first expired.
type tokens struct {
	mu      sync.Mutex
	list    []string
	expired []string
	err     error
}

func (t *tokens) Token(context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err != nil {
		return "", t.err
	}
	return t.list[0], nil
}

func (t *tokens) Secrets() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append(slices.Clone(t.list), t.expired...)
}

func (t *tokens) Expire(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expired = append(t.expired, token)
	if t.list[0] == token && len(t.list) > 1 {
		t.list = t.list[1:]
	}
}

// serve starts a server and returns a client of it whose pauses are short.
// Each change may alter the options.
func serve(t *testing.T, h http.HandlerFunc, change ...func(*Options)) *Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	o := Options{
		Endpoint:       srv.URL,
		DeveloperToken: "DEVTOKEN",
		Tokens:         &tokens{list: []string{"token-1", "token-2"}},
		Gate:           NewGate(4, 0, time.Now, nil),
		Backoff:        time.Millisecond,
	}
	o.Gate.patience, o.Gate.rest = 100*time.Millisecond, time.Millisecond // time is real here
	for _, c := range change {
		c(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answers replies with one status and body after another; the last repeats.
func answers(seen *int, replies ...string) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		mu.Lock()
		defer mu.Unlock()
		reply := replies[min(*seen, len(replies)-1)]
		*seen++
		status, body, _ := strings.Cut(reply, " ")
		code := 0
		for _, d := range status {
			code = code*10 + int(d-'0')
		}
		if code == 429 || strings.Contains(body, ":117") {
			w.Header().Set("Retry-After", "0")
		}
		w.Header().Set("TrackingId", "track-header")
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

var oneAdd = []ClientLink{{ClientEntityID: 1234567, ManagingCustomerID: 7654321}}

// add sends n links and returns the error as a CallError.
func add(t *testing.T, c *Client, n int) (*Reply, *CallError) {
	t.Helper()
	links := make([]ClientLink, n)
	for i := range links {
		links[i] = oneAdd[0]
	}
	reply, err := c.AddClientLinks(t.Context(), links)
	if err == nil {
		return reply, nil
	}
	ce, ok := errors.AsType[*CallError](err)
	if !ok {
		t.Fatalf("error is a %T", err)
	}
	if s := ce.Error(); strings.ContainsAny(s, "\n\r\x1b") || !strings.HasPrefix(s, ce.Operation+": ") {
		t.Errorf("error text %q", s)
	}
	if ce.Advice() == "" {
		t.Errorf("no advice for %v", ce)
	}
	return nil, ce
}

func TestRequestsAreAsTheServiceWantsThem(t *testing.T) {
	type request struct{ line, body string }
	var got []request
	header := http.Header{}
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, request{r.Method + " " + r.URL.Path, string(body)})
		header = r.Header
		switch r.URL.Path {
		case "/CustomerManagement/v13/User/Query":
			io.WriteString(w, `{"User":{"Id":"9","CustomerId":7654321,"UserName":"x","Password":null},
				"CustomerRoles":[{"RoleId":41,"CustomerId":"7654321","AccountIds":[]},{"RoleId":203,"CustomerId":5}]}`)
		case "/CustomerManagement/v13/ClientLinks/Search":
			io.WriteString(w, `{"ClientLinks":[{"ClientEntityId":1234567,"Status":"Active","X":[1.50]}]}`)
		default:
			w.Header().Set("TrackingId", "t-1")
			io.WriteString(w, `{"OperationErrors":null,"PartialErrors":[null]}`)
		}
	}, func(o *Options) { o.IdentityProvider = "Google"; o.UserAgent = "linkbatch/1.2" })

	links, err := c.SearchClientLinks(t.Context(), Search{
		Predicates: []Predicate{{"ClientAccountId", "In", "1234567,1234568"}, {"DirectManagingCustomerId", "Equals", "7654321"}},
		Index:      2, Size: 100,
	})
	if err != nil || len(links) != 1 {
		t.Fatal(links, err)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer token-1", "DeveloperToken": "DEVTOKEN", "Content-Type": "application/json",
		"Accept": "application/json", "User-Agent": "linkbatch/1.2", "IdentityProvider": "Google",
		"CustomerId": "", "CustomerAccountId": "", "Accept-Encoding": "gzip",
	} {
		if g := header.Get(name); g != want {
			t.Errorf("header %s = %q, want %q", name, g, want)
		}
	}
	reply, err := c.AddClientLinks(t.Context(), []ClientLink{{
		Type: AccountLink, ClientEntityID: 1234567, ClientEntityCustomerNumber: "C100000001", ManagingCustomerID: 7654321,
		Name: "A <b> & c", IsBillToClient: new(false), SuppressNotification: true, Status: LinkPending, Timestamp: "AAAAAAAAAAA=",
		StartDate: time.Date(2026, 3, 4, 5, 6, 7, 890, time.FixedZone("", 3600)),
	}})
	if err != nil || reply.TrackingID != "t-1" || len(reply.PartialErrors) != 1 {
		t.Fatal(reply, err)
	}
	if _, err := c.UpdateClientLinks(t.Context(), []ClientLink{links[0].WithStatus(UnlinkRequested)}); err != nil {
		t.Fatal(err)
	}
	user, err := c.GetUser(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []request{
		{"POST /CustomerManagement/v13/ClientLinks/Search", `{"Predicates":[{"Field":"ClientAccountId","Operator":"In","Value":"1234567,1234568"},{"Field":"DirectManagingCustomerId","Operator":"Equals","Value":"7654321"}],"Ordering":[{"Field":"Id","Order":"Ascending"}],"PageInfo":{"Index":2,"Size":100}}`},
		{"POST /CustomerManagement/v13/ClientLinks", `{"ClientLinks":[{"Type":"AccountLink","ClientEntityId":"1234567","ManagingCustomerId":"7654321","Name":"A <b> & c","IsBillToClient":false,"StartDate":"2026-03-04T04:06:07","SuppressNotification":true,"ClientEntityCustomerNumber":"C100000001"}]}`},
		{"PUT /CustomerManagement/v13/ClientLinks", `{"ClientLinks":[{"ClientEntityId":1234567,"Status":"UnlinkRequested","X":[1.50]}]}`},
		{"POST /CustomerManagement/v13/User/Query", `{"UserId":null}`},
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(request{})); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(&User{ID: 9, CustomerID: 7654321, Roles: []CustomerRole{{7654321, 41}, {5, 203}}}, user); d != "" {
		t.Error(d)
	}
}

func TestNewChecksItsOptions(t *testing.T) {
	good := Options{DeveloperToken: "D", Tokens: &tokens{}, Gate: NewGate(1, 0, time.Now, nil)}
	for endpoint, want := range map[string]string{
		"":                                       ProductionEndpoint + basePath,
		"https://example.com":                    "https://example.com" + basePath,
		"https://example.com/":                   "https://example.com" + basePath,
		"https://example.com/a/":                 "https://example.com/a" + basePath,
		"https://example.com" + basePath:         "https://example.com" + basePath,
		"https://example.com/x" + basePath + "/": "https://example.com/x" + basePath,
		"http://127.0.0.1:18090":                 "http://127.0.0.1:18090" + basePath,
		"http://localhost:1":                     "http://localhost:1" + basePath,
		"http://[::1]:1":                         "http://[::1]:1" + basePath,
		"http://example.com":                     "",
		"http://127.0.0.1.example.com":           "",
		"http://localhost.example.com":           "",
		"127.0.0.1:18090":                        "",
		"ftp://example.com":                      "",
		"https://":                               "",
		"https://u:p@example.com":                "",
		"https://example.com?a=b":                "",
		"https://example.com/#x":                 "",
		"https://exa mple.com":                   "",
	} {
		o := good
		o.Endpoint = endpoint
		c, err := New(o)
		switch {
		case want == "" && err == nil:
			t.Errorf("endpoint %q is taken as %s", endpoint, c.base)
		case want == "" && strings.Contains(err.Error(), ":p@"):
			t.Errorf("endpoint %q: password in %v", endpoint, err)
		case want != "" && (err != nil || c.base != want):
			t.Errorf("endpoint %q = %v, %v; want %s", endpoint, c, err, want)
		}
	}
	for name, spoil := range map[string]func(*Options){
		"developer token":   func(o *Options) { o.DeveloperToken = "" },
		"control character": func(o *Options) { o.DeveloperToken = "D\n" },
		"token source":      func(o *Options) { o.Tokens = nil },
		"gate":              func(o *Options) { o.Gate = nil },
	} {
		o := good
		spoil(&o)
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTooManyOrNoLinksAreNeverSent(t *testing.T) {
	seen := 0
	c := serve(t, answers(&seen, "200 {}"))
	for _, n := range []int{0, MaxLinksPerCall + 1} {
		_, err := add(t, c, n)
		if err == nil || !err.NothingApplied() || err.Class() != ClassFatal {
			t.Errorf("%d links: %v", n, err)
		}
	}
	if reply, err := add(t, c, MaxLinksPerCall); err != nil || len(reply.PartialErrors) != MaxLinksPerCall {
		t.Error(reply, err)
	}
	if seen != 1 {
		t.Errorf("%d calls", seen)
	}
}
