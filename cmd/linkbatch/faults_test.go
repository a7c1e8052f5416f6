package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/internal/run"
	"linkbatch/internal/run/runtest"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

var seeds = flag.Int("seeds", 200, "how many random rosters, worlds and fault schedules TestFaults goes through")

// TestFaults holds the promises of a run against a service that misbehaves:
// over random rosters of 200 rows, random worlds, every mode of the simulator
// and random faults, no invitation is sent twice, no op but a planned one is
// applied, and each row says what the service knows to be true of it. The
// simulator counts, not linkbatch. Time is simulated; HTTP is real.
func TestFaults(t *testing.T) {
	for seed := range *seeds {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { faultsOnce(t, uint64(seed)) })
		})
	}
}

// apply carries a plan out at a rig.
func apply(ctx context.Context, g *runtest.Rig, plan *planner.Plan) ([]executor.Result, error) {
	return run.New(engine(g), plan, runtest.Forgetful{}).Carry(ctx)
}

// engine works at a rig.
func engine(g *runtest.Rig) *run.Engine {
	return &run.Engine{Planner: g.Planner, Linkers: g.Linkers, Concurrency: g.Concurrency, Now: time.Now}
}

func faultsOnce(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 17))
	world, roster := randomWorld(r), randomRoster(r)
	modes, faults := randomModes(r, seed), randomFaults(r)
	t.Logf("modes %v, faults %+v", modes, faults)
	g := runtest.Memory(t, world, simulator.Options{Seed: seed, Modes: modes, Faults: faults})

	time.Sleep(time.Minute) // a search that lags shows the world as it was made

	plan := g.Plan(t, roster)
	results, stop := apply(t.Context(), g, plan)
	if stop != nil {
		t.Fatalf("stopped: %v", stop)
	}
	state := g.Sim.State()
	runtest.CheckCounters(t, state)
	checkRows(t, plan, results, state)

	// The same roster once more, with the trouble over, sends only what the
	// first run did not bring about.
	g.Sim.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/__simulator/faults", strings.NewReader("[]")))
	time.Sleep(time.Minute)
	again, stop := apply(t.Context(), g, g.Plan(t, roster))
	if stop != nil {
		t.Fatalf("second run stopped: %v", stop)
	}
	runtest.CheckCounters(t, g.Sim.State())
	for i := range again {
		if again[i].Attempts > 0 && (results[i].Outcome == executor.Done || results[i].Outcome == executor.Unchanged) {
			t.Errorf("row %d: sent again after it was %s: %+v", i, results[i].Outcome, again[i])
		}
		if again[i].Outcome == executor.Failed || again[i].Outcome == executor.Unknown {
			t.Errorf("row %d: %s in a run without faults: %s", i, again[i].Outcome, again[i].Reason)
		}
	}
}

// checkRows compares each row's plan and result with what the simulator did.
func checkRows(t *testing.T, plan *planner.Plan, results []executor.Result, state simulator.State) {
	t.Helper()
	if len(results) != len(plan.Steps) {
		t.Fatalf("%d results for %d rows", len(results), len(plan.Steps))
	}
	planned := map[string][]planner.Op{}
	told := map[string]map[planner.Op]bool{} // what rows say was done
	for i := range results {
		res, step := &results[i], &plan.Steps[i]
		if res.Step != i {
			t.Fatalf("result %d is of row %d", i, res.Step)
		}
		if step.SameAs >= 0 {
			if other := results[step.SameAs]; res.Outcome != other.Outcome {
				t.Errorf("row %d: %s, but the row that it repeats is %s", i, res.Outcome, other.Outcome)
			}
			continue
		}
		entity := res.EntityID.String()
		if entity == "" {
			entity = accountOf(step)
		}
		if step.Op.Writes() {
			planned[entity] = append(planned[entity], step.Op)
			if step.Op == planner.OpAdd && step.Row.ClientProfile != "" && step.Intent == "link" {
				planned[entity] = append(planned[entity], planner.OpAccept)
			}
		}
		if told[entity] == nil {
			told[entity] = map[planner.Op]bool{}
		}
		if res.Outcome == executor.Unknown {
			t.Errorf("row %d (account %s): unknown, though a search could tell: %s", i, entity, res.Reason)
		}
		for n, op := range res.Ops {
			// An op before the last one was confirmed; the last one only if the
			// row is done, or held or blocked after its add.
			after := n == 0 && op == planner.OpAdd && (res.Outcome == executor.Held || res.Outcome == executor.Blocked) && strings.HasPrefix(res.Reason, "added; ")
			if n == len(res.Ops)-1 && res.Outcome != executor.Done && !after {
				continue
			}
			told[entity][op] = true
			if state.Transitions[entity][string(op)] != 1 {
				t.Errorf("row %d (account %s): %s done, but the service applied %v", i, entity, op, state.Transitions[entity])
			}
		}
	}
	for entity, ops := range state.Transitions {
		for op := range ops {
			if !slices.Contains(planned[entity], planner.Op(op)) {
				t.Errorf("account %s: %s was applied, planned was %v", entity, op, planned[entity])
			}
			if !told[entity][planner.Op(op)] {
				t.Errorf("account %s: %s was applied, and no row says so", entity, op)
			}
		}
	}
}

// accountOf is the id of the account that a step names by its number.
func accountOf(step *planner.Step) string {
	for i := range accounts {
		if simtest.AccountNumber(i) == step.Key.Number {
			return simtest.AccountID(i).String()
		}
	}
	return step.Key.EntityID.String()
}

const accounts = 220 // a few more than there are rows

func randomWorld(r *rand.Rand) simulator.World {
	statuses := []msads.Status{"", "", "", msads.LinkPending, msads.LinkPending, msads.Active, msads.Active, msads.LinkAccepted, msads.LinkDeclined,
		msads.LinkCanceled, msads.LinkExpired, msads.LinkInProgress, msads.LinkFailed, msads.UnlinkRequested, msads.UnlinkPending,
		msads.UnlinkInProgress, msads.UnlinkFailed, msads.UnlinkCanceled, msads.Inactive}
	own := make([]msads.Status, accounts)
	for i := range own {
		own[i] = statuses[r.IntN(len(statuses))]
	}
	w := simtest.World(accounts, own...)
	w.SettleSeconds = 90 * 24 * 3600 // nothing settles while the test goes on
	for i := range w.Accounts {
		w.Accounts[i].Prepaid = r.IntN(30) == 0
		w.Accounts[i].ManagedByOther = r.IntN(30) == 0
		w.Accounts[i].Busy = r.IntN(40) == 0
	}
	return w
}

// randomRoster has 200 rows: accounts by id, number or both, some of them
// twice, so that an add by id and one by number can mean one account.
func randomRoster(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString("account_id,account_number,customer_number,action,bill_to_client,client_profile\n")
	actions := []string{"link", "link", "add", "add", "", "accept", "decline", "unlink", "cancel", "keep"}
	order := r.Perm(accounts)
	for i := range 200 {
		account := order[i]
		if r.IntN(15) == 0 {
			account = order[r.IntN(i+1)]
		}
		id, number := simtest.AccountID(account).String(), simtest.AccountNumber(account)
		switch r.IntN(4) {
		case 0:
			id = ""
		case 1, 2:
			number = ""
		}
		profile := ""
		if r.IntN(5) == 0 {
			profile = "client"
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s,true,%s\n", id, number, simtest.ClientNumber, actions[r.IntN(len(actions))], profile)
	}
	return b.String()
}

// randomModes goes through every mode, every second time beside lenient, in
// which a duplicate add is not refused but counted.
func randomModes(r *rand.Rand, seed uint64) (modes []simulator.Mode) {
	all := simulator.Modes()
	if seed%2 == 0 {
		modes = append(modes, simulator.Lenient)
	}
	if m := all[int(seed/2)%len(all)]; !slices.Contains(modes, m) {
		modes = append(modes, m)
	}
	if r.IntN(4) == 0 {
		if m := all[r.IntN(len(all))]; !slices.Contains(modes, m) && !slices.Contains(modes, simulator.OldDualID) && m != simulator.OldDualID {
			modes = append(modes, m)
		}
	}
	return modes
}

// randomFaults draws up to three kinds of trouble for writes, and a little for
// everything.
func randomFaults(r *rand.Rand) (faults simulator.Faults) {
	soon := 2
	writes := []simulator.Fault{
		{Kind: simulator.FaultDropAfter}, {Kind: simulator.FaultDropBefore}, {Kind: simulator.FaultCut},
		{Kind: simulator.FaultErrorAfter, Status: 500, Body: simulator.BodyAny},
		{Kind: simulator.FaultErrorAfter, Status: 503, Body: simulator.BodyAny},
		{Kind: simulator.FaultErrorBefore, Status: 500, Body: simulator.BodyAny},
		{Kind: simulator.FaultShort}, {Kind: simulator.FaultLong}, {Kind: simulator.FaultFlat}, {Kind: simulator.FaultGarbled},
		{Kind: simulator.FaultPartialCode, Code: 0}, {Kind: simulator.FaultPartialCode, Code: 2208, Committed: true},
		{Kind: simulator.FaultStale}, {Kind: simulator.FaultOpErrors, Code: 2108}, {Kind: simulator.FaultFaultIn200, Code: 833},
	}
	for range 1 + r.IntN(3) {
		f := writes[r.IntN(len(writes))]
		f.Operation, f.Rate = "write", 0.1+0.3*r.Float64()
		faults = append(faults, f)
	}
	faults = append(faults,
		simulator.Fault{Kind: simulator.FaultThrottled, Rate: 0.1},
		simulator.Fault{Kind: simulator.FaultTooMany, Rate: 0.02, RetryAfter: &soon},
		simulator.Fault{Kind: simulator.FaultExpired, Skip: r.IntN(10), Every: 15, First: 4},
		simulator.Fault{Operation: "read", Kind: simulator.FaultErrorBefore, Status: 500, Rate: 0.02},
	)
	return faults
}
