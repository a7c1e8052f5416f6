package auth

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/oauth2"

	"linkbatch/internal/redact"
)

// Error is a refusal of the sign-in service: the credentials get no token, and
// asking again will not change that. Description is the service's own text, on
// one line, without tokens, secrets and e-mail addresses.
type Error struct {
	Code        string // OAuth error, such as invalid_grant; empty if the answer was not an OAuth error
	Description string
	ErrorCodes  []int  // AADSTS numbers
	Next        string // what a person can do about it
	Err         error  // the cause where the refusal is not the service's, such as [ErrNotSignedIn]
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

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// advise replaces the way of signing in again for tokens of the environment by the
// one that suits the login.
func (e *Error) advise(again string) {
	e.Next = strings.ReplaceAll(e.Next, signInAgain, again)
	e.Next = strings.ReplaceAll(e.Next, checkAll, "check --token-url and LINKBATCH_CLIENT_ID")
}

// UnreachableError is a sign-in service that gave no answer, or said that it cannot
// answer now. Nothing is known about the credentials.
type UnreachableError struct{ Err error }

// Error is "sign-in service: why".
func (e *UnreachableError) Error() string { return "sign-in service: " + e.Err.Error() }

// Unwrap returns Err.
func (e *UnreachableError) Unwrap() error { return e.Err }

// Temporary is true: trying later may work.
func (e *UnreachableError) Temporary() bool { return true }

// What to do about a refresh token of the environment that no longer works, and
// about an answer without a reason.
const (
	signInAgain = "sign in again and put the new token into LINKBATCH_REFRESH_TOKEN"
	checkAll    = "check --token-url, LINKBATCH_CLIENT_ID and LINKBATCH_REFRESH_TOKEN"
)

// Advice that several numbers share.
const (
	nextConsent = "nobody has consented to this app yet: run linkbatch login and consent, or ask an administrator of the organisation to"
	nextTenant  = "the account belongs to another directory: check the tenant in --token-url (common accepts every account)"
	nextExpired = "the refresh token has expired, was revoked, or belongs to another app: " + signInAgain
	nextPerson  = "the sign-in service requires a person to sign in (a password, a second factor or a new device): " + signInAgain
	nextClock   = "the sign-in took too long, or this machine's clock is wrong: check the clock, then " + signInAgain
	nextOther   = "the code belongs to another sign-in: run linkbatch login again and finish in the tab that it opens"
	nextNative  = "register the redirect address under mobile and desktop applications, not as a single-page application"
)

// nextByNumber is what to do about an AADSTS number; the numbers and their meanings
// are from the service's page on errors and from Microsoft Entra's list.
var nextByNumber = map[int]string{
	16000:   nextPerson,
	28000:   "the scope names more than one service: check --env",
	50011:   "the redirect address is not registered for this app: correct it in the app registration (http://localhost, under mobile and desktop applications)",
	50020:   "the directory does not know this user: sign in with the account that Microsoft Advertising knows",
	50034:   "the directory does not know this user: sign in with the account that Microsoft Advertising knows",
	50057:   "the account is disabled: ask the administrator of its organisation",
	50076:   nextPerson,
	50079:   nextPerson,
	50089:   nextClock,
	50097:   nextPerson,
	50105:   "the user is not assigned to this app: ask the administrator of the organisation",
	50132:   nextExpired,
	50133:   nextExpired,
	50148:   nextOther,
	50158:   nextPerson,
	50173:   "the password was changed, or the sign-in was revoked: " + signInAgain,
	50194:   "the app is not registered for all directories and personal accounts: change its registration, or put its directory into --token-url",
	53000:   "the organisation requires a managed device: sign in from one, or ask its administrator",
	53003:   "the organisation (conditional access) blocks this sign-in: ask its administrator",
	54005:   "the code was already used: run linkbatch login again",
	65001:   nextConsent,
	65004:   "consent was declined: run linkbatch login again and accept",
	650052:  "the organisation is not enabled for Microsoft Advertising: ask its administrator to consent to the app",
	650057:  "the app's registration lacks the permission for Microsoft Advertising: add msads.manage of the Microsoft Advertising API",
	70000:   nextExpired,
	70001:   "the directory does not know the app: check LINKBATCH_CLIENT_ID",
	70008:   nextExpired,
	70011:   "the scope is not valid: check --env",
	70043:   "the organisation requires its users to sign in more often: " + signInAgain,
	700003:  "the device was removed from the organisation: " + signInAgain,
	700005:  "the code belongs to another directory: check the tenant in --token-url, then run linkbatch login again",
	700016:  "the app is unknown, or not registered for all directories and personal accounts: check LINKBATCH_CLIENT_ID",
	7000012: "the token was issued for another environment or directory: use a token for this one, or check --env (production or sandbox)",
	700025:  "this app is a public client and must not send a secret: remove LINKBATCH_CLIENT_SECRET",
	700081:  nextExpired,
	700082:  "the refresh token was not used for 90 days: " + signInAgain,
	700084:  nextNative,
	7000112: "the app is disabled: ask who registered it",
	7000215: "the client secret is wrong: set LINKBATCH_CLIENT_SECRET to the secret's value, not its id",
	7000218: "this app requires its secret: set LINKBATCH_CLIENT_SECRET; a desktop app needs none if its redirect address is registered under mobile and desktop applications",
	7000222: "the client secret has expired: create a new one and set LINKBATCH_CLIENT_SECRET",
	90002:   "no such directory: check the tenant in --token-url",
	90008:   nextConsent,
	90023:   "a public client must not send a secret, and a web client must: check LINKBATCH_CLIENT_SECRET",
	90072:   nextTenant,
	90094:   "only an administrator of the organisation can consent: ask one to consent to the app",
	90095:   "only an administrator of the organisation can consent: ask one to consent to the app",
	900144:  "the request is incomplete: check LINKBATCH_CLIENT_ID and LINKBATCH_CLIENT_SECRET",
	9002313: "the sign-in service does not understand the request: check LINKBATCH_CLIENT_ID, LINKBATCH_CLIENT_SECRET and LINKBATCH_REFRESH_TOKEN",
	9002326: nextNative,
	9002327: nextNative,
	9002346: "the app accepts only personal accounts: use /consumers/ instead of /common/ in --token-url",
	500011:  "the organisation does not know Microsoft Advertising: ask its administrator to consent to the app, and check --env",
	500021:  "the network blocks sign-ins to that directory: ask its administrator",
	500113:  "no redirect address is registered for this app: add http://localhost under mobile and desktop applications",
	500133:  nextClock,
	500112:  "the redirect address changed during the sign-in: run linkbatch login again",
	501481:  nextOther,
	530003:  "the organisation requires a managed device: sign in from one, or ask its administrator",
}

// nextByCode is what to do about an OAuth error without a number that is known;
// Google's have no numbers.
var nextByCode = map[string]string{
	"access_denied":              "consent was declined, or the organisation forbids the app: run linkbatch login again and accept, or ask its administrator",
	"admin_policy_enforced":      "the organisation forbids the app: ask its administrator",
	"consent_required":           nextConsent,
	"deleted_client":             "the app was deleted: check LINKBATCH_CLIENT_ID",
	"interaction_required":       nextPerson,
	"invalid_client":             "the app or its secret is wrong: check LINKBATCH_CLIENT_ID and LINKBATCH_CLIENT_SECRET",
	"invalid_grant":              nextExpired,
	"invalid_request":            "the request does not fit the app: check LINKBATCH_CLIENT_ID, LINKBATCH_CLIENT_SECRET and LINKBATCH_REFRESH_TOKEN",
	"invalid_scope":              "the scope is not valid: check --env",
	"login_required":             nextPerson,
	"org_internal":               "the app is only for users of its own organisation: sign in with one of their accounts",
	"redirect_uri_mismatch":      "the redirect address is not registered for this app: add http://localhost to the app's registration",
	"unauthorized_client":        "the app is not allowed to do this: check LINKBATCH_CLIENT_ID and its registration",
	"unsupported_response_type":  "the app's registration does not allow authorization codes: correct it",
	"unsupported_grant_type":     "this address does not issue tokens of this kind: check --token-url",
	"disabled_client":            "the app is disabled: ask who registered it",
	"invalid_resource":           "the organisation does not know Microsoft Advertising: ask its administrator to consent to the app, and check --env",
	"account_selection_required": nextPerson,
}

// nextStep picks the advice: by number, else by code, else the general one.
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
	return checkAll
}

// refusal reads an answer of the token endpoint. Only cleaned texts are kept of the
// library's error, which carries the whole body.
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
		e.Description = "the token address answered HTTP " + strconv.Itoa(err.Response.StatusCode) + " without an OAuth error"
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
	json.Unmarshal(body, &answer) // what is not JSON has no numbers
	for _, m := range aadsts.FindAllStringSubmatch(description, -1) {
		if n, _ := strconv.Atoi(m[1]); !slices.Contains(answer.Codes, n) {
			answer.Codes = append(answer.Codes, n)
		}
	}
	return answer.Codes
}

// longestText is how many characters of a description are kept: enough for one of
// Microsoft Entra's with its trace ids.
const longestText = 600

// clean is a text of the service that is fit to be shown.
func clean(text string, secrets ...string) string {
	return redact.Excerpt(text, longestText, secrets...)
}
