package auth

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// echo answers each exchange with everything that was sent, in one of many
// ways, as a hostile or badly written identity service would.
type echo struct {
	status int
	header string // Content-Type
	format string // %s is the form, as it was sent
	decode bool   // %s is the form's values instead, as people read them
	broken bool   // the connection breaks and the error repeats the form
}

func (e echo) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	text := string(body)
	if e.decode {
		form, _ := url.ParseQuery(text)
		text = fmt.Sprint(form)
	}
	if e.broken {
		return nil, errors.New("the connection broke")
	}
	return &http.Response{
		StatusCode: e.status, Header: http.Header{"Content-Type": {e.header}}, Request: r,
		Body: io.NopCloser(strings.NewReader(fmt.Sprintf(e.format, text))),
	}, nil
}

func echoes() (all []echo) {
	for _, status := range []int{200, 302, 400, 401, 403, 500} {
		for _, decode := range []bool{false, true} {
			for _, format := range []string{
				`{"error":"invalid_grant","error_description":"AADSTS70000: %s","error_codes":[70000]}`,
				`{"error":"%s"}`, `{"error":"invalid_client","error_description":"x","error_uri":"%s"}`,
				`<html>%s</html>`, `{"access_token":"%s"`, `{"token_type":"%s"}`, `%s`,
			} {
				all = append(all, echo{status, "application/json", format, decode, false}, echo{status, "text/html", format, decode, false})
			}
		}
	}
	return append(all, echo{broken: true})
}

// TestNoErrorShowsASecret is the package's promise, over every way in which a
// service repeats what it was sent.
func TestNoErrorShowsASecret(t *testing.T) {
	const secret, token, code = "HUSH~client value", "RT-HUSH-token", "CODE-HUSH-code"
	store := fileStore(t, t.TempDir())
	key := Key{"agency", "production", TokenURL}
	if err := store.Save(t.Context(), key, Record{RefreshToken: token, ClientID: "app-1", TokenURL: TokenURL, Obtained: clock()}); err != nil {
		t.Fatal(err)
	}
	check := func(e echo, err error, more ...string) {
		t.Helper()
		if err == nil {
			t.Errorf("%+v: no error", e)
			return
		}
		texts := []string{fmt.Sprintf("%v|%+v|%#v|%q", err, err, err, err)}
		for unwrapped := err; unwrapped != nil; unwrapped = errors.Unwrap(unwrapped) {
			texts = append(texts, fmt.Sprintf("%+v|%#v", unwrapped, unwrapped))
			if refused, ok := unwrapped.(*Error); ok {
				texts = append(texts, refused.Next)
			}
		}
		all := strings.Join(texts, "\n")
		for _, hidden := range append(more, "HUSH", secret, token, code) {
			if strings.Contains(all, hidden) || strings.Contains(all, url.QueryEscape(hidden)) {
				t.Errorf("%+v shows %q: %s", e, hidden, all)
			}
		}
	}
	for _, e := range echoes() {
		client := &http.Client{Transport: e}
		for _, o := range []Options{{RefreshToken: token}, {RefreshToken: token, Store: store, Profile: "agency", Env: "production"}, {Store: store, Profile: "agency", Env: "production"}} {
			o.ClientID, o.ClientSecret, o.HTTP, o.Now, o.Backoff = "app-1", secret, client, clock, time.Nanosecond
			s, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Token(t.Context())
			check(e, err)
		}
		l, err := StartLogin(LoginOptions{ClientID: "app-1", ClientSecret: secret, HTTP: client, Now: clock, Paste: true})
		if err != nil {
			t.Fatal(err)
		}
		_, err = l.Answer(t.Context(), code)
		check(e, err, l.verifier, l.state)
		_, err = l.Answer(t.Context(), "http://localhost/?error=access_denied&error_description="+url.QueryEscape(code+" "+secret+" "+l.verifier+" "+l.state)+"&code="+code+"&state="+l.state)
		check(e, err, l.verifier, l.state)
	}
	if r, err := store.Load(key); err != nil || r.RefreshToken != token {
		t.Errorf("a refusal changed the store: %v", err)
	}
}

// TestTheAddressToSignInAtHasNoSecret holds that what a person may paste into
// a chat gives nobody the login.
func TestTheAddressToSignInAtHasNoSecret(t *testing.T) {
	l, err := StartLogin(LoginOptions{ClientID: "app-1", ClientSecret: "HUSH", Now: clock, Paste: true})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(l.URL(), "HUSH") || strings.Contains(l.URL(), l.verifier) {
		t.Errorf("%s", l.URL())
	}
	other, err := StartLogin(LoginOptions{ClientID: "app-1", Now: clock, Paste: true})
	if err != nil || other.state == l.state || other.verifier == l.verifier {
		t.Errorf("two logins have the same state or verifier: %v", err)
	}
}
