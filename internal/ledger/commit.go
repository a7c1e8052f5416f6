package ledger

import (
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
	if ioFailed(err) {
		l.mu.Lock()
		l.failed = true
		l.mu.Unlock()
	}
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
	err = t.flush()
	if err == nil {
		err = t.exec("COMMIT")
	}
	if err != nil {
		t.rollback()
		return err
	}
	return l.present()
}
