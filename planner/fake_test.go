package planner

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

const agencyID, otherID, clientID msads.ID = 9001, 9002, 5001

// service answers searches from a set of links, as the service does, and
// fails the test when it is asked in a way that the service would not accept.
type service struct {
	t        *testing.T
	customer msads.ID                   // whose login asks
	refuse   func(s msads.Search) error // nil = never
	turn     func(page int)             // called before a page of the list is cut

	mu    sync.Mutex
	links []msads.ClientLink
	asked []msads.Search

	list   []*msads.ClientLink // the whole list, when there were so many links
	listed int
}

func (s *service) SearchClientLinks(ctx context.Context, q msads.Search) ([]msads.ClientLink, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.asked = append(s.asked, q)
	if q.Size != 100 || q.Index < 0 || len(q.Predicates) < 1 || len(q.Predicates) > 2 {
		s.t.Errorf("search %+v: not what the service accepts", q)
	}
	if s.refuse != nil {
		if err := s.refuse(q); err != nil {
			return nil, err
		}
	}
	if s.turn != nil && len(q.Predicates) == 1 && q.Predicates[0].Field == "DirectManagingCustomerId" {
		s.turn(q.Index)
	}
	found := s.answer(q)
	var page []msads.ClientLink
	for i := q.Index * q.Size; i < min(len(found), (q.Index+1)*q.Size); i++ {
		page = append(page, *found[i])
	}
	return page, nil
}

// answer lists the links that a search asks for, by id. The whole list is made
// once as long as no link is added.
func (s *service) answer(q msads.Search) []*msads.ClientLink {
	whole := len(q.Predicates) == 1 && q.Predicates[0].Field == "DirectManagingCustomerId"
	if whole && s.list != nil && s.listed == len(s.links) {
		return s.list
	}
	wanted := s.filter(q)
	var found []*msads.ClientLink
	for i := range s.links {
		if wanted(&s.links[i]) {
			found = append(found, &s.links[i])
		}
	}
	slices.SortStableFunc(found, func(a, b *msads.ClientLink) int { return cmp.Compare(a.ClientEntityID, b.ClientEntityID) })
	if whole {
		s.list, s.listed = found, len(s.links)
	}
	return found
}

// filter reads the predicates of a search.
func (s *service) filter(q msads.Search) func(*msads.ClientLink) bool {
	var manager msads.ID
	var ids map[msads.ID]bool
	kind := msads.AccountLink
	for _, p := range q.Predicates {
		values := map[msads.ID]bool{}
		for text := range strings.SplitSeq(p.Value, ",") {
			id, err := msads.ParseID(text)
			if err != nil {
				s.t.Errorf("predicate %+v: %v", p, err)
			}
			values[id] = true
			if p.Field == "DirectManagingCustomerId" {
				manager = id
			}
		}
		if p.Operator == "Equals" && len(values) != 1 || p.Operator == "In" && len(values) > 10 {
			s.t.Errorf("predicate %+v: too many values", p)
		}
		switch p.Field {
		case "DirectManagingCustomerId":
			continue
		case "ClientCustomerId":
			kind = msads.CustomerLink
		case "ClientAccountId":
		default:
			s.t.Errorf("predicate %+v: not in the service's list", p)
		}
		ids = values
	}
	return func(l *msads.ClientLink) bool {
		return (manager == 0 || l.ManagingCustomerID == manager && manager == s.customer) &&
			(ids == nil || l.Type == kind && ids[l.ClientEntityID])
	}
}

func (s *service) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

func refusal(codes ...int) error {
	err := &msads.CallError{Operation: "SearchClientLinks", HTTPStatus: 400, TrackingID: "t-1"}
	for _, code := range codes {
		err.Errors = append(err.Errors, msads.OperationError{Code: code, Message: fmt.Sprintf("message %d", code)})
	}
	return err
}

var someDay = time.Date(2026, 11, 20, 8, 30, 0, 0, time.UTC)

func number(id msads.ID) string { return fmt.Sprintf("X%07d", int64(id)) }

// link is a client link of the agency to an account.
func link(id msads.ID, status msads.Status) msads.ClientLink {
	return msads.ClientLink{
		Type: msads.AccountLink, ClientEntityID: id, ClientEntityNumber: number(id), ManagingCustomerID: agencyID,
		ClientEntityName: "Account " + id.String(), IsBillToClient: new(true), Status: status, LastModifiedDateTime: someDay,
	}
}

func links(status msads.Status, from, n int) []msads.ClientLink {
	var all []msads.ClientLink
	for i := range n {
		all = append(all, link(msads.ID(from+i), status))
	}
	return all
}

// row reads a row from words such as `unlink id=1 bill=true`.
func row(t *testing.T, words string) ingest.Row {
	t.Helper()
	r := ingest.Row{}
	for word := range strings.FieldsSeq(words) {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			r.Action = ingest.Intent(word)
			continue
		}
		switch name {
		case "id":
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			r.AccountID = n
		case "no":
			r.AccountNumber = value
		case "manager":
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			r.ManagingCustomerID = n
		case "bill":
			r.BillToClient = new(value == "true")
		case "start", "end":
			day, err := time.Parse(time.DateOnly, value)
			if err != nil {
				t.Fatal(err)
			}
			*map[string]*ingest.Date{"start": &r.StartDate, "end": &r.EndDate}[name] = ingest.Date{Time: day}
		case "type":
			r.Type = value
		case "permission":
			r.Permission = value
		case "owner":
			r.CustomerNumber = value
		case "profile":
			r.ClientProfile = value
		case "note":
			r.Note = value
		case "name":
			r.Name = value
		case "client":
			r.ClientName = value
		case "broken":
			r.Problems = append(r.Problems, ingest.Problem{Column: "account_id", Value: value, Severity: ingest.Error, Message: "is not a whole number"})
		case "odd":
			r.Problems = append(r.Problems, ingest.Problem{Column: "name", Value: value, Severity: ingest.Warning, Message: "is odd"})
		default:
			t.Fatalf("row %q: unknown word %q", words, word)
		}
	}
	return r
}

func rows(t *testing.T, lines ...string) []ingest.Row {
	t.Helper()
	var all []ingest.Row
	for i, line := range lines {
		r := row(t, line)
		r.Number = i + 2
		all = append(all, r)
	}
	return all
}

func plan(t *testing.T, p *Planner, rows []ingest.Row) *Plan {
	t.Helper()
	got, err := p.Plan(t.Context(), seq(rows))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func seq(rows []ingest.Row) func(func(ingest.Row, error) bool) {
	return func(yield func(ingest.Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// agency is a planner signed in as the agency, with one client's profile.
func agency(t *testing.T, links ...msads.ClientLink) (*Planner, *service, *service) {
	main := &service{t: t, customer: agencyID, links: links}
	client := &service{t: t, customer: clientID, links: links}
	return &Planner{
		Main:    Login{Profile: "agency", CustomerID: agencyID, Searcher: main},
		Clients: map[string]Login{"north": {Profile: "north", CustomerID: clientID, Searcher: client}},
		Options: Options{BillToClient: new(true), Concurrency: 4},
	}, main, client
}

// said is a step in one line: op, profile and reason.
func said(s *Step) string {
	text := string(s.Op)
	if s.Profile != "" {
		text += " by " + s.Profile
	}
	if s.SameAs >= 0 {
		text += fmt.Sprintf(" same as step %d", s.SameAs)
	}
	if s.Deferred {
		text += " deferred"
	}
	return text + ": " + s.Reason
}
