package msads

import (
	"testing"
)

// TestCanonicalEndpoint: who spells an endpoint in another way means the same
// service, and must meet the same lock.
func TestCanonicalEndpoint(t *testing.T) {
	for endpoint, want := range map[string]string{
		"":                                              ProductionEndpoint,
		ProductionEndpoint:                              ProductionEndpoint,
		ProductionEndpoint + "/":                        ProductionEndpoint,
		"HTTPS://Example.com:443//":                     "https://example.com",
		"https://example.com:8443":                      "https://example.com:8443",
		"http://127.0.0.1:18090/":                       "http://127.0.0.1:18090",
		"http://localhost:80":                           "http://localhost",
		"https://[2001:DB8::1]:443":                     "https://[2001:db8::1]",
		"https://[2001:db8::1]":                         "https://[2001:db8::1]",
		"https://example.com/API/":                      "https://example.com/API",
		"https://example.com/a%2Fb":                     "https://example.com/a%2Fb",
		"http://example.com/":                           "http://example.com/", // plain http: refused
		"https://example.com/x/CustomerManagement/v13/": "https://example.com/x",
	} {
		if got := CanonicalEndpoint(endpoint); got != want {
			t.Errorf("%q: %q, want %q", endpoint, got, want)
		}
	}
}
