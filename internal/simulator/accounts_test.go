package simulator_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// accounts searches for accounts and returns the raw ones, or the code of a
// refusal.
func (c caller) accounts(body string) ([]json.RawMessage, int) {
	c.t.Helper()
	a := c.send("POST", base+"/Accounts/Search", body)
	if a.status != 200 {
		return nil, a.codes(c.t)[0]
	}
	var v struct{ Accounts []json.RawMessage }
	a.decode(c.t, &v)
	return v.Accounts, 0
}

// TestSearchAccounts: who reaches which accounts, by which predicates.
func TestSearchAccounts(t *testing.T) {
	w := simtest.World(4, msads.Active, msads.LinkPending, msads.UnlinkPending, msads.Inactive)
	w.Accounts[1].Lifecycle = "Suspended"
	_, agency, client := serve(t, w, simulator.Options{})
	me, other := simtest.AgencyUserID.String(), simtest.ClientUserID.String()
	for _, c := range []struct {
		name       string
		who        caller
		predicates []string
		want       string // the last digits of ids, in order
		code       int
	}{
		{"the agency's, by a live link", agency, []string{predicate("UserId", "Equals", me)}, "1 3", 0},
		{"the owner's", client, []string{predicate("UserId", "Equals", other)}, "1 2 3 4", 0},
		{"another user's", agency, []string{predicate("UserId", "Equals", other)}, "", 106},
		{"of one customer", agency, []string{predicate("CustomerId", "Equals", simtest.ClientID.String())}, "1 3", 0},
		{"by id", client, []string{predicate("AccountId", "In", "1000004,1000002,1999999")}, "2 4", 0},
		{"by id, out of reach", agency, []string{predicate("AccountId", "Equals", "1000004")}, "", 0},
		{"by number", client, []string{predicate("AccountNumber", "Equals", "X0000003")}, "3", 0},
		{"by a part of the name", client, []string{predicate("AccountName", "Contains", "00002")}, "3", 0},
		{"by status and user", client, []string{predicate("AccountLifeCycleStatus", "Equals", "Suspended"), predicate("UserId", "Equals", other)}, "2", 0},
		{"by status alone", client, []string{predicate("AccountLifeCycleStatus", "Equals", "Suspended")}, "", 3030},
		{"by two others", client, []string{predicate("UserId", "Equals", other), predicate("AccountId", "Equals", "1000004")}, "", 3030},
		{"unknown field", client, []string{predicate("ClientAccountId", "Equals", "1000004")}, "", 3030},
		{"unknown operator", client, []string{predicate("AccountId", "Contains", "1000004")}, "", 3030},
		{"short value", client, []string{predicate("AccountName", "Contains", "Jun")}, "", 2180},
	} {
		found, code := c.who.accounts(searchBody("", 0, 1000, c.predicates...))
		var ids []string
		for _, raw := range found {
			ids = append(ids, strings.TrimPrefix(member(t, raw, "Id"), "100000"))
		}
		if got := strings.Join(ids, " "); got != c.want || code != c.code {
			t.Errorf("%s: accounts %q, code %d; want %q, %d", c.name, got, code, c.want, c.code)
		}
	}
	mine := predicate("UserId", "Equals", other)
	if _, code := client.accounts(searchBody("", 0, 1001, mine)); code != 3080 {
		t.Errorf("a page of 1,001: code %d", code)
	}
	page, _ := client.accounts(searchBody(`{"Field":"Name","Order":"Descending"}`, 1, 3, mine))
	if len(page) != 1 || member(t, page[0], "Id") != "1000001" {
		t.Errorf("the second page, backwards: %s", page)
	}
}

// TestAccountsShowWhoPaysAndManages: what an agency that looks at its accounts
// would read.
func TestAccountsShowWhoPaysAndManages(t *testing.T) {
	w := simtest.World(2, msads.Active, msads.Active)
	w.Links[1].IsBillToClient = new(false)
	_, agency, _ := serve(t, w, simulator.Options{})
	found, _ := agency.accounts(searchBody("", 0, 100, predicate("UserId", "Equals", simtest.AgencyUserID.String())))
	for i, payer := range []simulator.ID{simtest.ClientID, simtest.AgencyID} {
		if got := member(t, found[i], "BillToCustomerId"); got != payer.String() || member(t, found[i], "ParentCustomerId") != simtest.ClientID.String() ||
			!strings.Contains(string(found[i]), `"LinkedAgencies":[{"Id":"9100001","Name":"Harbour Lane Agency"}]`) || strings.Contains(string(found[i]), "AccountMode") {
			t.Errorf("account %d, paid by %s: %s", i, payer, found[i])
		}
	}
	body := fmt.Sprintf(`{"Predicates":[%s],"PageInfo":{"Index":0,"Size":1},"ReturnAdditionalFields":"TaxCertificate, AccountMode"}`, predicate("AccountId", "Equals", "1000001"))
	if found, _ := agency.accounts(body); len(found) != 1 || member(t, found[0], "AccountMode") != "Expert" {
		t.Errorf("with its mode: %s", found)
	}
}

// TestRolesLimitAccounts: a role for single accounts reaches only those, and a
// user without any role none.
func TestRolesLimitAccounts(t *testing.T) {
	w := simtest.World(3)
	w.Users[0].Roles = nil
	w.Users[1].Roles[0].AccountIDs = []simulator.ID{simtest.AccountID(1)}
	_, agency, client := serve(t, w, simulator.Options{})
	mine := searchBody("", 0, 100, predicate("UserId", "Equals", simtest.ClientUserID.String()))
	if found, _ := client.accounts(mine); len(found) != 1 || member(t, found[0], "Id") != "1000002" {
		t.Errorf("%s", found)
	}
	if _, code := agency.accounts(mine); code != 106 {
		t.Errorf("without a role: code %d", code)
	}
	codes := []int{}
	for _, body := range []string{`[]`, `{"Predicates":[null],"PageInfo":{"Index":0,"Size":1}}`, `{"Predicates":5}`} {
		_, code := client.accounts(body)
		codes = append(codes, code)
	}
	if !slices.Equal(codes, []int{201, 474, 201}) {
		t.Errorf("malformed searches: codes %v", codes)
	}
}
