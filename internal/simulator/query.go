package simulator

import (
	"cmp"
	"fmt"

	"linkbatch/internal/msads"
)

// The predicate fields of SearchClientLinks.
const (
	byAccount  = "ClientAccountId"
	byCustomer = "ClientCustomerId"
	byDirect   = "DirectManagingCustomerId"
	byManager  = "ManagingCustomerId" // deprecated
)

// query is a search for client links that has been understood.
type query struct {
	window
	typ     msads.LinkType // of ids
	ids     []ID           // of client entities; nil: no such predicate
	direct  ID             // 0: no such predicate
	manager ID             // the deprecated predicate; 0: none
}

// parseSearch understands a search, or refuses it as the service would.
func (s *Simulator) parseSearch(body *searchRequest) (*query, *operationError) {
	w, predicates, refused := body.parse(msads.MaxPageSize)
	if refused != nil {
		return nil, refused
	}
	most := 2 // joined by AND
	if s.modes[OnePredicate] {
		most = 1
	}
	if n := len(predicates); n > most {
		return nil, newError(codeInvalidPredicate, fmt.Sprintf("%d predicates", n))
	}
	q := &query{window: w}
	for _, p := range predicates {
		if refused := q.take(p); refused != nil {
			return nil, refused
		}
	}
	if q.direct != 0 && q.manager != 0 {
		return nil, newError(codeInvalidPredicate, byDirect+" and "+byManager)
	}
	if q.ids != nil && q.typ == msads.AccountLink {
		q.manager = 0 // the service ignores it next to ClientAccountId
	}
	return q, nil
}

// take adds one predicate to the query.
func (q *query) take(p predicate) *operationError {
	ids, refused := p.ids()
	if refused != nil {
		return refused
	}
	switch p.field {
	case byAccount, byCustomer:
		if q.ids != nil {
			return newError(codeInvalidPredicate, byAccount+" and "+byCustomer)
		}
		q.ids, q.typ = ids, msads.AccountLink
		if p.field == byCustomer {
			q.typ = msads.CustomerLink
		}
		return nil
	case byDirect, byManager:
		if p.operator != equals {
			return newError(codeInvalidPredicate, p.field+" "+p.operator)
		}
		target := &q.direct
		if p.field == byManager {
			target = &q.manager
		}
		if *target != 0 {
			return newError(codeInvalidPredicate, p.field+" twice")
		}
		*target = ids[0]
		return nil
	}
	return newError(codeInvalidPredicate, p.field)
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
