package simulator_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// FuzzSignIn: whatever a browser asks for, the answer is a page or a redirect
// to an address that the client registered, and a code is never given away
// but to one who said who signs in.
func FuzzSignIn(f *testing.F) {
	f.Add(asking(nil).Encode(), "user=agency")
	f.Add(asking(url.Values{"redirect_uri": {"http://localhost.example.com"}}).Encode(), "user=agency")
	f.Add(asking(url.Values{"redirect_uri": {"http://localhost@example.com/"}}).Encode(), "user=agency")
	f.Add(asking(url.Values{"redirect_uri": {"http://localhost:1/?x=%zz#f"}}).Encode(), "cancel")
	f.Add(asking(url.Values{"scope": {"%s %d <b>"}}).Encode(), "user=<script>")
	f.Add("client_id=simulator&redirect_uri=//localhost", "%zz")
	world := simtest.World(1).JSON()
	f.Fuzz(func(t *testing.T, query, form string) {
		s, err := simulator.New(simulator.Options{World: world})
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{authorizePath, "/o/oauth2/v2/auth"} {
			for _, method := range []string{"GET", "POST"} {
				target := (&url.URL{Path: path, RawQuery: query}).RequestURI()
				if _, err := url.ParseRequestURI(target); err != nil || strings.ContainsAny(query, " \r\n") {
					return // net/http refuses it before any handler
				}
				a := roundTrip(s, method, target, form, "")
				if a.Code != 302 {
					if a.Code != 200 && a.Code != 400 || strings.Contains(a.Body.String(), "<script>") {
						t.Errorf("%s %s: %d %s", method, target, a.Code, a.Body)
					}
					continue
				}
				to, err := url.Parse(a.Header().Get("Location"))
				if err != nil || !slices.Contains([]string{"localhost", "127.0.0.1", "login.microsoftonline.com"}, to.Hostname()) || to.User != nil {
					t.Errorf("redirect to %q: %v", a.Header().Get("Location"), err)
				}
				if to.Query().Get("code") != "" && method == "GET" {
					t.Errorf("a code for nobody: %s", to)
				}
			}
		}
	})
}
