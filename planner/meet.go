package planner

import (
	"cmp"
	"strings"
	"time"

	"linkbatch/internal/msads"
)

// meet adds what a search has shown of a row: the id and number of its link, by
// which other rows may name it. A link that is not the row's, since one of its
// identifiers is another one, ties it to nobody.
func (r *repeats) meet(index int, link *msads.ClientLink) {
	if link == nil {
		return
	}
	i, a := int32(index), &r.rows[index]
	number := strings.ToUpper(link.ClientEntityNumber)
	if contradict(a.id, link.ClientEntityID) || contradict(a.number, number) {
		return
	}
	a.id = cmp.Or(a.id, link.ClientEntityID)
	r.join(i)
	if number != "" {
		unite(r, r.byNumber, heldNumber{a.holder, number}, i)
	}
}

// contradict reports whether both identifiers are known and differ.
func contradict[T comparable](a, b T) bool {
	var unknown T
	return a != unknown && b != unknown && a != b
}

// Compare compares two rows that turn out to be about one link, the first of
// which is carried out already. It returns how the second relates to it: "same
// as row 2", or how it contradicts that row.
func (p *Planner) Compare(first, second *Step) (how string, same bool) {
	r := p.newRepeats()
	r.add(&first.Row)
	r.add(&second.Row)
	of := r.compare([]int32{0, 1})
	last := of.repeats[len(of.repeats)-1]
	return last.reason, !last.conflict
}

// Share makes the step write nothing and share the outcome of another one, which
// asks the same of the same link. how is what [Planner.Compare] says.
func (s *Step) Share(other int, how string) {
	s.SameAs, s.Deferred, s.Due = other, false, time.Time{}
	s.end(OpNone, how)
}

// Reject rejects a step whose row turns out to contradict another row.
func (s *Step) Reject(why string) {
	s.SameAs, s.Deferred, s.Due = -1, false, time.Time{}
	s.end(OpReject, why)
}

// Block keeps a decided step from being sent, for a reason that the planner does not
// know.
func (s *Step) Block(why string) {
	s.Deferred, s.Due = false, time.Time{}
	s.end(OpBlocked, why)
}

// Leave makes a step need nothing, for a reason that the planner does not know.
func (s *Step) Leave(why string) {
	s.Deferred, s.Due = false, time.Time{}
	s.end(OpNone, why)
}
