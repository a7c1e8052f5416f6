package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/internal/part"
	"linkbatch/internal/run"
	"linkbatch/internal/run/runtest"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/internal/undo"
	"linkbatch/planner"
)

// TestUndo takes runs of random rosters back, over random worlds, modes and faults,
// and after somebody else has changed some of the links. What is undone is as it was
// before the run: no link where there was none, an invitation on the former terms
// where there was one or a link. What is not undone is as it was before the undo. A
// second undo changes nothing.
func TestUndo(t *testing.T) {
	done := make(chan map[planner.Op]int, 40)
	t.Run("seeds", func(t *testing.T) {
		for seed := range cap(done) {
			t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { done <- undoOnce(t, uint64(seed)) })
			})
		}
	})
	close(done)
	all := make(map[planner.Op]int)
	for undone := range done {
		for op, n := range undone {
			all[op] += n
		}
	}
	for _, op := range []planner.Op{planner.OpAdd, planner.OpCancel, planner.OpUnlink, planner.OpBlocked} {
		if all[op] < 60 {
			t.Errorf("too few of %s to prove anything: %v", op, all)
		}
	}
}

// undoRig is one case.
type undoRig struct {
	*runtest.Rig
	ledger  *ledger.Ledger
	scope   ledger.Scope
	foreign map[msads.ID]bool // accounts whose links somebody else has changed after the run
}

func undoOnce(t *testing.T, seed uint64) map[planner.Op]int {
	r := rand.New(rand.NewPCG(seed, 11))
	world := randomWorld(r)
	world.SettleSeconds = 600
	for i := range world.Links {
		world.Links[i].Note = []string{"", "for Ann"}[r.IntN(2)]
		world.Links[i].IsBillToClient = new(r.IntN(3) > 0)
		if r.IntN(4) == 0 {
			world.Links[i].StartDate = world.Clock.AddDate(0, 1, 0)
		}
	}
	opts := simulator.Options{Seed: seed, Modes: randomModes(r, seed), Lag: time.Duration(r.IntN(4000)) * time.Millisecond}
	if r.IntN(2) == 0 {
		opts.Faults = tortureFaults(r)
	}
	l, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	g := &undoRig{runtest.Memory(t, world, opts), l, ledger.Scope{Endpoint: simtest.URL, ManagingCustomerID: msads.ID(simtest.AgencyID)}, map[msads.ID]bool{}}
	time.Sleep(time.Hour) // what is on its way has arrived
	start := g.links()
	roster := randomRoster(r)
	g.carry(t, ledger.Run{ID: "did"}, ledger.Purpose{}, func(*run.Turn) *planner.Plan {
		plan, err := planOf(t.Context(), g.Planner, roster)
		if err != nil {
			t.Fatal(err)
		}
		return plan
	})
	g.door("/__simulator/faults", "POST", "[]")
	time.Sleep(time.Duration(1+r.IntN(3)) * time.Hour) // a change in the same second could not be seen
	rec, deeds := g.load(t)
	g.meddle(r, deeds)
	time.Sleep(3 * time.Hour) // what the run has unlinked is unlinked now

	before, made := g.links(), g.Sim.State()
	plan, results := g.undo(t, rec, "undo")
	undone := g.compare(t, deeds, start, before, plan, results)
	time.Sleep(time.Hour)
	after := g.Sim.State()
	g.undo(t, rec, "undo again")
	if again := g.Sim.State(); !reflect.DeepEqual(again.Transitions, after.Transitions) || again.DuplicateAddsAttempted > made.DuplicateAddsAttempted {
		t.Errorf("a second undo has changed something")
	}
	return undone
}

// carry carries out a run and records it.
func (g *undoRig) carry(t *testing.T, as ledger.Run, purpose ledger.Purpose, plan func(*run.Turn) *planner.Plan) (*planner.Plan, []executor.Result) {
	t.Helper()
	turn, err := run.Take(t.Context(), run.Options{
		Engine: *engine(g.Rig), Ledger: g.ledger, Scope: g.scope, Digest: "1", Path: "roster.csv", Purpose: purpose,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer turn.Close()
	r := turn.Join(plan(turn))
	if _, err := turn.Begin(r, as); err != nil {
		t.Fatal(err)
	}
	results, stop := r.Carry(t.Context())
	if err := turn.End(t.Context(), r, stop); err != nil {
		t.Fatal(err)
	}
	return r.Plan(), results
}

func (g *undoRig) load(t *testing.T) (*ledger.Record, []run.Deed) {
	t.Helper()
	rec, err := g.ledger.Load("did")
	if err != nil {
		t.Fatal(err)
	}
	return rec, run.Deeds(rec)
}

// undo takes the run back as the command does.
func (g *undoRig) undo(t *testing.T, rec *ledger.Record, id string) (*planner.Plan, []executor.Result) {
	t.Helper()
	return g.carry(t, ledger.Run{ID: id}, ledger.Purpose{Undoes: "did"}, func(turn *run.Turn) *planner.Plan {
		g.Planner.Now = g.Sim.State().Clock
		back, err := undo.Of(run.Deeds(rec), &part.Numbers{}, g.Planner.Now)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := g.Planner.Plan(t.Context(), back.Rows())
		if err != nil {
			t.Fatal(err)
		}
		later, err := g.ledger.Recent(g.scope, rec.Started)
		if err != nil {
			t.Fatal(err)
		}
		_, sent := turn.Earlier(plan)
		back.Meet(plan, later, rec.Ended, sent)
		return plan
	})
}

// links are those of the agency, by account.
func (g *undoRig) links() map[msads.ID]simulator.Link {
	links := make(map[msads.ID]simulator.Link)
	for _, l := range g.Sim.State().Links {
		if l.ManagingCustomerID == simtest.AgencyID {
			links[msads.ID(l.ClientEntityID)] = l
		}
	}
	return links
}

func (g *undoRig) door(path, method, body string) {
	g.Sim.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, path, strings.NewReader(body)))
}

// meddle lets somebody else change links of the run.
func (g *undoRig) meddle(r *rand.Rand, deeds []run.Deed) {
	links := g.links()
	for _, d := range deeds {
		id := accountID(&d)
		if _, there := links[id]; len(d.Done) == 0 || !there || r.IntN(5) > 0 {
			continue
		}
		change := []string{`"Note": "call first"`, `"Status": "LinkPending"`, `"Status": "LinkDeclined"`, `"Status": "LinkCanceled"`, `"Status": "Active"`}[r.IntN(5)]
		g.foreign[id] = true
		g.door("/__simulator/links", "PATCH", fmt.Sprintf(`[{"ClientEntityId": "%s", "ManagingCustomerId": "%s", %s}]`, id, simtest.AgencyID, change))
	}
}

// accountID is the account of a deed.
func accountID(d *run.Deed) msads.ID {
	for i := range accounts {
		if d.Step.Key.Number == simtest.AccountNumber(i) {
			return msads.ID(simtest.AccountID(i))
		}
	}
	return d.Step.Key.EntityID
}

// compare holds what an undo has brought about, and counts it by what was undone;
// what was not counts as blocked.
func (g *undoRig) compare(t *testing.T, deeds []run.Deed, start, before map[msads.ID]simulator.Link, plan *planner.Plan, results []executor.Result) map[planner.Op]int {
	t.Helper()
	outcomes := make(map[int]*executor.Result)
	for i := range results {
		outcomes[plan.Steps[i].Row.Number] = &results[i]
	}
	undone, touched, after := make(map[planner.Op]int), make(map[msads.ID]bool), g.links()
	for i := range deeds {
		d := &deeds[i]
		res, id := outcomes[d.Step.Row.Number], accountID(d)
		if len(d.Done) == 0 || res == nil || res.Outcome != executor.Done {
			if len(d.Done) > 0 {
				undone[planner.OpBlocked]++
			}
			continue
		}
		op := d.Done[len(d.Done)-1]
		undone[op]++
		touched[id] = true
		if g.foreign[id] {
			t.Errorf("row %d, account %s: undone, though somebody else has changed the link: %+v", d.Step.Row.Number, id, res)
		}
		if why := wrongWay(op, start[id], after[id], g.Planner.Now); why != "" {
			t.Errorf("row %d, account %s: %s was undone: %s", d.Step.Row.Number, id, op, why)
		}
	}
	for id, link := range after {
		if was := before[id]; !touched[id] && (link.Status != was.Status || !link.LastModifiedDateTime.Equal(was.LastModifiedDateTime) || !bytes.Equal(link.Timestamp, was.Timestamp)) {
			t.Errorf("account %s: not undone, but changed: was %s, is %s", id, was.Status, link.Status)
		}
	}
	return undone
}

// wrongWay says how a link whose op was undone is not as it was before the run.
func wrongWay(op planner.Op, was, is simulator.Link, now time.Time) string {
	if op == planner.OpAdd {
		if is.Status != msads.LinkCanceled {
			return "it is " + string(is.Status)
		}
		return ""
	}
	switch {
	case is.Status != msads.LinkPending:
		return "it is " + string(is.Status)
	case *is.IsBillToClient != *was.IsBillToClient:
		return "another payer"
	case is.Name != was.Name || is.Note != was.Note || is.ClientEntityCustomerNumber != was.ClientEntityCustomerNumber:
		return "other texts"
	case was.StartDate.After(now) && !is.StartDate.Equal(was.StartDate):
		return "another start"
	}
	return ""
}
