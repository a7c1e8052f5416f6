package auth

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/oauth2"
)

// Error is a refusal of the sign-in service: the credentials do not bring a
// token, and asking again will not either. Description is the service's own
// text, on one line, without tokens, secrets and e-mail addresses.
type Error struct {
	Code        string // OAuth error, such as invalid_grant; empty when the answer was none of OAuth's
	Description string
	ErrorCodes  []int  // AADSTS numbers
	Next        string // what a person can do about it
}

// Error is "sign-in: invalid_grant: description".
func (e *Error) Error() string {
	s := "sign-in"
	for _, part := range []string{e.Code, e.Description} {
		if part != "" {
			s += ": " + part
		}
	}
	return s
}

// UnreachableError is a sign-in service that gave no answer, or said that it
// cannot answer at present. Nothing is known about the credentials.
type UnreachableError struct{ Err error }

// Error is "sign-in service: why".
func (e *UnreachableError) Error() string { return "sign-in service: " + e.Err.Error() }

// Unwrap returns Err.
func (e *UnreachableError) Unwrap() error { return e.Err }

// Temporary is true: trying later may work.
func (e *UnreachableError) Temporary() bool { return true }

const signInAgain = "sign in again and put the new token into LINKBATCH_REFRESH_TOKEN"

// nextByNumber is what to do about an AADSTS number; the numbers and meanings
// are those of the service's page on errors and of Microsoft Entra's list.
var nextByNumber = map[int]string{
	50011:   "the redirect address is not registered for this app: correct it in the app registration",
	50020:   "this user is not known in that directory: sign in with the account that Microsoft Advertising knows",
	65001:   "nobody has consented to this app yet: sign in once and consent",
	650052:  "the organisation is not enabled for Microsoft Advertising: ask its administrator to consent to the app",
	70000:   "the refresh token has expired, was revoked or is of another app: " + signInAgain,
	70011:   "the scope is not valid: check --env",
	700016:  "the app is not known, or not registered for all directories and personal accounts: check LINKBATCH_CLIENT_ID",
	7000012: "the token was issued for another environment or directory: use a token of this one, or check --env (production or sandbox)",
	700025:  "this app is a public client and must not send a secret: remove LINKBATCH_CLIENT_SECRET",
	7000215: "the client secret is wrong: set LINKBATCH_CLIENT_SECRET to the secret's value, not its id",
	7000218: "this app needs its secret: set LINKBATCH_CLIENT_SECRET",
	7000222: "the client secret has expired: make a new one and set LINKBATCH_CLIENT_SECRET",
}

// nextByCode is what to do about an OAuth error without a number of its own.
var nextByCode = map[string]string{
	"invalid_grant":        "the refresh token has expired, was revoked or is of another app: " + signInAgain,
	"interaction_required": "the sign-in service wants to see a person: " + signInAgain,
	"consent_required":     "nobody has consented to this app yet: sign in once and consent",
	"invalid_client":       "the app or its secret is wrong: check LINKBATCH_CLIENT_ID and LINKBATCH_CLIENT_SECRET",
	"unauthorized_client":  "the app may not do this: check LINKBATCH_CLIENT_ID and its registration",
	"invalid_scope":        "the scope is not valid: check --env",
	"invalid_request":      "the request does not suit the app: check LINKBATCH_CLIENT_ID, LINKBATCH_CLIENT_SECRET and LINKBATCH_REFRESH_TOKEN",
}

// nextStep picks the advice: by number, else by error, else in general.
func nextStep(code, description string, numbers []int) string {
	for _, n := range numbers {
		if next, ok := nextByNumber[n]; ok {
			return next
		}
	}
	if code == "invalid_request" && strings.Contains(strings.ToLower(description), "secret") {
		return "a public client must not send a secret, and a web client must: check LINKBATCH_CLIENT_SECRET"
	}
	if next, ok := nextByCode[code]; ok {
		return next
	}
	return "check --token-url, LINKBATCH_CLIENT_ID and LINKBATCH_REFRESH_TOKEN"
}

// refusal reads an answer of the token endpoint. Of the library's error
// nothing is kept but the cleaned texts, since it carries the whole body.
func refusal(err *oauth2.RetrieveError, secrets ...string) error {
	if status := err.Response.StatusCode; status >= 500 || status == 429 || status == 408 ||
		err.ErrorCode == "temporarily_unavailable" || err.ErrorCode == "server_error" {
		return &UnreachableError{errors.New("answered HTTP " + strconv.Itoa(status))}
	}
	e := &Error{
		Code:        clean(err.ErrorCode, secrets...),
		Description: clean(err.ErrorDescription, secrets...),
		ErrorCodes:  numbers(err.Body, err.ErrorDescription),
	}
	if e.Code == "" {
		e.Description = "the token address answered HTTP " + strconv.Itoa(err.Response.StatusCode) + " and no OAuth error"
	}
	e.Next = nextStep(e.Code, e.Description, e.ErrorCodes)
	return e
}

var aadsts = regexp.MustCompile(`AADSTS(\d{1,9})`)

// numbers finds the AADSTS numbers in error_codes and in the description.
func numbers(body []byte, description string) []int {
	var answer struct {
		Codes []int `json:"error_codes"`
	}
	json.Unmarshal(body, &answer) // a body without them has none
	for _, m := range aadsts.FindAllStringSubmatch(description, -1) {
		if n, _ := strconv.Atoi(m[1]); !slices.Contains(answer.Codes, n) {
			answer.Codes = append(answer.Codes, n)
		}
	}
	return answer.Codes
}

// mail is anything that looks like an e-mail address, percent-encoded too.
var mail = regexp.MustCompile(`(?i)[^\s@"'<>()\[\]{},;:=]+(?:@|%40)[^\s@"'<>()\[\]{},;:]+`)

// longestText is how much of a description is kept, in bytes.
const longestText = 600

// clean is a text of the service on one line, without what must not be shown.
func clean(text string, secrets ...string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "[redacted]")
		}
	}
	text = mail.ReplaceAllString(strings.ToValidUTF8(text, "?"), "[e-mail]")
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > longestText {
		text = strings.ToValidUTF8(text[:longestText], "") + "…"
	}
	return text
}
