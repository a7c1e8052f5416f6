package simulator_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

const (
	agencyID = "9100001"
	clientID = "9200001"
	rivalID  = "9300001"
)

// rulesWorld has one account for each refusal of an add.
func rulesWorld() simulator.World {
	w := simtest.World(12, "", msads.Active, msads.LinkPending, msads.LinkDeclined)
	w.Accounts[4].Prepaid = true
	w.Accounts[8].ManagedByOther = true
	w.Accounts[9].Lifecycle = "Suspended"
	w.Accounts[10].Busy = true
	w.Links = slices.DeleteFunc(w.Links, func(l simulator.Link) bool { return l.ClientEntityID >= simtest.AccountID(8) })
	return w
}

func link(members ...string) string { return "{" + strings.Join(members, ",") + "}" }

func id(i int) string     { return fmt.Sprintf(`"ClientEntityId":"%s"`, simtest.AccountID(i)) }
func number(i int) string { return fmt.Sprintf(`"ClientEntityNumber":"%s"`, simtest.AccountNumber(i)) }

const manager, pays, customer = `"ManagingCustomerId":"9100001"`, `"IsBillToClient":true`, `"Type":"CustomerLink"`

// addRule is one add to rulesWorld and its codes, in order; nil: applied.
type addRule struct {
	name string
	add  string
	want []int
	mode simulator.Mode
}

func addRules() []addRule {
	return []addRule{
		{"by id", link(id(0), manager, pays), nil, ""},
		{"by number", link(number(0), manager, pays), nil, ""},
		{"by the agency's number", link(id(0), `"ManagingCustomerNumber":"F100000001"`, pays), nil, ""},
		{"id and number", link(id(0), number(0), manager, pays), []int{201}, ""},
		{"neither", link(manager, pays), []int{201}, ""},
		{"agency by id and number", link(id(0), manager, `"ManagingCustomerNumber":"F100000001"`, pays), []int{201}, ""},
		{"no agency", link(id(0), pays), []int{201}, ""},
		{"unknown agency", link(id(0), `"ManagingCustomerId":"7777777"`, pays), []int{210}, ""},
		{"another agency", link(id(0), `"ManagingCustomerId":"9300001"`, pays), []int{106}, ""},
		{"no payer", link(id(0), manager), []int{201}, ""},
		{"status", link(id(0), manager, pays, `"Status":"LinkPending"`), []int{201}, ""},
		{"name of 40", link(id(0), manager, pays, `"Name":"`+strings.Repeat("é", 40)+`"`), nil, ""},
		{"name of 41", link(id(0), manager, pays, `"Name":"`+strings.Repeat("é", 41)+`"`), []int{211}, ""},
		{"date with Z", link(id(0), manager, pays, `"StartDate":"2026-12-01T00:00:00Z"`), nil, ""},
		{"date without zone", link(id(0), manager, pays, `"StartDate":"2026-12-01T00:00:00.1234567"`), nil, ""},
		{"date with offset", link(id(0), manager, pays, `"StartDate":"2026-12-01T00:00:00+00:00"`), []int{113}, ""},
		{"no date", link(id(0), manager, pays, `"StartDate":"01/12/2026"`), []int{113}, ""},
		{"all wrong at once", link(id(0), number(0), manager, `"Status":"Active"`, `"Name":"`+strings.Repeat("n", 41)+`"`, `"StartDate":"x"`), []int{201, 201, 211, 113, 201}, ""},
		{"permission on an account link", link(id(0), manager, pays, `"CustomerLinkPermission":"Standard"`), []int{201}, ""},
		{"unknown id", link(`"ClientEntityId":"5555555"`, manager, pays), []int{2108}, ""},
		{"unknown number", link(`"ClientEntityNumber":"X9999999"`, manager, pays), []int{210}, ""},
		{"linked", link(id(1), manager, pays), []int{1410}, ""},
		{"pending", link(id(2), manager, pays), []int{1410}, ""},
		{"linked, lenient", link(id(1), manager, pays), nil, simulator.Lenient},
		{"declined before", link(id(3), manager, pays), nil, ""},
		{"prepaid", link(id(4), manager, pays), []int{1471}, ""},
		{"managed by another", link(id(8), manager, pays), []int{1424}, ""},
		{"suspended", link(id(9), manager, pays), []int{2192}, ""},
		{"busy", link(id(10), manager, pays), []int{1472}, ""},
		{"owner's number", link(id(0), manager, pays, `"ClientEntityCustomerNumber":"F200000001"`), nil, ""},
		{"not the owner's number", link(id(0), manager, pays, `"ClientEntityCustomerNumber":"F300000001"`), []int{201}, ""},
		{"owner's number required", link(id(0), manager, pays), []int{201}, simulator.CustomerNumberRequired},
		{"customer by number", link(customer, manager, `"ClientEntityNumber":"F200000001"`), nil, ""},
		{"customer by both", link(customer, manager, `"ClientEntityNumber":"F200000001","ClientEntityId":"9200001"`), nil, ""},
		{"customer by id", link(customer, manager, `"ClientEntityId":"9200001"`), []int{201}, ""},
		{"customer, ids disagree", link(customer, manager, `"ClientEntityNumber":"F200000001","ClientEntityId":"9300001"`), []int{201}, ""},
		{"customer with payer", link(customer, manager, pays, `"ClientEntityNumber":"F200000001"`), []int{201}, ""},
		{"customer with owner's number", link(customer, manager, `"ClientEntityNumber":"F200000001","ClientEntityCustomerNumber":"F200000001"`), []int{201}, ""},
		{"itself", link(customer, manager, `"ClientEntityNumber":"F100000001"`), []int{201}, ""},
		{"customer by id, old rule", link(customer, manager, `"ClientEntityId":"9200001"`), nil, simulator.OldDualID},
		{"customer by both, old rule", link(customer, manager, `"ClientEntityNumber":"F200000001","ClientEntityId":"9200001"`), []int{201}, simulator.OldDualID},
		{"customer by number, new rule", link(customer, manager, `"ClientEntityNumber":"F200000001"`), []int{201}, simulator.NewDualID},
		{"customer by both, new rule", link(customer, manager, `"ClientEntityNumber":"F200000001","ClientEntityId":"9200001"`), nil, simulator.NewDualID},
	}
}

func TestAddRules(t *testing.T) {
	for _, c := range addRules() {
		t.Run(c.name, func(t *testing.T) {
			var modes []simulator.Mode
			if c.mode != "" {
				modes = append(modes, c.mode)
			}
			s, agency, _ := serve(t, rulesWorld(), simulator.Options{Modes: modes})
			before := len(s.State().Links)
			a := agency.add(c.add)
			var v struct{ PartialErrors [][]struct{ Code int } }
			a.decode(t, &v)
			var got []int
			for _, e := range slices.Concat(v.PartialErrors...) {
				got = append(got, e.Code)
			}
			if a.status != http.StatusOK || !slices.Equal(got, c.want) {
				t.Fatalf("codes %v, want %v: %d %s", got, c.want, a.status, a.body)
			}
			st := s.State()
			if applied := 1 - min(1, len(c.want)); st.Invitations != applied || len(c.want) > 0 && len(st.Links) != before {
				t.Errorf("%d invitations, %d links before and %d after", st.Invitations, before, len(st.Links))
			}
		})
	}
}

// TestCallsRefusedWhole: what a typed decoder could not read, nothing applied.
func TestCallsRefusedWhole(t *testing.T) {
	s, agency, _ := serve(t, simtest.World(2), simulator.Options{})
	good := newLink(0, "")
	for _, c := range []struct {
		body string
		code int
	}{
		{`not JSON`, 201},
		{`{"ClientLinks":null}`, 3087},
		{`{"ClientLinks":[` + good + `,` + newLink(1, `,"Status":"Nonsense"`) + `]}`, 201},
		{`{"ClientLinks":[` + good + `,` + newLink(1, `,"Type":"accountlink"`) + `]}`, 201},
		{`{"ClientLinks":[` + good + `,` + newLink(1, `,"SuppressNotification":"true"`) + `]}`, 201},
		{`{"ClientLinks":[` + good + `,{"ClientEntityId":1.5}]}`, 201},
		{`{"ClientLinks":[` + good + `,{"ClientEntityId":"12A"}]}`, 201},
		{`{"ClientLinks":[` + good + `,{"Name":7}]}`, 201},
	} {
		a := agency.send("POST", base+"/ClientLinks", c.body)
		if got := a.codes(t); a.status != http.StatusBadRequest || !slices.Equal(got, []int{c.code}) {
			t.Errorf("%s: %d %v, want %d", c.body, a.status, got, c.code)
		}
	}
	if n := s.State().Invitations; n != 0 {
		t.Errorf("%d invitations", n)
	}
	if got := agency.add(good, "null").codes(t); !slices.Equal(got, []int{-1, 203}) {
		t.Errorf("null link: %v", got)
	}
	if got := agency.add(newLink(1, ""), newLink(1, "")).codes(t); !slices.Equal(got, []int{-1, 515}) {
		t.Errorf("one link twice: %v", got)
	}
}

// TestRoles: Super Admin may all, Standard account links, others nothing.
func TestRoles(t *testing.T) {
	for _, c := range []struct {
		role            int
		fault           int // of the whole call
		account, parent int // codes; -1 applied
	}{
		{41, 0, -1, -1}, {203, 0, -1, 106}, {16, 106, 0, 0}, {33, 106, 0, 0}, {100, 106, 0, 0},
	} {
		w := simtest.World(1)
		w.Users[0].Roles[0].RoleID = c.role
		_, agency, _ := serve(t, w, simulator.Options{})
		a := agency.add(newLink(0, ""), `{"Type":"CustomerLink","ManagingCustomerId":"9100001","ClientEntityNumber":"F200000001"}`)
		want := []int{c.account, c.parent}
		if c.fault != 0 {
			want = []int{c.fault}
		} else if c.account == -1 && c.parent == -1 {
			want = nil // PartialErrors is null
		}
		if got := a.codes(t); !slices.Equal(got, want) {
			t.Errorf("role %d: codes %v, want %v: %s", c.role, got, want, a.body)
		}
		direct := agency.search(`{"Predicates":[` + predicate("DirectManagingCustomerId", "Equals", agencyID) + `],"PageInfo":{"Index":0,"Size":100}}`)
		if (direct.status == http.StatusForbidden) != (c.fault != 0) {
			t.Errorf("role %d: search: %d %s", c.role, direct.status, direct.body)
		}
	}
}

// TestStandardSeesNoCustomerLinks: they are a Super Admin's.
func TestStandardSeesNoCustomerLinks(t *testing.T) {
	w := simtest.World(1, msads.Active)
	w.Links = append(w.Links, simulator.Link{Type: msads.CustomerLink, ClientEntityID: simtest.ClientID, ManagingCustomerID: simtest.AgencyID, Status: msads.Active})
	direct := `{"Predicates":[` + predicate("DirectManagingCustomerId", "Equals", agencyID) + `],"PageInfo":{"Index":0,"Size":100}}`
	byCustomer := `{"Predicates":[` + predicate("ClientCustomerId", "In", clientID+","+agencyID) + `],"PageInfo":{"Index":0,"Size":100}}`
	_, agency, _ := serve(t, w, simulator.Options{})
	if got := []int{len(agency.links(direct)), len(agency.links(byCustomer))}; !slices.Equal(got, []int{2, 1}) {
		t.Errorf("Super Admin: %v links", got)
	}
	w.Users[0].Roles[0].RoleID = msads.RoleStandard
	_, agency, _ = serve(t, w, simulator.Options{})
	if got := []int{len(agency.links(direct)), len(agency.links(byCustomer))}; !slices.Equal(got, []int{1, 0}) {
		t.Errorf("Standard: %v links", got)
	}
}

// TestUpdateTransitions tries all four ops from all fourteen statuses.
func TestUpdateTransitions(t *testing.T) {
	all := []msads.Status{
		msads.LinkPending, msads.LinkAccepted, msads.LinkDeclined, msads.LinkCanceled, msads.LinkExpired, msads.LinkInProgress, msads.Active,
		msads.LinkFailed, msads.UnlinkRequested, msads.UnlinkPending, msads.UnlinkInProgress, msads.UnlinkFailed, msads.UnlinkCanceled, msads.Inactive,
	}
	allowed := map[string][]msads.Status{
		"LinkAccepted": {msads.LinkPending}, "LinkDeclined": {msads.LinkPending}, "LinkCanceled": {msads.LinkPending},
		"UnlinkRequested": {msads.Active, msads.UnlinkFailed}, "UnlinkCanceled": {}, "Active": {},
	}
	for to, from := range allowed {
		_, agency, client := serve(t, simtest.World(len(all), all...), simulator.Options{})
		for i, status := range all {
			c := agency
			if to == "LinkAccepted" || to == "LinkDeclined" {
				c = client
			}
			raw := c.links(byAccount(i))[0]
			got := c.update(with(t, raw, "Status", `"`+to+`"`)).codes(t)
			want := []int{3083}
			if slices.Contains(from, status) {
				want = nil
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s to %s: codes %v, want %v", status, to, got, want)
			}
		}
	}
}

// TestUpdateRefusals: an update that is not the echo of a search.
func TestUpdateRefusals(t *testing.T) {
	w := simtest.World(3, msads.Active)
	w.Accounts[1].Busy = true
	w.Links = append(w.Links, simulator.Link{ClientEntityID: simtest.AccountID(2), ManagingCustomerID: simtest.RivalID, Status: msads.LinkPending})
	s, agency, client := serve(t, w, simulator.Options{})
	raw := agency.links(byAccount(0))[0]
	unlink := []byte(with(t, raw, "Status", `"UnlinkRequested"`))
	for _, c := range []struct {
		name, value string
		want        int
	}{
		{"Timestamp", `"AAAAAAAAAAA="`, 209},
		{"LastModifiedDateTime", `"2020-01-01T00:00:00"`, 209},
		{"Timestamp", `null`, 201},
		{"ManagingCustomerNumber", `null`, 201},
		{"ClientEntityId", `"5555555"`, 210},
		{"ClientEntityNumber", `"X9999999"`, 3083},
		{"ClientEntityName", `null`, 3083},
		{"InviterEmail", `"someone@example.com"`, 3083},
		{"LastModifiedByUserId", `"1"`, 3083},
		{"IsBillToClient", `null`, 3083},
		{"StartDate", `"soon"`, 113},
		{"StartDate", `null`, 3083},
		{"ForwardCompatibilityMap", `[{"Key":"a","Value":"b"}]`, 3083},
		{"ClientEntityCustomerNumber", `"F200000001"`, 3083},
		{"Status", `null`, 201},
	} {
		if got := agency.update(with(t, unlink, c.name, c.value)).codes(t); !slices.Equal(got, []int{c.want}) {
			t.Errorf("%s %s: codes %v, want %d", c.name, c.value, got, c.want)
		}
	}
	if got := agency.update(with(t, raw, "Status", `"Active"`)).codes(t); !slices.Equal(got, []int{3083}) {
		t.Errorf("to Active: %v", got)
	}
	if got := agency.update(with(t, agency.links(byAccount(1))[0], "Status", `"UnlinkRequested"`)).codes(t); !slices.Equal(got, []int{1472}) {
		t.Errorf("busy: %v", got)
	}
	for _, l := range client.links(byAccount(2)) {
		if member(t, l, "ManagingCustomerId") == rivalID {
			if got := agency.update(with(t, l, "Status", `"LinkCanceled"`)).codes(t); !slices.Equal(got, []int{106}) {
				t.Errorf("another agency's invitation: %v", got)
			}
		}
	}
	if got := agency.update(string(unlink), string(unlink)).codes(t); !slices.Equal(got, []int{-1, 515}) {
		t.Errorf("one link twice: %v", got)
	}
	if got := s.State().Transitions; len(got) != 1 || got["1000001"]["unlink"] != 1 {
		t.Errorf("transitions: %v", got)
	}
}

// TestNoteIsKeptUnlessSet: the one member besides Status that an update sets.
func TestNoteIsKeptUnlessSet(t *testing.T) {
	w := simtest.World(2, msads.LinkPending)
	w.Links[0].Note, w.Links[1].Note = "first", "first"
	s, agency, _ := serve(t, w, simulator.Options{})
	agency.update(with(t, []byte(with(t, agency.links(byAccount(0))[0], "Note", "null")), "Status", `"LinkCanceled"`))
	agency.update(with(t, []byte(with(t, agency.links(byAccount(1))[0], "Note", `"second"`)), "Status", `"LinkCanceled"`))
	for i, want := range []string{"first", "second"} {
		if l := s.State().Links[i]; l.Note != want || l.Status != msads.LinkCanceled {
			t.Errorf("link %d: %q %s", i, l.Note, l.Status)
		}
	}
}
