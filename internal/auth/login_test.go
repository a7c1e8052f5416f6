package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/internal/address"
)

// login starts a login at the identity service.
func login(t *testing.T, p *idp, change ...func(*LoginOptions)) *Login {
	t.Helper()
	o := LoginOptions{Provider: p.provider(), ClientID: "app-1", Now: time.Now}
	for _, c := range change {
		c(&o)
	}
	l, err := StartLogin(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func TestAPersonSignsInWithABrowser(t *testing.T) {
	p := newIDP(t)
	p.scope = "https://ads.microsoft.com/MSADS.manage"
	l := login(t, p)
	var b browser
	r, err := l.Wait(t.Context(), b.open)
	if err != nil {
		t.Fatal(err)
	}
	want := Record{RefreshToken: "RT-secret-1", ClientID: "app-1", Scope: ProductionScope, TokenURL: p.provider().TokenURL, Obtained: r.Obtained}
	if r != want || time.Since(r.Obtained) > time.Minute {
		t.Errorf("record %+v with %q", r, r.RefreshToken)
	}
	if b.status != 200 || b.page != pageDone {
		t.Errorf("the browser shows %d %s", b.status, b.page)
	}
	wantValues(t, p.asked, map[string]string{"prompt": "select_account", "scope": ProductionScope, "client_secret": ""})
	redirect, _ := url.Parse(p.asked.Get("redirect_uri"))
	if redirect.Hostname() != "localhost" || redirect.Port() == "" || redirect.Path != "" {
		t.Errorf("redirect address %s", redirect)
	}
	if len(p.forms) != 1 {
		t.Errorf("exchanged with %v", p.forms)
	}
	wantValues(t, p.forms[0], map[string]string{"grant_type": "authorization_code", "scope": ProductionScope, "client_secret": ""})
	if conn, err := net.Dial("tcp", "127.0.0.1:"+redirect.Port()); err == nil {
		conn.Close()
		t.Error("the port is still listened on")
	}
}

// wantValues compares what was sent; an empty value is one that was not.
func wantValues(t *testing.T, got url.Values, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got.Get(name) != value || got.Has(name) != (value != "") {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
}

func TestAWebClientSendsItsSecretAndItsOwnPath(t *testing.T) {
	p := newIDP(t)
	p.secret = "s3cret &+ value"
	l := login(t, p, func(o *LoginOptions) {
		o.ClientSecret, o.Redirect, o.Scope = p.secret, "http://localhost/myapp/", SandboxScope
	})
	if _, err := l.Wait(t.Context(), new(browser).open); err != nil {
		t.Fatal(err)
	}
	if redirect := p.asked.Get("redirect_uri"); !strings.HasSuffix(redirect, "/myapp/") || p.asked.Get("scope") != SandboxScope || strings.Contains(l.URL(), "s3cret") {
		t.Errorf("asked with %v", p.asked)
	}
	if p.forms[0].Get("client_secret") != p.secret {
		t.Errorf("sent %v", p.forms[0])
	}
}

func TestGoogleIsAskedInGooglesWay(t *testing.T) {
	p := newIDP(t)
	p.secret = "google-secret"
	provider := p.provider()
	provider.Google = true
	l := login(t, p, func(o *LoginOptions) { o.Provider, o.ClientSecret = provider, p.secret })
	r, err := l.Wait(t.Context(), new(browser).open)
	if err != nil || r.Scope != GoogleScope {
		t.Fatalf("%+v, %v", r, err)
	}
	for name, want := range map[string]string{"access_type": "offline", "prompt": "consent", "scope": GoogleScope, "code_challenge_method": "S256"} {
		if got := p.asked.Get(name); got != want {
			t.Errorf("%s=%q, want %q", name, got, want)
		}
	}
	if p.forms[0].Has("scope") {
		t.Errorf("the exchange sends a scope: %v", p.forms[0])
	}
	_, err = StartLogin(LoginOptions{Provider: Google(), ClientID: "app-1", Now: clock, Paste: true})
	if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Next, "LINKBATCH_CLIENT_SECRET") {
		t.Errorf("without a secret: %v", err)
	}
}

func TestAPersonPastesTheAnswer(t *testing.T) {
	for name, cut := range map[string]func(end *url.URL) string{
		"address":     func(u *url.URL) string { return u.String() },
		"query":       func(u *url.URL) string { return u.RawQuery },
		"with ?":      func(u *url.URL) string { return "?" + u.RawQuery },
		"code":        func(u *url.URL) string { return u.Query().Get("code") },
		"raw code":    func(u *url.URL) string { return url.QueryEscape(u.Query().Get("code")) },
		"wrapped":     func(u *url.URL) string { return " \"" + u.String()[:40] + "\r\n  " + u.String()[40:] + "\"\n" },
		"bracketed":   func(u *url.URL) string { return "<" + u.String() + ">" },
		"other order": func(u *url.URL) string { return u.Scheme + "://" + u.Host + "/?" + u.Query().Encode() + "#_=_" },
	} {
		p := newIDP(t)
		l := login(t, p, func(o *LoginOptions) { o.Paste = true })
		if l.listener != nil {
			t.Fatal("it listens")
		}
		resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Get(l.URL())
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		end, err := resp.Location()
		if err != nil {
			t.Fatal(err)
		}
		r, err := l.Answer(t.Context(), cut(end))
		if err != nil || r.RefreshToken != "RT-secret-1" {
			t.Errorf("%s: %v", name, err)
		}
		if got := p.asked.Get("redirect_uri"); got != "http://localhost" {
			t.Errorf("redirect address %q", got)
		}
	}
	l := login(t, newIDP(t), func(o *LoginOptions) { o.Paste = true })
	if _, err := l.Wait(t.Context(), new(browser).open); err == nil {
		t.Error("it waits for nobody")
	}
}

func TestARefusalInTheRedirectIsReported(t *testing.T) {
	for query, want := range map[string]struct {
		code   string
		number int
		next   string
	}{
		"error=access_denied&error_description=AADSTS65004:+User+jo.doe%40example.com+declined+to+consent.%0D%0ATrace+ID:+x": {"access_denied", 65004, "accept"},
		"error=access_denied":                                          {"access_denied", 0, "administrator"},
		"error=consent_required":                                       {"consent_required", 0, "consent"},
		"error=unauthorized_client":                                    {"unauthorized_client", 0, "LINKBATCH_CLIENT_ID"},
		"error=invalid_scope&error_description=AADSTS70011:+x":         {"invalid_scope", 70011, "--env"},
		"error=invalid_client&error_description=AADSTS650052:+x":       {"invalid_client", 650052, "administrator"},
		"error=admin_policy_enforced&error_subtype=x":                  {"admin_policy_enforced", 0, "administrator"},
		"error=login_required&error_description=AADSTS50058:+x&code=y": {"login_required", 0, "linkbatch login"},
	} {
		p := newIDP(t)
		p.deny = query
		var b browser
		_, err := login(t, p).Wait(t.Context(), b.open)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Code != want.code || !strings.Contains(e.Next, want.next) || strings.Contains(e.Error(), "jo.doe") {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if want.number != 0 && !slices.Contains(e.ErrorCodes, want.number) {
			t.Errorf("%s: numbers %v", query, e.ErrorCodes)
		}
		if b.page != pageRefused || len(p.forms) != 0 {
			t.Errorf("%s: the browser shows %s, %d exchanges", query, b.page, len(p.forms))
		}
	}
	p := newIDP(t)
	p.deny = "error=temporarily_unavailable"
	if _, err := login(t, p).Wait(t.Context(), new(browser).open); !isA[*UnreachableError](err) {
		t.Errorf("%v", err)
	}
}

func isA[E error](err error) bool { _, ok := errors.AsType[E](err); return ok }

func TestOnlyTheRedirectOfThisLoginCounts(t *testing.T) {
	p := newIDP(t)
	l := login(t, p)
	base := "http://127.0.0.1:" + l.redirect.Port()
	get := func(method, path string) *browser {
		req, _ := http.NewRequestWithContext(t.Context(), method, base+path, nil)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		page, _ := io.ReadAll(resp.Body)
		return &browser{status: resp.StatusCode, page: string(page), header: resp.Header}
	}
	good := "/?code=CODE-secret-x&state=" + l.state
	_, err := l.Wait(t.Context(), func(string) error {
		for path, want := range map[string]string{
			"/favicon.ico": pageNothing, "/myapp/" + good: pageNothing, "/": pageStray, "/?code=stolen": pageStray,
			"/?code=stolen&state=": pageStray, "/?code=stolen&state=" + strings.ToLower(l.state): pageStray,
			"/?state=" + l.state + "&code=stolen&state=x": pageStray, "/?error=access_denied&state=x": pageStray,
			"/?state=" + l.state: pageStray, good + "&code=two": pageStray, "/?code=%zz&state=" + l.state: pageStray,
			"/?code=a%20b%20c&state=" + l.state: pageStray,
		} {
			if b := get("GET", path); b.page != want || b.status < 400 {
				t.Errorf("%s: %d %s", path, b.status, b.page)
			}
		}
		if b := get("POST", good); b.status != 405 {
			t.Errorf("POST: %d", b.status)
		}
		b := get("GET", good)
		if b.page != pageDone {
			t.Errorf("the good one: %d %s", b.status, b.page)
		}
		for _, must := range []string{"default-src 'none'", "no-store", "no-referrer", "nosniff"} {
			if !strings.Contains(fmt.Sprint(b.header), must) {
				t.Errorf("%s is not in the header: %v", must, b.header)
			}
		}
		if b := get("GET", good); b.page != pageAgain {
			t.Errorf("again: %d %s", b.status, b.page)
		}
		return nil
	})
	if e, ok := errors.AsType[*Error](err); !ok || !slices.Contains(e.ErrorCodes, 54005) || len(p.forms) != 1 || p.forms[0].Get("code") != "CODE-secret-x" {
		t.Errorf("%v after %v", err, p.forms)
	}
}

func TestThePagesRunNothing(t *testing.T) {
	for _, page := range []string{pageDone, pageRefused, pageStray, pageAgain, pageNothing} {
		for _, bad := range []string{"<script", "src=", "href=", "url(", "http:", "https:", "@import", "%"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s in %s", bad, page)
			}
		}
	}
}

func TestWhatTheCodeExchangeMayAnswer(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*idp)
		next   string
	}{
		"no rights":        {func(p *idp) { p.scope = "openid profile https://si.ads.microsoft.com/msads.manage" }, "--env"},
		"no refresh token": {func(p *idp) { p.keepOut = true }, "offline"},
		"wants a secret":   {func(p *idp) { p.secret = "x" }, "LINKBATCH_CLIENT_SECRET"},
	} {
		p := newIDP(t)
		tc.change(p)
		_, err := login(t, p).Wait(t.Context(), new(browser).open)
		if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Next, tc.next) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := newIDP(t)
	l := login(t, p, func(o *LoginOptions) { o.Paste = true })
	_, err := l.Answer(t.Context(), "CODE-secret-of-another")
	if e, ok := errors.AsType[*Error](err); !ok || strings.Contains(e.Next, "LINKBATCH_REFRESH_TOKEN") || !strings.Contains(e.Next, "linkbatch login") {
		t.Errorf("%v", err)
	}
	l.o.Provider.TokenURL, l.config.Endpoint.TokenURL = "", "http://127.0.0.1:1/token"
	if _, err := l.Answer(t.Context(), "CODE-secret"); !isA[*UnreachableError](err) {
		t.Errorf("nothing listens: %v", err)
	}
}

func TestAPortThatIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	p := newIDP(t)
	for _, o := range []LoginOptions{{Port: port}, {Redirect: fmt.Sprintf("http://localhost:%d/x", port)}} {
		o.Provider, o.ClientID, o.Now = p.provider(), "app-1", clock
		_, err = StartLogin(o)
		if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Error(), fmt.Sprint(port)) || !strings.Contains(e.Next, "--port") {
			t.Errorf("%v", err)
		}
	}
	taken.Close()
	l := login(t, p, func(o *LoginOptions) { o.Port = port })
	if _, err := l.Wait(t.Context(), new(browser).open); err != nil || !strings.Contains(p.asked.Get("redirect_uri"), fmt.Sprint(port)) {
		t.Errorf("%v, %v", err, p.asked)
	}
}

func TestABrowserThatCannotBeOpened(t *testing.T) {
	_, err := login(t, newIDP(t)).Wait(t.Context(), func(string) error { return errors.New("no xdg-open") })
	if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Error(), "no xdg-open") || !strings.Contains(e.Next, "--no-browser") {
		t.Errorf("%v", err)
	}
}

func TestLoginChecksItsOptions(t *testing.T) {
	good := LoginOptions{ClientID: "app-1", Now: clock, Paste: true}
	for name, change := range map[string]func(*LoginOptions){
		"no client id":  func(o *LoginOptions) { o.ClientID = "" },
		"no clock":      func(o *LoginOptions) { o.Now = nil },
		"port":          func(o *LoginOptions) { o.Port = 70000 },
		"ports":         func(o *LoginOptions) { o.Port, o.Redirect = 80, "http://localhost:81" },
		"plain http":    func(o *LoginOptions) { o.Provider = Provider{AuthURL: "http://example.com/a", TokenURL: TokenURL} },
		"token address": func(o *LoginOptions) { o.Provider = Provider{AuthURL: TokenURL, TokenURL: "x"} },
		"redirect":      func(o *LoginOptions) { o.Redirect = "localhost:80" },
		"not here": func(o *LoginOptions) {
			o.Redirect, o.Paste = "https://login.microsoftonline.com/common/oauth2/nativeclient", false
		},
		"in the clear": func(o *LoginOptions) { o.Redirect = "http://app.example.com/back" },
	} {
		o := good
		change(&o)
		if l, err := StartLogin(o); err == nil {
			l.Close()
			t.Errorf("%s: no error", name)
		}
	}
	good.Redirect = "https://login.microsoftonline.com/common/oauth2/nativeclient"
	l, err := StartLogin(good)
	if err != nil {
		t.Fatal(err)
	}
	if u, _ := url.Parse(l.URL()); u.Host != "login.microsoftonline.com" || u.Path != "/common/oauth2/v2.0/authorize" || u.Query().Get("redirect_uri") != good.Redirect {
		t.Errorf("%s", l.URL())
	}
}

func TestProviders(t *testing.T) {
	for tenant, good := range map[string]bool{
		"": true, "common": true, "organizations": true, "consumers": true, "contoso.example": true, "01234567-89ab-cdef-0123-456789abcdef": true,
		"../evil": false, "a/b": false, "a?b": false, "a b": false, "-": false,
	} {
		p, err := Microsoft(tenant)
		if (err == nil) != good {
			t.Errorf("%q: %v, %v", tenant, p, err)
		}
		if _, err := address.Parse(p.AuthURL); good && err != nil {
			t.Errorf("%q: %s: %v", tenant, p.AuthURL, err)
		}
	}
	for token, want := range map[string]string{
		"": "https://login.microsoftonline.com/common/oauth2/v2.0/authorize", TokenURL: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
		GoogleTokenURL: GoogleAuthURL, "http://127.0.0.1:5/c/oauth2/v2.0/token": "http://127.0.0.1:5/c/oauth2/v2.0/authorize",
		"http://127.0.0.1:5/gettoken": "", "http://example.com/token": "", "x": "",
	} {
		p, err := ProviderAt(token)
		if p.AuthURL != want || (err == nil) != (want != "") || p.Google != (token == GoogleTokenURL) {
			t.Errorf("%q: %v, %v", token, p, err)
		}
	}
}

// silence is a listener at which nobody comes.
type silence struct{ closed chan struct{} }

func (s silence) Accept() (net.Conn, error) { <-s.closed; return nil, net.ErrClosed }
func (s silence) Close() error {
	select {
	case <-s.closed:
	default:
		close(s.closed)
	}
	return nil
}
func (s silence) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4321} }

func TestABrowserThatNeverComesBack(t *testing.T) {
	start := func(t *testing.T) *Login {
		l, err := StartLogin(LoginOptions{
			ClientID: "app-1", Now: time.Now,
			listen: func(string, string) (net.Listener, error) { return silence{make(chan struct{})}, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	nothing := func(string) error { return nil }
	synctest.Test(t, func(t *testing.T) {
		l, started := start(t), time.Now()
		_, err := l.Wait(t.Context(), nothing)
		e, ok := errors.AsType[*Error](err)
		if !ok || time.Since(started) != loginTime || !strings.Contains(e.Error(), "did not come back within 5m") || !strings.Contains(e.Next, "--no-browser") {
			t.Errorf("%v after %v", err, time.Since(started))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		l := start(t)
		l.strays.Store(true)
		_, err := l.Wait(t.Context(), nothing)
		if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Error(), "state does not match") || !strings.Contains(e.Next, "tab") {
			t.Errorf("%v", err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		started := time.Now()
		if _, err := start(t).Wait(ctx, nothing); !errors.Is(err, context.DeadlineExceeded) || time.Since(started) != time.Second {
			t.Errorf("%v", err)
		}
	})
}
