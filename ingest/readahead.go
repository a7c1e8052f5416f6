package ingest

import (
	"os"
	"sync"
)

// readAhead gives what next gives, read on a goroutine of its own some batches
// before it is asked for: taking a file apart costs as much time as what is done
// with it, and so each has a core. What next gives must be good for ever; an
// error is the last that it gives.
type readAhead[T any] struct {
	full  chan []readItem[T] // batches in order; closed behind the last
	empty chan []readItem[T] // batches to fill again
	ended chan struct{}      // closed when nobody wants more
	end   func()
	batch []readItem[T]
	at    int // in batch
}

type readItem[T any] struct {
	value T
	err   error
}

// A batch has at most so many rows, and is handed on when they take so many
// bytes, so that long and wide rows do not fill the memory.
const (
	batchRows  = 128
	batchBytes = 1 << 16
	cellSize   = 16 // of a string, without its text
	batches    = 3  // one that is filled, one that is read, one between
)

// newReadAhead begins to read. size is about how many bytes a value takes.
func newReadAhead[T any](next func() (T, error), size func(T) int) *readAhead[T] {
	r := &readAhead[T]{full: make(chan []readItem[T], batches), empty: make(chan []readItem[T], batches), ended: make(chan struct{})}
	r.end = sync.OnceFunc(func() { close(r.ended) })
	for range batches {
		r.empty <- make([]readItem[T], 0, batchRows)
	}
	go r.read(next, size)
	return r
}

// read fills batches until there is no more, or nobody wants it.
func (r *readAhead[T]) read(next func() (T, error), size func(T) int) {
	defer close(r.full)
	for {
		select {
		case <-r.ended:
			return
		case batch := <-r.empty:
			batch, last := fillBatch(batch, next, size)
			r.full <- batch // there is room for all of them
			if last {
				return
			}
		}
	}
}

// fillBatch reads a batch, and reports whether it is the last.
func fillBatch[T any](batch []readItem[T], next func() (T, error), size func(T) int) (_ []readItem[T], last bool) {
	for bytes := 0; !last && len(batch) < batchRows && bytes < batchBytes; {
		value, err := next()
		bytes += size(value)
		batch = append(batch, readItem[T]{value, err})
		last = err != nil
	}
	return batch, last
}

func (r *readAhead[T]) next() (T, error) {
	if r.at == len(r.batch) {
		if len(r.batch) > 0 {
			clear(r.batch)
			r.empty <- r.batch[:0] // there is room for all of them
		}
		if r.batch, r.at = <-r.full, 0; len(r.batch) == 0 {
			var none T
			return none, os.ErrClosed
		}
	}
	p := &r.batch[r.at]
	if p.err == nil {
		r.at++ // an error stays the last that there is
	}
	return p.value, p.err
}

// Close ends the reading, and returns when next is in use no more.
func (r *readAhead[T]) Close() error {
	r.end()
	for range r.full {
	}
	return nil
}
