package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// names are all identifiers of one account, and where rosters have them.
type names struct {
	v       *view
	ids     []int64
	numbers []string
	marks   []string // one of them is in each line that names the account

	rosters map[int64][]int64 // the places of the account, by roster
	pages   map[int64][]int64 // its lines, by page
}

// place is a row of a roster.
type place struct{ roster, at int64 }

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.roster, q.roster), cmp.Compare(p.at, q.at))
}

// names finds every identifier of an account, starting from the given ones; 0
// and an empty number are none.
func (v *view) names(id int64, number string) (*names, error) {
	n := &names{v: v, rosters: make(map[int64][]int64), pages: make(map[int64][]int64)}
	if id != 0 {
		n.ids = append(n.ids, id)
	}
	if number != "" {
		n.numbers = append(n.numbers, number)
	}
	pairs, err := v.pairs()
	if err != nil {
		return nil, err
	}
	for known := 0; known < len(n.ids)+len(n.numbers); {
		known = len(n.ids) + len(n.numbers)
		for _, p := range pairs {
			id, number := slices.Contains(n.ids, p.id), slices.Contains(n.numbers, p.number)
			if number && !id {
				n.ids = append(n.ids, p.id)
			}
			if id && !number {
				n.numbers = append(n.numbers, p.number)
			}
		}
	}
	for _, id := range n.ids {
		n.marks = append(n.marks, fmt.Sprintf(`"id":%d`, id))
	}
	for _, number := range n.numbers {
		quoted, err := encode(number)
		if err != nil {
			return nil, err
		}
		n.marks = append(n.marks, `"number":`+quoted)
	}
	return n, nil
}

// pair is an id and a number that name one account.
type pair struct {
	id     int64
	number string
}

// pairs reads all of them.
func (v *view) pairs() (out []pair, err error) {
	err = each(v, []*table{&accountsTable}, "accounts", nil, func(found []record) error {
		out = append(out, pair{found[0].integer(0), found[0].text(1)})
		return nil
	})
	if err != nil || v.schema == 1 {
		return out, err
	}
	h, err := readHead(v)
	if err == nil && h.accounts != int64(len(out)) {
		err = &damage{fmt.Sprintf("it has %d accounts, and should have %d", len(out), h.accounts)}
	}
	return out, err
}

// in returns the places of the account in the roster of a part.
func (n *names) in(p *part) ([]int64, error) {
	if at, ok := n.rosters[p.roster]; ok {
		return at, nil
	}
	at, err := n.search(p)
	n.rosters[p.roster] = at
	return at, err
}

func (n *names) search(p *part) (at []int64, err error) {
	if n.v.schema == 1 {
		i := int64(0)
		for line, err := range rows1(n.v, p).all() {
			if err != nil {
				return nil, err
			}
			named, err := n.named(line)
			if err != nil {
				return nil, err
			}
			if named {
				at = append(at, i)
			}
			i++
		}
		return at, nil
	}
	r, err := n.v.roster(p.roster)
	if err != nil {
		return nil, err
	}
	first := int64(0)
	for _, ref := range r.pages {
		found, err := n.page(ref)
		if err != nil {
			return nil, err
		}
		for _, i := range found {
			at = append(at, first+i)
		}
		first += ref[1]
	}
	return at, nil
}

// page returns the lines of a page that name the account. Rosters share pages.
func (n *names) page(ref pageRef) ([]int64, error) {
	if found, ok := n.pages[ref[0]]; ok {
		return found, nil
	}
	lines, err := n.v.page(ref)
	if err != nil {
		return nil, err
	}
	var found []int64
	for i, line := range lines {
		named, err := n.named(line)
		if err != nil {
			return nil, err
		}
		if named {
			found = append(found, int64(i))
		}
	}
	n.pages[ref[0]] = found
	return found, nil
}

// named reports whether a row names the account.
func (n *names) named(line string) (bool, error) {
	if !n.marked(line) {
		return false, nil
	}
	r, err := decode[storedRow](line)
	return n.has(r.ID, r.Account), err
}

// marked reports whether a line may name the account.
func (n *names) marked(line string) bool {
	return slices.ContainsFunc(n.marks, func(mark string) bool { return strings.Contains(line, mark) })
}

// has reports whether one of two identifiers is the account's.
func (n *names) has(id int64, number string) bool {
	return id != 0 && slices.Contains(n.ids, id) || number != "" && slices.Contains(n.numbers, number)
}
