package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/internal/run"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

var lifetimeSeeds = flag.Int("lifetimes", 40, "how many random lives of a roster TestLifetimes goes through")

// TestLifetimes holds the words of the reports against what happened,
// where one roster is applied by several processes: over the cases of
// [TestTorture], below the command line and in simulated time, each process is
// killed or interrupted at a random moment, --fresh, other paths and changed
// rosters come in between, and at the end the roster is applied in peace. What
// the report of each run claims for a row is exactly what the calls of that run
// brought about.
func TestLifetimes(t *testing.T) {
	for seed := range *lifetimeSeeds {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { newLifetimes(t, uint64(seed)).run(t) })
		})
	}
}

// lifetimes is one case. In every seventh the first writes go alone.
type lifetimes struct {
	*tortureCase
	canary  int
	dir     string // of the ledger
	started []*process
	over    chan struct{} // closed at the end, when the dead may go
}

func newLifetimes(t *testing.T, seed uint64) *lifetimes {
	c := &lifetimes{tortureCase: newTortureCase("", seed), dir: filepath.Join(t.TempDir(), "state"), over: make(chan struct{})}
	if seed%7 == 2 {
		c.canary = 3
	}
	t.Cleanup(func() {
		close(c.over)
		time.Sleep(time.Hour) // for what is left of the dead to end
	})
	c.sim = simtest.New(t, c.world, simulator.Options{Seed: seed, Modes: c.modes, Faults: c.faults, Lag: c.lag, Latency: c.latency})
	t.Logf("modes %v, lag %v, latency %v, faults %+v", c.modes, c.lag, c.latency, c.faults)
	return c
}

// run lets the case happen and compares.
func (c *lifetimes) run(t *testing.T) {
	time.Sleep(time.Minute) // a search that lags shows the world as it was made
	r := c.rnd
	for range 1 + r.IntN(4) {
		path, fresh := "roster.csv", r.IntN(6) == 0
		if r.IntN(4) == 0 && !c.prune {
			for range 1 + r.IntN(3) {
				c.change()
			}
		}
		if r.IntN(5) == 0 {
			path = "copy.csv"
		}
		e := randomEnd(r)
		got, ended := c.start(t, e, path, fresh)
		t.Logf("process %d over %s, fresh %v, %s: ended %v, run %q, %v", len(c.started)-1, path, fresh, e, ended, c.last().run, got.err)
		time.Sleep(time.Duration(r.IntN(4000)) * time.Millisecond)
	}
	c.finish(t)
	c.compare(t)
}

func (c *lifetimes) last() *process { return c.started[len(c.started)-1] }

func randomEnd(r *rand.Rand) *end {
	e := &end{kill: r.IntN(3) > 0, replied: r.IntN(2) == 0}
	switch r.IntN(6) {
	case 0:
		return nil
	case 1:
		e.after = time.Duration(r.IntN(60_000)) * time.Millisecond
	case 2:
		e.request = 1 + r.IntN(30)
	default:
		e.request, e.writes = 1+r.IntN(8), true
	}
	return e
}

// finish applies the roster in peace: first with the faults that are left, then
// without until nothing is open. At the end there is nothing to do.
func (c *lifetimes) finish(t *testing.T) {
	c.canary = 0
	c.start(t, nil, "roster.csv", false)
	c.sim.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/__simulator/faults", strings.NewReader("[]")))
	for range 3 {
		got, _ := c.start(t, nil, "roster.csv", false)
		if got.err != nil {
			t.Errorf("a run in peace: %v", got.err)
		}
		if !slices.ContainsFunc(got.results, unsettled) {
			break
		}
	}
	got, _ := c.start(t, nil, "roster.csv", false)
	if got.err != nil {
		t.Errorf("the last run: %v", got.err)
	}
	for i := range got.results {
		if res := &got.results[i]; unsettled(*res) {
			t.Errorf("row %d of the last run: %v %s: %s", i, res.Ops, res.Outcome, res.Reason)
		}
	}
	if p := c.last(); len(p.deeds) > 0 {
		t.Errorf("the last run has done something: %v", p.deeds)
	}
}

// unsettled reports whether a row waits for another run.
func unsettled(res executor.Result) bool {
	return slices.Contains([]executor.Outcome{executor.Unknown, executor.Failed, executor.Held}, res.Outcome)
}

// compare holds what the report of every run in the ledger says against what
// its processes were seen to do.
func (c *lifetimes) compare(t *testing.T) {
	c.checkCounts(c.sim.State())
	for _, line := range slices.Concat(c.twice, c.wrong) {
		t.Error(line)
	}
	if c.prune {
		c.checkPruned(t)
	}
	done := map[string]deeds{}
	for _, p := range c.started {
		if p.run == "" && len(p.deeds) > 0 {
			t.Errorf("process %d has done something before it began a run: %v", p.number, p.deeds)
		}
		for made, n := range p.deeds {
			if done[p.run] == nil {
				done[p.run] = deeds{}
			}
			done[p.run][made] += n
		}
	}
	l, err := ledger.Open(c.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	runs, err := l.Runs()
	if err != nil {
		t.Fatal(err)
	}
	for _, known := range runs {
		rec, err := l.Load(known.ID)
		if err != nil {
			t.Fatal(err)
		}
		c.compareRun(t, rec, done[known.ID])
	}
}

func (c *lifetimes) compareRun(t *testing.T, rec *ledger.Record, done deeds) {
	results, rows := run.Recorded(rec), c.versions[rec.Digest]
	if len(results) != len(rows) && !(c.prune && len(results) > len(rows)) {
		t.Fatalf("run %s: %d results for %d rows", rec.ID, len(results), len(rows))
	}
	report, open := make([]line, len(results)), false
	for i, res := range results {
		entity := rec.Plan.Steps[i].Key.EntityID.String() // of a link that no row names
		if i < len(rows) {
			entity = simtest.AccountID(rows[i].account).String()
		}
		report[i] = line{entity, nil, string(res.Outcome), res.Reason}
		for _, op := range res.Ops {
			report[i].ops = append(report[i].ops, string(op))
		}
		open = open || report[i].open()
	}
	lost, wrong := wrongWords(report, done)
	for _, words := range slices.Concat(lost, wrong) {
		t.Errorf("run %s: %s", rec.ID, words)
	}
	if rec.State == ledger.Running || !open && rec.State != ledger.Finished && rec.State != ledger.Closed {
		t.Errorf("run %s is left %s (%s), and rows are open: %v", rec.ID, rec.State, rec.Note, open)
	}
}

// checkPruned: nothing has happened to a link that no row names, unless it was the
// agency's, in one of the three statuses, and ended.
func (c *lifetimes) checkPruned(t *testing.T) {
	t.Helper()
	pruned := 0
	defer func() { t.Logf("%d links pruned", pruned) }()
	for entity, ops := range c.sim.State().Transitions {
		if slices.ContainsFunc(c.roster, func(r tortureRow) bool { return simtest.AccountID(r.account).String() == entity }) {
			continue
		}
		was := slices.IndexFunc(c.world.Links, func(l simulator.Link) bool {
			return l.ClientEntityID.String() == entity && l.ManagingCustomerID == simtest.AgencyID
		})
		for op := range ops {
			pruned++
			ends := map[string][]msads.Status{"unlink": {msads.Active, msads.UnlinkFailed}, "cancel": {msads.LinkPending}}[op]
			if was < 0 || !slices.Contains(ends, c.world.Links[was].Status) {
				t.Errorf("account %s, which no row names: %s was applied", entity, op)
			}
		}
	}
}
