package auth

import (
	"crypto/subtle"
	"errors"
	"net/url"
	"strings"
	"unicode"
)

// RedirectError is a text or a redirect that is not the answer of this login:
// the right one may still come. It shows nothing of what it was given.
type RedirectError struct {
	Reason string
	Next   string
}

// Error is "sign-in: reason".
func (e *RedirectError) Error() string { return "sign-in: " + e.Reason }

const pasteWhat = "paste the whole address that the browser ended at; it has code= and state= in it"

// judge takes the code out of a redirect. The error is a [*RedirectError] when
// the redirect is of another login, else the refusal that it carries.
func (l *Login) judge(query url.Values) (string, error) {
	state := query["state"]
	if len(state) != 1 || subtle.ConstantTimeCompare([]byte(state[0]), []byte(l.state)) != 1 {
		return "", &RedirectError{
			Reason: "the state does not match: this is the answer of another sign-in",
			Next:   "finish in the tab that this sign-in opened, or run linkbatch login again",
		}
	}
	if query.Has("error") {
		return "", l.refused(query)
	}
	code := query["code"]
	if len(code) != 1 || !isCode(code[0]) {
		return "", &RedirectError{Reason: "there is no code in the address", Next: pasteWhat}
	}
	return code[0], nil
}

// refused reads the error of a redirect.
func (l *Login) refused(query url.Values) error {
	secrets := []string{l.state, l.verifier, l.o.ClientSecret, query.Get("code")}
	code, text := clean(query.Get("error"), secrets...), clean(query.Get("error_description"), secrets...)
	if code == "temporarily_unavailable" || code == "server_error" {
		return &UnreachableError{errors.New("answered " + code)}
	}
	e := &Error{Code: code, Description: text, ErrorCodes: numbers(nil, query.Get("error_description"))}
	e.Next = nextStep(e.Code, e.Description, e.ErrorCodes)
	e.advise("run linkbatch login again")
	return e
}

// longestPaste is in bytes; Microsoft's codes have some hundred to two thousand.
const longestPaste = 16 << 10

// isCode reports whether a text may be a code: printable ASCII (RFC 6749,
// A.11) without spaces, which none has.
func isCode(text string) bool {
	return len(text) >= 4 && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// parsePasted reads a pasted redirect: an address or its query gives the
// values in it, a code alone the code. Line breaks and spaces that a terminal
// or a mail put in, and quotes or angle brackets around it, are left out.
func parsePasted(text string) (query url.Values, code string, err error) {
	if len(text) > longestPaste {
		return nil, "", &RedirectError{Reason: "the text is too long for an address", Next: pasteWhat}
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
	text = strings.Trim(text, `"'<>`)
	bad := &RedirectError{Reason: "this is neither an address nor a code", Next: pasteWhat}
	address, raw, isAddress := strings.Cut(text, "?")
	switch {
	case text == "":
		return nil, "", &RedirectError{Reason: "nothing was pasted", Next: pasteWhat}
	case isAddress:
		raw, _, _ = strings.Cut(raw, "#")
	case strings.Contains(text, "://"):
		return nil, "", &RedirectError{Reason: "there is no code in the address", Next: pasteWhat}
	case strings.HasPrefix(text, "code=") || strings.HasPrefix(text, "error=") || strings.HasPrefix(text, "state=") || strings.Contains(text, "&code="):
		raw = text
	default:
		if strings.Contains(text, "%") { // copied out of an address
			if text, err = url.PathUnescape(text); err != nil {
				return nil, "", bad
			}
		}
		if !isCode(text) || strings.ContainsAny(text, "?&=\"<>") {
			return nil, "", bad
		}
		return nil, text, nil
	}
	if query, err = url.ParseQuery(raw); err != nil {
		return nil, "", bad
	}
	if query.Has("response_type") && strings.Contains(address, "://") {
		return nil, "", &RedirectError{Reason: "this is the address to sign in at", Next: "open it in a browser, sign in, and " + pasteWhat}
	}
	return query, "", nil
}
