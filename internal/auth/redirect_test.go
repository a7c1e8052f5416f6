package auth

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
)

func TestWhatIsPastedWrongly(t *testing.T) {
	p := newIDP(t)
	l := login(t, p, func(o *LoginOptions) { o.Paste = true })
	for text, want := range map[string]string{
		"":                                   "nothing was pasted",
		" \r\n":                              "nothing was pasted",
		"http://localhost":                   "no code",
		"http://localhost/?state=" + l.state: "no code",
		"http://localhost/?code=CODE-secret&state=other":         "state does not match",
		"http://localhost/?code=CODE-secret":                     "state does not match",
		"code=CODE-secret":                                       "state does not match",
		"x=1&code=CODE-secret":                                   "state does not match",
		"http://localhost/?code=CODE-secret%0a&state=" + l.state: "no code",
		"http://localhost/?code=%zz":                             "neither",
		l.URL():                                                  "sign in at",
		"CODE%zz-secret":                                         "neither",
		"CODE-secrét":                                            "neither",
		"abc":                                                    "neither",
		strings.Repeat("x", longestPaste+1):                      "too long",
	} {
		_, err := l.Answer(t.Context(), text)
		if !isA[*RedirectError](err) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%.60q: %v", text, err)
		}
	}
	if len(p.forms) != 0 {
		t.Errorf("sent %v", p.forms)
	}
}

func FuzzPasted(f *testing.F) {
	for _, seed := range []string{
		"http://localhost:5/?code=CODE-secret&state=x", "?code=a&error=b", "0.AXxx-yyyy.zzz", "4%2F0Axyz", "M.C5_BAY.2.U.1*!$$", "code=1&state=2&code=3",
		"\"<https://h/p?error=access_denied&error_description=no#x>\"", "a\x00b", "%", "://?",
	} {
		f.Add(seed)
	}
	l, err := StartLogin(LoginOptions{ClientID: "app-1", Now: clock, Paste: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		query, code, err := parsePasted(text)
		if err != nil {
			if e, ok := err.(*RedirectError); !ok || e.Reason == "" || e.Next == "" || query != nil || code != "" {
				t.Errorf("%q: %#v, %q, %#v", text, query, code, err)
			}
			return
		}
		if code == "" {
			code = judged(t, l, query)
		}
		if code != "" && (len(code) < 4 || strings.ContainsFunc(code, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r > '~' })) {
			t.Errorf("%q: code %q", text, code)
		}
	})
}

// judged is the code of a query if it had the login's state, and fails if it is
// accepted without.
func judged(t *testing.T, l *Login, query url.Values) string {
	t.Helper()
	if query == nil {
		t.Fatal("neither code nor query")
	}
	if _, err := l.judge(query); err == nil {
		t.Errorf("%v: accepted with a state that nobody knows", query)
	}
	query.Set("state", l.state)
	code, _ := l.judge(query)
	return code
}
