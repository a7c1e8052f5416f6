package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// phase is the moment of a request at which a trap springs.
type phase int

const (
	onArrival phase = iota // it came, and is never carried out
	late                   // the same, and it is carried out some time after
	onApplied              // it is carried out, and no reply is sent
	onReplied              // the reply is out
	phases
)

func (p phase) String() string {
	return [...]string{"arrival of", "arrival, long before the end, of", "the end, before the reply, of", "the reply to"}[p]
}

// trap springs at one request.
type trap struct {
	writes bool // only adds and updates count
	n      int  // which, from 1
	phase  phase
	late   time.Duration
}

func (t *trap) String() string {
	kind := "request"
	if t.writes {
		kind = "write"
	}
	return fmt.Sprintf("%s %s %d", t.phase, kind, t.n)
}

// gate stands before the simulator and springs traps. What reaches it is
// carried out also when the client is gone, as a server does with what it has
// read.
type gate struct {
	sim http.Handler

	mu      sync.Mutex
	process int // that connections belong to from now on
	laid    int // how many traps were set
	seen    int
	trap    *trap
	spring  func() (gone bool) // ends or interrupts the process
}

// set lays a trap; nil takes it away.
func (g *gate) set(t *trap, spring func() bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.laid, g.seen, g.trap, g.spring = g.laid+1, 0, t, spring
}

// connected marks a connection with the trap that is set. A request that a dead
// process has left behind comes by an older one, and does not count.
func (g *gate) connected(ctx context.Context, _ net.Conn) context.Context {
	g.mu.Lock()
	defer g.mu.Unlock()
	return context.WithValue(context.WithValue(ctx, laidKey{}, g.laid), processKey{}, g.process)
}

type laidKey struct{}

type processKey struct{}

// next says that connections are another process's from now on.
func (g *gate) next(process int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.process = process
}

// sprung is the trap, if this request is the one that it waits for.
func (g *gate) sprung(r *http.Request) (*trap, func() bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.trap == nil || g.trap.writes && !isWrite(r) || r.Context().Value(laidKey{}) != g.laid {
		return nil, nil
	}
	if g.seen++; g.seen != g.trap.n {
		return nil, nil
	}
	return g.trap, sync.OnceValue(g.spring)
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r = r.WithContext(context.WithoutCancel(r.Context()))
	r.Body = io.NopCloser(bytes.NewReader(body))
	t, spring := g.sprung(r)
	if t == nil {
		g.sim.ServeHTTP(w, r)
		return
	}
	switch t.phase {
	case onArrival, late:
		if gone := spring(); gone && t.phase == onArrival {
			panic(http.ErrAbortHandler)
		} else if gone {
			time.Sleep(t.late)
		}
		g.sim.ServeHTTP(w, r)
	case onApplied:
		defer spring() // also when no reply is sent
		g.sim.ServeHTTP(&tripwire{w, spring}, r)
	case onReplied:
		g.sim.ServeHTTP(w, r)
		http.NewResponseController(w).Flush()
		time.Sleep(t.late / 1000)
		spring()
	}
}

// tripwire springs before the first byte of a reply.
type tripwire struct {
	http.ResponseWriter
	spring func() bool
}

func (w *tripwire) WriteHeader(code int) {
	w.spring()
	w.ResponseWriter.WriteHeader(code)
}

func (w *tripwire) Write(b []byte) (int, error) {
	w.spring()
	return w.ResponseWriter.Write(b)
}

func (w *tripwire) Unwrap() http.ResponseWriter { return w.ResponseWriter }
