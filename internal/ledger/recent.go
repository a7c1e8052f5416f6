package ledger

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"linkbatch/executor"
	"linkbatch/planner"
)

// Recent returns the links of a scope whose op is done (according to the reply,
// or to what was later recorded of the row) and whose reply came at or after
// since; if a reply never came, the time of sending counts. A time in the future
// counts as recent: the clock was set back. Of each link and op it returns the
// newest, in the order of sending.
//
// A search can lag a write by some seconds, and its index by more; a plan that
// is made soon after needs to know these links.
func (l *Ledger) Recent(s Scope, since time.Time) ([]Trace, error) {
	from := min(nanos(since), nanos(time.Now()))
	var all []recent
	err := l.read(func(v *view) error {
		runs, err := v.entries()
		if err != nil {
			return err
		}
		for _, e := range runs {
			if e.Scope != s || v.schema > 1 && e.latest < from {
				continue
			}
			found, err := v.recent(e, from)
			if err != nil {
				return err
			}
			all = append(all, found...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return newest(all), nil
}

// recent is a link with its position in the order of sending.
type recent struct {
	Trace
	tick, run, call, place int64
}

// recent reads the links of a run that are done and recent.
func (v *view) recent(e *entry, from int64) (out []recent, err error) {
	confirmed := make(map[int64][]planner.Op) // by step
	t, err := v.traffic(e, func(step int64, kept record) error {
		p, err := decodeProgress(kept.text(4), int(step))
		confirmed[step] = p.Done
		return err
	})
	if err != nil {
		return nil, err
	}
	err = t.links(func(s *sent) error {
		at := s.call.integer(6)
		if s.reply != nil {
			at = s.reply.integer(3)
		}
		if at < from {
			return nil
		}
		trace, err := v.trace(s)
		if err != nil {
			return err
		}
		if trace.Answer.Outcome == executor.Done || !s.loose && slices.Contains(confirmed[s.link.integer(3)], trace.Step.Op) {
			out = append(out, recent{trace, s.call.integer(7), e.seq, s.link.integer(1), s.link.integer(2)})
		}
		return nil
	})
	return out, err
}

// newest returns the newest of each link and op, in the order of sending.
func newest(all []recent) (out []Trace) {
	slices.SortFunc(all, func(a, b recent) int {
		return cmp.Or(cmp.Compare(a.tick, b.tick), cmp.Compare(a.run, b.run), cmp.Compare(a.call, b.call), cmp.Compare(a.place, b.place))
	})
	type act struct {
		key planner.Key
		op  planner.Op
	}
	last := make(map[act]int)
	for i, r := range all {
		of := act{r.Step.Key, r.Step.Op}
		if of.key.EntityID != 0 {
			of.key.Number = "" // the id identifies it; the number may be known or not
		}
		last[of] = i
	}
	for _, i := range slices.Sorted(maps.Values(last)) {
		out = append(out, all[i].Trace)
	}
	return out
}
