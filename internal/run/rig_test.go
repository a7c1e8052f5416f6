package run

import (
	"context"
	"net/http"
	"testing"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/internal/run/runtest"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

// rig is a simulator, and an engine that works with it.
type rig struct {
	*runtest.Rig
	engine  *Engine
	journal executor.Journal
}

// over makes a rig's engine.
func over(g *runtest.Rig) *rig {
	return &rig{g, &Engine{Planner: g.Planner, Linkers: g.Linkers, Concurrency: g.Concurrency, Now: time.Now}, runtest.Forgetful{}}
}

// memoryRig is a rig over a simulator in memory, for a synctest bubble.
func memoryRig(t testing.TB, w simulator.World, opts simulator.Options) *rig {
	t.Helper()
	return over(runtest.Memory(t, w, opts))
}

// newRig is a rig over a simulator that http reaches at url.
func newRig(t testing.TB, sim *simulator.Simulator, client *http.Client, url string, concurrency int) *rig {
	t.Helper()
	return over(runtest.New(t, sim, client, url, concurrency))
}

// begin is a run of a plan, after what an earlier part of it knew; nil = none.
func (g *rig) begin(plan *planner.Plan, before *Run) *Run {
	r := &Run{engine: g.engine, plan: plan, journal: g.journal, before: before}
	r.begin()
	return r
}

// apply carries a plan out.
func (g *rig) apply(ctx context.Context, plan *planner.Plan) ([]executor.Result, error) {
	return g.begin(plan, nil).Carry(ctx)
}

// carry begins and carries out a run of a turn; hook, which may be nil, is put
// between the run and its journal.
func (g *rig) carry(t *testing.T, ctx context.Context, turn *Turn, roster, id string, hook func(executor.Journal) executor.Journal) (results []executor.Result, stop error) {
	t.Helper()
	r := turn.Join(g.Plan(t, roster))
	if _, err := turn.Begin(r, ledger.Run{ID: id}); err != nil {
		t.Fatal(err)
	}
	if hook != nil {
		r.journal = hook(r.journal)
	}
	results, stop = r.Carry(ctx)
	if err := turn.End(ctx, r, stop); err != nil {
		t.Fatal(err)
	}
	return results, stop
}

// recorded is a run as the ledger has it, and what it says of its rows.
func recorded(t *testing.T, l *ledger.Ledger, id string) (*ledger.Record, []executor.Result) {
	t.Helper()
	rec, err := l.Load(id)
	if err != nil {
		t.Fatal(err)
	}
	return rec, Recorded(rec)
}

// openLedger is a ledger in a folder of its own.
func openLedger(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// take is the turn of a process that applies the same roster as every other.
func (g *rig) take(t *testing.T, l *ledger.Ledger) *Turn {
	t.Helper()
	return g.takeAs(t, l, "roster.csv")
}

// turn is what a process needs for its turn with the roster at a path.
func (g *rig) turn(l *ledger.Ledger, path string) Options {
	return Options{
		Engine: *g.engine, Ledger: l, Scope: ledger.Scope{Endpoint: simtest.URL, ManagingCustomerID: g.Planner.Main.CustomerID}, Digest: "digest of " + path, Path: path,
	}
}

// takeAs is the turn of a process that applies the roster at a path.
func (g *rig) takeAs(t *testing.T, l *ledger.Ledger, path string) *Turn {
	t.Helper()
	turn, err := Take(t.Context(), g.turn(l, path))
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

// takeFor is the turn of a process that has another purpose than its roster as a
// whole.
func (g *rig) takeFor(t *testing.T, l *ledger.Ledger, purpose ledger.Purpose) *Turn {
	t.Helper()
	turn, err := Take(t.Context(), Options{
		Engine: *g.engine, Ledger: l, Scope: ledger.Scope{Endpoint: simtest.URL, ManagingCustomerID: g.Planner.Main.CustomerID},
		Digest: "digest of roster.csv", Path: "roster.csv", Purpose: purpose,
	})
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

// at is a journal that lets something happen as a call is recorded.
type at struct {
	executor.Journal
	call              int
	sending, returned func() // before the call is sent, and after it came back; may be nil
}

func (a *at) Sending(c executor.Call) error {
	if c.Number == a.call && a.sending != nil {
		a.sending()
	}
	return a.Journal.Sending(c)
}

func (a *at) Returned(c executor.Call, answers []executor.Answer) error {
	if c.Number == a.call && a.returned != nil {
		a.returned()
	}
	return a.Journal.Returned(c, answers)
}
