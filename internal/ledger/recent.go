package ledger

import (
	"maps"
	"slices"
	"time"

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
	type act struct {
		key planner.Key
		op  planner.Op
	}
	newest := make(map[act]int)
	var all []Trace
	err := l.read(func(q querier) error {
		return traces(q, `(links.run, links.call) IN (
				SELECT run, call FROM replies WHERE at >= ? UNION SELECT run, number FROM calls WHERE sent >= ?)
			AND links.run IN (SELECT seq FROM runs WHERE endpoint = ? AND customer = ?)
			ORDER BY calls.tick, links.run, links.call, links.place`,
			[]any{from, from, s.Endpoint, int64(s.ManagingCustomerID)}, func(f *found) error {
				if f.reply != nil && f.reply.integer(3) < from {
					return nil
				}
				done, err := f.done()
				if err != nil || !done {
					return err
				}
				of := act{f.trace.Step.Key, f.trace.Step.Op}
				if of.key.EntityID != 0 {
					of.key.Number = "" // the id identifies it; the number may be known or not
				}
				newest[of] = len(all)
				all = append(all, f.trace)
				return nil
			})
	})
	if err != nil {
		return nil, err
	}
	var out []Trace
	for _, i := range slices.Sorted(maps.Values(newest)) {
		out = append(out, all[i])
	}
	return out, nil
}
