package ledger

import (
	"fmt"

	"linkbatch/executor"
)

// traffic is what a run sent. It compares the number of each kind of record with
// the one that the run's own record has, so that a call in flight is one whose
// reply never came and not one whose reply was lost.
type traffic struct {
	v     *view
	of    *entry
	parts []*part
	calls map[int64]record // by number
	kept  map[int64]int64  // by step: the call up to which its row is known
}

// traffic reads the traffic of a run but for its links. known, if it is not nil,
// gets what is kept of each row.
func (v *view) traffic(e *entry, known func(step int64, kept record) error) (*traffic, error) {
	t := &traffic{v: v, of: e, calls: make(map[int64]record), kept: make(map[int64]int64)}
	var err error
	if t.parts, err = v.parts(e); err != nil {
		return nil, err
	}
	err = v.counted(&callsTable, e, e.calls, func(r record) error {
		t.calls[r.integer(1)] = r
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = v.counted(&keptTable, e, e.kept, func(r record) error {
		t.kept[r.integer(1)] = r.integer(2)
		if known == nil {
			return nil
		}
		return known(r.integer(1), r)
	})
	return t, err
}

// counted reads the records of a run in a table.
func (v *view) counted(tb *table, e *entry, want int64, fn func(record) error) error {
	n := int64(0)
	err := each(v, []*table{tb}, tb.name+" WHERE run = ?", []any{e.seq}, func(found []record) error {
		n++
		return fn(found[0])
	})
	if err == nil && v.schema > 1 && n != want {
		err = &damage{fmt.Sprintf("run %s has %d records in %s, and should have %d", e.ID, n, tb.name, want)}
	}
	return err
}

// sent is one link of one call, with everything recorded about it.
type sent struct {
	link, call, reply record // reply may be nil
	part              *part
	loose             bool // the call is newer than what is kept of the row
}

// links passes every link to fn, in the order of call number and place.
func (t *traffic) links(fn func(*sent) error) error {
	var links, replies int64
	err := each(t.v, []*table{&linksTable, &repliesTable}, `links
		LEFT JOIN replies ON replies.run = links.run AND replies.call = links.call AND replies.place = links.place
		WHERE links.run = ? ORDER BY links.call, links.place`, []any{t.of.seq}, func(r []record) error {
		s := &sent{link: r[0], reply: r[1], call: t.calls[r[0].integer(1)]}
		if s.call == nil || s.call.integer(2) < 1 || s.call.integer(2) > int64(len(t.parts)) {
			return &damage{fmt.Sprintf("call %d of run %s or its part is missing", r[0].integer(1), t.of.ID)}
		}
		s.part = t.parts[s.call.integer(2)-1]
		upTo, kept := t.kept[s.link.integer(3)]
		s.loose = !kept || s.link.integer(1) > upTo
		links++
		if s.reply != nil {
			replies++
		}
		return fn(s)
	})
	if err != nil {
		return err
	}
	for _, c := range t.calls {
		links -= c.integer(5)
	}
	if links != 0 || t.v.schema > 1 && replies != t.of.replies {
		return &damage{fmt.Sprintf("run %s is missing links or replies", t.of.ID)}
	}
	return nil
}

// step is the index of the link's step in the plan.
func (s *sent) step() int { return int(s.link.integer(3)) }

// inFlight reports whether nobody knows yet if the call had an effect.
func (s *sent) inFlight() bool { return s.reply == nil && s.loose }

// trace decodes a link.
func (v *view) trace(s *sent) (t Trace, err error) {
	row, err := v.row(s.part, s.link.integer(3))
	if err != nil {
		return t, err
	}
	step, err := decodeStep(s.link.text(4), s.step(), row)
	if err != nil {
		return t, err
	}
	t = Trace{Step: &step, Sent: moment(s.call.integer(6))}
	if s.reply == nil {
		t.Answer = executor.Answer{Step: step.Index, Outcome: executor.Unknown, Call: int(s.link.integer(1))}
		return t, nil
	}
	stored, err := decode[storedResult](s.reply.text(5))
	t.Answer = stored.answer(step.Index)
	return t, err
}
