package auth

import (
	"crypto/subtle"
	"errors"
	"net/url"
	"strings"
	"unicode"
)

// RedirectError is a text or a redirect that is not the answer to this login: the
// right one may still come. It shows nothing of what was given.
type RedirectError struct {
	Reason string
	Next   string
}

// Error is "sign-in: reason".
func (e *RedirectError) Error() string { return "sign-in: " + e.Reason }

const pasteWhat = "paste the whole address that the browser ended at; it contains code= and state="

// judge takes the code out of a redirect. The error is a [*RedirectError] if the
// redirect belongs to another login, else the refusal that it carries.
func (l *Login) judge(query url.Values) (string, error) {
	state := query["state"]
	if len(state) != 1 || subtle.ConstantTimeCompare([]byte(state[0]), []byte(l.state)) != 1 {
		return "", &RedirectError{
			Reason: "the state does not match: this is the answer to another sign-in",
			Next:   "finish in the tab that this sign-in opened, or run linkbatch login again",
		}
	}
	if query.Has("error") {
		return "", l.refused(query)
	}
	code := query["code"]
	if len(code) != 1 || !isCode(code[0]) {
		return "", &RedirectError{Reason: "the address contains no code", Next: pasteWhat}
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

// longestPaste is in bytes; Microsoft's codes have hundreds to two thousand.
const longestPaste = 16 << 10

// isCode reports whether a text may be a code: printable ASCII (RFC 6749, A.11),
// without spaces, since no code has one.
func isCode(text string) bool {
	return len(text) >= 4 && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// neither is the error for a text in which nothing is recognised.
func neither() error {
	return &RedirectError{Reason: "this is neither an address nor a code", Next: pasteWhat}
}

// parsePasted reads a pasted redirect: an address or its query gives the values in
// it, a code alone the code.
func parsePasted(text string) (query url.Values, code string, err error) {
	if len(text) > longestPaste {
		return nil, "", &RedirectError{Reason: "the text is too long for an address", Next: pasteWhat}
	}
	text = unwrapped(text)
	address, raw, isAddress := strings.Cut(text, "?")
	switch {
	case text == "":
		return nil, "", &RedirectError{Reason: "nothing was pasted", Next: pasteWhat}
	case isAddress:
		raw, _, _ = strings.Cut(raw, "#")
	case strings.Contains(text, "://"):
		return nil, "", &RedirectError{Reason: "the address contains no code", Next: pasteWhat}
	case isQuery(text):
		raw = text
	default:
		code, err = bareCode(text)
		return nil, code, err
	}
	if query, err = url.ParseQuery(raw); err != nil {
		return nil, "", neither()
	}
	if query.Has("response_type") && strings.Contains(address, "://") {
		return nil, "", &RedirectError{Reason: "this is the address to sign in at", Next: "open it in a browser, sign in, and " + pasteWhat}
	}
	return query, "", nil
}

// unwrapped is a text without the line breaks and spaces that a terminal or a mail
// put in, and without quotes or angle brackets around it.
func unwrapped(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
	return strings.Trim(text, `"'<>`)
}

// isQuery reports whether a text is the query of a redirect without its address.
func isQuery(text string) bool {
	return strings.HasPrefix(text, "code=") || strings.HasPrefix(text, "error=") || strings.HasPrefix(text, "state=") || strings.Contains(text, "&code=")
}

// bareCode reads a code alone, which may have been copied out of an address.
func bareCode(text string) (string, error) {
	if strings.Contains(text, "%") {
		plain, err := url.PathUnescape(text)
		if err != nil {
			return "", neither()
		}
		text = plain
	}
	if !isCode(text) || strings.ContainsAny(text, "?&=\"<>") {
		return "", neither()
	}
	return text, nil
}
