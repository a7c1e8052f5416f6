package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"linkbatch/internal/simulator"
)

// find returns the raw link of account i with the agency.
func (tg *target) find(t *testing.T, c caller, i int) json.RawMessage {
	t.Helper()
	tg.seen()
	a := c.search(`{"Predicates":[` + predicate("ClientAccountId", "Equals", tg.accounts[i].id) + `],"PageInfo":{"Index":0,"Size":100}}`)
	if a.status != http.StatusOK {
		t.Fatalf("search: %d %s", a.status, a.body)
	}
	if !tg.bent() {
		strictLinks(t, a.body)
	}
	var v struct{ ClientLinks []json.RawMessage }
	a.decode(t, &v)
	for _, raw := range v.ClientLinks {
		if member(t, raw, "ManagingCustomerId") == tg.manager {
			return raw
		}
	}
	t.Fatalf("account %d: no link of the agency in %s", i, a.body)
	return nil
}

// member returns a member as text, ids in either form.
func member(t *testing.T, raw json.RawMessage, name string) string {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return strings.Trim(string(m[name]), `"`)
}

func contractSearches(t *testing.T, tg *target) {
	var ids []string
	for _, a := range tg.accounts[:5] {
		ids = append(ids, a.id)
	}
	in := predicate("ClientAccountId", "In", strings.Join(ids, ","))
	direct := predicate("DirectManagingCustomerId", "Equals", tg.manager)
	// The body of the official Python client.
	python := `{"Predicates": [` + in + `], "Ordering": [{"Field": "Number", "Order": "Ascending"}], "PageInfo": {"Index": 0, "Size": 100}}`
	for _, body := range []string{
		python,
		`{"Predicates":[` + in + `],"Ordering":null,"PageInfo":{"Index":0,"Size":10}}`,
		`{"Predicates":[` + direct + `,` + in + `],"Ordering":[{"Field":"Id","Order":"Descending"}],"PageInfo":{"Index":0,"Size":10}}`,
	} {
		a := tg.agency.search(body)
		if tg.has(simulator.OnePredicate) && strings.Count(body, "Operator") == 2 {
			wantFault(t, tg, a, "ApiFault", 3030)
			continue
		}
		if a.status != http.StatusOK {
			t.Fatalf("search %s: %d %s", body, a.status, a.body)
		}
		if !tg.bent() {
			strictLinks(t, a.body)
		}
		if got := tg.mine(t, a); !slices.Equal(sorted(got), sorted(ids)) {
			t.Errorf("search %s: %v, want %v", body, got, ids)
		}
	}
	tg.pages(t, direct)
}

// mine returns the client entities of the agency's links in an answer.
func (tg *target) mine(t *testing.T, a answer) []string {
	t.Helper()
	var v struct{ ClientLinks []json.RawMessage }
	a.decode(t, &v)
	var ids []string
	for _, raw := range v.ClientLinks {
		if member(t, raw, "ManagingCustomerId") == tg.manager {
			ids = append(ids, member(t, raw, "ClientEntityId"))
		}
	}
	return ids
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

// pages reads the agency's list two at a time until a page is short: every
// link must come, once.
func (tg *target) pages(t *testing.T, direct string) {
	t.Helper()
	var all []string
	for i := 0; ; i++ {
		a := tg.agency.search(fmt.Sprintf(`{"Predicates":[%s],"Ordering":[{"Field":"Id","Order":"Ascending"}],"PageInfo":{"Index":%d,"Size":2}}`, direct, i))
		if a.status != http.StatusOK {
			t.Fatalf("page %d: %d %s", i, a.status, a.body)
		}
		page := tg.mine(t, a)
		all = append(all, page...)
		if len(page) < 2 {
			break
		}
	}
	if len(all) < 6 || len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Errorf("pages: %v", all)
	}
	for _, a := range tg.accounts[:6] {
		if !slices.Contains(all, a.id) {
			t.Errorf("pages lack %s", a.id)
		}
	}
}

// style is how an official client writes a link that it read.
type style struct {
	name    string
	offset  bool // writes dates with a signed offset
	rewrite func(t *testing.T, m map[string]json.RawMessage)
}

// date rewrites a date member in a layout.
func date(t *testing.T, m map[string]json.RawMessage, name, layout string) {
	t.Helper()
	if len(m[name]) == 0 || string(m[name]) == "null" {
		return
	}
	s := strings.TrimSuffix(strings.Trim(string(m[name]), `"`), "Z")
	at, err := time.Parse("2006-01-02T15:04:05", s)
	if err != nil {
		t.Fatal(err)
	}
	m[name] = json.RawMessage(`"` + at.Format(layout) + `"`)
}

var styles = []style{
	{"naive", false, func(t *testing.T, m map[string]json.RawMessage) {
		date(t, m, "StartDate", "2006-01-02T15:04:05")
	}},
	{"Python", true, func(t *testing.T, m map[string]json.RawMessage) {
		date(t, m, "StartDate", "2006-01-02T15:04:05.000000-07:00")
		date(t, m, "LastModifiedDateTime", "2006-01-02T15:04:05.000000")
	}},
	{".NET", false, func(t *testing.T, m map[string]json.RawMessage) {
		date(t, m, "StartDate", "2006-01-02T15:04:05.9999999Z")
		date(t, m, "LastModifiedDateTime", "2006-01-02T15:04:05.9999999")
		for name := range linkForm {
			if _, ok := m[name]; !ok && name == "ClientEntityCustomerNumber" {
				m[name] = json.RawMessage("null")
			}
		}
	}},
	{"Java", false, func(t *testing.T, m map[string]json.RawMessage) {
		date(t, m, "StartDate", "2006-01-02T15:04:05.000Z")
		delete(m, "ClientEntityCustomerNumber")
		for name, v := range m {
			if string(v) == "null" {
				delete(m, name)
			}
		}
	}},
	{"PHP", true, func(t *testing.T, m map[string]json.RawMessage) {
		date(t, m, "StartDate", "2006-01-02T15:04:05-07:00")
		date(t, m, "LastModifiedDateTime", "2006-01-02T15:04:05-07:00")
	}},
}

// as returns the link with another Status, written in a style.
func (s style) as(t *testing.T, raw json.RawMessage, to string) string {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	s.rewrite(t, m)
	m["Status"] = json.RawMessage(`"` + to + `"`)
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// contractUpdates cancels an invitation in the style of each official client.
func contractUpdates(t *testing.T, tg *target) {
	for i, s := range styles {
		raw := tg.find(t, tg.agency, i)
		a := tg.agency.update(s.as(t, raw, "LinkCanceled"))
		if tg.has(simulator.OffsetsRefused) && s.offset {
			if got := a.codes(t); !slices.Equal(got, []int{113}) {
				t.Errorf("%s: codes %v, want 113", s.name, got)
			}
			a = tg.agency.update(styles[0].as(t, raw, "LinkCanceled"))
		}
		if a.status != http.StatusOK || len(a.codes(t)) != 0 {
			t.Fatalf("%s: %d %s", s.name, a.status, a.body)
		}
		tg.wantApplied(t, a, 1)
		if got := member(t, tg.find(t, tg.agency, i), "Status"); got != "LinkCanceled" {
			t.Errorf("%s: status %q", s.name, got)
		}
	}
}

// contractSides accepts, declines and unlinks, each tried by the wrong side
// first.
func contractSides(t *testing.T, tg *target) {
	naive := styles[0]
	update := func(c caller, i int, to string, want ...int) {
		t.Helper()
		a := c.update(naive.as(t, tg.find(t, c, i), to))
		if got := a.codes(t); a.status != http.StatusOK || !slices.Equal(got, want) {
			t.Fatalf("account %d to %s: codes %v, want %v: %s", i, to, got, want, a.body)
		}
	}
	tg.wantApplied(t, tg.agency.add(tg.add(7, ""), tg.add(8, `,"SuppressNotification":true`)), 2)
	update(tg.agency, 7, "LinkAccepted", 3083)
	update(tg.client, 7, "LinkCanceled", 3083)
	stale := tg.find(t, tg.client, 7)
	update(tg.client, 7, "LinkAccepted")
	if !tg.has(simulator.ZeroTimestamps) {
		if got := tg.client.update(naive.as(t, stale, "LinkAccepted")).codes(t); !slices.Equal(got, []int{209}) {
			t.Errorf("stale update: codes %v, want 209", got)
		}
	}
	if got := member(t, tg.find(t, tg.client, 7), "Status"); got != "LinkInProgress" && got != "LinkAccepted" && got != "Active" {
		t.Errorf("after accept: %q", got)
	}
	update(tg.client, 8, "LinkDeclined")
	update(tg.client, 8, "LinkAccepted", 3083)
	raw := tg.find(t, tg.agency, 5)
	for _, change := range []struct{ name, value string }{
		{"Name", `"Another name"`}, {"IsBillToClient", "false"}, {"StartDate", `"2030-01-01T00:00:00"`}, {"CustomerLinkPermission", `"Standard"`},
	} {
		got := tg.agency.update(with(t, json.RawMessage(naive.as(t, raw, "LinkCanceled")), change.name, change.value)).codes(t)
		if !slices.Equal(got, []int{3083}) {
			t.Errorf("%s changed: codes %v, want 3083", change.name, got)
		}
	}
	update(tg.agency, 5, "LinkCanceled")
}
