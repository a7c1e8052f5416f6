package planner

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"linkbatch/internal/msads"
)

// The predicates of SearchClientLinks that are used. ManagingCustomerId is
// deprecated and never sent.
const (
	byManager  = "DirectManagingCustomerId"
	byAccount  = "ClientAccountId"
	byCustomer = "ClientCustomerId"
)

func entityField(kind msads.LinkType) string {
	if kind == msads.CustomerLink {
		return byCustomer
	}
	return byAccount
}

// kinds are the link types, in the order in which they are searched.
var kinds = []msads.LinkType{msads.AccountLink, msads.CustomerLink}

// searchAgency fills a view through the main login. The calls by id number a,
// the whole list takes b. A number, and a link that no row names, can only be
// found in the list; else the list is read until every id is found, it ends, or a
// pages are spent, and the ids not found are asked for: never more than twice the
// fewer of a and b. The length of the list, if known from the last run, chooses at
// once.
func (p *Planner) searchAgency(ctx context.Context, v *agencyView, why purpose) error {
	a := 0
	for _, kind := range kinds {
		a += calls(len(v.missing(kind)))
	}
	switch b := p.KnownLinks/msads.MaxPageSize + 1; {
	case len(v.alone) > 0 || v.left != nil:
		_, err := p.list(ctx, v, 0)
		return err
	case a == 0:
		return nil
	case why == looking || p.KnownLinks > 0 && a <= b:
		return p.searchIDs(ctx, v)
	}
	enough, err := p.list(ctx, v, a)
	if enough || err != nil {
		return err
	}
	return p.searchIDs(ctx, v)
}

// calls is how many searches n ids need.
func calls(n int) int { return (n + msads.MaxIDsPerSearch - 1) / msads.MaxIDsPerSearch }

// list reads the managing customer's list, at most limit pages if limit is not
// 0, and reports whether nothing is left to ask: every id was found, or the
// list ended, so that what was not found is absent.
//
// A page is asked for after the last reply, since links may move between
// pages, but one ahead where the known length says that there is one.
func (p *Planner) list(ctx context.Context, v *agencyView, limit int) (bool, error) {
	knownPages := (p.KnownLinks + msads.MaxPageSize - 1) / msads.MaxPageSize
	var last []msads.ClientLink
	for index := 0; limit == 0 || index < limit; {
		n := 1
		if index+1 < knownPages && index+1 != limit {
			n = 2
		}
		pages, err := p.pages(ctx, v.manager, index, n)
		if err != nil {
			return false, err
		}
		for i, page := range pages {
			if samePage(last, page) {
				return false, repeated(index + i)
			}
			for _, link := range page {
				v.see(link)
			}
			last, v.ended = page, v.ended || len(page) < msads.MaxPageSize
		}
		index += n
		if v.ended || v.complete(p.KnownLinks) {
			return true, nil
		}
	}
	return false, nil
}

// pages reads n pages of the managing customer's list at once.
func (p *Planner) pages(ctx context.Context, manager msads.ID, index, n int) ([][]msads.ClientLink, error) {
	pages := make([][]msads.ClientLink, n)
	g, gctx := errgroup.WithContext(ctx)
	for i := range pages {
		g.Go(func() (err error) {
			pages[i], err = p.search(gctx, p.Main, index+i, equals(byManager, manager))
			return err
		})
	}
	return pages, g.Wait()
}

// repeated is the error of a service that returns one page for another.
func repeated(page int) error {
	return fmt.Errorf("search client links: page %d: the service returned the previous page again", page)
}

// samePage reports whether a full page is the one before it once more.
func samePage(last, page []msads.ClientLink) bool {
	if len(last) < msads.MaxPageSize || len(page) != len(last) {
		return false
	}
	same := func(a, b *msads.ClientLink) bool {
		return a.ManagingCustomerID == b.ManagingCustomerID && a.Type == b.Type && a.ClientEntityID == b.ClientEntityID
	}
	return same(&last[0], &page[0]) && same(&last[len(last)-1], &page[len(page)-1])
}

// searchIDs asks for the ids that no link was found for, in tens. An id that
// the service refuses to search for does not stop the others.
func (p *Planner) searchIDs(ctx context.Context, v *agencyView) error {
	var mu sync.Mutex // guards v and health
	var health health
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, p.Concurrency))
	for _, kind := range kinds {
		for ids := range slices.Chunk(v.missing(kind), msads.MaxIDsPerSearch) {
			g.Go(func() error {
				return p.searchTen(gctx, kind, ids, func(links []msads.ClientLink, err error, ids []msads.ID) error {
					mu.Lock()
					defer mu.Unlock()
					for _, link := range links {
						v.see(link)
					}
					for _, id := range ids {
						if err != nil {
							v.ids[entity{kind, id}].refused = err.Error()
						}
					}
					return health.note(err)
				})
			})
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return health.err()
}

// searchTen asks for at most ten ids, and one at a time if the service refuses
// the ten for one of them. Each answer or refusal goes to take.
func (p *Planner) searchTen(ctx context.Context, kind msads.LinkType, ids []msads.ID, take func([]msads.ClientLink, error, []msads.ID) error) error {
	links, err := p.byIDs(ctx, kind, ids)
	if err != nil && !refused(err) {
		return err
	}
	if err == nil || len(ids) == 1 {
		return take(links, err, ids)
	}
	for i := range ids {
		if err := p.searchTen(ctx, kind, ids[i:i+1], take); err != nil {
			return err
		}
	}
	return nil
}

// byIDs returns every link to at most ten entities, of the managing customer
// or, once the service has refused two predicates, of any.
func (p *Planner) byIDs(ctx context.Context, kind msads.LinkType, ids []msads.ID) ([]msads.ClientLink, error) {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	in := msads.Predicate{Field: entityField(kind), Operator: "In", Value: strings.Join(texts, ",")}
	if !p.idsAlone.Load() {
		links, err := p.searchAll(ctx, p.Main, in, equals(byManager, p.Main.CustomerID))
		if !hasCode(err, invalidPredicate) {
			return links, err
		}
		p.idsAlone.Store(true)
	}
	return p.searchAll(ctx, p.Main, in)
}

// searchClients fills a view one account at a time, each through its login. A
// client's login that the service does not serve, or not for this account,
// costs only the rows that need it.
func (p *Planner) searchClients(ctx context.Context, v *clientView) error {
	var shut sync.Map // profile -> why the service does not serve it
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, p.Concurrency))
	for _, k := range v.order {
		g.Go(func() error {
			if why, ok := shut.Load(k.profile); ok {
				v.links[k].refused = why.(string)
				return nil
			}
			links, err := p.searchAll(gctx, v.logins[k.profile], equals(entityField(k.kind), k.id))
			if err == nil {
				v.take(k, links)
				return nil
			}
			others := k.profile != p.Main.Profile
			if !refused(err) && !(others && locked(err)) {
				return err
			}
			why := err.Error()
			if others {
				why = fmt.Sprintf("profile %q: %s", k.profile, why)
			}
			if locked(err) {
				shut.Store(k.profile, why)
			}
			v.links[k].refused = why
			return nil
		})
	}
	return g.Wait()
}

// searchAll reads all pages of a search.
func (p *Planner) searchAll(ctx context.Context, login Login, predicates ...msads.Predicate) ([]msads.ClientLink, error) {
	var all, last []msads.ClientLink
	for index := 0; ; index++ {
		page, err := p.search(ctx, login, index, predicates...)
		if err != nil {
			return nil, err
		}
		if samePage(last, page) {
			return nil, repeated(index)
		}
		all, last = append(all, page...), page
		if len(page) < msads.MaxPageSize {
			return all, nil
		}
	}
}

// search reads one page.
func (p *Planner) search(ctx context.Context, login Login, index int, predicates ...msads.Predicate) ([]msads.ClientLink, error) {
	links, err := login.Searcher.SearchClientLinks(ctx, msads.Search{Predicates: predicates, Index: index, Size: msads.MaxPageSize})
	if err != nil {
		return nil, fmt.Errorf("search client links: %w", err)
	}
	return links, nil
}

func equals(field string, id msads.ID) msads.Predicate {
	return msads.Predicate{Field: field, Operator: "Equals", Value: id.String()}
}
