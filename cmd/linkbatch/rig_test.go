package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/auth"
	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

// rig is linkbatch wired to a simulator below the command line: everything but
// flags and printing.
type rig struct {
	sim      *simulator.Simulator
	planner  *planner.Planner
	executor *executor.Executor
}

// newRig signs both profiles in at a simulator that http reaches at url.
func newRig(t testing.TB, sim *simulator.Simulator, client *http.Client, url string, concurrency int) *rig {
	t.Helper()
	gate := msads.NewGate(concurrency, 0, nil)
	g := &rig{
		sim:      sim,
		planner:  &planner.Planner{Clients: map[string]planner.Login{}, Options: planner.Options{Concurrency: concurrency}},
		executor: &executor.Executor{Linkers: map[string]executor.Linker{}, Journal: noJournal{}, Concurrency: concurrency, Now: time.Now},
	}
	for profile, token := range map[string]string{"agency": simulator.AgencyRefreshToken, "client": simulator.ClientRefreshToken} {
		g.signIn(t, gate, client, url, profile, token)
	}
	g.planner.Main = g.planner.Clients["agency"]
	return g
}

// noJournal keeps nothing: what the ledger does is tested with processes.
type noJournal struct{}

func (noJournal) Sending(executor.Call) error                     { return nil }
func (noJournal) Returned(executor.Call, []executor.Answer) error { return nil }

// signIn adds the login of a profile.
func (g *rig) signIn(t testing.TB, gate *msads.Gate, client *http.Client, url, profile, token string) {
	t.Helper()
	tokens, err := auth.New(auth.Options{ClientID: simulator.ClientID, RefreshToken: token, TokenURL: url + "/common/oauth2/v2.0/token", HTTP: client, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	c, err := msads.New(msads.Options{Endpoint: url, DeveloperToken: simulator.DeveloperToken, Tokens: tokens, Gate: gate, HTTP: client})
	if err != nil {
		t.Fatal(err)
	}
	user, err := c.GetUser(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g.planner.Clients[profile] = planner.Login{Profile: profile, CustomerID: user.CustomerID, Searcher: c}
	g.executor.Linkers[profile] = c
}

// plan plans a roster that is given as CSV.
func (g *rig) plan(t testing.TB, roster string) *planner.Plan {
	t.Helper()
	r, err := ingest.Open("-", strings.NewReader(roster), ingest.Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	plan, err := g.planner.Plan(t.Context(), r.Rows())
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// apply carries a plan out.
func (g *rig) apply(ctx context.Context, plan *planner.Plan) ([]executor.Result, error) {
	r := &rounds{planner: g.planner, executor: g.executor, plan: plan}
	r.begin()
	return r.run(ctx)
}

// memoryRig is a rig over a simulator in memory, for a synctest bubble.
func memoryRig(t testing.TB, w simulator.World, opts simulator.Options) *rig {
	t.Helper()
	sim := simtest.New(t, w, opts)
	return newRig(t, sim, simtest.Serve(t, sim), simtest.URL, 4)
}
