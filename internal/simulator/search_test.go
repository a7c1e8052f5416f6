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

// searchBody is a search of one page, ordered by Id unless order says.
func searchBody(order string, index, size int, predicates ...string) string {
	if order == "" {
		order = `{"Field":"Id","Order":"Ascending"}`
	}
	return fmt.Sprintf(`{"Predicates":[%s],"Ordering":[%s],"PageInfo":{"Index":%d,"Size":%d}}`, strings.Join(predicates, ","), order, index, size)
}

// ends names links as manager/entity.
func ends(t *testing.T, links []json.RawMessage) []string {
	t.Helper()
	var out []string
	for _, l := range links {
		out = append(out, member(t, l, "ManagingCustomerId")+"/"+member(t, l, "ClientEntityId"))
	}
	return out
}

// TestVisibility: whose links a search shows to whom.
func TestVisibility(t *testing.T) {
	w := simtest.World(4, msads.Active, msads.LinkPending, "", "")
	for _, i := range []int{0, 2} {
		w.Links = append(w.Links, simulator.Link{ClientEntityID: simtest.AccountID(i), ManagingCustomerID: simtest.RivalID, Status: msads.Active})
	}
	_, agency, client := serve(t, w, simulator.Options{})
	ids := make([]string, 4)
	for i := range ids {
		ids[i] = simtest.AccountID(i).String()
	}
	in := predicate("ClientAccountId", "In", strings.Join(ids, ","))
	direct := predicate("DirectManagingCustomerId", "Equals", agencyID)
	equals := func(i int) string { return predicate("ClientAccountId", "Equals", ids[i]) }
	a0, a1, r0, r2 := agencyID+"/1000001", agencyID+"/1000002", rivalID+"/1000001", rivalID+"/1000003"
	for _, c := range []struct {
		name string
		who  caller
		body string
		want []string
		code int
	}{
		{"agency, its list", agency, searchBody("", 0, 100, direct), []string{a0, a1}, 0},
		{"agency, ids: also others' on accounts it has a link with", agency, searchBody("", 0, 100, in), []string{a0, r0, a1}, 0},
		{"agency, ids and itself", agency, searchBody("", 0, 100, in, direct), []string{a0, a1}, 0},
		{"agency, no link there", agency, searchBody("", 0, 100, equals(2)), nil, 0},
		{"agency, deprecated", agency, searchBody("", 0, 100, predicate("ManagingCustomerId", "Equals", agencyID)), []string{a0, r0, a1}, 0},
		{"agency, deprecated is ignored next to ids", agency, searchBody("", 0, 100, predicate("ManagingCustomerId", "Equals", agencyID), in), []string{a0, r0, a1}, 0},
		{"agency, another's list", agency, searchBody("", 0, 100, predicate("DirectManagingCustomerId", "Equals", rivalID)), nil, 106},
		{"client, one account", client, searchBody("", 0, 100, equals(0)), []string{a0, r0}, 0},
		{"client, invited by another only", client, searchBody("", 0, 100, equals(2)), []string{r2}, 0},
		{"client, In with one id", client, searchBody("", 0, 100, predicate("ClientAccountId", "In", ids[0])), []string{a0, r0}, 0},
		{"client, In with several", client, searchBody("", 0, 100, in), nil, 3030},
		{"client, the agency's list", client, searchBody("", 0, 100, direct), nil, 106},
		{"both lists at once", agency, searchBody("", 0, 100, direct, predicate("ManagingCustomerId", "Equals", agencyID)), nil, 3030},
		{"three predicates", agency, searchBody("", 0, 100, direct, in, in), nil, 3030},
		{"the same field twice", agency, searchBody("", 0, 100, direct, direct), nil, 3030},
		{"Direct In", agency, searchBody("", 0, 100, predicate("DirectManagingCustomerId", "In", agencyID)), nil, 3030},
		{"short value", agency, searchBody("", 0, 100, predicate("ClientAccountId", "Equals", "123")), nil, 2180},
		{"short value in a list", agency, searchBody("", 0, 100, predicate("ClientAccountId", "In", "123456,123")), nil, 2180},
		{"a number for an id", agency, searchBody("", 0, 100, predicate("ClientAccountId", "Equals", "X0000001")), nil, 3030},
		{"no value", agency, searchBody("", 0, 100, `{"Field":"ClientAccountId","Operator":"Equals","Value":null}`), nil, 474},
		{"unknown order", agency, searchBody(`{"Field":"Status","Order":"Ascending"}`, 0, 100, direct), nil, 3030},
		{"negative page", agency, searchBody("", -1, 100, direct), nil, 3080},
		{"only the first order counts", agency, searchBody(`{"Field":"Id","Order":"Descending"},{"Field":"Nonsense"}`, 0, 100, direct), []string{a1, a0}, 0},
	} {
		a := c.who.search(c.body)
		if c.code != 0 {
			if got := a.codes(t); !slices.Equal(got, []int{c.code}) {
				t.Errorf("%s: codes %v, want %d", c.name, got, c.code)
			}
			continue
		}
		if got := ends(t, c.who.links(c.body)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// listReader reads the agency's list ten links at a time, until a page is
// short.
func listReader(t *testing.T, agency caller) func(order string) (names, ids []string) {
	direct := predicate("DirectManagingCustomerId", "Equals", agencyID)
	return func(order string) (names, ids []string) {
		t.Helper()
		for i := 0; ; i++ {
			page := agency.links(searchBody(order, i, 10, direct))
			for _, l := range page {
				names, ids = append(names, member(t, l, "Name")), append(ids, member(t, l, "ClientEntityId"))
			}
			if len(page) < 10 {
				return names, ids
			}
		}
	}
}

// namedLinks is a world of n active links whose names have another order than
// their ids.
func namedLinks(n int) simulator.World {
	w := simtest.World(n, msads.Active)
	for i := range w.Links {
		w.Links[i].Name = fmt.Sprintf("Link %03d", (i*31)%n)
	}
	return w
}

// TestPagesInEveryOrder: the pages of a list are the list, however ordered.
func TestPagesInEveryOrder(t *testing.T) {
	const n = 57
	_, agency, _ := serve(t, namedLinks(n), simulator.Options{})
	read := listReader(t, agency)
	for _, field := range []string{"Id", "Name", "Number"} {
		for _, order := range []string{"Ascending", "Descending"} {
			list, ids := read(fmt.Sprintf(`{"Field":%q,"Order":%q}`, field, order))
			if field != "Name" {
				list = ids
			}
			if order == "Descending" {
				slices.Reverse(list)
			}
			if len(list) != n || !slices.IsSorted(list) {
				t.Errorf("%s %s: %d links, sorted %v", field, order, len(list), slices.IsSorted(list))
			}
		}
	}
}

// TestPagesWhileLinksChange: a link that was renamed or removed shows so in
// the next reading of the list, in the mode Lag only after a while.
func TestPagesWhileLinksChange(t *testing.T) {
	const n = 57
	for _, lag := range [][]simulator.Mode{nil, {simulator.Lag}} {
		s, agency, _ := serve(t, namedLinks(n), simulator.Options{Modes: lag})
		read := listReader(t, agency)
		door(t, agency, "PATCH", "links", `{"ClientEntityId":"1000001","ManagingCustomerId":"9100001","Name":"Link 999"}`)
		if names, _ := read(`{"Field":"Name"}`); lag == nil && (names[n-1] != "Link 999" || !slices.IsSorted(names)) {
			t.Errorf("by name, after a link was renamed: %v", names)
		}
		door(t, agency, "DELETE", "links", `{"ClientEntityId":"1000003","ManagingCustomerId":"9100001"}`)
		if _, ids := read(""); (len(ids) == n) != (lag != nil) {
			t.Errorf("lag %v: %d links right after one was removed", lag, len(ids))
		}
		s.Advance(6e9)
		if _, ids := read(""); len(ids) != n-1 {
			t.Errorf("lag %v: %d links long after one was removed", lag, len(ids))
		}
	}
}

// TestLagBeginsWithTheWorld: a lagging search shows every link of the world
// from the first moment, one that was modified just then too.
func TestLagBeginsWithTheWorld(t *testing.T) {
	_, agency, _ := serve(t, simtest.World(2, msads.LinkInProgress, msads.Active), simulator.Options{Modes: []simulator.Mode{simulator.Lag}})
	for i := range 2 {
		if n := len(agency.links(byAccount(i))); n != 1 {
			t.Errorf("account %d: %d links", i, n)
		}
	}
}
