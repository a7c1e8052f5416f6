package ingest

import (
	"os"
	"sync"
)

// readAhead gives what fill reads, some batches before it is asked for, on a
// goroutine of its own: taking a file apart costs as much time as judging what is
// in it, and so each has a core. What fill puts into a value must be new each
// time; an error is the last that it returns.
type readAhead[T any] struct {
	full  chan []readItem[T] // batches in order; closed after the last
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

// newReadAhead starts to read. size is about how many bytes a value takes.
func newReadAhead[T any](fill func(*T) error, size func(*T) int) *readAhead[T] {
	r := &readAhead[T]{full: make(chan []readItem[T], batches), empty: make(chan []readItem[T], batches), ended: make(chan struct{})}
	r.end = sync.OnceFunc(func() { close(r.ended) })
	for range batches {
		r.empty <- make([]readItem[T], 0, batchRows)
	}
	go r.read(fill, size)
	return r
}

// read fills batches until there is no more, or nobody wants it.
func (r *readAhead[T]) read(fill func(*T) error, size func(*T) int) {
	defer close(r.full)
	for {
		select {
		case <-r.ended:
			return
		case batch := <-r.empty:
			batch, last := fillBatch(batch, fill, size)
			r.full <- batch // there is room for all of them
			if last {
				return
			}
		}
	}
}

// fillBatch reads a batch, and reports whether it is the last.
func fillBatch[T any](batch []readItem[T], fill func(*T) error, size func(*T) int) (_ []readItem[T], last bool) {
	for bytes := 0; !last && len(batch) < batchRows && bytes < batchBytes; {
		batch = batch[:len(batch)+1]
		item := &batch[len(batch)-1]
		item.err = fill(&item.value)
		bytes += size(&item.value)
		last = item.err != nil
	}
	return batch, last
}

// next returns the next value, good until the one after it. After an error, it
// returns the same again.
func (r *readAhead[T]) next() (*T, error) {
	if r.at == len(r.batch) {
		if len(r.batch) > 0 {
			clear(r.batch)
			r.empty <- r.batch[:0] // there is room for all of them
		}
		if r.batch, r.at = <-r.full, 0; len(r.batch) == 0 {
			return new(T), os.ErrClosed
		}
	}
	p := &r.batch[r.at]
	if p.err == nil {
		r.at++
	}
	return &p.value, p.err
}

// Close ends the reading, and returns when fill is no longer in use.
func (r *readAhead[T]) Close() error {
	r.end()
	for range r.full {
	}
	return nil
}
