package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"linkbatch/internal/msads"
)

// all returns the rows that repeat or contradict another, in roster order. Of
// rows that repeat each other the first is not among them. Call it after the
// last add.
func (r *repeats) all() []repeat {
	var all []repeat
	for _, group := range r.groups() {
		all = append(all, r.compare(group).repeats...)
	}
	slices.SortFunc(all, func(a, b repeat) int { return cmp.Compare(a.index, b.index) })
	return all
}

// groups lists the rows of every link that has several, each in roster order.
func (r *repeats) groups() [][]int32 {
	at := map[int32]int{} // root -> index in groups
	var groups [][]int32
	for i := range r.rows {
		i := int32(i)
		root := r.root(i)
		if root == i {
			continue
		}
		n, ok := at[root]
		if !ok {
			n = len(groups)
			at[root], groups = n, append(groups, []int32{root})
		}
		groups[n] = append(groups[n], i)
	}
	return groups
}

// family is what is known of the rows of one link.
type family struct {
	first   int32
	key     Key // every identifier that the rows have between them
	repeats []repeat
}

// compare decides about the rows of one link, two or more.
func (r *repeats) compare(group []int32) family {
	of := family{first: group[0], key: r.key(&r.rows[group[0]])}
	against, pair := r.clashes(group, &of.key)
	for n, i := range group {
		repeat := repeat{index: int(i), row: int(r.rows[i].row)}
		switch {
		case pair == nil && n == 0:
			continue
		case pair == nil:
			repeat.other = int(of.first)
			repeat.reason = fmt.Sprintf("same as row %d", r.rows[of.first].row)
		default:
			other := against[n]
			if other < 0 {
				other = pair[1]
			}
			repeat.other, repeat.conflict = int(other), true
			repeat.reason = cmp.Or(r.contradiction(i, other),
				fmt.Sprintf("rows %d and %d contradict each other about this link", r.rows[pair[0]].row, r.rows[pair[1]].row))
		}
		of.repeats = append(of.repeats, repeat)
	}
	return of
}

// clashes finds for each row of a group one before it that it contradicts, or
// -1, and the first such pair; nil if no rows do. It completes key.
func (r *repeats) clashes(group []int32, key *Key) (against, pair []int32) {
	base := &r.rows[group[0]]
	idFrom, numberFrom := group[0], group[0]
	for _, i := range group {
		a := &r.rows[i]
		if key.EntityID == 0 && a.id != 0 {
			key.EntityID, idFrom = a.id, i
		}
		if key.Number == "" && a.number != "" {
			key.Number, numberFrom = a.number, i
		}
		other := int32(-1)
		switch {
		case differ(a, base):
			other = group[0]
		case a.id != 0 && a.id != key.EntityID:
			other = idFrom
		case a.number != "" && a.number != key.Number:
			other = numberFrom
		}
		if other >= 0 && pair == nil {
			pair = []int32{other, i}
		}
		against = append(against, other)
	}
	return against, pair
}

// contradiction words how two rows contradict each other; empty if they do not.
func (r *repeats) contradiction(i, j int32) string {
	a, b := &r.rows[i], &r.rows[j]
	prefix := fmt.Sprintf("contradicts row %d", b.row)
	switch {
	case a.intent != b.intent:
		return fmt.Sprintf("%s, which says %s", prefix, b.intent)
	case a.terms != b.terms:
		return prefix + ": different " + strings.Join(different(a, b), ", ") + " for the same link"
	case a.id != 0 && b.id != 0 && a.id != b.id:
		return prefix + ": another account_id for the same account_number"
	case a.number != "" && b.number != "" && a.number != b.number:
		return prefix + ": another account_number for the same account_id"
	}
	return ""
}

// settleRepeats writes what repeats found into the steps. The first of rows
// that ask the same gets every identifier that the others have; the others
// write nothing and share its outcome. It is called again once searches have
// tied more rows, and never takes anything back.
func (p *Planner) settleRepeats(steps []Step, r *repeats) {
	for _, group := range r.groups() {
		of := r.compare(group)
		for _, repeat := range of.repeats {
			step := &steps[repeat.index]
			if repeat.conflict {
				step.SameAs = -1
				step.end(OpReject, repeat.reason)
				continue
			}
			step.SameAs = repeat.other
			step.end(OpNone, repeat.reason)
		}
		if first := &steps[of.first]; first.Op != OpReject && lend(&first.Key, of.key) && first.Op == OpBlocked {
			p.begin(first) // it may have lacked the id that another row has
		}
	}
}

// lend completes a key from the other rows of its link, as far as an op needs
// it: every one the id, that of a customer link the number too.
func lend(key *Key, all Key) bool {
	had := *key
	key.EntityID = cmp.Or(key.EntityID, all.EntityID)
	if key.Type == msads.CustomerLink {
		key.Number = cmp.Or(key.Number, all.Number)
	}
	return *key != had
}

// checkMerged rejects the rows that share another's outcome but have a number
// of their own that is not their link's, and warns of a name that is not.
func checkMerged(steps []Step) {
	for i := range steps {
		step := &steps[i]
		if step.SameAs < 0 {
			continue
		}
		before := steps[step.SameAs].Before.Sight()
		if why := step.Mismatch(before); why != "" {
			step.SameAs = -1
			step.end(OpReject, why)
		} else if wrong := step.WrongName(before); wrong != "" {
			step.warn(wrong)
		}
	}
}
