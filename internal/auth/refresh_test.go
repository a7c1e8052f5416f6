package auth

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// TestAPauseThatTheSignInServiceAsksFor is kept, up to a minute, and the error
// that is left in the end is the service's.
func TestAPauseThatTheSignInServiceAsksFor(t *testing.T) {
	for header, want := range map[string]time.Duration{"20": 60 * time.Second, "86400": 3 * time.Minute} {
		t.Run(header, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				s, err := New(Options{ClientID: "a", RefreshToken: "r", HTTP: &http.Client{Transport: trip(func(*http.Request) (*http.Response, error) {
					calls++
					r := reply(`429 {"error":"temporarily_unavailable"}`)
					r.Header.Set("Retry-After", header)
					return r, nil
				})}})
				if err != nil {
					t.Fatal(err)
				}
				begin := time.Now()
				_, err = s.Token(t.Context())
				if u, ok := errors.AsType[*UnreachableError](err); !ok || !u.Temporary() || err.Error() != "sign-in service: answered HTTP 429" {
					t.Errorf("%T %v", err, err)
				}
				if d := time.Since(begin); d != want || calls != maxTries {
					t.Errorf("%d calls in %v, want %d in %v", calls, d, maxTries, want)
				}
			})
		})
	}
}
