package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"linkbatch/internal/msads"
)

// erased is the reason that a forgotten row shows instead of its own.
const erased = "erased from the ledger"

// searchLag is longer than searches lag behind a write.
const searchLag = time.Minute

// Mentions returns the runs that have rows of an account, newest first, and how
// many rows they have of it. An id of 0 or an empty number is unknown, as in
// [Ledger.History].
func (l *Ledger) Mentions(id msads.ID, number string) (runs []Run, rows int, err error) {
	err = l.read(func(v *view) error {
		n, err := v.names(int64(id), strings.ToUpper(number))
		if err != nil {
			return err
		}
		found, err := n.mentions()
		for _, m := range found {
			runs = append(runs, m.Run)
			rows += len(m.steps)
		}
		return err
	})
	return runs, rows, err
}

// Forget erases what the ledger holds of an account: the cells of its rows, its
// identifiers, what was decided, sent and answered. Of each row its number, op
// and outcome remain, so that the counts of a run stay right, with a reason that
// says that it was erased. An [Act] without the account is recorded. The file is
// then written anew, so that nothing is left in its free space.
//
// It is an [ErrUnsettled] if a run with the account can still be resumed. A later
// run whose roster has the account records it again.
func (l *Ledger) Forget(id msads.ID, number string, by Actor) (runs, rows int, err error) {
	err = l.write(func(t *tx) error {
		v := t.view()
		n, err := v.names(int64(id), strings.ToUpper(number))
		if err != nil {
			return err
		}
		found, err := n.mentions()
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return nil
		}
		e := newEraser(t, v, n)
		if err := e.erase(found); err != nil {
			return err
		}
		runs, rows = len(found), 0
		for _, m := range found {
			rows += len(m.steps)
		}
		by.Command, by.Reason = e.mask(by.Command), e.mask(by.Reason)
		return t.act(Act{Kind: "forget", Actor: by, Runs: runs, Rows: rows})
	})
	if err != nil || runs == 0 {
		return 0, 0, err
	}
	for _, statement := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := l.db.ExecContext(context.Background(), statement); err != nil {
			return runs, rows, l.fail(fmt.Errorf("erased, but its free space may still have copies: %w", err), true)
		}
	}
	return runs, rows, nil
}

// mention is a run with rows of an account.
type mention struct {
	*entry
	parts []*part
	steps map[int64]bool
}

// mentions reads the runs that have rows of the account, newest first.
func (n *names) mentions() (out []mention, err error) {
	runs, err := n.v.entries()
	if err != nil {
		return nil, err
	}
	for _, e := range runs {
		m := mention{entry: e, steps: make(map[int64]bool)}
		if m.parts, err = n.v.parts(e); err != nil {
			return nil, err
		}
		for _, p := range m.parts {
			places, err := n.in(p)
			if err != nil {
				return nil, err
			}
			for _, at := range places {
				m.steps[at] = true
			}
		}
		if len(m.steps) > 0 {
			out = append(out, m)
		}
	}
	return out, nil
}
