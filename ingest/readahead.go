package ingest

import (
	"os"
	"sync"
)

// readAhead gives the rows of a source that a goroutine of its own reads, some
// batches before they are asked for: taking a file apart costs as much time as
// understanding its cells, and so each has a core. The source's rows must be
// good for ever.
type readAhead struct {
	full  chan []pulled // batches in order; closed behind the last
	empty chan []pulled // batches to fill again
	ended chan struct{} // closed when nobody wants more
	end   func()
	batch []pulled
	at    int // in batch
}

// A batch has at most so many rows, and is handed on when its cells take so many
// bytes, so that long and wide rows do not fill the memory.
const (
	batchRows  = 128
	batchBytes = 1 << 16
	cellSize   = 16 // of a string, without its text
	batches    = 3  // one that is filled, one that is read, one between
)

func newReadAhead(src source) *readAhead {
	r := &readAhead{full: make(chan []pulled, batches), empty: make(chan []pulled, batches), ended: make(chan struct{})}
	r.end = sync.OnceFunc(func() { close(r.ended) })
	for range batches {
		r.empty <- nil // most files are short: a batch grows as it is filled
	}
	go r.read(src)
	return r
}

// read fills batches until the source ends, or nobody wants more.
func (r *readAhead) read(src source) {
	defer close(r.full)
	for {
		select {
		case <-r.ended:
			return
		case batch := <-r.empty:
			batch, last := fillBatch(batch, src)
			r.full <- batch // there is room for all of them
			if last {
				return
			}
		}
	}
}

// fillBatch reads a batch, and reports whether it is the last.
func fillBatch(batch []pulled, src source) (_ []pulled, last bool) {
	for size := 0; !last && len(batch) < batchRows && size < batchBytes; {
		raw, err := src.next()
		for _, cell := range raw.cells {
			size += cellSize + len(cell)
		}
		batch = append(batch, pulled{raw, err})
		last = err != nil
	}
	return batch, last
}

func (r *readAhead) next() (rawRow, error) {
	if r.at == len(r.batch) {
		if len(r.batch) > 0 {
			clear(r.batch)
			r.empty <- r.batch[:0] // there is room for all of them
		}
		if r.batch, r.at = <-r.full, 0; len(r.batch) == 0 {
			return rawRow{}, os.ErrClosed
		}
	}
	p := &r.batch[r.at]
	if p.err == nil {
		r.at++ // an error stays the last that there is
	}
	return p.raw, p.err
}

// Close ends the reading, and returns when nothing of the source is in use.
func (r *readAhead) Close() error {
	r.end()
	for range r.full {
	}
	return nil
}
