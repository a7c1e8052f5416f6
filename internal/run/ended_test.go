package run

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// endings are the statuses of a link that has ended, and may be added again.
var endings = []msads.Status{msads.LinkDeclined, msads.LinkExpired, msads.LinkCanceled, msads.Inactive}

// TestALostAddOverAnEndedLink: an account that had a link before is added, and
// the reply is lost. The old link says nothing about it, whether the plan saw it
// or it ended between plan and call: the row is done only once the service has
// invited.
func TestALostAddOverAnEndedLink(t *testing.T) {
	for _, status := range endings {
		for _, fault := range []simulator.FaultKind{simulator.FaultDropBefore, simulator.FaultDropAfter} {
			for _, modes := range [][]simulator.Mode{nil, {simulator.Lag}} {
				for _, meanwhile := range []time.Duration{-1, 10 * time.Millisecond, time.Hour} { // -1: the plan has seen the link
					name := fmt.Sprintf("%s %s %v %v", status, fault, modes, meanwhile)
					t.Run(name, func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) { lostAdd(t, status, fault, modes, meanwhile) })
					})
				}
			}
		}
	}
}

func lostAdd(t *testing.T, status msads.Status, fault simulator.FaultKind, modes []simulator.Mode, meanwhile time.Duration) {
	faults := simulator.Faults{{Operation: "write", Kind: fault, First: 1}}
	var before msads.Status
	if meanwhile < 0 {
		before = status
	}
	g := memoryRig(t, simtest.World(1, before), simulator.Options{Modes: modes, Faults: faults})
	time.Sleep(time.Minute)
	plan := g.Plan(t, header+addRow(0))
	if meanwhile >= 0 {
		g.door(t, "POST", "links", `[{"ManagingCustomerId":"9100001","ClientEntityId":"1000001","Status":"`+string(status)+`"}]`)
		time.Sleep(meanwhile)
	}
	results, err := g.apply(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	res, invited := results[0], g.Sim.State().Invitations
	applied := fault == simulator.FaultDropAfter
	switch {
	case meanwhile == 10*time.Millisecond && !applied: // too close to tell
		if res.Outcome != executor.Unknown || invited != 0 {
			t.Errorf("%s: %s; %d invitations", res.Outcome, res.Reason, invited)
		}
	case res.Outcome != executor.Done || invited != 1:
		t.Errorf("%s: %s; %d invitations", res.Outcome, res.Reason, invited)
	case applied && res.Attempts != 1, !applied && res.Attempts != 2:
		t.Errorf("%d attempts: %s", res.Attempts, res.Reason)
	}
}

// TestALostAddThatHasEnded: the invitation was made, the reply was lost, and
// the client has declined before a search could show it. It is done, whether
// this process finds it out or, if it was interrupted, the next one.
func TestALostAddThatHasEnded(t *testing.T) {
	for _, interrupted := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			faults := simulator.Faults{{Operation: "write", Kind: simulator.FaultDropAfter, First: 1}}
			g := memoryRig(t, simtest.World(1), simulator.Options{Faults: faults})
			time.Sleep(time.Minute)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			l := openLedger(t)
			turn := g.take(t, l)
			g.carry(t, ctx, turn, header+addRow(0), "first", func(j executor.Journal) executor.Journal {
				return &at{Journal: j, call: 1, returned: func() {
					g.door(t, "PATCH", "links", `[{"ManagingCustomerId":"9100001","ClientEntityId":"1000001","Status":"LinkDeclined"}]`)
					if interrupted {
						cancel()
					}
				}}
			})
			turn.Close()
			time.Sleep(time.Hour)
			g.take(t, l).Close()
			if _, got := recorded(t, l, "first"); got[0].Outcome != executor.Done || got[0].Attempts != 1 || g.Sim.State().Invitations != 1 {
				t.Errorf("interrupted %v: %+v; %d invitations", interrupted, got[0], g.Sim.State().Invitations)
			}
		})
	}
}
