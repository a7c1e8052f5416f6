package run

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

var guardSeeds = flag.Int("guards", 60, "how many random runs are held against their guards")

// guarded is a random roster over a random world, and the limits of its run.
type guarded struct {
	world  simulator.World
	rows   []string
	limits Limits
	prune  planner.Prune
	hold   bool // else the guards stop the run
}

const guardedAccounts = 24

func randomGuarded(r *rand.Rand) guarded {
	statuses := []msads.Status{"", "", msads.Active, msads.Active, msads.Active, msads.LinkPending, msads.UnlinkFailed, msads.Inactive, msads.LinkDeclined, msads.LinkCanceled}
	g := guarded{world: simtest.World(guardedAccounts), hold: r.IntN(2) == 0}
	for i := range guardedAccounts {
		a := &g.world.Accounts[i]
		a.Prepaid, a.Busy = r.IntN(12) == 0, r.IntN(12) == 0
		if status := statuses[r.IntN(len(statuses))]; status != "" {
			l := simtest.Link(i, status)
			l.IsBillToClient = new(r.IntN(5) > 0)
			if r.IntN(10) == 0 {
				l.ManagingCustomerID = simtest.RivalID
			}
			g.world.Links = append(g.world.Links, l)
		}
	}
	for range 1 + r.IntN(14) {
		i, action := r.IntN(guardedAccounts), []string{"keep", "link", "add", "unlink", "unlink", "cancel"}[r.IntN(6)]
		id, number := simtest.AccountID(i).String(), ""
		switch r.IntN(20) {
		case 0, 1, 2:
			id, number = "", simtest.AccountNumber(i)
		case 3:
			if r.IntN(3) == 0 {
				id = "oops"
			}
		}
		g.rows = append(g.rows, fmt.Sprintf("%s,%s,F200000001,%s,true,\n", id, number, action))
	}
	some := func() int {
		if r.IntN(2) == 0 {
			return Unlimited
		}
		return r.IntN(12)
	}
	g.limits = Limits{MaxUnlinks: some(), MaxAdds: some(), MaxInvalid: some(), BillingPause: r.IntN(3) > 0}
	g.prune = planner.Prune{On: r.IntN(3) > 0, LastAccounts: 1 + r.IntN(12), AllowShrink: r.IntN(3) == 0}
	return g
}

func (g *guarded) roster() string { return header + strings.Join(g.rows, "") }

// named reports whether a row names account i.
func (g *guarded) named(i int) bool {
	return slices.ContainsFunc(g.rows, func(row string) bool {
		return strings.HasPrefix(row, simtest.AccountID(i).String()+",") || strings.Contains(row, simtest.AccountNumber(i))
	})
}

// before is the link of account i with the agency in the world; nil if it has
// none.
func (g *guarded) before(i int) *simulator.Link {
	at := slices.IndexFunc(g.world.Links, func(l simulator.Link) bool {
		return l.ClientEntityID == simtest.AccountID(i) && l.ManagingCustomerID == simtest.AgencyID
	})
	if at < 0 {
		return nil
	}
	return &g.world.Links[at]
}

// link lets somebody else link account i with the agency, if it has no link and
// the run has not touched it.
func (g *guarded) link(t *testing.T, on *rig, i int) {
	t.Helper()
	if g.before(i) == nil && len(on.Sim.State().Transitions[simtest.AccountID(i).String()]) == 0 {
		l := simtest.Link(i, msads.Active)
		l.IsBillToClient = new(true)
		g.world.Links = append(g.world.Links, l)
		on.door(t, "POST", "links", fmt.Sprintf(`[{"ClientEntityId":%q,"ManagingCustomerId":%q,"Status":"Active"}]`, l.ClientEntityID, l.ManagingCustomerID))
	}
}

// wrong says what a run has done that its guards do not allow; empty if nothing.
func (g *guarded) wrong(state simulator.State, mayPrune bool) string {
	ends, adds := 0, state.Invitations
	for i := range guardedAccounts {
		done, was := state.Transitions[simtest.AccountID(i).String()], g.before(i)
		ends += done["unlink"] + done["cancel"]
		switch {
		case done["unlink"]+done["cancel"] > 0 && was == nil:
			return fmt.Sprintf("account %d: ended, and was not the agency's", i)
		case done["unlink"] > 0 && !*was.IsBillToClient && !g.limits.BillingPause:
			return fmt.Sprintf("account %d: unlinked, and the agency pays", i)
		case len(done) > 0 && !g.named(i) && !mayPrune:
			return fmt.Sprintf("account %d: pruned: %v", i, done)
		case len(done) > 0 && !g.named(i) && done["unlink"]+done["cancel"] == 0:
			return fmt.Sprintf("account %d: no row names it, and it got %v", i, done)
		case done["unlink"] > 0 && was.Status != msads.Active && was.Status != msads.UnlinkFailed,
			done["cancel"] > 0 && was.Status != msads.LinkPending:
			return fmt.Sprintf("account %d: was %s, and got %v", i, was.Status, done)
		}
	}
	switch {
	case g.limits.MaxUnlinks != Unlimited && ends > g.limits.MaxUnlinks:
		return fmt.Sprintf("%d unlinks and cancels, %d allowed", ends, g.limits.MaxUnlinks)
	case g.limits.MaxAdds != Unlimited && adds > g.limits.MaxAdds:
		return fmt.Sprintf("%d invitations, %d allowed", adds, g.limits.MaxAdds)
	}
	return ""
}

// TestNoWritePastAGuard goes through random rosters, worlds and limits, each run
// cut short and resumed some times, with replies lost and links refused. Whatever
// happens, the simulator has not applied more than the guards allow over the whole
// run, and nothing at all of a part that they stop; nor was more than the canary
// sent of a part whose canary is not done.
func TestNoWritePastAGuard(t *testing.T) {
	stopped, heldBack, wrote, pruned, canaries := 0, 0, 0, 0, 0
	for seed := range uint64(*guardSeeds) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 5))
			c := randomGuarded(r)
			g := memoryRig(t, c.world, simulator.Options{Seed: seed, Faults: simulator.Faults{
				{Operation: "write", Kind: simulator.FaultDropAfter, Rate: .1}, {Operation: "write", Kind: simulator.FaultDropBefore, Rate: .1},
			}})
			g.engine.Concurrency = 1 + r.IntN(3)
			l := openLedger(t)
			mayPrune := false
			for part := 0; part < 4; part++ {
				turn := g.take(t, l)
				g.Planner.Prune = c.prune
				g.Planner.Prune.Earlier = turn.Pruned()
				plan := g.Plan(t, c.roster())
				run := turn.Join(plan)
				calls := writes(g.Sim.State())
				mayPrune = mayPrune || c.prune.On && len(plan.Refusals) == 0
				plan.Tripped = c.limits.Check(plan)
				if len(plan.Tripped) > 0 && !(c.hold && Holdable(plan.Tripped)) {
					_, err := turn.Forgo(run, ledger.Run{ID: fmt.Sprint("run-", part)}, "a guard")
					must(t, err)
					turn.Close()
					if got := writes(g.Sim.State()); got != calls {
						t.Errorf("seed %d, part %d: %d calls past %v", seed, part, got-calls, plan.Tripped)
					}
					stopped++
					break
				}
				if len(plan.Tripped) > 0 {
					heldBack++
					run.Hold(plan.Tripped)
				}
				_, err := turn.Begin(run, ledger.Run{ID: fmt.Sprint("run-", part)})
				must(t, err)
				ctx, cut := context.WithCancel(t.Context())
				if part < 3 {
					run.journal = &at{Journal: run.journal, call: 1 + r.IntN(3), returned: cut}
				}
				run.Caution.Canary = r.IntN(4)
				sent := asked(g.Sim.State())
				_, stop := run.Carry(ctx)
				must(t, turn.End(ctx, run, stop))
				if errors.Is(stop, ErrCanary) {
					canaries++
					if n := newly(sent, asked(g.Sim.State())); n > run.Caution.Canary {
						t.Errorf("seed %d, part %d: %d links sent, and a canary of %d was not done", seed, part, n, run.Caution.Canary)
					}
				}
				finished := stop == nil && ctx.Err() == nil
				cut()
				turn.Close()
				if wrong := c.wrong(g.Sim.State(), mayPrune); wrong != "" {
					t.Errorf("seed %d, part %d: %s; limits %+v, %v", seed, part, wrong, c.limits, plan.Tripped)
				}
				if finished {
					break // the next one is another run
				}
				time.Sleep(time.Minute)
				for range 3 {
					c.link(t, g, r.IntN(guardedAccounts))
				}
			}
			for entity, done := range g.Sim.State().Transitions {
				wrote += len(done)
				for i := range guardedAccounts {
					if simtest.AccountID(i).String() == entity && !c.named(i) {
						pruned++
					}
				}
			}
		})
	}
	if n := *guardSeeds; stopped < n/10 || heldBack < n/10 || wrote < n || pruned < n/4 || canaries < n/20 {
		t.Errorf("of %d runs: %d stopped, %d held, %d writes, %d pruned, %d canaries: the test shows nothing", n, stopped, heldBack, wrote, pruned, canaries)
	}
}

// asks is what a row asks for.
var asks = regexp.MustCompile(",(add|link|unlink|cancel),")

// asked is how often each link was sent.
func asked(s simulator.State) map[string]int {
	times := make(map[string]int)
	for link, ops := range s.LinkCallers {
		for _, callers := range ops {
			for _, n := range callers {
				times[link] += n
			}
		}
	}
	return times
}

// newly is how many links were sent since.
func newly(before, now map[string]int) (n int) {
	for link := range now {
		if now[link] > before[link] {
			n++
		}
	}
	return n
}

// writes is how many calls that change something the service was sent.
func writes(s simulator.State) int { return s.Calls["AddClientLinks"] + s.Calls["UpdateClientLinks"] }

// TestHoldSendsWhatStopWouldAllow compares a run of which the guards hold a part
// with one of a roster that keeps the links of the rows that were held: it trips no
// guard, and does the same.
func TestHoldSendsWhatStopWouldAllow(t *testing.T) {
	compared := 0
	for seed := range uint64(*guardSeeds) {
		r := rand.New(rand.NewPCG(seed, 6))
		c := randomGuarded(r)
		rest, ok := c, false
		var held, without map[string]map[string]int
		synctest.Test(t, func(t *testing.T) {
			g := memoryRig(t, c.world, simulator.Options{})
			g.Planner.Prune = c.prune
			run := g.begin(g.Plan(t, c.roster()), nil)
			run.plan.Tripped = c.limits.Check(run.plan)
			if ok = len(run.plan.Tripped) > 0 && Holdable(run.plan.Tripped); !ok {
				return
			}
			run.Hold(run.plan.Tripped)
			rest.rows = nil
			for i := range run.plan.Steps {
				s := &run.plan.Steps[i]
				leader := s
				if s.SameAs >= 0 {
					leader = &run.plan.Steps[s.SameAs]
				}
				switch {
				case s.Pruned() && s.Held != "":
					rest.rows = append(rest.rows, s.Key.EntityID.String()+",,,keep,,\n")
				case !s.Pruned() && leader.Held != "":
					rest.rows = append(rest.rows, asks.ReplaceAllString(c.rows[i], ",keep,"))
				case !s.Pruned():
					rest.rows = append(rest.rows, c.rows[i])
				}
			}
			results, err := run.Carry(t.Context())
			must(t, err)
			for i, res := range results {
				if held := run.plan.Steps[i].Held != ""; held != (res.Outcome == executor.Held) && run.plan.Steps[i].SameAs < 0 {
					t.Errorf("seed %d: step %d: held %v, and its outcome is %s", seed, i, held, res.Outcome)
				}
			}
			held = g.Sim.State().Transitions
		})
		if !ok {
			continue
		}
		compared++
		synctest.Test(t, func(t *testing.T) {
			g := memoryRig(t, c.world, simulator.Options{})
			g.Planner.Prune = rest.prune
			plan := g.Plan(t, rest.roster())
			for _, tripped := range c.limits.Check(plan) {
				if tripped.Guard != MaxInvalid {
					t.Errorf("seed %d: stop does not allow the rest: %+v", seed, tripped)
				}
			}
			_, err := g.apply(t.Context(), plan)
			must(t, err)
			without = g.Sim.State().Transitions
		})
		if fmt.Sprint(held) != fmt.Sprint(without) {
			t.Errorf("seed %d: held %v, with rows that keep %v", seed, held, without)
		}
	}
	if compared < *guardSeeds/10 {
		t.Errorf("%d runs compared: the test shows nothing", compared)
	}
}
