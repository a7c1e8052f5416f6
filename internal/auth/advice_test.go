package auth

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestEachRefusalHasItsNextStep holds bodies as the identity services send them
// against the advice that a person gets.
func TestEachRefusalHasItsNextStep(t *testing.T) {
	const tail = `\r\nTrace ID: 00000000-0000-0000-0000-000000000000\r\nCorrelation ID: 00000000-0000-0000-0000-000000000000\r\nTimestamp: 2026-11-22 09:00:00Z","error_codes":[%d],"timestamp":"2026-11-22 09:00:00Z","trace_id":"x","correlation_id":"x","error_uri":"https://login.microsoftonline.com/error?code=%[5]d"%s}`
	entra := func(status int, code string, number int, text, more string) string {
		return fmt.Sprintf("%d {\"error\":%q,\"error_description\":\"AADSTS%d: %s"+tail, status, code, number, text, number, more)
	}
	for name, tc := range map[string]struct{ answer, next string }{
		"wrong tenant":         {entra(400, "invalid_request", 90002, "Tenant 'contoso' not found.", ""), "tenant in --token-url"},
		"user elsewhere":       {entra(400, "invalid_grant", 50020, "User account 'jo.doe@example.com' from identity provider 'live.com' does not exist in tenant 'x'.", ""), "account that Microsoft Advertising knows"},
		"other directory":      {entra(400, "invalid_grant", 90072, "User account from external identity provider does not exist in tenant.", ""), "tenant"},
		"other environment":    {entra(400, "invalid_grant", 7000012, "The grant was obtained for a different tenant.", ""), "--env"},
		"revoked":              {entra(400, "invalid_grant", 70000, "The provided value for the input parameter 'refresh_token' is not valid.", ""), "sign in again"},
		"inactive":             {entra(400, "invalid_grant", 700082, "The refresh token has expired due to inactivity. The token was issued on 2026-01-01 and was inactive for 90.00:00:00.", `,"suberror":"token_expired"`), "90 days"},
		"password changed":     {entra(400, "invalid_grant", 50173, "The provided grant has expired due to it being revoked.", ""), "password was changed"},
		"second factor":        {entra(400, "invalid_grant", 50076, "Due to a configuration change made by your administrator, you must use multi-factor authentication to access 'x'.", `,"suberror":"basic_action"`), "second factor"},
		"conditional access":   {entra(400, "invalid_grant", 53003, "Access has been blocked by Conditional Access policies.", ""), "administrator"},
		"no consent":           {entra(400, "invalid_grant", 65001, "The user or administrator has not consented to use the application with ID 'app-1'.", `,"suberror":"consent_required"`), "consent"},
		"administrator's":      {entra(400, "invalid_grant", 90094, "The grant requires admin permission.", ""), "administrator"},
		"rights not asked":     {entra(400, "invalid_resource", 650057, "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions.", ""), "msads.manage"},
		"wrong scope":          {entra(400, "invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid.", ""), "--env"},
		"two resources":        {entra(400, "invalid_scope", 28000, "Provided value for the input parameter scope is not valid because it contains more than one resource.", ""), "--env"},
		"app unknown":          {entra(400, "unauthorized_client", 700016, "Application with identifier 'app-1' was not found in the directory 'x'.", ""), "LINKBATCH_CLIENT_ID"},
		"app for one":          {entra(400, "invalid_request", 50194, "Application 'app-1' is not configured as a multi-tenant application.", ""), "registration"},
		"personal only":        {entra(400, "invalid_request", 9002346, "Application 'app-1' is configured for use by Microsoft Account users only.", ""), "/consumers/"},
		"wrong secret":         {entra(401, "invalid_client", 7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value.", ""), "not its id"},
		"old secret":           {entra(401, "invalid_client", 7000222, "The provided client secret keys are expired.", ""), "create a new one"},
		"secret wanted":        {entra(401, "invalid_client", 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.", ""), "mobile and desktop"},
		"secret of a public":   {entra(400, "invalid_request", 90023, "Public clients can't send a client secret.", ""), "LINKBATCH_CLIENT_SECRET"},
		"secret, public":       {entra(401, "invalid_client", 700025, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.", ""), "remove LINKBATCH_CLIENT_SECRET"},
		"single page":          {entra(400, "invalid_request", 9002327, "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.", ""), "mobile and desktop"},
		"redirect":             {entra(400, "invalid_request", 50011, "The redirect URI 'http://localhost' specified in the request does not match the redirect URIs configured.", ""), "registration"},
		"no redirect":          {entra(400, "invalid_request", 500113, "No reply address is registered for the application.", ""), "http://localhost"},
		"clock":                {entra(400, "invalid_grant", 500133, "Assertion is not within its valid time range.", ""), "clock"},
		"a number not known":   {entra(400, "invalid_grant", 999999, "Something.", ""), "sign in again"},
		"Google: revoked":      {`400 {"error":"invalid_grant","error_description":"Token has been expired or revoked."}`, "sign in again"},
		"Google: app":          {`401 {"error":"invalid_client","error_description":"The OAuth client was not found."}`, "LINKBATCH_CLIENT_ID"},
		"Google: app deleted":  {`401 {"error":"deleted_client","error_description":"The OAuth client was deleted."}`, "deleted"},
		"Google: secret":       {`400 {"error":"invalid_request","error_description":"client_secret is missing."}`, "LINKBATCH_CLIENT_SECRET"},
		"Google: redirect":     {`400 {"error":"redirect_uri_mismatch","error_description":"Bad Request"}`, "registration"},
		"Google: organisation": {`403 {"error":"admin_policy_enforced","error_description":"Access blocked."}`, "administrator"},
	} {
		_, err := source(t, &endpoint{answers: []string{tc.answer}}).Token(t.Context())
		e, ok := errors.AsType[*Error](err)
		if !ok || !strings.Contains(e.Next, tc.next) || strings.Contains(e.Error(), "jo.doe") || strings.ContainsAny(e.Error()+e.Next, "\r\n") {
			t.Errorf("%s: %v: %+v", name, err, e)
		}
	}
}

// TestAdviceIsToTheLoginThatItIsFor holds that advice about a stored login does not
// mention LINKBATCH_REFRESH_TOKEN, and advice about one of the environment not
// linkbatch login where that does not help.
func TestAdviceIsToTheLoginThatItIsFor(t *testing.T) {
	texts := map[string]string{"": checkAll}
	for n, text := range nextByNumber {
		texts[fmt.Sprint(n)] = text
	}
	for code, text := range nextByCode {
		texts[code] = text
	}
	style := regexp.MustCompile(`^[a-z/A-Z][^\n]+[^.\s]$`)
	for name, text := range texts {
		e := &Error{Next: text}
		e.advise("run linkbatch login --profile x")
		if strings.Contains(text, signInAgain) == strings.Contains(e.Next, signInAgain) && strings.Contains(text, signInAgain) || !style.MatchString(e.Next) {
			t.Errorf("%s: %s", name, e.Next)
		}
	}
}

func TestAClockThatIsWrongIsReported(t *testing.T) {
	served := clock()
	answer := `400 {"error":"invalid_grant","error_description":"AADSTS70000: x","error_codes":[70000]}`
	for off, want := range map[time.Duration]string{
		0: "", 4 * time.Minute: "", -4 * time.Minute: "",
		42 * time.Minute: "; this machine's clock is 42m0s fast: correct it", -24 * time.Hour: "; this machine's clock is 24h0m0s slow: correct it",
	} {
		e := &endpoint{answers: []string{answer}, header: http.Header{"Date": {served.Format(http.TimeFormat)}}}
		_, err := source(t, e, func(o *Options) { o.Now = func() time.Time { return served.Add(off) } }).Token(t.Context())
		if refused, ok := errors.AsType[*Error](err); !ok || refused.Next != nextExpired+want {
			t.Errorf("%v: %+v", off, err)
		}
	}
}
