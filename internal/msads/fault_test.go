package msads

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestNothingAppliedIsSaidOnlyWhenItIsCertain is the table about money: a write
// of which nothing was applied may be sent again.
func TestNothingAppliedIsSaidOnlyWhenItIsCertain(t *testing.T) {
	ad := func(codes ...int) string { return faultBody("AdApiFaultDetail", "Errors", codes...) }
	api := func(codes ...int) string { return faultBody("ApiFault", "OperationErrors", codes...) }
	for _, tc := range []struct {
		status int
		body   string
		want   bool
		class  Class
	}{
		// A 200 whose OperationErrors is not empty was refused whole, unless the service itself broke down.
		{200, `{"OperationErrors":[{"Code":1410}],"PartialErrors":null}`, true, ClassPermanent},
		{200, `{"OperationErrors":[{"Code":99999}]}`, true, ClassPermanent},
		{200, `{"OperationErrors":{"Code":106}}`, true, ClassPermission},
		{200, `{"OperationErrors":[{"Code":1410},{"Code":0}]}`, false, ClassPermanent},
		{200, `{"OperationErrors":[{"Code":202}]}`, false, ClassTransient},
		{200, `{"OperationErrors":[{"Code":833}]}`, false, ClassTransient},
		{200, `{"OperationErrors":[{"Code":2208}]}`, false, ClassTransient},
		{200, `{"OperationErrors":[{"Message":"no code"}]}`, false, ClassTransient},

		// Faults whose codes are all of those refused before processing.
		{400, ad(100), true, ClassFatal},
		{400, ad(106), true, ClassPermission},
		{400, ad(110), true, ClassPermanent},
		{400, ad(204), true, ClassFatal},
		{400, ad(205, 303), true, ClassFatal},
		{400, api(3024), true, ClassPermanent},
		{400, ad(3087), true, ClassFatal},
		{403, ad(3101), true, ClassSignIn},
		{200, ad(120), true, ClassSignIn},
		{400, `{"ApplicationFault":` + ad(126) + `}`, true, ClassSignIn},
		{400, `{"AdApiFaultDetail":{"TrackingId":"t","Errors":[{"Code":116}]}}`, true, ClassFatal},
		{400, ad(106, 1001), false, ClassPermission},
		{400, ad(106, 202), false, ClassPermission},
		{400, ad(99), false, ClassPermanent},
		{400, ad(127), false, ClassPermanent},
		{400, ad(0), false, ClassTransient},
		{400, ad(), false, ClassPermanent},
		{400, ad(1410), false, ClassPermanent}, // known, but not an ApiFault

		// An ApiFault with codes that are all known and none of them transient.
		{400, api(1410), true, ClassPermanent},
		{200, api(209, 1472), true, ClassLater},
		{200, `{"ApiFault":` + api(3083) + `}`, true, ClassPermanent},
		{400, api(1410, 99999), false, ClassPermanent},
		{400, api(1410, 833), false, ClassPermanent},
		{200, api(99999), false, ClassPermanent},
		{400, faultBody("ApiBatchFault", "BatchErrors", 1410), false, ClassPermanent},
		{400, `{"Type":"ApiBatchFault","BatchErrors":[{"Code":1410,"Index":1}],"OperationErrors":[{"Code":1410}]}`, false, ClassPermanent},
		{400, `{"TrackingId":"t"}`, false, ClassPermanent},

		// 401 and 429 say it by themselves; they are repeated, and this is what stays.
		{401, ``, true, ClassTokenExpired},
		{401, ad(109), true, ClassTokenExpired},
		{401, ad(105), true, ClassSignIn},
		{401, ad(99999), true, ClassPermanent},
		{401, ad(202), false, ClassTokenExpired},
		{429, `<html>slow down</html>`, true, ClassThrottled},
		{429, ad(0), false, ClassThrottled},
		{400, ad(117), true, ClassThrottled},
		{200, api(117), true, ClassThrottled},

		// Everything else is ambiguous, above all any 5xx.
		{500, ad(117), false, ClassThrottled},
		{500, ad(109), false, ClassTokenExpired},
		{500, ad(105), false, ClassSignIn},
		{500, api(1410), false, ClassPermanent},
		{503, ad(99999), false, ClassTransient},
		{500, ``, false, ClassTransient},
		{502, `<html>Bad gateway</html>`, false, ClassTransient},
		{503, `{"PartialErrors":[null]}`, false, ClassTransient},
		{501, ``, false, ClassFatal},
		{404, `Not found`, false, ClassFatal},
		{404, `{"Message":"No HTTP resource was found"}`, false, ClassFatal},
		{405, ``, false, ClassFatal},
		{403, `Forbidden`, false, ClassFatal},
		{302, ``, false, ClassFatal},
		{307, api(1410), false, ClassPermanent},
		{400, `Bad request`, false, ClassPermanent},
		{408, ``, false, ClassTransient},
		{201, `{"PartialErrors":null}`, false, ClassTransient},
		{204, ``, false, ClassTransient},
		{202, `{}`, false, ClassTransient},
	} {
		seen := 0
		c := serve(t, answers(&seen, fmt.Sprint(tc.status, " ", tc.body)))
		_, err := add(t, c, 1)
		if err == nil {
			t.Errorf("%d %s: no error", tc.status, tc.body)
			continue
		}
		if err.NothingApplied() != tc.want || err.Class() != tc.class {
			t.Errorf("%d %s: nothing applied %v, class %d; want %v, %d", tc.status, tc.body, err.NothingApplied(), err.Class(), tc.want, tc.class)
		}
		if !tc.want && seen != 1 {
			t.Errorf("%d %s: an ambiguous write was sent %d times", tc.status, tc.body, seen)
		}
		if err.HTTPStatus != tc.status || err.TrackingID == "" || err.Operation != "AddClientLinks" {
			t.Errorf("%d %s: %+v", tc.status, tc.body, err)
		}
	}
}

// faultBody is a fault of one type with codes.
func faultBody(typ, list string, codes ...int) string {
	var errs []string
	for _, c := range codes {
		errs = append(errs, fmt.Sprintf(`{"Code":%d,"Message":"m%d"}`, c, c))
	}
	return fmt.Sprintf(`{"Type":%q,"TrackingId":"track-body",%q:[%s]}`, typ, list, strings.Join(errs, ","))
}

func TestEveryErrorOfAFaultIsKept(t *testing.T) {
	c := serve(t, answers(new(int), `400 {"Type":"ApiBatchFault","TrackingId":"track-body",
		"Errors":[{"Code":1,"Detail":"one","ErrorCode":"Odd","Message":"first"},null],
		"BatchErrors":{"Code":2,"Details":"two","Index":0,"Message":"second"},
		"OperationErrors":[{"Code":3,"Details":null,"Message":"third"}]}`))
	_, err := add(t, c, 1)
	want := []OperationError{{1, "Odd", "first", "one"}, {2, "", "second", "two"}, {3, "", "third", ""}}
	if err == nil || !slices.Equal(err.Errors, want) {
		t.Fatalf("%+v", err)
	}
	if got, want := err.Error(), "AddClientLinks: HTTP 400: 1 Odd: first (one); 2: second (two); 3: third; TrackingId track-body"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestErrorsOfACallInWords(t *testing.T) {
	for _, tc := range []struct{ answer, want string }{
		{"404 <h1>Not\r\n\x1b[31mfound</h1>", `AddClientLinks: HTTP 404: no such service at this address: check --endpoint: "<h1>Not [31mfound</h1>"; TrackingId track-header`},
		{"302 ", "AddClientLinks: HTTP 302: redirected, and redirects are not followed: check --endpoint; TrackingId track-header"},
		{"403 Forbidden", `AddClientLinks: HTTP 403: access to this address is forbidden: check --endpoint, and any proxy in between: "Forbidden"; TrackingId track-header`},
		{"500 ", "AddClientLinks: HTTP 500: no reason given; TrackingId track-header"},
		{`400 {"Message":"Model state is bad"}`, `AddClientLinks: HTTP 400: the answer is not a fault of the service: "Model state is bad"; TrackingId track-header`},
		{"200 " + strings.Repeat("é", 300), `AddClientLinks: the answer cannot be read: not JSON: invalid character 'Ã' looking for beginning of value: "` + strings.Repeat("é", 200) + `…"; TrackingId track-header`},
	} {
		_, err := add(t, serve(t, answers(new(int), tc.answer)), 1)
		if err == nil || err.Error() != tc.want {
			t.Errorf("%s:\n got %v\nwant %s", tc.answer, err, tc.want)
		}
	}
}

func TestSecretsAndPersonalDataAreNotShown(t *testing.T) {
	hidden := []string{"DEVTOKEN", "token-1", "token-2", "jane.roe", "eyJhbGciOiJub25l", "abcdef123"}
	leaks := "DEVTOKEN token-1 token-2 jane.roe@example.com jane.roe%40example.com eyJhbGciOiJub25lIn0.e30.x Bearer abcdef123"
	for _, answer := range []string{
		"400 " + leaks, "200 " + leaks, "503 <p>" + leaks,
		`400 {"Type":"AdApiFaultDetail","TrackingId":"` + leaks + `","Errors":[{"Code":99,"Message":"` + leaks + `","Detail":"` + leaks + `","ErrorCode":"` + leaks + `"}]}`,
		`200 {"PartialErrors":"` + leaks + `"}`, `404 {"Message":"` + leaks + `"}`,
	} {
		_, err := add(t, serve(t, answers(new(int), answer)), 1)
		text := fmt.Sprintf("%v %+v %#v", err, *err, err.Errors)
		for _, h := range hidden {
			if strings.Contains(text, h) && h != "token-2" { // token-2 was never in use
				t.Errorf("%s: %q is in %s", answer, h, text)
			}
		}
	}
	reply, err := add(t, serve(t, answers(new(int), `200 {"PartialErrors":[[{"Code":1410,"Message":"jane.roe@example.com was asked"}]]}`)), 1)
	if err != nil || reply.PartialErrors[0][0].Message != "[e-mail] was asked" {
		t.Errorf("%v, %v", reply, err)
	}
	c := serve(t, answers(new(int), `200 {"ClientLinks":[{"ClientEntityId":"jane.roe@example.com"}]}`))
	if _, err := c.SearchClientLinks(t.Context(), Search{}); err == nil || strings.Contains(err.Error(), "jane") {
		t.Errorf("%v", err)
	}
	c = serve(t, answers(new(int), `200 {"User":{"Id":"1","Password":"hush","Name":{"FirstName":"Jane"}`))
	if _, err := c.GetUser(t.Context()); err == nil || strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "Jane") {
		t.Errorf("%v", err)
	}
}

func TestEveryCodeIsWholeAndUnambiguous(t *testing.T) {
	seen := map[int]bool{}
	for i, c := range Codes() {
		if c.Class == ClassNone || c.Meaning == "" || c.Next == "" {
			t.Errorf("%+v", c)
		}
		err := OperationError{Code: c.Number}
		if i >= len(codes) {
			err = OperationError{Code: cmp.Or(c.Number, 7777), Message: "x (" + c.Symbol + ")"}
		} else if seen[c.Number] {
			t.Errorf("%d is listed twice", c.Number)
		}
		seen[c.Number] = true
		if Classify(err) != c.Class || Advice(err) != c.Next {
			t.Errorf("%v: class %d, %q; want %d, %q", err, Classify(err), Advice(err), c.Class, c.Next)
		}
	}
	if Classify(OperationError{Code: 202, Message: "LinkPairMismatch"}) != ClassTransient {
		t.Error("a name in the text hides that 202 is ambiguous")
	}
	if Classify(OperationError{Code: 424242}) != ClassPermanent || Advice(OperationError{Code: 424242}) == "" {
		t.Error("unknown code")
	}
	Codes()[0].Next = "spoilt"
	if codes[0].Next == "spoilt" {
		t.Error("the table can be changed from outside")
	}
}

// TestReasonsChangeTheAdvice: the service gives one number for several reasons,
// in whichever text; a reason of another number, or beside a code that may have
// been applied, changes nothing.
func TestReasonsChangeTheAdvice(t *testing.T) {
	plain := Advice(OperationError{Code: 105})
	for err, want := range map[OperationError]string{
		{Code: 105, Details: "AccountInactive"}:                                    "reactivate the account",
		{Code: 105, Message: "Authentication failed. Reason: InvalidAccessToken."}: "LINKBATCH_DEVELOPER_TOKEN, which must belong to --env",
		{Code: 105, ErrorCode: "UserNotFound"}:                                     "a user of Microsoft Advertising",
		{Code: 126, Details: "GoogleAccountIsRequired"}:                            "Google account",
		{Code: 126, Details: "WorkAccountIsRequired"}:                              "work account",
		{Code: 126, Details: "PersonalAccountIsRequired"}:                          "personal Microsoft account",
		{Code: 126}: "the kind of account",
		{Code: 105, Details: "WorkAccountIsRequired"}:                        plain,
		{Code: 0, Details: "AccountInactive"}:                                nextAgain,
		{Code: 201, Details: "LinkPairMismatch: ClientEntityCustomerNumber"}: "moved to another manager account",
		{Code: 1424}:   "gets an e-mail about each invitation",
		{Code: 424242}: notLinkable,
		{Code: 2192}:   notLinkable,
	} {
		if got := Advice(err); !strings.Contains(got, want) {
			t.Errorf("%v: %q, want %q in it", err, got, want)
		}
		if err.Code == 105 && Classify(err) != ClassSignIn {
			t.Errorf("%v: class %d", err, Classify(err))
		}
	}
}

func TestAForeignCallErrorIsReadByItsFields(t *testing.T) {
	for err, want := range map[*CallError]bool{
		{}: false,
		{HTTPStatus: 400, Errors: []OperationError{{Code: 106}}}: true,
		{HTTPStatus: 500, Errors: []OperationError{{Code: 106}}}: false,
		{Err: errors.New("x")}: false,
	} {
		if err.NothingApplied() != want {
			t.Errorf("%v: %v", err, !want)
		}
	}
}

func FuzzFault(f *testing.F) {
	for _, s := range []string{faultBody("ApiFault", "OperationErrors", 1410), faultBody("AdApiFaultDetail", "Errors", 109),
		`{"ApplicationFault":{"TrackingId":"t"}}`, `{"Errors":[[]]}`, `{"Type":5,"TrackingId":[]}`, "<html>\x00", `{"Message":"a@b"}`} {
		f.Add([]byte(s), 400)
		f.Add([]byte(s), 200)
	}
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		a := &answer{status: status, body: body}
		e := a.read(func(o object) error { _, err := decodeReply(o, 1); return err })
		if e == nil {
			return
		}
		e.Operation = "AddClientLinks"
		(&Client{developerToken: "D", tokens: &tokens{list: []string{"T"}}}).scrub(e)
		if text := e.Error(); strings.ContainsAny(text, "\n\r\x00\x1b\u2028") {
			t.Errorf("%q", text)
		}
		if e.NothingApplied() && (status >= 500 || slices.ContainsFunc(e.Errors, failedInside)) {
			t.Errorf("%d %s: nothing applied", status, body)
		}
		if e.Class() == ClassNone || e.Advice() == "" {
			t.Errorf("%d %s: class %d, advice %q", status, body, e.Class(), e.Advice())
		}
	})
}

// TestWorstOfSeveralErrors holds that the error of the highest class decides
// what to do, the first of several, and that no error asks for nothing.
func TestWorstOfSeveralErrors(t *testing.T) {
	stale, prepaid, linked, role := OperationError{Code: 209}, OperationError{Code: 1471}, OperationError{Code: 1424}, OperationError{Code: 106}
	for _, tt := range []struct {
		errs  []OperationError
		class Class
		next  string
	}{
		{nil, ClassNone, ""},
		{[]OperationError{stale}, ClassStale, Advice(stale)},
		{[]OperationError{stale, prepaid, linked}, ClassPermanent, Advice(prepaid)},
		{[]OperationError{prepaid, role, stale}, ClassPermission, Advice(role)},
	} {
		if class, next := WorstClass(tt.errs), WorstAdvice(tt.errs); class != tt.class || next != tt.next {
			t.Errorf("%v: class %d, %q; want %d, %q", tt.errs, class, next, tt.class, tt.next)
		}
	}
}
