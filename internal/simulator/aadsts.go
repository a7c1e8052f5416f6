package simulator

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// oauthText is one error of the identity service: the OAuth error name, the
// text, the HTTP status (0 means 400) and, where it differs, Google's wording.
type oauthText struct {
	name   string
	text   string // %s is replaced by the detail
	status int
	google [2]string // name and text
}

// oauthTexts lists the errors by AADSTS number, following Microsoft's page of
// authentication and authorization error codes.
var oauthTexts = map[int]oauthText{
	28000:   {name: "invalid_scope", text: "The scope contains more than one resource: %s."},
	50011:   {name: "invalid_request", text: "The redirect URI '%s' specified in the request does not match the redirect URIs configured for the application.", google: [2]string{"redirect_uri_mismatch", "Bad Request"}},
	50020:   {name: "invalid_grant", text: "User account '%s' does not exist in this tenant and cannot access the application in it."},
	50148:   {name: "invalid_grant", text: "The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.", google: [2]string{"invalid_grant", "Missing code verifier."}},
	50149:   {name: "invalid_request", text: "Invalid Code_Challenge_method parameter: %s."},
	50173:   {name: "invalid_grant", text: "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.", google: expiredAtGoogle},
	54005:   {name: "invalid_grant", text: "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.", google: [2]string{"invalid_grant", "Bad Request"}},
	65001:   {name: "invalid_grant", text: "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource."},
	65004:   {name: "access_denied", text: "User declined to consent to access the app."},
	70000:   {name: "invalid_grant", text: "The provided value for the code or refresh token is not valid, has expired or was revoked.", google: expiredAtGoogle},
	70003:   {name: "unsupported_grant_type", text: "The app requested an unsupported grant type '%s'."},
	70005:   {name: "unsupported_response_type", text: "The app requested an unsupported response type '%s'."},
	70007:   {name: "invalid_request", text: "'%s' is not a supported value of 'response_mode' when requesting a code."},
	70008:   {name: "invalid_grant", text: "The provided authorization code has expired. Send a new interactive authorization request.", google: [2]string{"invalid_grant", "Bad Request"}},
	70011:   {name: "invalid_scope", text: "The provided value for the input parameter 'scope' is not valid. The scope '%s' is not valid."},
	90002:   {name: "invalid_request", text: "Tenant '%s' not found. Check to make sure you have the correct tenant ID."},
	90023:   {name: "invalid_request", text: "Public clients can't send a client secret."},
	90033:   {name: "temporarily_unavailable", text: "A transient error has occurred. Please try again.", status: http.StatusServiceUnavailable},
	500112:  {name: "invalid_grant", text: "The reply address '%s' does not match the reply address provided when requesting the authorization code.", google: [2]string{"redirect_uri_mismatch", "Bad Request"}},
	501481:  {name: "invalid_grant", text: "The Code_Verifier does not match the code_challenge supplied in the authorization request.", google: [2]string{"invalid_grant", "Invalid code verifier."}},
	501491:  {name: "invalid_request", text: "Invalid size of Code_Challenge parameter."},
	650052:  {name: "invalid_client", text: "The app needs access to a service ('Microsoft Advertising API') that your organization has not subscribed to or enabled."},
	700005:  {name: "invalid_grant", text: "The provided authorization code is intended to use against another tenant, thus rejected. It must be redeemed against the tenant it was acquired for, '%s'."},
	700016:  {name: "unauthorized_client", text: "Application with identifier '%s' was not found in the directory.", google: [2]string{"invalid_client", "The OAuth client was not found."}},
	700082:  {name: "invalid_grant", text: "The refresh token has expired due to inactivity. The token was issued on %s and was inactive for 90.00:00:00.", google: expiredAtGoogle},
	900144:  {name: "invalid_request", text: "The request body must contain the following parameter: '%s'."},
	7000012: {name: "invalid_grant", text: "The grant was obtained for a different tenant."},
	7000215: {name: "invalid_client", text: "Invalid client secret provided.", status: http.StatusUnauthorized, google: [2]string{"invalid_client", "Unauthorized"}},
	7000218: {name: "invalid_client", text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.", status: http.StatusUnauthorized, google: [2]string{"invalid_request", "client_secret is missing."}},
}

var expiredAtGoogle = [2]string{"invalid_grant", "Token has been expired or revoked."}

// suberrors distinguish the kinds of invalid_grant.
var suberrors = map[int]string{65001: "consent_required", 50173: "token_expired", 700082: "token_expired", 70008: "token_expired"}

// oauthError is how Microsoft's identity service refuses.
type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Codes       []int  `json:"error_codes"`
	Timestamp   string `json:"timestamp"`
	Trace       string `json:"trace_id"`
	Correlation string `json:"correlation_id"`
	URI         string `json:"error_uri"`
	Suberror    string `json:"suberror,omitzero"`
}

// googleError is how Google refuses.
type googleError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// oauthFault is a refusal of the token endpoint.
func (c *call) oauthFault(code int, detail string) reply {
	name, text := c.oauthText(code, detail)
	status := cmp.Or(oauthTexts[code].status, http.StatusBadRequest)
	if c.google() {
		switch {
		case name == "invalid_client":
			status = http.StatusUnauthorized
		case status == http.StatusUnauthorized:
			status = http.StatusBadRequest
		}
		return reply{status: status, value: googleError{name, text}}
	}
	return reply{status: status, value: oauthError{
		Error: name, Description: text, Codes: []int{code}, Timestamp: c.stamp(), Trace: c.tracking, Correlation: c.tracking,
		URI: "https://login.microsoftonline.com/error?code=" + strconv.Itoa(code), Suberror: suberrors[code],
	}}
}

// oauthText returns the OAuth error name and the description of a code.
func (c *call) oauthText(code int, detail string) (name, text string) {
	t, known := oauthTexts[code]
	if !known {
		t = oauthText{name: "invalid_grant", text: "The identity service refused the request."}
	}
	text = t.text
	if strings.Contains(text, "%s") {
		text = fmt.Sprintf(text, detail)
	}
	if c.google() {
		return cmp.Or(t.google[0], t.name), cmp.Or(t.google[1], text)
	}
	return t.name, fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s", code, text, c.tracking, c.tracking, c.stamp())
}

func (c *call) stamp() string { return c.now.UTC().Format("2006-01-02 15:04:05Z") }
