package run

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

const header = "account_id,account_number,customer_number,action,bill_to_client,client_profile\n"

func addRow(i int) string { return simtest.AccountID(i).String() + ",,F200000001,add,true,\n" }

// door posts to one of the simulator's doors.
func (g *rig) door(t *testing.T, method, path, body string) {
	t.Helper()
	rec := httptest.NewRecorder()
	g.Sim.ServeHTTP(rec, httptest.NewRequest(method, "/__simulator/"+path, strings.NewReader(body)))
	if rec.Code != 200 {
		t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
	}
}

// TestLostReplies goes through what can become of one call whose reply says
// nothing: the row ends with what searches show, after the time that the rule
// asks for, and the service has applied it at most once.
func TestLostReplies(t *testing.T) {
	tests := []struct {
		name     string
		fault    simulator.Fault
		modes    []simulator.Mode
		outcome  executor.Outcome
		reason   string
		attempts int
		applied  int
		after    time.Duration // at least; and less than eight seconds more
	}{
		{"lost after it was applied", simulator.Fault{Kind: simulator.FaultDropAfter, First: 1}, nil,
			executor.Done, "invited; the reply was lost; a search shows LinkPending", 1, 1, 2 * time.Second},
		{"lost before it was applied", simulator.Fault{Kind: simulator.FaultDropBefore, First: 1}, nil,
			executor.Done, "invited", 2, 1, 10 * time.Second},
		{"lost three times", simulator.Fault{Kind: simulator.FaultDropBefore, First: 3}, nil,
			executor.Failed, "sent three times, and searches show that it had no effect; the last reply: AddClientLinks: EOF", 3, 0, 30 * time.Second},
		{"a search that lags", simulator.Fault{Kind: simulator.FaultDropAfter, First: 1}, []simulator.Mode{simulator.Lenient, simulator.Lag},
			executor.Done, "invited; the reply was lost; a search shows LinkPending", 1, 1, 10 * time.Second},
		{"a throttle's body with a 500", simulator.Fault{Kind: simulator.FaultErrorAfter, Status: 500, Body: simulator.BodyAdAPIFault, Code: 833, First: 1}, nil,
			executor.Done, "invited; the reply was lost; a search shows LinkPending", 1, 1, 2 * time.Second},
		{"a page of a gateway", simulator.Fault{Kind: simulator.FaultErrorAfter, Status: 502, Body: simulator.BodyHTML, First: 1}, nil,
			executor.Done, "invited; the reply was lost; a search shows LinkPending", 1, 1, 2 * time.Second},
		{"an internal error of one link, applied", simulator.Fault{Kind: simulator.FaultPartialCode, Committed: true, First: 1}, nil,
			executor.Done, "invited; the reply was lost; a search shows LinkPending", 1, 1, 2 * time.Second},
		{"an internal error of one link, not applied", simulator.Fault{Kind: simulator.FaultPartialCode, First: 1}, nil,
			executor.Done, "invited", 2, 1, 10 * time.Second},
		{"a stale link", simulator.Fault{Kind: simulator.FaultStale, First: 1}, nil,
			executor.Done, "invited", 2, 1, 10 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.fault.Operation = "write"
				g := memoryRig(t, simtest.World(1), simulator.Options{Modes: test.modes, Faults: simulator.Faults{test.fault}})
				plan := g.Plan(t, header+addRow(0))
				begin := time.Now()
				results, err := g.apply(t.Context(), plan)
				took := time.Since(begin)
				if err != nil {
					t.Fatal(err)
				}
				if r := results[0]; r.Outcome != test.outcome || r.Reason != test.reason || r.Attempts != test.attempts {
					t.Errorf("got  %s after %d attempts: %s\nwant %s after %d attempts: %s", r.Outcome, r.Attempts, r.Reason, test.outcome, test.attempts, test.reason)
				}
				if n := g.Sim.State().Invitations; n != test.applied {
					t.Errorf("the service invited %d times, want %d", n, test.applied)
				}
				if took < test.after || took > test.after+8*time.Second {
					t.Errorf("took %v, want %v and little more", took, test.after)
				}
			})
		})
	}
}

// TestSomebodyElse changes a link between plan and apply: the run never does
// anything but what was planned.
func TestSomebodyElse(t *testing.T) {
	const agency = `"ManagingCustomerId":"9100001","ClientEntityId":"1000001"`
	tests := []struct {
		name, row      string
		before         msads.Status
		method, change string
		outcome        executor.Outcome
		reason         string
		applied        string
	}{
		{"invited meanwhile", "1000001,,F200000001,add,true,\n", "", "POST", `[{` + agency + `,"Status":"LinkPending"}]`,
			executor.Unchanged, "somebody else added it since the plan was made: LinkPending", ""},
		{"accepted while we cancel", "1000001,,,cancel,,\n", msads.LinkPending, "PATCH", `[{` + agency + `,"Status":"Active"}]`,
			executor.Blocked, "already linked, use unlink", ""},
		{"accepted while we unlink the invitation", "1000001,,,unlink,,\n", msads.LinkPending, "PATCH", `[{` + agency + `,"Status":"Active"}]`,
			executor.Held, "the link changed after the plan was made: planned cancel, now it would be unlink", ""},
		{"only touched", "1000001,,,cancel,,\n", msads.LinkPending, "PATCH", `[{` + agency + `,"Note":"seen"}]`,
			executor.Done, "invitation canceled", "cancel"},
		{"the agency pays meanwhile", "1000001,,,unlink,,\n", msads.Active, "PATCH", `[{` + agency + `,"IsBillToClient":false}]`,
			executor.Held, "the link changed after the plan was made: unlinking it can pause the client's ads now", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := memoryRig(t, simtest.World(1, test.before), simulator.Options{})
				plan := g.Plan(t, header+test.row)
				time.Sleep(time.Second)
				g.door(t, test.method, "links", test.change)
				results, err := g.apply(t.Context(), plan)
				if err != nil {
					t.Fatal(err)
				}
				if r := results[0]; r.Outcome != test.outcome || r.Reason != test.reason {
					t.Errorf("got %s: %s (%v)\nwant %s: %s", r.Outcome, r.Reason, r.Errors, test.outcome, test.reason)
				}
				got := g.Sim.State().Transitions["1000001"]
				if test.applied == "" && len(got) > 0 || test.applied != "" && (len(got) != 1 || got[test.applied] != 1) {
					t.Errorf("the service applied %v, want %q", got, test.applied)
				}
			})
		})
	}
}

// TestRefusalsThatSayDone has a service that refuses what was done before,
// with searches that lag: the row is judged by what shows in the end.
func TestRefusalsThatSayDone(t *testing.T) {
	t.Run("somebody else invited, and the search lags", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := memoryRig(t, simtest.World(1), simulator.Options{Modes: []simulator.Mode{simulator.Lag}})
			plan := g.Plan(t, header+addRow(0))
			g.door(t, "POST", "links", `[{"ManagingCustomerId":"9100001","ClientEntityId":"1000001","Status":"LinkPending"}]`)
			results, err := g.apply(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			if r := results[0]; r.Outcome != executor.Unchanged || r.StatusAfter != msads.LinkPending {
				t.Errorf("%+v", r)
			}
		})
	})
	t.Run("our own link, changed by a call whose reply was lost", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := &work{step: &planner.Step{Op: planner.OpUnlink, Before: planner.Seen{Status: msads.Active}}, sends: 2, maybe: true}
			w.last.Errors = []msads.OperationError{{Code: 209}}
			r := &Run{results: []executor.Result{{Outcome: executor.Refused}}}
			q := &inquiry{work: w, about: r.asks(w)}
			if again := r.answer(q, planner.Sight{Link: &msads.ClientLink{Status: msads.UnlinkPending}}, false); again || q.about != answered {
				t.Errorf("again %v, about %v", again, q.about)
			}
			if got := r.results[0]; got.Outcome != executor.Done || got.StatusAfter != msads.UnlinkPending {
				t.Errorf("%+v", got)
			}
		})
	})
	t.Run("our own invitation, which has ended since", func(t *testing.T) {
		sent := time.Now()
		w := &work{step: &planner.Step{Op: planner.OpAdd, Sent: sent}, sends: 2, maybe: true}
		w.last.Errors = []msads.OperationError{{Code: 1471}}
		r := &Run{results: []executor.Result{{Outcome: executor.Refused}}}
		q := &inquiry{work: w, about: r.asks(w)}
		declined := planner.Sight{Link: &msads.ClientLink{Status: msads.LinkDeclined, LastModifiedDateTime: sent.Add(time.Hour)}}
		if again := r.answer(q, declined, true); again || q.about != answered || r.results[0].Outcome != executor.Done {
			t.Errorf("again %v, about %v, %+v", again, q.about, r.results[0])
		}
	})
	t.Run("our own invitation, which no search shows", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			fault := simulator.Fault{Operation: "write", Kind: simulator.FaultDropAfter, First: 1}
			g := memoryRig(t, simtest.World(1), simulator.Options{Modes: []simulator.Mode{simulator.Lag}, Lag: time.Hour, Faults: simulator.Faults{fault}})
			results, err := g.apply(t.Context(), g.Plan(t, header+addRow(0)))
			if err != nil {
				t.Fatal(err)
			}
			if r := results[0]; r.Outcome != executor.Unknown || r.Attempts != 2 {
				t.Errorf("%+v", r)
			}
			if n := g.Sim.State().Invitations; n != 1 {
				t.Errorf("%d invitations", n)
			}
		})
	})
}

// TestHandshake invites as the agency and accepts as the client in one run,
// each call with its own credentials.
func TestHandshake(t *testing.T) {
	for _, mode := range []simulator.Mode{"", simulator.Lag} {
		t.Run(string(mode), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := simulator.Options{}
				if mode != "" {
					opts.Modes = []simulator.Mode{mode}
				}
				g := memoryRig(t, simtest.World(2, ""), opts)
				rows := header + strings.ReplaceAll(addRow(0), "add,true,", "link,true,client") + strings.ReplaceAll(addRow(1), "add,", "link,")
				results, err := g.apply(t.Context(), g.Plan(t, rows))
				if err != nil {
					t.Fatal(err)
				}
				if r := results[0]; r.Outcome != executor.Done || !slices.Equal(r.Ops, []planner.Op{planner.OpAdd, planner.OpAccept}) || r.Reason != "accepted" {
					t.Errorf("row with a client profile: %+v", r)
				}
				if r := results[1]; r.Outcome != executor.Done || !slices.Equal(r.Ops, []planner.Op{planner.OpAdd}) {
					t.Errorf("row without: %+v", r)
				}
				callers := g.Sim.State().Callers
				if callers["agency"]["AddClientLinks"] != 1 || callers["agency"]["UpdateClientLinks"] != 0 ||
					callers["client"]["AddClientLinks"] != 0 || callers["client"]["UpdateClientLinks"] != 1 {
					t.Errorf("callers %v", callers)
				}
			})
		})
	}
}

// TestInterruption ends a run between calls, and says of a lost reply that
// nothing is known instead of waiting for a search.
func TestInterruption(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rows strings.Builder
		rows.WriteString(header)
		for i := range 60 {
			rows.WriteString(addRow(i))
		}
		fault := simulator.Fault{Operation: "write", Kind: simulator.FaultDropAfter, First: 1}
		g := memoryRig(t, simtest.World(60), simulator.Options{Latency: time.Second, Faults: simulator.Faults{fault}})
		g.engine.Concurrency = 2
		plan := g.Plan(t, rows.String())
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(1500*time.Millisecond, cancel)
		results, err := g.apply(ctx, plan)
		if err == nil {
			t.Error("the run says that it was not stopped")
		}
		count := map[executor.Outcome]int{}
		for _, r := range results {
			count[r.Outcome]++
		}
		if count[executor.Unknown] != 10 || count[executor.Done] != 30 || count[executor.Held] != 20 {
			t.Errorf("outcomes %v", count)
		}
		if n := g.Sim.State().Invitations; n != 40 {
			t.Errorf("%d invitations, want those of the four calls that were sent", n)
		}
	})
}

// TestACallerThatIsRefusedStopsTheRun holds the rest when the credentials are
// no longer good, and does not guess about the call that met it.
func TestACallerThatIsRefusedStopsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rows strings.Builder
		rows.WriteString(header)
		for i := range 40 {
			rows.WriteString(addRow(i))
		}
		fault := simulator.Fault{Operation: "write", Kind: simulator.FaultFaultIn200, Code: 108, Skip: 2}
		g := memoryRig(t, simtest.World(40), simulator.Options{Faults: simulator.Faults{fault}})
		g.engine.Concurrency = 1
		results, err := g.apply(t.Context(), g.Plan(t, rows.String()))
		if err == nil || !strings.Contains(err.Error(), "108") {
			t.Errorf("stopped by %v", err)
		}
		count := map[executor.Outcome]int{}
		for _, r := range results {
			count[r.Outcome]++
		}
		if count[executor.Done] != 20 || count[executor.Failed] != 10 || count[executor.Held] != 10 {
			t.Errorf("outcomes %v", count)
		}
		if n := g.Sim.State().Invitations; n != 20 {
			t.Errorf("%d invitations, want 20", n)
		}
	})
}
