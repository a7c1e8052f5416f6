package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// endpoint is a token address whose answers come from a list, the last one
// again and again.
type endpoint struct {
	mu      sync.Mutex
	forms   []url.Values
	answers []string // "400 {…}"
	header  http.Header
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.ParseForm()
	e.mu.Lock()
	defer e.mu.Unlock()
	answer := e.answers[min(len(e.forms), len(e.answers)-1)]
	e.forms = append(e.forms, r.PostForm)
	var status int
	fmt.Sscan(answer, &status)
	w.Header().Set("Content-Type", "application/json")
	for k, v := range e.header {
		w.Header()[k] = v
	}
	w.WriteHeader(status)
	io.WriteString(w, answer[4:])
}

func (e *endpoint) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.forms)
}

// source starts the endpoint and returns a source for it.
func source(t *testing.T, e *endpoint, change ...func(*Options)) *Source {
	t.Helper()
	srv := httptest.NewServer(e)
	t.Cleanup(srv.Close)
	o := Options{
		ClientID: "app-1", ClientSecret: "s3cret value", RefreshToken: "refresh-0", Scope: ProductionScope,
		TokenURL: srv.URL + "/common/oauth2/v2.0/token", Backoff: time.Millisecond,
	}
	for _, c := range change {
		c(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ok(n int) string {
	return fmt.Sprintf(`200 {"token_type":"Bearer","access_token":"access-%d","refresh_token":"refresh-%d","expires_in":3600}`, n, n)
}

func want(t *testing.T, s *Source, token string) {
	t.Helper()
	if got, err := s.Token(t.Context()); err != nil || got != token {
		t.Errorf("Token = %q, %v; want %q", got, err, token)
	}
}

func TestRefreshSendsWhatTheServiceWants(t *testing.T) {
	e := &endpoint{answers: []string{ok(1), ok(2)}}
	s := source(t, e)
	want(t, s, "access-1")
	want(t, s, "access-1")
	s.Expire("some other token")
	want(t, s, "access-1")
	s.Expire("access-1")
	want(t, s, "access-2")
	if got := e.forms[0].Encode(); got != "client_id=app-1&client_secret=s3cret+value&grant_type=refresh_token&refresh_token=refresh-0&scope=https%3A%2F%2Fads.microsoft.com%2Fmsads.manage+offline_access" {
		t.Errorf("form %s", got)
	}
	if got := e.forms[1].Get("refresh_token"); got != "refresh-1" || len(e.forms) != 2 {
		t.Errorf("%d requests, the second with %q", len(e.forms), got)
	}
}

func TestNoSecretNoScopeAndNoRotation(t *testing.T) {
	e := &endpoint{answers: []string{`200 {"access_token":"a"}`, `200 {"access_token":"b","refresh_token":""}`}}
	s := source(t, e, func(o *Options) { o.ClientSecret, o.Scope = "", "" })
	want(t, s, "a")
	s.Expire("a")
	want(t, s, "b")
	for _, f := range e.forms {
		if f.Encode() != "client_id=app-1&grant_type=refresh_token&refresh_token=refresh-0" {
			t.Errorf("form %s", f.Encode())
		}
	}
}

func TestATokenIsReplacedBeforeItRunsOut(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := source(t, &endpoint{answers: []string{ok(1), ok(2)}}, func(o *Options) { o.Now = func() time.Time { return now } })
	want(t, s, "access-1")
	now = now.Add(58 * time.Minute)
	want(t, s, "access-1")
	now = now.Add(time.Minute)
	want(t, s, "access-2")
}

func TestManyCallersShareOneRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		s, err := New(Options{ClientID: "a", RefreshToken: "r", HTTP: &http.Client{Transport: trip(func(r *http.Request) (*http.Response, error) {
			n := calls.Add(1)
			time.Sleep(time.Second)
			return reply(ok(int(n))), nil
		})}})
		if err != nil {
			t.Fatal(err)
		}
		for round := range 3 {
			var g sync.WaitGroup
			for range 50 {
				g.Go(func() {
					token := fmt.Sprintf("access-%d", round+1)
					want(t, s, token)
					s.Expire(token)
				})
			}
			g.Wait()
		}
		if n := calls.Load(); n != 3 {
			t.Errorf("%d refreshes, want 3", n)
		}
	})
}

func TestARefreshIsFinishedForTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		s, err := New(Options{ClientID: "a", RefreshToken: "r", HTTP: &http.Client{Transport: trip(func(r *http.Request) (*http.Response, error) {
			calls.Add(1)
			select {
			case <-time.After(5 * time.Second):
				return reply(ok(1)), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Token(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled: %v", err)
		}
		want(t, s, "access-1")
		if _, err := s.Token(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled before: %v", err)
		}
		if n := calls.Load(); n != 1 {
			t.Errorf("%d refreshes, want the one that had started", n)
		}
	})
}

func TestAnUnreachableServiceIsAskedAgainAndIsNoRefusal(t *testing.T) {
	e := &endpoint{answers: []string{"503 busy", `429 {"error":"temporarily_unavailable"}`, "500 <html>", ok(1)}}
	want(t, source(t, e), "access-1")

	for name, answer := range map[string]string{
		"5xx":         `502 {"error":"invalid_grant"}`,
		"unavailable": `400 {"error":"temporarily_unavailable"}`,
		"too long":    `200 {"access_token":"` + strings.Repeat("x", maxAnswer) + `"}`,
	} {
		e := &endpoint{answers: []string{answer}}
		_, err := source(t, e).Token(t.Context())
		u, ok := errors.AsType[*UnreachableError](err)
		if !ok || !u.Temporary() || e.count() != maxTries {
			t.Errorf("%s: %T %v after %d requests", name, err, err, e.count())
		}
	}

	e = &endpoint{answers: []string{ok(1)}}
	s := source(t, e, func(o *Options) { o.TokenURL = "http://127.0.0.1:1/token" })
	if _, err := s.Token(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "sign-in service: dial tcp 127.0.0.1:1:") {
		t.Errorf("nothing listens: %v", err)
	}
	if _, err := s.current(); err != nil {
		t.Errorf("the failure stays: %v", err)
	}
}

func TestNoAnswerInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Options{ClientID: "a", RefreshToken: "r", HTTP: &http.Client{Transport: trip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Token(t.Context())
		if _, ok := errors.AsType[*UnreachableError](err); !ok || !strings.Contains(err.Error(), "no answer within 30s") {
			t.Errorf("%T %v", err, err)
		}
	})
}

func TestNewChecksItsOptions(t *testing.T) {
	for address, good := range map[string]bool{
		"": true, "https://login.example.com/t": true, "http://127.0.0.1:5/t": true, "http://localhost/t": true, "http://[::1]:5/": true,
		"http://login.example.com/t": false, "http://127.0.0.1.example.com/": false, "ftp://x": false, "login": false, "https://u:hush@example.com/": false,
	} {
		_, err := New(Options{ClientID: "a", RefreshToken: "r", TokenURL: address})
		if (err == nil) != good || err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := New(Options{RefreshToken: "r"}); err == nil {
		t.Error("no client id")
	}
	if _, err := New(Options{ClientID: "a"}); err == nil {
		t.Error("no refresh token")
	}
}

// trip is a RoundTripper made of a function.
type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func reply(answer string) *http.Response {
	w := httptest.NewRecorder()
	(&endpoint{answers: []string{answer}}).ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	return w.Result()
}
