// Package runtest wires linkbatch to a simulator below the command line, for the
// tests of packages that carry plans out: everything but flags and printing.
package runtest

import (
	"net/http"
	"slices"
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

// Rig is a simulator, and the logins and clients of its profiles agency (the one
// in use) and client.
type Rig struct {
	Sim         *simulator.Simulator
	Planner     *planner.Planner
	Linkers     map[string]executor.Linker
	Concurrency int
}

// New signs both profiles in at a simulator that http reaches at url.
func New(t testing.TB, sim *simulator.Simulator, client *http.Client, url string, concurrency int) *Rig {
	t.Helper()
	gate := msads.NewGate(concurrency, 0, time.Now, nil)
	g := &Rig{
		Sim: sim, Linkers: map[string]executor.Linker{}, Concurrency: concurrency,
		Planner: &planner.Planner{Clients: map[string]planner.Login{}, Options: planner.Options{Concurrency: concurrency}},
	}
	for profile, token := range map[string]string{"agency": simulator.AgencyRefreshToken, "client": simulator.ClientRefreshToken} {
		g.SignIn(t, gate, client, url, profile, token)
	}
	g.Planner.Main = g.Planner.Clients["agency"]
	return g
}

// Memory is a rig over a simulator in memory with four calls at once, for a
// synctest bubble.
func Memory(t testing.TB, w simulator.World, opts simulator.Options) *Rig {
	t.Helper()
	sim := simtest.New(t, w, opts)
	return New(t, sim, simtest.Serve(t, sim), simtest.URL, 4)
}

// SignIn adds the login of a profile.
func (g *Rig) SignIn(t testing.TB, gate *msads.Gate, client *http.Client, url, profile, token string) {
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
	g.Planner.Clients[profile] = planner.Login{Profile: profile, CustomerID: user.CustomerID, Searcher: c}
	g.Linkers[profile] = c
}

// Plan plans a roster that is given as CSV.
func (g *Rig) Plan(t testing.TB, roster string) *planner.Plan {
	t.Helper()
	r, err := ingest.Open("-", strings.NewReader(roster), ingest.Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	plan, err := g.Planner.Plan(t.Context(), r.Rows())
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// Forgetful is a journal that keeps nothing.
type Forgetful struct{}

// Sending implements [executor.Journal].
func (Forgetful) Sending(executor.Call) error { return nil }

// Returned implements [executor.Journal].
func (Forgetful) Returned(executor.Call, []executor.Answer) error { return nil }

// CheckCounters holds what must be true of every run.
func CheckCounters(t testing.TB, state simulator.State) {
	t.Helper()
	for entity, n := range state.AddsByAccount {
		if n > 1 {
			t.Errorf("account %s was invited %d times", entity, n)
		}
	}
	for entity, ops := range state.Transitions {
		for op, n := range ops {
			if n > 1 {
				t.Errorf("account %s: %s was applied %d times", entity, op, n)
			}
		}
	}
	if state.LargestCall > msads.MaxLinksPerCall {
		t.Errorf("a call of %d links", state.LargestCall)
	}
	for _, v := range state.Violations {
		if v.Rule == "bad-search" && slices.Contains(state.Modes, simulator.OnePredicate) {
			continue // that the server refuses two predicates cannot be known before
		}
		t.Errorf("violation: %+v", v)
	}
}
