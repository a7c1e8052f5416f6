package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/internal/run"
	"linkbatch/internal/run/runtest"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

// end is how a process of TestLifetimes ends, if it is not left in
// peace: at one of its requests, or at a time.
type end struct {
	kill    bool          // else it is interrupted
	request int           // at this request, from 1; 0 = at a time
	writes  bool          // only adds and updates count
	replied bool          // after the service has carried it out; else before it is sent
	after   time.Duration // after this time
}

func (e *end) String() string {
	if e == nil {
		return "left in peace"
	}
	what, kind, when := "interrupted", "request", "before"
	if e.kill {
		what = "killed"
	}
	if e.writes {
		kind = "write"
	}
	if e.replied {
		when = "after"
	}
	if e.request == 0 {
		return fmt.Sprintf("%s after %v", what, e.after)
	}
	return fmt.Sprintf("%s %s %s %d", what, when, kind, e.request)
}

// process is one process of linkbatch below the command line, in a bubble of
// synctest. From the moment of its death none of its requests leaves or is
// answered, and what it still writes goes into a ledger that nobody reads.
type process struct {
	c      *lifetimes
	number int
	end    *end
	next   http.RoundTripper
	cancel context.CancelFunc
	dead   chan struct{} // closed when it is killed
	die    func()

	mu    sync.Mutex
	seen  int    // requests that count
	run   string // the run that it carries out, once it has begun it
	deeds deeds  // what its requests were seen to bring about
}

// returned is what a process returned.
type returned struct {
	results []executor.Result
	err     error
}

// newProcess signs a process in; what ends it comes later.
func (c *lifetimes) newProcess(t *testing.T) (*process, *runtest.Rig) {
	p := &process{c: c, number: len(c.started), dead: make(chan struct{}), deeds: deeds{}}
	p.die = sync.OnceFunc(func() { close(p.dead) })
	c.started = append(c.started, p)
	client := simtest.Serve(t, &witness{c.sim, func(_ *http.Request, done deeds) { p.did(done) }})
	p.next = client.Transport
	g := runtest.New(t, c.sim, &http.Client{Transport: p, CheckRedirect: client.CheckRedirect}, simtest.URL, c.threads)
	if g.Planner.ManagingCustomerID = msads.ID(simtest.AgencyID); c.client {
		g.Planner.Main = g.Planner.Clients["client"]
	}
	return p, g
}

// RoundTrip implements [http.RoundTripper].
func (p *process) RoundTrip(r *http.Request) (*http.Response, error) {
	here := p.meets(r)
	if here && !p.end.replied {
		p.strike()
	}
	if p.isDead() {
		return p.silence()
	}
	resp, err := p.next.RoundTrip(r)
	if here && p.end.replied {
		p.strike()
	}
	if p.isDead() {
		if err == nil {
			resp.Body.Close()
		}
		return p.silence()
	}
	return resp, err
}

// meets reports whether this is the request at which the process ends.
func (p *process) meets(r *http.Request) bool {
	if p.end == nil || p.end.request == 0 || p.end.writes && !isWrite(r) {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen++
	return p.seen == p.end.request
}

func (p *process) strike() {
	if p.end.kill {
		p.die()
	} else {
		p.cancel()
	}
}

func (p *process) isDead() bool {
	select {
	case <-p.dead:
		return true
	default:
		return false
	}
}

func (p *process) did(done deeds) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for made, n := range done {
		p.deeds[made] += n
	}
}

// silence is what a dead process hears, until the test is over.
func (p *process) silence() (*http.Response, error) {
	<-p.c.over
	return nil, errors.New("the process is dead")
}

// apply goes through a run as runApply does.
func (p *process) apply(ctx context.Context, g *runtest.Rig, dir, path, roster, digest string, fresh bool) ([]executor.Result, error) {
	l, err := ledger.Open(dir)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	turn, err := run.Take(ctx, run.Options{
		Engine: *engine(g), Ledger: l, Scope: ledger.Scope{Endpoint: simtest.URL, ManagingCustomerID: msads.ID(simtest.AgencyID)},
		Digest: digest, Path: path, Fresh: fresh,
	})
	if err != nil {
		return nil, err
	}
	defer turn.Close()
	g.Planner.Prune = planner.Prune{On: p.c.prune, AllowShrink: true, Earlier: turn.Pruned()}
	plan, err := planOf(ctx, g.Planner, roster)
	if err == nil && len(plan.Refusals) > 0 {
		g.Planner.Prune.On = false // as whoever reads the refusal does
		plan, err = planOf(ctx, g.Planner, roster)
	}
	if err != nil {
		return nil, err
	}
	r := turn.Join(plan)
	r.Caution.Canary = p.c.canary
	id, err := turn.Begin(r, ledger.Run{ID: fmt.Sprintf("run-%d", p.number), Profile: g.Planner.Main.Profile})
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.run = id
	p.mu.Unlock()
	results, stop := r.Carry(ctx)
	return results, cmp.Or(stop, turn.End(ctx, r, stop))
}

func planOf(ctx context.Context, p *planner.Planner, roster string) (*planner.Plan, error) {
	file, err := ingest.Open("-", strings.NewReader(roster), ingest.Options{})
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return p.Plan(ctx, file.Rows())
}

// start lets a process apply the roster, until it ends by itself or is killed;
// then ok is false.
func (c *lifetimes) start(t *testing.T, e *end, path string, fresh bool) (got returned, ok bool) {
	roster, digest := c.csv()
	p, g := c.newProcess(t)
	ctx, cancel := context.WithCancel(t.Context())
	p.cancel, p.end = cancel, e
	t.Cleanup(cancel)
	if e != nil && e.request == 0 {
		time.AfterFunc(e.after, p.strike)
	}
	done := make(chan returned, 1)
	go func(dir string) {
		results, err := p.apply(ctx, g, dir, path, roster, digest, fresh)
		done <- returned{results, err}
	}(c.dir)
	select {
	case got = <-done:
		return got, true
	case <-p.dead:
		synctest.Wait() // now nothing of it is under way
		c.inherit(t)
		return returned{}, false
	}
}

// inherit goes on with a copy of the ledger: the dead process has the other.
func (c *lifetimes) inherit(t *testing.T) {
	to := filepath.Join(t.TempDir(), "state")
	if err := os.CopyFS(to, os.DirFS(c.dir)); err != nil {
		t.Error(err)
	}
	c.dir = to
}
