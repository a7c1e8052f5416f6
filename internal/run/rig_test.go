package run

import (
	"context"
	"net/http"
	"testing"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/run/runtest"
	"linkbatch/internal/simulator"
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
