package nearly

import (
	"cmp"
	"hash/maphash"
	"slices"

	"linkbatch/planner/internal/clientname"
)

// Edit is how two values differ.
type Edit int8

// The edits.
const (
	Swapped Edit = iota + 1 // two neighbours
	Longer                  // one has a character more
	Changed                 // one character
)

// Pair is two values that are one edit apart.
type Pair struct {
	A, B    int // places in the list, A before B
	Edit    Edit
	OneName bool // both have the same name, not just names that can mean one client
}

// Pairs returns the pairs of a list that look like slips, by the first of their
// places. names has the name of each value, which may be blank. A blank value is
// none, and of equal values only the first takes part.
func Pairs(values, names []string) []Pair {
	f := &finder{
		values: values, names: names, keys: make([]string, len(names)), at: map[string]int32{},
		all: make([]neighbours, len(values)), named: make([]neighbours, len(values)),
	}
	for i, value := range values {
		if _, known := f.at[value]; !known && len(value) >= shortest {
			f.at[value] = int32(i)
			f.places = append(f.places, int32(i))
		}
	}
	f.swapped()
	f.longer()
	f.changed()
	return f.pairs()
}

// shortest is the length below which values are not compared: everything is near
// to everything there.
const shortest = 6

// finder looks for neighbours. Each two of them meet exactly once: as two
// swapped, as one longer, or as one changed.
type finder struct {
	values, names []string
	keys          []string         // of names, once they were asked for
	places        []int32          // the first place of each value
	at            map[string]int32 // value -> its place
	all, named    []neighbours     // by place: of all values, and of those with the same name
}

// neighbours is what is one edit from a value: how many there are, and the last
// of them.
type neighbours struct {
	count int32
	other int32
	edit  Edit
	early bool // the edit is before the last two characters
}

// meet notes that two values are one edit apart, at a place counted from the
// end of the longer one.
func (f *finder) meet(a, b int32, edit Edit, fromEnd int) {
	note := func(m []neighbours) {
		m[a] = neighbours{m[a].count + 1, b, edit, fromEnd > 2}
		m[b] = neighbours{m[b].count + 1, a, edit, fromEnd > 2}
	}
	note(f.all)
	if f.oneName(a, b) {
		note(f.named)
	}
}

// oneName reports whether two values have the same name.
func (f *finder) oneName(a, b int32) bool {
	return f.names[a] != "" && f.names[b] != "" && f.key(a) == f.key(b)
}

func (f *finder) key(i int32) string {
	if f.keys[i] == "" {
		f.keys[i] = cmp.Or(clientname.Key(f.names[i]), f.names[i])
	}
	return f.keys[i]
}

// swapped meets the values in which two neighbours are swapped.
func (f *finder) swapped() {
	var buf []byte
	for _, place := range f.places {
		buf = append(buf[:0], f.values[place]...)
		for i := range len(buf) - 1 {
			if buf[i] >= buf[i+1] { // the other of the two finds the pair
				continue
			}
			buf[i], buf[i+1] = buf[i+1], buf[i]
			if other, ok := f.at[string(buf)]; ok {
				f.meet(place, other, Swapped, len(buf)-i)
			}
			buf[i], buf[i+1] = buf[i+1], buf[i]
		}
	}
}

// longer meets the values of which one has a character more.
func (f *finder) longer() {
	lengths := map[int]bool{}
	for _, place := range f.places {
		lengths[len(f.values[place])] = true
	}
	var buf []byte
	for _, place := range f.places {
		value := f.values[place]
		if !lengths[len(value)-1] {
			continue
		}
		for i := range len(value) {
			if i > 0 && value[i] == value[i-1] { // gives what the one before gave
				continue
			}
			buf = append(append(buf[:0], value[:i]...), value[i+1:]...)
			if other, ok := f.at[string(buf)]; ok {
				f.meet(place, other, Longer, len(value)-i)
			}
		}
	}
}

// changed meets the values that differ in one character: for each place in a
// value, those that are equal without it come together by a sort.
func (f *finder) changed() {
	type masked struct {
		sum   uint64
		place int32
	}
	longest := 0
	for _, place := range f.places {
		longest = max(longest, len(f.values[place]))
	}
	seed := maphash.MakeSeed()
	list := make([]masked, 0, len(f.places))
	buf := make([]byte, 0, longest)
	for i := range longest {
		list = list[:0]
		for _, place := range f.places {
			if value := f.values[place]; i < len(value) {
				buf = append(append(append(buf[:0], value[:i]...), 0), value[i+1:]...)
				list = append(list, masked{maphash.Bytes(seed, buf), place})
			}
		}
		slices.SortFunc(list, func(a, b masked) int { return cmp.Compare(a.sum, b.sum) })
		for j := range list {
			for k := j + 1; k < len(list) && list[k].sum == list[j].sum; k++ {
				a, b := f.values[list[j].place], f.values[list[k].place]
				if len(a) == len(b) && a[:i] == b[:i] && a[i+1:] == b[i+1:] {
					f.meet(list[j].place, list[k].place, Changed, len(a)-i)
				}
			}
		}
	}
}

// pairs returns the neighbours that count: each is the other's only one, among
// the values of one name or among all, and the edit is one of a hand.
func (f *finder) pairs() (found []Pair) {
	for _, place := range f.places {
		if n, ok := only(f.named, place); ok {
			found = append(found, Pair{int(place), int(n.other), n.edit, true})
		} else if n, ok := only(f.all, place); ok && f.odd(place, n) {
			found = append(found, Pair{int(place), int(n.other), n.edit, false})
		}
	}
	return found
}

// only returns the only neighbour of a value, if it has no other neighbour
// either. Of the two the earlier one gets it.
func only(m []neighbours, place int32) (neighbours, bool) {
	mine := m[place]
	return mine, mine.count == 1 && place < mine.other && m[mine.other].count == 1
}

// odd reports whether two values differ in a way that a hand makes and a
// service that counts up does not.
func (f *finder) odd(place int32, n neighbours) bool {
	return n.edit != Changed || n.early && clientname.Same(f.names[place], f.names[n.other])
}
