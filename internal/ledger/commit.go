package ledger

import (
	"context"
	"database/sql"
	"errors"
)

// write is one caller's share of a commit.
type write struct {
	do   func(*tx) error
	err  error
	turn chan bool // true: it leads the next commit; false: its commit is over
}

// write runs do inside a transaction and returns when that is on disk. Callers
// that arrive during a commit share the next one, which the first of them
// leads: a commit costs the disk one flush, however much is in it.
func (l *Ledger) write(do func(*tx) error) error {
	if l.readOnly {
		return &Error{l.path, errors.New("is open for reading only")}
	}
	w := &write{do: do, turn: make(chan bool, 1)}
	l.mu.Lock()
	l.queue = append(l.queue, w)
	lead := !l.writing
	l.writing = true
	l.mu.Unlock()
	if lead || <-w.turn {
		l.lead()
	}
	return l.fail(w.err, true)
}

// lead commits what is in the queue, whose first is the caller's own, and
// hands the lead on.
func (l *Ledger) lead() {
	l.mu.Lock()
	batch := l.queue
	l.queue = nil
	l.mu.Unlock()
	l.commitAll(batch)
	for _, w := range batch[1:] {
		w.turn <- false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) > 0 {
		l.queue[0].turn <- true
	} else {
		l.writing = false
	}
}

// commitAll commits a batch as one, and if that fails each write alone, so
// that one caller's fault does not fail the others.
func (l *Ledger) commitAll(batch []*write) {
	err := l.commit(batch)
	if err != nil && !errors.Is(err, ErrGone) && len(batch) > 1 && !ioFailed(err) {
		for _, w := range batch {
			w.err = l.commit([]*write{w})
		}
		return
	}
	for _, w := range batch {
		w.err = err
	}
}

// commit is one transaction. It takes the write lock at its beginning, so that
// it waits for other processes there and nowhere else.
func (l *Ledger) commit(batch []*write) error {
	t, err := l.transaction()
	if err != nil {
		return err
	}
	if err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, w := range batch {
		if err := w.do(t); err != nil {
			t.rollback()
			return err
		}
	}
	if err := t.exec("COMMIT"); err != nil {
		t.rollback()
		return err
	}
	return l.present()
}

// tx is the transaction that is being written. Its connection and statements
// outlive it; only the leader of a commit uses them.
type tx struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	tick  int64 // 0 = not taken yet
}

func (l *Ledger) transaction() (*tx, error) {
	if l.tx == nil {
		conn, err := l.db.Conn(context.Background())
		if err != nil {
			return nil, err
		}
		l.tx = &tx{conn: conn, stmts: make(map[string]*sql.Stmt)}
	}
	l.tx.tick = 0
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

// exec runs a statement and keeps it prepared.
func (t *tx) exec(query string, args ...any) error {
	stmt := t.stmts[query]
	if stmt == nil {
		var err error
		if stmt, err = t.conn.PrepareContext(context.Background(), query); err != nil {
			return err
		}
		t.stmts[query] = stmt
	}
	_, err := stmt.ExecContext(context.Background(), args...)
	return err
}

// insert writes one record.
func (t *tx) insert(tb *table, values ...any) error {
	return t.exec("INSERT "+tb.insert(), append(values, tb.sum(values))...)
}

// insertAll writes records of one table, at most as many as a call has links: one
// statement for all costs little more than one for a single record.
func (t *tx) insertAll(tb *table, records [][]any) error {
	var all []any
	for _, values := range records {
		all = append(append(all, values...), tb.sum(values))
	}
	return t.exec("INSERT "+tb.insertAll(len(records)), all...)
}

// replace writes one record, replacing the one with its key, if any.
func (t *tx) replace(tb *table, values ...any) error {
	return t.exec("INSERT OR REPLACE "+tb.insert(), append(values, tb.sum(values))...)
}

// note writes one record unless one with its key exists.
func (t *tx) note(tb *table, values ...any) error {
	return t.exec("INSERT OR IGNORE "+tb.insert(), append(values, tb.sum(values))...)
}

// update replaces the record with the same first column.
func (t *tx) update(tb *table, values ...any) error {
	return t.exec(tb.update(), append(values, tb.sum(values), values[0])...)
}

// now returns the tick of this transaction, one above that of the last.
func (t *tx) now() (int64, error) {
	if t.tick != 0 {
		return t.tick, nil
	}
	if err := t.exec("UPDATE clock SET tick = tick + 1"); err != nil {
		return 0, err
	}
	err := t.conn.QueryRowContext(context.Background(), "SELECT tick FROM clock").Scan(&t.tick)
	return t.tick, err
}
