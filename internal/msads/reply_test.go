package msads

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestPartialErrorsInEveryForm(t *testing.T) {
	e1410 := OperationError{Code: 1410, Message: "sent before"}
	e1424 := OperationError{Code: 1424, Message: "other agency", Details: "d"}
	const j1410 = `{"Code":1410,"Details":null,"Message":"sent before"}`
	const j1424 = `{"Code":1424,"Details":"d","Message":"other agency","New":{}}`
	ok := make([][]OperationError, 3)
	for body, want := range map[string][][]OperationError{
		`{}`:                     ok,
		`{"PartialErrors":null}`: ok,
		`{"PartialErrors":[]}`:   ok,
		`{"OperationErrors":[],"PartialErrors":null}`:                             ok,
		`{"TrackingId":"t","PartialErrors":null}`:                                 ok,
		`{"NewFault":{"A":1},"PartialErrors":null}`:                               ok,
		`{"OperationErrors":[null]}`:                                              ok,
		`{"PartialErrors":[null,null,null],"Unknown":5}`:                          ok,
		`{"PartialErrors":[[],[null],null]}`:                                      {nil, {{Message: "an error without code and message"}}, nil},
		`{"PartialErrors":[null,[` + j1410 + `],null]}`:                           {nil, {e1410}, nil},
		`{"PartialErrors":[null,` + j1410 + `,[]]}`:                               {nil, {e1410}, nil},
		`{"PartialErrors":[[` + j1424 + `,null,` + j1410 + `],null,[]]}`:          {{e1424, e1410}, nil, nil},
		`{"PartialErrors":[` + j1410 + `,` + j1424 + `,` + j1410 + `]}`:           {{e1410}, {e1424}, {e1410}},
		`{"PartialErrors":[null,[{"Code":"1410","Message":"sent before"}],null]}`: {nil, {e1410}, nil},
		`{"PartialErrors":[null,[{}],null]}`:                                      {nil, {{}}, nil},
		`{"PartialErrors":[null,[{"Code":14.5,"Message":5}],null]}`:               {nil, {{Message: "5"}}, nil},
	} {
		seen := 0
		c := serve(t, answers(&seen, "200 "+body))
		reply, err := add(t, c, 3)
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if reply.TrackingID != "track-header" {
			t.Errorf("TrackingID %q", reply.TrackingID)
		}
		for i := range 3 {
			if d := cmp.Diff(append([]OperationError{}, want[i]...), append([]OperationError{}, reply.PartialErrors[i]...)); d != "" {
				t.Errorf("%s: entry %d: %s", body, i, d)
			}
		}
	}
	c := serve(t, answers(new(int), `200 {"PartialErrors":`+j1410+`}`))
	if reply, err := add(t, c, 1); err != nil || len(reply.PartialErrors[0]) != 1 {
		t.Errorf("a bare object for the only link: %v, %v", reply, err)
	}
}

func TestAnUnreadableReplyIsAmbiguousAndNotRepeated(t *testing.T) {
	for _, body := range []string{
		``, ` `, `null`, `5`, `"ok"`, `[]`, `[null,null,null]`, `<html><title>Busy</title></html>`, `OK`,
		`{"PartialErrors":[null,null,nu`, `{"PartialErrors":[null]} x`, `{"PartialErrors":[null,null]}`,
		`{"PartialErrors":[null,null,null,null]}`, `{"PartialErrors":[{"Code":1410}]}`, `{"PartialErrors":{"Code":1410}}`,
		`{"PartialErrors":"none"}`, `{"PartialErrors":5}`, `{"PartialErrors":[null,"x",null]}`, `{"PartialErrors":[null,[5],null]}`,
		`{"PartialErrors":[null,[[]],null]}`, `{"OperationErrors":"x"}`, `{"OperationErrors":5,"PartialErrors":[null,null,null]}`,
		`{"Message":"An error has occurred."}`, `{"partialErrors":[null,null,null]}`, `{"ClientLinks":[]}`,
		`{"TrackingId":"t"}`, `{"TrackingId":"t","Type":"ApplicationFault"}`, `{"Type":"ApiFault","OperationErrors":[]}`,
		`{"ApplicationFault":{"TrackingId":"t"}}`, `{"ApiFault":{}}`,
	} {
		seen := 0
		c := serve(t, answers(&seen, "200 "+body))
		_, err := add(t, c, 3)
		if err == nil || err.NothingApplied() || seen != 1 {
			t.Errorf("%q: %v, sent %d times", body, err, seen)
			continue
		}
		if err.HTTPStatus != 200 || err.Class() != ClassTransient {
			t.Errorf("%q: %v is of class %d", body, err, err.Class())
		}
		if strings.HasPrefix(body, "{") && err.Body != "" {
			t.Errorf("%q: JSON is shown: %q", body, err.Body)
		}
	}
}

func FuzzReply(f *testing.F) {
	for _, s := range []string{`{}`, `{"PartialErrors":[null,[{"Code":1}]]}`, `{"PartialErrors":{"Code":5}}`, `{"OperationErrors":[{"Code":105}]}`,
		`{"ApiFault":{"OperationErrors":{"Code":"x"}}}`, `[`, `{"Type":"ApiFault","PartialErrors":[[[]]]}`, "\ufeff{}"} {
		f.Add([]byte(s), 2, 200)
	}
	f.Fuzz(func(t *testing.T, body []byte, n, status int) {
		n = 1 + max(n, -n-1)%MaxLinksPerCall
		var reply *Reply
		a := &answer{status: status, body: body}
		failure := a.read(func(o object) (err error) {
			reply, err = decodeReply(o, n)
			return err
		})
		if failure == nil {
			if status != 200 || len(reply.PartialErrors) != n {
				t.Fatalf("status %d: %d entries for %d links", status, len(reply.PartialErrors), n)
			}
			return
		}
		if failure.NothingApplied() && (status >= 500 || len(failure.Errors) == 0 && status != 401 && status != 429) {
			t.Errorf("status %d, %v: nothing applied", status, failure)
		}
	})
}

// TestDefaultsOfDotNetAreAbsent: where the service has no value, a serialiser
// of .NET may write the default of the type instead of null.
func TestDefaultsOfDotNetAreAbsent(t *testing.T) {
	c := serve(t, answers(new(int), `200 {"User":{"Id":"9","CustomerId":"0","LastModifiedTime":"0001-01-01T00:00:00"},"CustomerRoles":[
		{"RoleId":0,"CustomerId":"0","AccountIds":null},{"RoleId":41,"CustomerId":0},{"RoleId":41,"CustomerId":null},{"RoleId":41,"CustomerId":"5"}]}`))
	user, err := c.GetUser(t.Context())
	if d := cmp.Diff(&User{ID: 9, Roles: []CustomerRole{{5, 41}}}, user); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
	c = serve(t, answers(new(int), `200 {"ClientLinks":[{"Type":"CustomerLink","ClientEntityId":"0","ManagingCustomerId":0,"IsBillToClient":false,
		"StartDate":"0001-01-01T00:00:00+01:00","LastModifiedDateTime":"0001-01-01T00:00:00","LastModifiedByUserId":"0","Status":"Active","Name":""}]}`))
	links, err := c.SearchClientLinks(t.Context(), Search{})
	if err != nil || len(links) != 1 {
		t.Fatal(links, err)
	}
	want := ClientLink{Type: CustomerLink, Status: Active, IsBillToClient: new(false)}
	if d := cmp.Diff(want, links[0], cmpopts.IgnoreUnexported(ClientLink{})); d != "" {
		t.Error(d)
	}
}
