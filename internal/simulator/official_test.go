package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// official sends what the official Python client (13.0.28.1) was recorded to
// send, down to the headers that the service ignores, and reads the answers as
// strictly as the strictest official client.
type official struct {
	caller
	t                 *testing.T
	account, customer string // headers; "None" until the samples' start-up has found them
}

func (o *official) call(method, path, body string) answer {
	o.t.Helper()
	a := o.send(method, base+path, body, func(h http.Header) {
		h.Set("User-Agent", "BingAdsSDKPython.RestApi 13.0.28.1 (3, 11, 7)")
		h.Set("CustomerAccountId", o.account)
		h.Set("CustomerId", o.customer)
	})
	if a.status != http.StatusOK {
		o.t.Fatalf("%s %s %s: %d %s", method, path, body, a.status, a.body)
	}
	return a
}

// startUp is what every official sample does first: it asks who the user is
// and goes on with the first account of that user.
func (o *official) startUp() {
	o.t.Helper()
	who := o.call("POST", "/User/Query", `{"UserId": null}`)
	strictUser(o.t, who.body)
	var v struct{ User struct{ Id string } }
	who.decode(o.t, &v)
	found := o.call("POST", "/Accounts/Search", `{"Predicates": [{"Field": "UserId", "Operator": "Equals", "Value": "`+v.User.Id+`"}], "PageInfo": {"Index": 0, "Size": 100}}`)
	strictAccounts(o.t, found.body)
	var list struct {
		Accounts []struct{ Id, ParentCustomerId string }
	}
	found.decode(o.t, &list)
	if len(list.Accounts) == 0 {
		o.t.Fatalf("no account: %s", found.body)
	}
	o.account, o.customer = list.Accounts[0].Id, list.Accounts[0].ParentCustomerId
}

// find searches for one account, as the samples of both sides do.
func (o *official) find(account string) json.RawMessage {
	o.t.Helper()
	a := o.call("POST", "/ClientLinks/Search", `{"Predicates": [{"Field": "ClientAccountId", "Operator": "In", "Value": "`+account+`"}], "Ordering": [{"Field": "Number", "Order": "Ascending"}], "PageInfo": {"Index": 0, "Size": 100}}`)
	strictLinks(o.t, a.body)
	var v struct{ ClientLinks []json.RawMessage }
	a.decode(o.t, &v)
	if len(v.ClientLinks) != 1 {
		o.t.Fatalf("account %s: %s", account, a.body)
	}
	return v.ClientLinks[0]
}

// write sends one add or update and returns the codes in PartialErrors, read as
// the samples read it: a list, element by element, each null or a list.
func (o *official) write(method, link string) []int {
	o.t.Helper()
	a := o.call(method, "/ClientLinks", `{"ClientLinks": [`+link+`]}`)
	strictWrite(o.t, a.body, 1)
	var v struct{ PartialErrors []json.RawMessage }
	a.decode(o.t, &v)
	if len(v.PartialErrors) != 1 {
		o.t.Fatalf("PartialErrors cannot be walked: %s", a.body)
	}
	var codes []int
	for _, e := range elements(o.t, v.PartialErrors[0]) {
		var v struct{ Code int }
		if err := json.Unmarshal(e, &v); err != nil {
			o.t.Fatal(err)
		}
		codes = append(codes, v.Code)
	}
	return codes
}

// set changes the status of an account's link: the searched object with every
// member, dates with six digits of a second, null last.
func (o *official) set(account, status string, want ...int) {
	o.t.Helper()
	raw := o.find(account)
	m := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &m); err != nil {
		o.t.Fatal(err)
	}
	for _, name := range []string{"StartDate", "LastModifiedDateTime"} {
		date(o.t, m, name, "2006-01-02T15:04:05.000000")
	}
	m["Status"] = json.RawMessage(`"` + status + `"`)
	m["ClientEntityCustomerNumber"] = json.RawMessage("null")
	names := []string{
		"Type", "ClientEntityId", "ClientEntityNumber", "ClientEntityName", "ManagingCustomerId", "ManagingCustomerNumber", "ManagingCustomerName",
		"Name", "InviterEmail", "InviterName", "InviterPhone", "IsBillToClient", "StartDate", "Status", "SuppressNotification",
		"LastModifiedDateTime", "LastModifiedByUserId", "Timestamp", "Note", "ForwardCompatibilityMap", "CustomerLinkPermission", "ClientEntityCustomerNumber",
	}
	var members []string
	for _, name := range names {
		members = append(members, fmt.Sprintf("%q: %s", name, m[name]))
	}
	if got := o.write("PUT", "{"+strings.Join(members, ", ")+"}"); !slices.Equal(got, want) {
		o.t.Errorf("%s to %s: codes %v, want %v", account, status, got, want)
	}
}

// wantStatus checks what a side sees of an account's link.
func (o *official) wantStatus(account string, want msads.Status) {
	o.t.Helper()
	if got := member(o.t, o.find(account), "Status"); got != string(want) {
		o.t.Errorf("account %s: %s, want %s", account, got, want)
	}
}

// TestTheOfficialClientsLifeCycle: invited, accepted and unlinked, declined,
// invited again and canceled, by the official client on both sides.
func TestTheOfficialClientsLifeCycle(t *testing.T) {
	w := simtest.World(2)
	w.Accounts = append(w.Accounts, simulator.Account{ID: 1000900, Number: "X0000900", Name: "Harbour House", CustomerID: simtest.AgencyID})
	s, agencyCaller, clientCaller := serve(t, w, simulator.Options{})
	agency := &official{agencyCaller, t, "None", "None"}
	client := &official{clientCaller, t, "None", "None"}
	agency.startUp()
	client.startUp()
	if agency.account != "1000900" || agency.customer != agencyID || client.account != "1000001" || client.customer != simtest.ClientID.String() {
		t.Errorf("start-up: %s %s, %s %s", agency.account, agency.customer, client.account, client.customer)
	}
	invite := func(account string) []int {
		t.Helper()
		return agency.write("POST", `{"ClientEntityId": "`+account+`", "ManagingCustomerId": "`+agency.customer+`", "Name": "My Client Link", "IsBillToClient": true, "SuppressNotification": true, "StartDate": null}`)
	}
	for _, want := range [][]int{nil, {1410}} {
		if got := invite("1000001"); !slices.Equal(got, want) {
			t.Errorf("invite: codes %v, want %v", got, want)
		}
	}
	agency.set("1000001", "LinkAccepted", 3083)
	client.set("1000001", "LinkAccepted")
	client.wantStatus("1000001", msads.LinkInProgress)
	s.Advance(121e9)
	agency.wantStatus("1000001", msads.Active)
	agency.set("1000001", "UnlinkRequested")
	agency.wantStatus("1000001", msads.UnlinkPending)
	s.Advance(121e9)
	client.wantStatus("1000001", msads.Inactive)
	if got := invite("1000002"); got != nil {
		t.Errorf("invite: codes %v", got)
	}
	client.set("1000002", "LinkDeclined")
	if got := invite("1000002"); got != nil {
		t.Errorf("invite after a decline: codes %v", got)
	}
	agency.set("1000002", "LinkCanceled")
	client.wantStatus("1000002", msads.LinkCanceled)
	for _, v := range s.State().Violations {
		if v.Rule != "not-allowed" { // the agency that tried to accept
			t.Errorf("%+v", v)
		}
	}
}
