package planner

import (
	"cmp"
	"hash/maphash"
	"slices"

	"linkbatch/planner/internal/clientname"
)

// nearPairs looks for values of one column that are one edit apart. Each such pair
// is met exactly once: as two swapped, as one left out, or as one changed.
type nearPairs struct {
	*Near
	column int
	rows   []int32          // the first row with each value
	at     map[string]int32 // value -> its row
	all    []neighbours     // by row
	named  []neighbours     // by row, among rows that name the same client
	slips  []Slip           // what was found already
}

// neighbours is what is one edit from a value: how often, and the last such row.
type neighbours struct {
	count int32
	other int32
	kind  slipKind
	early bool // the edit is before the last two characters
}

// shortest is the length below which values are not compared: everything is near
// to everything there.
const shortest = 6

func newNearPairs(n *Near, column int, kind string) *nearPairs {
	p := &nearPairs{
		Near: n, column: column, at: map[string]int32{},
		all: make([]neighbours, len(n.rows)), named: make([]neighbours, len(n.rows)),
	}
	for i := range n.rows {
		r := &n.rows[i]
		if r.kind != kind || r.values[column] == "" {
			continue
		}
		if first, ok := p.at[r.values[column]]; ok {
			if !clientname.Same(n.rows[first].client, r.client) {
				p.slips = append(p.slips, n.slip(column, first, int32(i), nothingDiffers))
			}
			continue
		}
		p.at[r.values[column]] = int32(i)
		if len(r.values[column]) >= shortest {
			p.rows = append(p.rows, int32(i))
		}
	}
	return p
}

// bothFilled reports whether every row has the other identifier too, so that
// nothing can be told.
func (p *nearPairs) bothFilled() bool {
	return !slices.ContainsFunc(p.rows, func(row int32) bool { return p.Near.rows[row].values[1-p.column] == "" })
}

func (p *nearPairs) value(row int32) string { return p.Near.rows[row].values[p.column] }

// meet notes that two values are one edit apart, at a place counted from the
// end of the longer one.
func (p *nearPairs) meet(a, b int32, kind slipKind, fromEnd int) {
	note := func(m []neighbours, kind slipKind) {
		m[a] = neighbours{m[a].count + 1, b, kind, fromEnd > 2}
		m[b] = neighbours{m[b].count + 1, a, kind, fromEnd > 2}
	}
	note(p.all, kind)
	if p.oneClient(a, b) {
		note(p.named, kind|sameName)
	}
}

// swapped meets the values in which two neighbours are swapped.
func (p *nearPairs) swapped() {
	var buf []byte
	for _, row := range p.rows {
		buf = append(buf[:0], p.value(row)...)
		for i := range len(buf) - 1 {
			if buf[i] >= buf[i+1] { // the other of the two finds the pair
				continue
			}
			buf[i], buf[i+1] = buf[i+1], buf[i]
			if other, ok := p.at[string(buf)]; ok {
				p.meet(row, other, twoSwapped, len(buf)-i)
			}
			buf[i], buf[i+1] = buf[i+1], buf[i]
		}
	}
}

// lengthened meets the values of which one has a character more.
func (p *nearPairs) lengthened() {
	lengths := map[int]bool{}
	for _, row := range p.rows {
		lengths[len(p.value(row))] = true
	}
	var buf []byte
	for _, row := range p.rows {
		value := p.value(row)
		if !lengths[len(value)-1] {
			continue
		}
		for i := range len(value) {
			if i > 0 && value[i] == value[i-1] { // gives what the one before gave
				continue
			}
			buf = append(append(buf[:0], value[:i]...), value[i+1:]...)
			if other, ok := p.at[string(buf)]; ok {
				p.meet(row, other, oneMore, len(value)-i)
			}
		}
	}
}

// changed meets the values that differ in one character: for each place, those
// that are equal without it come together by a sort.
func (p *nearPairs) changed() {
	type masked struct {
		sum uint64
		row int32
	}
	longest := 0
	for _, row := range p.rows {
		longest = max(longest, len(p.value(row)))
	}
	seed := maphash.MakeSeed()
	list := make([]masked, 0, len(p.rows))
	buf := make([]byte, 0, longest)
	for i := range longest {
		list = list[:0]
		for _, row := range p.rows {
			if value := p.value(row); i < len(value) {
				buf = append(append(append(buf[:0], value[:i]...), 0), value[i+1:]...)
				list = append(list, masked{maphash.Bytes(seed, buf), row})
			}
		}
		slices.SortFunc(list, func(a, b masked) int { return cmp.Compare(a.sum, b.sum) })
		for j := range list {
			for k := j + 1; k < len(list) && list[k].sum == list[j].sum; k++ {
				a, b := p.value(list[j].row), p.value(list[k].row)
				if len(a) == len(b) && a[:i] == b[:i] && a[i+1:] == b[i+1:] {
					p.meet(list[j].row, list[k].row, oneChanged, len(a)-i)
				}
			}
		}
	}
}

// found returns the pairs that are told: each is the other's only neighbour,
// among the rows of one client or among all, and looks like a slip.
func (p *nearPairs) found() []Slip {
	var slips []Slip
	for _, row := range p.rows {
		if only, ok := p.mutual(p.named, row); ok {
			slips = append(slips, p.slip(p.column, row, only.other, only.kind))
		} else if only, ok := p.mutual(p.all, row); ok && p.odd(row, only) {
			slips = append(slips, p.slip(p.column, row, only.other, only.kind))
		}
	}
	return slices.DeleteFunc(slips, func(s Slip) bool { return p.twoFold(s.Index) })
}

// mutual returns the only neighbour of a row, if it has no other neighbour
// either. Of the two rows the earlier one gets it.
func (p *nearPairs) mutual(m []neighbours, row int32) (neighbours, bool) {
	mine := m[row]
	return mine, mine.count == 1 && row < mine.other && m[mine.other].count == 1
}

// odd reports whether two values differ in a way that a hand makes and a
// service that counts up does not.
func (p *nearPairs) odd(row int32, n neighbours) bool {
	if n.kind == oneChanged {
		return n.early && clientname.Same(p.Near.rows[row].client, p.Near.rows[n.other].client)
	}
	return true
}

// twoFold reports whether the rows have the other identifier too, both of them:
// then they are two accounts, or a contradiction that Repeats tells.
func (p *nearPairs) twoFold(index [2]int) bool {
	other := 1 - p.column
	return p.Near.rows[index[0]].values[other] != "" && p.Near.rows[index[1]].values[other] != ""
}
