package simulator_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The strictest official clients reject an unknown member, a missing member, a
// null for a value type, an id that is not a string and a Status outside the
// enumeration. These decoders do the same.

// form is what an object must look like: member name to kind.
type form map[string]kind

type kind string

const (
	text       kind = "string"
	nullText   kind = "string or null"
	idText     kind = "digits in a string"
	nullID     kind = "digits in a string or null"
	integer    kind = "integer"
	nullNumber kind = "number or null"
	boolean    kind = "boolean"
	nullBool   kind = "boolean or null"
	list       kind = "list"
	nullList   kind = "list or null"
	objectOf   kind = "object"
	nullable   kind = "object or null"
	base64Of   kind = "base64"
	utcDate    kind = "date with Z"
	bareDate   kind = "date without zone"
	status     kind = "status name"
	optional   kind = "string, may be absent, never null or empty"
)

var kinds = map[kind]*regexp.Regexp{
	text:       regexp.MustCompile(`^"`),
	nullText:   regexp.MustCompile(`^("|null$)`),
	idText:     regexp.MustCompile(`^"\d+"$`),
	nullID:     regexp.MustCompile(`^("\d+"|null)$`),
	integer:    regexp.MustCompile(`^-?\d+$`),
	nullNumber: regexp.MustCompile(`^(-?[\d.]+|null)$`),
	boolean:    regexp.MustCompile(`^(true|false)$`),
	nullBool:   regexp.MustCompile(`^(true|false|null)$`),
	list:       regexp.MustCompile(`^\[`),
	nullList:   regexp.MustCompile(`^(\[|null$)`),
	objectOf:   regexp.MustCompile(`^\{`),
	nullable:   regexp.MustCompile(`^(\{|null$)`),
	base64Of:   regexp.MustCompile(`^"`),
	utcDate:    regexp.MustCompile(`^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z"$`),
	bareDate:   regexp.MustCompile(`^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?"$`),
	status:     regexp.MustCompile(`^"(Link(Pending|Accepted|Declined|Canceled|Expired|InProgress|Failed)|Active|Inactive|Unlink(Requested|Pending|InProgress|Failed|Canceled))"$`),
	optional:   regexp.MustCompile(`^"[^"]`),
}

var linkForm = form{
	"Type": text, "ClientEntityId": idText, "ClientEntityNumber": nullText, "ClientEntityName": nullText,
	"ManagingCustomerId": idText, "ManagingCustomerNumber": nullText, "ManagingCustomerName": nullText,
	"Note": nullText, "Name": nullText, "InviterEmail": nullText, "InviterName": nullText, "InviterPhone": nullText,
	"IsBillToClient": nullBool, "StartDate": utcDate, "Status": status, "SuppressNotification": boolean,
	"LastModifiedDateTime": bareDate, "LastModifiedByUserId": idText, "Timestamp": base64Of,
	"ForwardCompatibilityMap": nullList, "CustomerLinkPermission": nullText, "ClientEntityCustomerNumber": optional,
}

var (
	errorForm   = form{"Code": integer, "Details": nullText, "Message": nullText}
	adErrorForm = form{"Code": integer, "Detail": nullText, "ErrorCode": nullText, "Message": nullText}
	pairForm    = form{"Key": text, "Value": text}
	roleForm    = form{"RoleId": integer, "CustomerId": idText, "AccountIds": nullList, "LinkedAccountIds": nullList, "CustomerLinkPermission": nullText}
	userForm    = form{
		"ContactInfo": nullable, "CustomerId": idText, "Id": idText, "JobTitle": nullText, "LastModifiedByUserId": idText,
		"LastModifiedTime": bareDate, "Lcid": text, "Name": nullable, "Password": nullText, "SecretAnswer": nullText,
		"SecretQuestion": text, "UserLifeCycleStatus": text, "TimeStamp": base64Of, "UserName": text,
		"ForwardCompatibilityMap": nullList, "AuthenticationToken": nullText,
	}
	contactForm = form{
		"Address": nullable, "ContactByPhone": nullBool, "ContactByPostalMail": nullBool, "Email": nullText, "EmailFormat": text,
		"Fax": nullText, "HomePhone": nullText, "Id": idText, "Mobile": nullText, "Phone1": nullText, "Phone2": nullText,
	}
	accountForm = form{
		"BillToCustomerId": nullID, "CurrencyCode": nullText, "AccountFinancialStatus": nullText, "Id": idText, "Language": nullText,
		"LastModifiedByUserId": nullID, "LastModifiedTime": bareDate, "Name": text, "Number": nullText, "ParentCustomerId": idText,
		"PaymentMethodId": nullID, "PaymentMethodType": nullText, "PrimaryUserId": nullID, "AccountLifeCycleStatus": text,
		"TimeStamp": base64Of, "TimeZone": nullText, "PauseReason": nullNumber, "ForwardCompatibilityMap": nullList, "LinkedAgencies": nullList,
		"SalesHouseCustomerId": nullID, "TaxInformation": nullList, "BackUpPaymentInstrumentId": nullID, "BillingThresholdAmount": nullNumber,
		"BusinessAddress": nullable, "AutoTagType": nullText, "SoldToPaymentInstrumentId": nullID, "AccountMode": optional,
	}
	nameForm = form{"FirstName": nullText, "LastName": nullText, "MiddleInitial": nullText}
)

// strictly decodes an object and checks it against a form.
func strictly(t *testing.T, where string, raw json.RawMessage, f form) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatalf("%s: %s: %v", where, raw, err)
	}
	for name, k := range f {
		value, ok := m[name]
		switch {
		case !ok && k != optional:
			t.Errorf("%s: %s is missing", where, name)
		case ok && !kinds[k].Match(value):
			t.Errorf("%s: %s: %s, want %s", where, name, value, k)
		case ok && k == base64Of:
			if _, err := base64.StdEncoding.DecodeString(strings.Trim(string(value), `"`)); err != nil {
				t.Errorf("%s: %s: %v", where, name, err)
			}
		}
	}
	for name := range m {
		if _, ok := f[name]; !ok {
			t.Errorf("%s: unknown member %s", where, name)
		}
	}
	return m
}

func elements(t *testing.T, raw json.RawMessage) []json.RawMessage {
	t.Helper()
	var l []json.RawMessage
	if err := json.Unmarshal(raw, &l); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return l
}

func strictLinks(t *testing.T, body []byte) {
	t.Helper()
	m := strictly(t, "search", body, form{"ClientLinks": list})
	for _, raw := range elements(t, m["ClientLinks"]) {
		link := strictly(t, "link", raw, linkForm)
		for _, pair := range elements(t, link["ForwardCompatibilityMap"]) {
			strictly(t, "pair", pair, pairForm)
		}
	}
}

// strictWrite checks the answer to an add or update of n links.
func strictWrite(t *testing.T, body []byte, n int) {
	t.Helper()
	m := strictly(t, "write", body, form{"OperationErrors": nullList, "PartialErrors": nullList})
	all := elements(t, m["PartialErrors"])
	if len(all) != 0 && len(all) != n {
		t.Errorf("write: %d entries in PartialErrors, want %d", len(all), n)
	}
	for _, inner := range all {
		for _, e := range elements(t, inner) {
			strictly(t, "partial error", e, errorForm)
		}
	}
}

func strictFault(t *testing.T, body []byte, kind string) {
	t.Helper()
	if kind == "AdApiFaultDetail" {
		m := strictly(t, kind, body, form{"Type": text, "TrackingId": text, "Errors": list})
		for _, e := range elements(t, m["Errors"]) {
			strictly(t, kind, e, adErrorForm)
		}
	} else {
		m := strictly(t, kind, body, form{"Type": text, "TrackingId": text, "OperationErrors": list})
		for _, e := range elements(t, m["OperationErrors"]) {
			strictly(t, kind, e, errorForm)
		}
	}
	if !bytes.Contains(body, []byte(`"Type":"`+kind+`"`)) {
		t.Errorf("the fault is not of Type %s: %s", kind, body)
	}
}

func strictAccounts(t *testing.T, body []byte) {
	t.Helper()
	m := strictly(t, "SearchAccounts", body, form{"Accounts": list})
	for _, raw := range elements(t, m["Accounts"]) {
		account := strictly(t, "account", raw, accountForm)
		for _, agency := range elements(t, account["LinkedAgencies"]) {
			strictly(t, "agency", agency, form{"Id": idText, "Name": text})
		}
	}
}

func strictUser(t *testing.T, body []byte) {
	t.Helper()
	m := strictly(t, "GetUser", body, form{"User": objectOf, "CustomerRoles": list})
	user := strictly(t, "User", m["User"], userForm)
	if string(user["ContactInfo"]) != "null" {
		strictly(t, "ContactInfo", user["ContactInfo"], contactForm)
	}
	if string(user["Name"]) != "null" {
		strictly(t, "Name", user["Name"], nameForm)
	}
	for _, r := range elements(t, m["CustomerRoles"]) {
		role := strictly(t, "role", r, roleForm)
		for _, ids := range []string{"AccountIds", "LinkedAccountIds"} {
			if slices.ContainsFunc(elements(t, role[ids]), func(id json.RawMessage) bool { return !kinds[idText].Match(id) }) {
				t.Errorf("role: %s: %s", ids, role[ids])
			}
		}
	}
}
