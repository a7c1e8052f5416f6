package run

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

// TestAnAcceptUnderWayStaysAnAccept: a row is added, and its accept is under way
// when the run is interrupted. Whatever has become of the accept, the record of
// the run says add and accept, at once, after the next process has searched, and
// after it has gone on.
func TestAnAcceptUnderWayStaysAnAccept(t *testing.T) {
	both, add := []planner.Op{planner.OpAdd, planner.OpAccept}, []planner.Op{planner.OpAdd}
	lost := executor.Result{Ops: both, Outcome: executor.Unknown, Reason: "sent, and the reply was lost; interrupted before a search could show what happened"}
	tests := []struct {
		name           string
		fault          simulator.FaultKind
		sending        bool // the interruption comes before the accept is sent
		first, settled executor.Result
		ended          string
	}{
		{"applied", simulator.FaultDropAfter, false, lost,
			executor.Result{Ops: both, Outcome: executor.Done, Reason: "accepted; the reply was lost; a search shows LinkInProgress"},
			"accepted; the reply was lost; a search shows LinkInProgress"},
		{"not applied", simulator.FaultDropBefore, false, lost,
			executor.Result{Ops: both, Outcome: executor.Failed, Reason: "sent, and searches show that it had no effect"}, "accepted"},
		{"not sent", "", true,
			executor.Result{Ops: add, Outcome: executor.Held, Reason: "added; not accepted: not sent: interrupted"},
			executor.Result{Ops: add, Outcome: executor.Held, Reason: "added; not accepted: not sent: interrupted"}, "accepted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var faults simulator.Faults
				if tt.fault != "" {
					faults = simulator.Faults{{Operation: simulator.UpdateClientLinks, Kind: tt.fault, First: 1}}
				}
				g := memoryRig(t, simtest.World(1), simulator.Options{Faults: faults})
				time.Sleep(time.Minute)
				l := openLedger(t)
				roster := header + simtest.AccountID(0).String() + ",,F200000001,link,true,client\n"
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				turn := g.take(t, l)
				results, _ := g.carry(t, ctx, turn, roster, "run", func(j executor.Journal) executor.Journal {
					if tt.sending {
						return &at{Journal: j, call: 2, sending: cancel}
					}
					return &at{Journal: j, call: 2, returned: cancel}
				})
				turn.Close()
				same := func(when string, got, want executor.Result) {
					t.Helper()
					if !slices.Equal(got.Ops, want.Ops) || got.Outcome != want.Outcome || got.Reason != want.Reason {
						t.Errorf("%s: %v %s: %s\nwant %v %s: %s", when, got.Ops, got.Outcome, got.Reason, want.Ops, want.Outcome, want.Reason)
					}
				}
				same("the first process", results[0], tt.first)
				turn = g.take(t, l)
				_, again := recorded(t, l, "run")
				same("settled", again[0], tt.settled)
				results, stop := g.carry(t, t.Context(), turn, roster, "", nil)
				turn.Close()
				if stop != nil {
					t.Fatal(stop)
				}
				same("the second process", results[0], executor.Result{Ops: both, Outcome: executor.Done, Reason: tt.ended})
				rec, again := recorded(t, l, "run")
				same("the record", again[0], results[0])
				if rec.State != ledger.Finished || g.Sim.State().Transitions["1000001"]["accept"] != 1 {
					t.Errorf("%s, applied %v", rec.State, g.Sim.State().Transitions)
				}
			})
		})
	}
}

// TestADeadRunIsEnded: a run whose process has died does not stay running once
// another run has had the lock, whatever that one applies. It is finished if
// nothing of it is open, and may still be resumed if something is.
func TestADeadRunIsEnded(t *testing.T) {
	for _, tt := range []struct {
		name     string
		dies     int // at this call
		returned bool
		path     string // what the next process applies
		state    ledger.State
		outcomes map[executor.Outcome]int
	}{
		{"all is done, another roster", 2, true, "other.csv", ledger.Finished, map[executor.Outcome]int{executor.Done: 11}},
		{"some of it was not sent, another roster", 1, true, "other.csv", ledger.Interrupted, map[executor.Outcome]int{executor.Done: 10, executor.Held: 1}},
		{"something had no effect, another roster", 2, false, "other.csv", ledger.Interrupted, map[executor.Outcome]int{executor.Done: 10, executor.Failed: 1}},
		{"all is done, the same roster, not begun", 2, true, "roster.csv", ledger.Interrupted, map[executor.Outcome]int{executor.Done: 11}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := memoryRig(t, simtest.World(11), simulator.Options{})
				time.Sleep(time.Minute)
				roster := header
				for i := range 11 {
					roster += addRow(i)
				}
				g.engine.Concurrency = 1
				l := openLedger(t)
				turn := g.take(t, l)
				r := turn.Join(g.Plan(t, roster))
				if _, err := turn.Begin(r, ledger.Run{ID: "dead"}); err != nil {
					t.Fatal(err)
				}
				r.journal, r.keep = &dying{r.journal, tt.dies, tt.returned, false}, nil
				r.Carry(t.Context())
				turn.Close() // as the lock of a dead process is free

				g.takeAs(t, l, tt.path).Close()
				rec, results := recorded(t, l, "dead")
				if rec.State != tt.state || len(rec.Outcomes) != len(tt.outcomes) || len(Tally(results)) != len(tt.outcomes) {
					t.Errorf("%s (%s), %v, %v", rec.State, rec.Note, rec.Outcomes, Tally(results))
				}
				for outcome, n := range tt.outcomes {
					if rec.Outcomes[outcome] != n || Tally(results)[outcome] != n {
						t.Errorf("%d are %s, want %d", rec.Outcomes[outcome], outcome, n)
					}
				}
			})
		})
	}
}

// dying is the journal of a process that dies at a call: before it is sent, or
// after its reply was recorded.
type dying struct {
	executor.Journal
	call     int
	returned bool
	dead     bool
}

func (d *dying) Sending(c executor.Call) error {
	if d.dead {
		return context.Canceled
	}
	err := d.Journal.Sending(c)
	if d.dead = c.Number == d.call && !d.returned; d.dead {
		return context.Canceled
	}
	return err
}

func (d *dying) Returned(c executor.Call, answers []executor.Answer) error {
	if d.dead {
		return context.Canceled
	}
	d.dead = c.Number == d.call
	return d.Journal.Returned(c, answers)
}
