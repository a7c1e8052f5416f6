package ledger

import (
	"context"
	"database/sql"
	"errors"
)

// tx is the transaction that is being written. Its connection and statements
// outlive it; only the leader of a commit uses them. What many writes of a
// commit change, it changes once, when it is committed.
type tx struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt

	head   *head            // as the transaction leaves it; nil = not read
	ticked bool             // head.tick is that of this transaction
	runs   map[int64]*entry // the runs that it changes, by seq
}

func (l *Ledger) transaction() (*tx, error) {
	if l.tx == nil {
		conn, err := l.db.Conn(context.Background())
		if err != nil {
			return nil, err
		}
		l.tx = &tx{conn: conn, stmts: make(map[string]*sql.Stmt)}
	}
	l.tx.head, l.tx.ticked, l.tx.runs = nil, false, make(map[int64]*entry)
	return l.tx, nil
}

func (t *tx) close() error {
	var errs []error
	for _, s := range t.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, t.conn.Close())...)
}

// rollback undoes the transaction. SQLite may have done so already because of
// the error that led here, which is the only way that it can fail.
func (t *tx) rollback() { t.exec("ROLLBACK") }

// view is the state that the transaction sees, its own writes included.
func (t *tx) view() *view { return newView(t, len(migrations)) }

// exec runs a statement and keeps it prepared.
func (t *tx) exec(query string, args ...any) error {
	_, err := t.run(query, args...)
	return err
}

// run is exec, and returns how many records the statement changed.
func (t *tx) run(query string, args ...any) (changed int64, err error) {
	stmt, err := t.prepared(query)
	if err != nil {
		return 0, err
	}
	res, err := stmt.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// QueryContext implements querier. A query must not be made again before its
// rows are read.
func (t *tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := t.prepared(query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (t *tx) prepared(query string) (*sql.Stmt, error) {
	stmt := t.stmts[query]
	if stmt == nil {
		var err error
		if stmt, err = t.conn.PrepareContext(context.Background(), query); err != nil {
			return nil, err
		}
		t.stmts[query] = stmt
	}
	return stmt, nil
}

// insert writes one record.
func (t *tx) insert(tb *table, values ...any) error {
	return t.insertAll(tb, [][]any{values})
}

// insertAll writes records of one table, at most as many as a call has links: one
// statement for all costs little more than one for a single record.
func (t *tx) insertAll(tb *table, records [][]any) error {
	var all []any
	for _, values := range records {
		all = append(append(all, values...), tb.sum(values))
	}
	return t.exec("INSERT "+tb.insert(len(records)), all...)
}

// note writes one record unless one with its key exists. It reports whether it
// has written.
func (t *tx) note(tb *table, values ...any) (fresh bool, err error) {
	n, err := t.run("INSERT OR IGNORE "+tb.insert(1), append(values, tb.sum(values))...)
	return n > 0, err
}

// put writes one record, replacing the one with its key, if any. It reports
// whether there was none.
func (t *tx) put(tb *table, values ...any) (fresh bool, err error) {
	args := append(append([]any{}, values...), tb.sum(values))
	n, err := t.run(tb.update(), append(args, values[:tb.keys]...)...)
	if err != nil || n > 0 {
		return false, err
	}
	return true, t.insert(tb, values...)
}

// flush writes what the transaction changes once. Without it no write counts.
func (t *tx) flush() error {
	for _, e := range t.runs {
		values, err := e.values()
		if err != nil {
			return err
		}
		if _, err := t.put(&runsTable, values...); err != nil {
			return err
		}
	}
	if t.head == nil {
		return nil
	}
	_, err := t.put(&headTable, t.head.values()...)
	return err
}

// counts returns the head, which the caller may change.
func (t *tx) counts() (*head, error) {
	if t.head == nil {
		var err error
		if t.head, err = readHead(t); err != nil {
			return nil, err
		}
	}
	return t.head, nil
}

// now returns the tick of this transaction, one above that of the last.
func (t *tx) now() (int64, error) {
	h, err := t.counts()
	if err != nil {
		return 0, err
	}
	if !t.ticked {
		h.tick++
		t.ticked = true
	}
	return h.tick, nil
}

// serial returns a number that no record has had.
func (t *tx) serial() (int64, error) {
	h, err := t.counts()
	if err != nil {
		return 0, err
	}
	h.serial++
	return h.serial, nil
}

// change returns the run with a key, for the caller to change.
func (t *tx) change(seq int64) (*entry, error) {
	if e := t.runs[seq]; e != nil {
		return e, nil
	}
	found, err := one(t, &runsTable, "runs WHERE seq = ?", seq)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, &damage{"a run is missing"}
	}
	e, err := readEntry(found)
	if err != nil {
		return nil, err
	}
	t.runs[seq] = e
	return e, nil
}

// head counts what no other record counts: the order of commits, numbers, and
// how many records there are of what is read as a whole.
type head struct{ tick, serial, runs, accounts, acts int64 }

func readHead(q querier) (*head, error) {
	r, err := one(q, &headTable, "head WHERE id = 1")
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, &damage{"the head is missing"}
	}
	return &head{r.integer(1), r.integer(2), r.integer(3), r.integer(4), r.integer(5)}, nil
}

func (h *head) values() []any {
	return []any{int64(1), h.tick, h.serial, h.runs, h.accounts, h.acts}
}
