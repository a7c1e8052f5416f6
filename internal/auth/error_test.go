package auth

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestRefusals(t *testing.T) {
	for name, tc := range map[string]struct {
		answer  string
		code    string
		numbers []int
		next    string // a part of it
		asked   int
	}{
		"expired": {`400 {"error":"invalid_grant","error_description":"AADSTS70000: refresh-0 of jo.doe@example.com is expired.\r\nTrace ID: x","error_codes":[70000]}`,
			"invalid_grant", []int{70000}, "sign in again", 2},
		"relative":     {`400 {"error":"invalid_grant","error_description":"AADSTS700082: inactive"}`, "invalid_grant", []int{700082}, "sign in again", 2},
		"environment":  {`400 {"error":"invalid_grant","error_description":"AADSTS7000012: x","error_codes":[7000012]}`, "invalid_grant", []int{7000012}, "--env", 2},
		"redirect":     {`400 {"error":"invalid_request","error_codes":[50011]}`, "invalid_request", []int{50011}, "redirect", 1},
		"organisation": {`400 {"error":"invalid_resource","error_description":"AADSTS650052: x"}`, "invalid_resource", []int{650052}, "administrator", 1},
		"app":          {`400 {"error":"unauthorized_client","error_codes":[700016]}`, "unauthorized_client", []int{700016}, "LINKBATCH_CLIENT_ID", 1},
		"public":       {`400 {"error":"invalid_request","error_description":"Public clients must not send a client secret"}`, "invalid_request", nil, "public client", 1},
		"secret":       {`401 {"error":"invalid_client","error_description":"bad: s3cret value"}`, "invalid_client", nil, "LINKBATCH_CLIENT_SECRET", 1},
		"unknown":      {`400 {"error":"odd_thing"}`, "odd_thing", nil, "--token-url", 1},
		"200 error":    {`200 {"error":"invalid_client"}`, "invalid_client", nil, "LINKBATCH_CLIENT_SECRET", 1},
		"HTML":         {`404 <html>refresh-0</html>`, "", nil, "--token-url", 1},
		"not JSON":     {`200 <html>refresh-0</html>`, "", nil, "--token-url", 1},
		"no token":     {`200 {}`, "", nil, "--token-url", 1},
	} {
		e := &endpoint{answers: []string{tc.answer}}
		s := source(t, e)
		for range 2 { // a refusal stays, and is not asked for again
			_, err := s.Token(t.Context())
			refused, ok := errors.AsType[*Error](err)
			if !ok || refused.Code != tc.code || !slices.Equal(refused.ErrorCodes, tc.numbers) || !strings.Contains(refused.Next, tc.next) {
				t.Errorf("%s: %T %+v", name, err, err)
			}
			for _, form := range []string{"%v", "%+v", "%#v"} {
				text := fmt.Sprintf(form, refused)
				if strings.ContainsAny(text, "\r\n") || strings.Contains(text, "refresh-0") || strings.Contains(text, "s3cret") || strings.Contains(text, "jo.doe") {
					t.Errorf("%s: shown as %s", name, text)
				}
			}
		}
		if e.count() != tc.asked {
			t.Errorf("%s: asked %d times, want %d", name, e.count(), tc.asked)
		}
	}
}

func TestAnIntermittentRefusalIsAskedOnceMore(t *testing.T) {
	e := &endpoint{answers: []string{`400 {"error":"invalid_grant","error_codes":[70000]}`, ok(1)}}
	want(t, source(t, e), "access-1")
	if e.forms[0].Get("refresh_token") != "refresh-0" || e.forms[1].Get("refresh_token") != "refresh-0" {
		t.Errorf("%v", e.forms)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 307, 308} {
		trap := &endpoint{answers: []string{ok(1)}}
		trapped := source(t, trap)
		e := &endpoint{answers: []string{fmt.Sprint(status, " ")}, header: http.Header{"Location": {trapped.o.TokenURL}}}
		_, err := source(t, e).Token(t.Context())
		if refused, ok := errors.AsType[*Error](err); !ok || refused.Code != "" || trap.count() != 0 {
			t.Errorf("%d: %v, the other address was asked %d times", status, err, trap.count())
		}
	}
}

// TestALongDescriptionIsCut holds for the text of a hostile service that it
// fills no screen.
func TestALongDescriptionIsCut(t *testing.T) {
	e := &endpoint{answers: []string{`400 {"error":"invalid_grant","error_description":"` + strings.Repeat("é", 5000) + `"}`}}
	_, err := source(t, e).Token(t.Context())
	if refused, ok := errors.AsType[*Error](err); !ok || refused.Description != strings.Repeat("é", longestText)+"…" {
		t.Errorf("%.2000v", err)
	}
}
