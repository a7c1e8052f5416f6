package simtest

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// SignIn opens an authorize page, signs in as a user (id, profile or user
// name; empty cancels) and returns the address that the browser is sent to.
// It follows no redirect; that is left to the caller.
func SignIn(t testing.TB, c *http.Client, authorizeURL, user string) *url.URL {
	t.Helper()
	stay := *c
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := stay.Get(authorizeURL)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(page), `<form method="post">`) {
		t.Fatalf("authorize page: %s %v %s", resp.Status, err, page)
	}
	form := url.Values{"user": {user}}
	if user == "" {
		form = url.Values{"cancel": {"1"}}
	}
	resp, err = stay.PostForm(authorizeURL, form)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	to, err := resp.Location()
	if err != nil {
		t.Fatalf("sign in as %q: %s %v", user, resp.Status, err)
	}
	return to
}
