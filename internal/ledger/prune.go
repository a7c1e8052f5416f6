package ledger

import (
	"context"
	"time"
)

// Retention says which runs Prune deletes.
type Retention struct {
	Before time.Time // those that ended before it,
	Keep   int       // but never the newest Keep of a roster, of one path and scope, that were started
}

// Prunable returns the runs that Prune would delete, newest first: of those that
// the retention names the [Finished], [NotStarted] and [Closed], and the [Interrupted] and
// [Stopped] that have no link in flight. A run that is Running, or has a call
// whose effect is still unknown, is kept.
func (l *Ledger) Prunable(r Retention) (runs []Run, err error) {
	err = l.read(func(v *view) error {
		found, err := v.prunable(r)
		for _, e := range found {
			runs = append(runs, e.Run)
		}
		return err
	})
	return runs, err
}

// Prune deletes the runs that [Ledger.Prunable] returns, and rosters, plans and
// identifiers that only they had, and returns the space to the disk. What later
// runs share with them is kept. An [Act] of it is recorded. It returns the
// deleted runs, also with an error.
func (l *Ledger) Prune(r Retention, by Actor) (pruned []Run, err error) {
	var found []*entry
	err = l.read(func(v *view) error {
		found, err = v.prunable(r)
		return err
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	for _, e := range found { // one per transaction, so that a run in progress never waits long
		err := l.write(func(t *tx) error {
			n, err := t.run("DELETE FROM runs WHERE seq = ? AND ended <> 0", e.seq)
			if err != nil || n == 0 {
				return err
			}
			h, err := t.counts()
			if err == nil {
				h.runs--
				pruned = append(pruned, e.Run)
			}
			return err
		})
		if err != nil {
			return pruned, err
		}
	}
	err = l.write(func(t *tx) error {
		if err := t.sweep(); err != nil {
			return err
		}
		return t.act(Act{Kind: "prune", Actor: by, Before: r.Before, Keep: r.Keep, Runs: len(pruned)})
	})
	if err != nil {
		return pruned, err
	}
	return pruned, l.fail(l.shrink(), true)
}

// prunable reads the runs that a retention deletes.
func (v *view) prunable(r Retention) (out []*entry, err error) {
	all, err := v.entries()
	if err != nil {
		return nil, err
	}
	type job struct {
		Scope
		path string
	}
	newer := make(map[job]int)
	for _, e := range all {
		of := job{e.Scope, e.Path}
		started := e.State != NotStarted
		if started {
			newer[of]++
		}
		if started && newer[of] <= r.Keep || e.Ended.IsZero() || !e.Ended.Before(r.Before) {
			continue
		}
		settled, err := v.settled(e)
		if err != nil {
			return nil, err
		}
		if settled {
			out = append(out, e)
		}
	}
	return out, nil
}

// settled reports whether nothing of a run can matter to a later one.
func (v *view) settled(e *entry) (bool, error) {
	if e.over() || e.State == Running {
		return e.over(), nil
	}
	t, err := v.traffic(e, nil)
	if err != nil {
		return false, err
	}
	settled := true
	err = t.links(func(s *sent) error {
		settled = settled && !s.inFlight()
		return nil
	})
	return settled, err
}

// sweep deletes rosters, plans, pages and identifiers that no run has.
func (t *tx) sweep() error {
	for _, query := range []string{
		"DELETE FROM rosters WHERE id NOT IN (SELECT roster FROM parts)",
		"DELETE FROM plans WHERE id NOT IN (SELECT decided FROM parts)",
	} {
		if err := t.exec(query); err != nil {
			return err
		}
	}
	v := t.view()
	used, err := v.used()
	if err != nil {
		return err
	}
	if err := t.dropPages(used); err != nil {
		return err
	}
	return t.dropPairs(v, used)
}

// used reads which pages the lists have, and whether they are of a roster.
func (v *view) used() (map[int64]bool, error) {
	used := make(map[int64]bool)
	for _, of := range []struct {
		table *table
		pages int // column
	}{{&plansTable, 3}, {&rostersTable, 4}} {
		err := each(v, []*table{of.table}, of.table.name, nil, func(found []record) error {
			pages, err := decode[list](found[0].text(of.pages))
			for _, ref := range pages {
				used[ref[0]] = used[ref[0]] || of.table == &rostersTable
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return used, nil
}

// dropPages deletes the pages that are not used.
func (t *tx) dropPages(used map[int64]bool) error {
	rows, err := t.QueryContext(context.Background(), "SELECT id FROM pages")
	if err != nil {
		return err
	}
	defer rows.Close()
	var unused []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		if _, ok := used[id]; !ok {
			unused = append(unused, id)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, id := range unused {
		if err := t.exec("DELETE FROM pages WHERE id = ?", id); err != nil {
			return err
		}
	}
	return nil
}

// dropPairs deletes the pairs of identifiers of which no row has one.
func (t *tx) dropPairs(v *view, used map[int64]bool) error {
	ids, numbers := make(map[int64]bool), make(map[string]bool)
	for id, rows := range used {
		if !rows {
			continue
		}
		page, err := v.body(id)
		if err != nil {
			return err
		}
		for _, line := range page {
			row, err := decode[storedRow](line)
			if err != nil {
				return err
			}
			ids[row.ID], numbers[row.Account] = true, true
		}
	}
	delete(ids, 0)
	delete(numbers, "")
	return t.unpair(v, func(p pair) bool { return !ids[p.id] && !numbers[p.number] })
}

// unpair deletes the pairs that match.
func (t *tx) unpair(v *view, match func(pair) bool) error {
	pairs, err := v.pairs()
	if err != nil {
		return err
	}
	h, err := t.counts()
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if !match(p) {
			continue
		}
		if err := t.exec("DELETE FROM accounts WHERE account_id = ? AND number = ?", p.id, p.number); err != nil {
			return err
		}
		h.accounts--
	}
	return nil
}

// shrink returns free pages to the disk. While another process reads, the file
// may keep its size until a later prune.
func (l *Ledger) shrink() error {
	for _, pragma := range []string{"PRAGMA incremental_vacuum", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		rows, err := l.db.QueryContext(context.Background(), pragma) // each step of the statement returns one page
		if err != nil {
			return err
		}
		for rows.Next() {
		}
		if err := rows.Err(); err != nil {
			return err
		}
		rows.Close()
	}
	return nil
}
