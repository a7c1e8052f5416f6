package redact

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for _, test := range []struct {
		text, want string
		secrets    []string
	}{
		{text: "", want: ""},
		{text: "Account 42 is closed.", want: "Account 42 is closed."},
		{text: " two\r\n lines\tand\u2028more ", want: "two lines and more"},
		{text: "\x1b[31mred\x1b[0m\x00\u200b\u202etxet", want: "[31mred[0mtxet"},
		{text: "half a \xe2\x82 character", want: "half a \ufffd character"},

		{text: "user jo.doe@example.com, twice", want: "user [e-mail], twice"},
		{text: "login_hint=jo.doe%40example.com&x", want: "login_hint=[e-mail]"},
		{text: "<b>jo&#64;example.com</b>", want: "<b>[e-mail]</b>"},
		{text: "jo@\nexample", want: "jo@ example"}, // no address

		{text: "Authorization: Bearer abc.def-123, next", want: "Authorization: bearer [redacted], next"},
		{text: "BEARER\n\tabc", want: "bearer [redacted]"},
		{text: "the bearer", want: "the bearer"},
		{text: `{"token":"eyJhbGciOiJub25lIn0.e30.x"}`, want: `{"token":"[redacted]"}`},
		{text: "eyJust a word", want: "eyJust a word"},

		{text: "got refresh-0 back", secrets: []string{"refresh-0"}, want: "got [redacted] back"},
		{text: "token=a%2Fb+c&x", secrets: []string{"a/b c"}, want: "token=[redacted]&x"},
		{text: "/a%2Fb%20c/", secrets: []string{"a/b c"}, want: "/[redacted]/"},
		{text: "RT-12 and RT-1", secrets: []string{"RT-1", "RT-12"}, want: "[redacted] and [redacted]"},
		{text: "se\x00cr\u200bet", secrets: []string{"secret"}, want: "[redacted]"}, // as a terminal would show it
		{text: "two  words", secrets: []string{"two  words"}, want: "[redacted]"},
		{text: "red", secrets: []string{"", "red", "act"}, want: "[redacted]"},
		{text: "nothing to hide", secrets: []string{""}, want: "nothing to hide"},
	} {
		if got := Text(test.text, test.secrets...); got != test.want {
			t.Errorf("Text(%q, %q) = %q, want %q", test.text, test.secrets, got, test.want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	for _, test := range []struct {
		text, want string
		n          int
	}{
		{"", "", 0}, {"abc", "abc", 3}, {"abcd", "abc…", 3}, {"日本語", "日本…", 2}, {"日本語", "日本語", 3}, {"a", "…", 0},
		{"x jo@example.com", "x [e-m…", 6}, // cut after it is hidden
	} {
		if got := Excerpt(test.text, test.n); got != test.want {
			t.Errorf("%q cut after %d: %q, want %q", test.text, test.n, got, test.want)
		}
	}
	if got := Excerpt("secret", 3, "secret"); got != "[re…" {
		t.Errorf("a secret became %q", got)
	}
}

// FuzzText holds that the result is one line of valid UTF-8, and that no secret
// is in it, in any of its forms. A short secret may be in any text, such as the
// one that replaces it.
func FuzzText(f *testing.F) {
	f.Add("AADSTS50020: User account 'a.b@example.com' from\r\n\x1b[1m live.com", "live.com!")
	f.Add("user%40example.com", "example+com")
	f.Add("\xff@\xff", "\xff\xff\xff\xff\xff\xff\xff\xff")
	f.Fuzz(func(t *testing.T, text, secret string) {
		got := Text("a "+text+secret+url.QueryEscape(secret)+url.PathEscape(secret), secret)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) || strings.Contains(got, "  ") {
			t.Errorf("%q became %q", text, got)
		}
		if shown := oneLine(secret); len(shown) >= 8 && strings.Trim(shown, " \ufffd") == secret && strings.Contains(got, secret) && !strings.Contains("bearer [redacted] [e-mail]", secret) {
			t.Errorf("%q shows %q", got, secret)
		}
	})
}
