package simulator

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"linkbatch/internal/msads"
)

// searchRequest is the body that all search operations share; a nil pointer is
// a null or an absent member.
type searchRequest struct {
	Predicates []*struct{ Field, Operator, Value *string }
	Ordering   []*struct{ Field, Order *string }
	PageInfo   *struct{ Index, Size *int }
}

// window is the part of the results that a search asks for.
type window struct {
	order string // Id, Name or Number
	desc  bool
	index int
	size  int
}

// predicate is one condition of a search, with a value.
type predicate struct{ field, operator, value string }

// The operators that searches for links and accounts know.
const (
	equals   = "Equals"
	oneOf    = "In"
	contains = "Contains"
)

// parse checks what all searches have in common, in the service's order.
func (body *searchRequest) parse(maxSize int) (window, []predicate, *operationError) {
	var w window
	if len(body.Predicates) == 0 {
		return w, nil, newError(codeNoPredicates, "Predicates")
	}
	if refused := w.takePage(body, maxSize); refused != nil {
		return w, nil, refused
	}
	list := make([]predicate, len(body.Predicates))
	for i, p := range body.Predicates {
		if p == nil || p.Field == nil || p.Operator == nil || p.Value == nil || *p.Value == "" {
			return w, nil, newError(codeNoPredicateValue, "Field, Operator and Value")
		}
		list[i] = predicate{*p.Field, *p.Operator, *p.Value}
	}
	return w, list, w.takeOrder(body)
}

// takePage reads PageInfo. The service takes an unset Size for 0 and refuses
// it, so both members must be there.
func (w *window) takePage(body *searchRequest, maxSize int) *operationError {
	p := body.PageInfo
	if p == nil || p.Index == nil || p.Size == nil {
		return newError(codeNoPageInfo, "PageInfo")
	}
	w.index, w.size = *p.Index, *p.Size
	if w.index < 0 || w.index > math.MaxInt32 || w.size < 1 || w.size > maxSize {
		return newError(codeNoPageInfo, "PageInfo")
	}
	return nil
}

// takeOrder reads Ordering: the service looks only at its first element.
func (w *window) takeOrder(body *searchRequest) *operationError {
	w.order = "Id"
	if len(body.Ordering) == 0 || body.Ordering[0] == nil {
		return nil
	}
	o := body.Ordering[0]
	if o.Field == nil || !slices.Contains([]string{"Id", "Name", "Number"}, *o.Field) {
		return newError(codeInvalidPredicate, "Ordering.Field")
	}
	w.order = *o.Field
	if o.Order == nil {
		return nil
	}
	if *o.Order != "Ascending" && *o.Order != "Descending" {
		return newError(codeInvalidPredicate, "Ordering.Order")
	}
	w.desc = *o.Order == "Descending"
	return nil
}

// cut returns the page of a sorted list that a search asks for.
func cut[T any](w window, list []T) []T {
	from := min(w.index*w.size, len(list))
	return list[from:min(from+w.size, len(list))]
}

// minFilter is the minimum length of a predicate's value (the Predicate page of
// the documentation).
const minFilter = 4

// values returns the texts that a predicate compares with: with In up to ten
// that are separated by commas.
func (p predicate) values() ([]string, *operationError) {
	list := []string{p.value}
	if p.operator == oneOf {
		list = strings.Split(p.value, ",")
	}
	if len(list) > msads.MaxIDsPerSearch {
		return nil, newError(codeInvalidPredicate, fmt.Sprintf("%s In: %d values", p.field, len(list)))
	}
	for i, v := range list {
		if list[i] = strings.TrimSpace(v); len(list[i]) < minFilter {
			return nil, newError(codeFilterTooShort, p.field)
		}
	}
	return list, nil
}

// ids returns the ids that a predicate names, each once.
func (p predicate) ids() ([]ID, *operationError) {
	if p.operator != equals && p.operator != oneOf {
		return nil, newError(codeInvalidPredicate, p.field+" "+p.operator)
	}
	list, refused := p.values()
	if refused != nil {
		return nil, refused
	}
	var ids []ID
	for _, v := range list {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n <= 0 {
			return nil, newError(codeInvalidPredicate, fmt.Sprintf("%s: %q is not an id", p.field, v))
		}
		if !slices.Contains(ids, ID(n)) {
			ids = append(ids, ID(n))
		}
	}
	return ids, nil
}
