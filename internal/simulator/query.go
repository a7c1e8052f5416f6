package simulator

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"linkbatch/internal/msads"
)

// The predicate fields of SearchClientLinks.
const (
	byAccount  = "ClientAccountId"
	byCustomer = "ClientCustomerId"
	byDirect   = "DirectManagingCustomerId"
	byManager  = "ManagingCustomerId" // deprecated
)

// minFilter is the minimum length of a predicate's value (the Predicate page of
// the documentation).
const minFilter = 4

// searchRequest is the body of SearchClientLinks; a nil pointer is a null or an
// absent member.
type searchRequest struct {
	Predicates []*struct{ Field, Operator, Value *string }
	Ordering   []*struct{ Field, Order *string }
	PageInfo   *struct{ Index, Size *int }
}

// query is a search that has been understood.
type query struct {
	typ     msads.LinkType // of ids
	ids     []ID           // of client entities; nil: no such predicate
	in      bool           // the ids came with the operator In
	direct  ID             // 0: no such predicate
	manager ID             // the deprecated predicate; 0: none
	order   string         // Id, Name or Number
	desc    bool
	index   int
	size    int
}

// parseSearch understands a search, or refuses it as the service would.
func (s *Simulator) parseSearch(body *searchRequest) (*query, *operationError) {
	if len(body.Predicates) == 0 {
		return nil, newError(codeNoPredicates, "Predicates")
	}
	q := new(query)
	if refused := q.takePage(body); refused != nil {
		return nil, refused
	}
	if s.modes[OnePredicate] && len(body.Predicates) > 1 {
		return nil, newError(codeInvalidPredicate, "more than one predicate")
	}
	if refused := q.takePredicates(body); refused != nil {
		return nil, refused
	}
	return q, q.takeOrder(body)
}

// takePage reads PageInfo. The service takes an unset Size for 0 and refuses
// it, so both members must be there.
func (q *query) takePage(body *searchRequest) *operationError {
	p := body.PageInfo
	if p == nil || p.Index == nil || p.Size == nil {
		return newError(codeNoPageInfo, "PageInfo")
	}
	q.index, q.size = *p.Index, *p.Size
	if q.index < 0 || q.index > math.MaxInt32 || q.size < 1 || q.size > msads.MaxPageSize {
		return newError(codeNoPageInfo, "PageInfo")
	}
	return nil
}

// takePredicates reads the predicates, of which the service joins two by AND.
func (q *query) takePredicates(body *searchRequest) *operationError {
	if n := len(body.Predicates); n > 2 {
		return newError(codeInvalidPredicate, fmt.Sprintf("%d predicates", n))
	}
	for _, p := range body.Predicates {
		if p == nil || p.Field == nil || p.Operator == nil || p.Value == nil || *p.Value == "" {
			return newError(codeNoPredicateValue, "Field, Operator and Value")
		}
		if refused := q.predicate(*p.Field, *p.Operator, *p.Value); refused != nil {
			return refused
		}
	}
	if q.direct != 0 && q.manager != 0 {
		return newError(codeInvalidPredicate, byDirect+" and "+byManager)
	}
	if q.ids != nil && q.typ == msads.AccountLink {
		q.manager = 0 // the service ignores it next to ClientAccountId
	}
	return nil
}

// takeOrder reads Ordering: the service looks only at its first element.
func (q *query) takeOrder(body *searchRequest) *operationError {
	q.order = "Id"
	if len(body.Ordering) == 0 || body.Ordering[0] == nil {
		return nil
	}
	o := body.Ordering[0]
	if o.Field == nil || !slices.Contains([]string{"Id", "Name", "Number"}, *o.Field) {
		return newError(codeInvalidPredicate, "Ordering.Field")
	}
	q.order = *o.Field
	if o.Order == nil {
		return nil
	}
	if *o.Order != "Ascending" && *o.Order != "Descending" {
		return newError(codeInvalidPredicate, "Ordering.Order")
	}
	q.desc = *o.Order == "Descending"
	return nil
}

// predicate adds one predicate to the query.
func (q *query) predicate(field, operator, value string) *operationError {
	ids, refused := filterIDs(field, operator, value)
	if refused != nil {
		return refused
	}
	switch field {
	case byAccount, byCustomer:
		if q.ids != nil {
			return newError(codeInvalidPredicate, byAccount+" and "+byCustomer)
		}
		q.ids, q.in, q.typ = ids, operator == "In", msads.AccountLink
		if field == byCustomer {
			q.typ = msads.CustomerLink
		}
		return nil
	case byDirect, byManager:
		if operator != "Equals" {
			return newError(codeInvalidPredicate, field+" "+operator)
		}
		target := &q.direct
		if field == byManager {
			target = &q.manager
		}
		if *target != 0 {
			return newError(codeInvalidPredicate, field+" twice")
		}
		*target = ids[0]
		return nil
	}
	return newError(codeInvalidPredicate, field)
}

// filterIDs reads the value of a predicate: one id, or with In up to ten that are
// separated by commas. The same id twice counts once.
func filterIDs(field, operator, value string) ([]ID, *operationError) {
	values := []string{value}
	switch operator {
	case "Equals":
	case "In":
		values = strings.Split(value, ",")
	default:
		return nil, newError(codeInvalidPredicate, field+" "+operator)
	}
	if len(values) > msads.MaxIDsPerSearch {
		return nil, newError(codeInvalidPredicate, fmt.Sprintf("%s In: %d values", field, len(values)))
	}
	var ids []ID
	for _, v := range values {
		v = strings.TrimSpace(v)
		if len(v) < minFilter {
			return nil, newError(codeFilterTooShort, field)
		}
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n <= 0 {
			return nil, newError(codeInvalidPredicate, fmt.Sprintf("%s: %q is not an id", field, v))
		}
		if !slices.Contains(ids, ID(n)) {
			ids = append(ids, ID(n))
		}
	}
	return ids, nil
}

// compare orders links as asked, and by their keys where that makes no
// difference.
func (q *query) compare(a, b *Link) int {
	by := 0
	switch q.order {
	case "Name":
		by = cmp.Compare(a.Name, b.Name)
	case "Number":
		by = cmp.Compare(a.ManagingCustomerNumber, b.ManagingCustomerNumber)
	}
	by = cmp.Or(by, cmp.Compare(a.ClientEntityID, b.ClientEntityID), cmp.Compare(a.ManagingCustomerID, b.ManagingCustomerID), cmp.Compare(a.Type, b.Type))
	if q.desc {
		return -by
	}
	return by
}
