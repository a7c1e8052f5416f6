package address

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	const notURL, extra = "not a URL such as https://host/path", "a user, a query or a fragment does not belong in it"
	for address, want := range map[string]string{
		"https://example.com":           "",
		"https://example.com:8443/a/b":  "",
		"HTTPS://example.com/":          "",
		"https://192.0.2.1/":            "",
		"https://localhost/token":       "",
		"http://localhost":              "",
		"http://localhost:18090/token":  "",
		"http://127.0.0.1:5":            "",
		"http://127.9.9.9/":             "",
		"http://[::1]:5/":               "",
		"https://example.com/a@b":       "",
		"http://example.com":            ErrPlainHTTP.Error(),
		"http://192.0.2.1/":             ErrPlainHTTP.Error(),
		"http://0.0.0.0/":               ErrPlainHTTP.Error(),
		"http://127.0.0.1.example.com/": ErrPlainHTTP.Error(),
		"http://localhost.example.com/": ErrPlainHTTP.Error(),
		"http://127.1/":                 ErrPlainHTTP.Error(), // only some resolvers take it for 127.0.0.1
		"":                              notURL,
		"login":                         notURL,
		"example.com/token":             notURL,
		"//example.com/":                notURL,
		"https:example.com":             notURL,
		"https://":                      notURL,
		"https://:443/":                 notURL,
		"ftp://example.com/":            notURL,
		"https://exa mple.com":          notURL,
		"https://example.com/a b":       notURL,
		"https://example.com/\x00":      notURL,
		"https://example.com:port/":     notURL,
		"https://hush@example.com/":     extra,
		"https://u:hush@example.com/":   extra,
		"http://hush@localhost/":        extra,
		"https://example.com/?key=hush": extra,
		"https://example.com/?":         extra,
		"https://example.com/#hush":     extra,
		"https://example.com/#":         extra,
	} {
		u, err := Parse(address)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want || (u == nil) != (err != nil) {
			t.Errorf("%q: %v, %v; want %q", address, u, err, want)
		}
		if errors.Is(err, ErrPlainHTTP) != (want == ErrPlainHTTP.Error()) || strings.Contains(got, "hush") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestLocal(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "127.0.0.53": true, "::1": true, "::ffff:127.0.0.1": true,
		"": false, "0.0.0.0": false, "::": false, "192.168.0.1": false, "localhost.example.com": false, "127.0.0.1:80": false,
	} {
		if got := Local(host); got != want {
			t.Errorf("%q: %t", host, got)
		}
	}
}
