package ledger

import (
	"context"
	"time"
)

// Prune deletes the runs that ended before a time and returns the space to the
// disk: those that are [Finished] or [Closed], and those that are [Interrupted]
// or [Stopped] and have no link in flight. A run that is Running, or has a call
// whose effect is still unknown, is kept.
func (l *Ledger) Prune(before time.Time) (pruned int, err error) {
	var runs []int64
	err = l.read(func(q querier) error {
		return each(q, []*table{&runsTable}, `runs WHERE ended < ? AND ended <> 0 AND (state IN ('finished', 'closed')
			OR state IN ('interrupted', 'stopped') AND NOT EXISTS (
				SELECT 1 FROM links
				LEFT JOIN replies ON replies.run = links.run AND replies.call = links.call AND replies.place = links.place
				LEFT JOIN kept ON kept.run = links.run AND kept.step = links.step
				WHERE links.run = runs.seq AND replies.run IS NULL AND links.call > coalesce(kept.call, 0)))`,
			[]any{nanos(before)}, func(found []record) error {
				runs = append(runs, found[0].integer(0))
				return nil
			})
	})
	if err != nil {
		return 0, err
	}
	for _, seq := range runs { // one per transaction, so that a run in progress never waits long
		if err := l.write(func(t *tx) error { return t.exec("DELETE FROM runs WHERE seq = ? AND ended <> 0", seq) }); err != nil {
			return pruned, err
		}
		pruned++
	}
	if pruned == 0 {
		return 0, nil
	}
	err = l.write(func(t *tx) error {
		if err := t.exec("DELETE FROM rosters WHERE id NOT IN (SELECT roster FROM parts)"); err != nil {
			return err
		}
		return t.exec(`DELETE FROM accounts WHERE NOT EXISTS (SELECT 1 FROM roster_rows WHERE roster_rows.account_id = accounts.account_id AND roster_rows.account_id <> 0)
			AND NOT EXISTS (SELECT 1 FROM roster_rows WHERE roster_rows.number = accounts.number AND roster_rows.number <> '')`)
	})
	if err != nil {
		return pruned, err
	}
	return pruned, l.fail(l.shrink(), true)
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
