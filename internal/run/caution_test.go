package run

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// prepaid is a world of n accounts in which some are prepaid: their add is
// refused.
func prepaid(n int, which ...int) simulator.World {
	w := simtest.World(n)
	for _, i := range which {
		w.Accounts[i].Prepaid = true
	}
	return w
}

// adds is a roster that adds accounts.
func adds(n int) string {
	var b strings.Builder
	b.WriteString(header)
	for i := range n {
		b.WriteString(addRow(i))
	}
	return b.String()
}

// TestTooManyFailuresStopTheRun holds that nothing more is sent once so many rows
// are refused, and that a resumed run sends the rest.
func TestTooManyFailuresStopTheRun(t *testing.T) {
	tests := []struct {
		bad             []int
		tooMany         int
		done, held, out int // rows done, held, refused
	}{
		{[]int{3}, 0, 49, 0, 1},
		{[]int{3, 4}, 3, 48, 0, 2},
		{[]int{3, 4, 5}, 3, 7, 40, 3},
		{[]int{0}, 1, 9, 40, 1},
		{[]int{49}, 1, 49, 0, 1},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.bad, test.tooMany), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := memoryRig(t, prepaid(50, test.bad...), simulator.Options{})
				g.engine.Concurrency = 1
				l := openLedger(t)
				turn := g.take(t, l)
				r := turn.Join(g.Plan(t, adds(50)))
				r.Caution.TooMany = test.tooMany
				_, err := turn.Begin(r, ledger.Run{ID: "one"})
				must(t, err)
				results, stop := r.Carry(t.Context())
				must(t, turn.End(t.Context(), r, stop))
				turn.Close()
				n := Tally(results)
				if n[executor.Done] != test.done || n[executor.Held] != test.held || n[executor.Refused] != test.out {
					t.Errorf("outcomes %v", n)
				}
				stopped := test.tooMany > 0 && len(test.bad) >= test.tooMany
				if errors.Is(stop, ErrTooMany) != stopped || stop != nil != stopped {
					t.Errorf("stopped by %v", stop)
				}
				rec, _ := recorded(t, l, "one")
				if (rec.State == ledger.Stopped) != stopped || (rec.Note != "") != stopped {
					t.Errorf("recorded as %s: %s", rec.State, rec.Note)
				}
				for _, res := range results {
					if res.Outcome == executor.Held && !strings.HasPrefix(res.Reason, "not sent: too many rows were refused or failed: ") {
						t.Errorf("step %d: %s", res.Step, res.Reason)
					}
				}
				if !stopped {
					return
				}
				turn = g.take(t, l)
				results, stop = g.carry(t, t.Context(), turn, adds(50), "two", nil)
				turn.Close()
				if n := Tally(results); stop != nil || !turn.Resumed() || n[executor.Done] != 50-len(test.bad) {
					t.Errorf("resumed %v: %v, %v", turn.Resumed(), n, stop)
				}
			})
		})
	}
}

// TestARefusalThatMayHoldIsNotCountedTooEarly: an add that the service refuses
// because its first call, whose reply was lost, was applied is done once the round
// is settled.
func TestARefusalThatMayHoldIsNotCountedTooEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := simtest.World(20)
		g := memoryRig(t, w, simulator.Options{})
		g.engine.Concurrency = 1
		plan := g.Plan(t, adds(20))
		for i := range 10 { // somebody else adds them meanwhile
			g.door(t, "POST", "links", fmt.Sprintf(`[{"ClientEntityId":%q,"ManagingCustomerId":%q,"Status":"LinkPending"}]`, simtest.AccountID(i), simtest.AgencyID))
		}
		r := g.begin(plan, nil)
		r.Caution.TooMany = 1
		results, stop := r.Carry(t.Context())
		if n := Tally(results); stop != nil || n[executor.Unchanged] != 10 || n[executor.Done] != 10 {
			t.Errorf("%v, %v", n, stop)
		}
	})
}

// TestFailuresOfCallsCount: rows of calls that fail without being applied.
func TestFailuresOfCallsCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := memoryRig(t, simtest.World(100), simulator.Options{Faults: simulator.Faults{{Kind: simulator.FaultOpErrors, Operation: "AddClientLinks", Code: 1472}}})
		g.engine.Concurrency = 2
		r := g.begin(g.Plan(t, adds(100)), nil)
		r.Caution.TooMany = 6
		results, stop := r.Carry(t.Context())
		n := Tally(results)
		if !errors.Is(stop, ErrTooMany) || n[executor.Held] < 70 || n[executor.Done] > 0 {
			t.Errorf("%v, %v", n, stop)
		}
		if calls := g.Sim.State().Calls["AddClientLinks"]; calls > 22 { // two calls, and each of their links alone
			t.Errorf("%d calls", calls)
		}
	})
}

// TestCanary holds that the first writes go alone, and the others only after all
// of them are done.
func TestCanary(t *testing.T) {
	tests := []struct {
		name       string
		rows       int
		canary     int
		bad        []int
		faults     simulator.Faults
		calls      int
		done, held int
		stop       string
	}{
		{name: "all is well", rows: 30, canary: 3, calls: 4, done: 30},
		{name: "one of them is refused", rows: 30, canary: 3, bad: []int{2}, calls: 1, done: 2, held: 27, stop: "not all of the first writes are done: 1 of 3"},
		{name: "a later one is refused", rows: 30, canary: 3, bad: []int{3}, calls: 4, done: 29},
		{name: "more than there are", rows: 3, canary: 10, bad: []int{0}, calls: 1, done: 2},
		{name: "exactly as many", rows: 3, canary: 3, bad: []int{0}, calls: 1, done: 2},
		{name: "more than one call", rows: 30, canary: 12, calls: 4, done: 30},
		{name: "a reply is lost and found", rows: 30, canary: 2, calls: 4, done: 30,
			faults: simulator.Faults{{Operation: "write", Kind: simulator.FaultDropAfter, First: 1}}},
		{name: "a call is sent again", rows: 30, canary: 2, calls: 5, done: 30,
			faults: simulator.Faults{{Operation: "write", Kind: simulator.FaultDropBefore, First: 1}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := memoryRig(t, prepaid(test.rows, test.bad...), simulator.Options{Faults: test.faults})
				r := g.begin(g.Plan(t, adds(test.rows)), nil)
				r.Caution.Canary = test.canary
				results, stop := r.Carry(t.Context())
				n := Tally(results)
				if n[executor.Done] != test.done || n[executor.Held] != test.held || fmt.Sprint(stop) != or(test.stop, "<nil>") {
					t.Errorf("%v, %v", n, stop)
				}
				if state := g.Sim.State(); state.Calls["AddClientLinks"] != test.calls {
					t.Errorf("%d calls, want %d", state.Calls["AddClientLinks"], test.calls)
				}
				for _, res := range results {
					if res.Outcome == executor.Held && res.Reason != "not sent: "+test.stop {
						t.Errorf("step %d: %s", res.Step, res.Reason)
					}
				}
			})
		})
	}
}

// TestCanaryOfAddsByNumber: those that wait for the adds by id wait for the
// canary too, and are part of it where there are not enough others.
func TestCanaryOfAddsByNumber(t *testing.T) {
	for _, test := range []struct {
		bad        int
		done, held int
	}{{0, 0, 5}, {1, 1, 4}, {2, 5, 0}} {
		synctest.Test(t, func(t *testing.T) {
			g := memoryRig(t, prepaid(6, test.bad), simulator.Options{})
			roster := header + addRow(0)
			for i := 1; i < 6; i++ {
				roster += "," + simtest.AccountNumber(i) + ",F200000001,add,true,\n"
			}
			r := g.begin(g.Plan(t, roster), nil)
			r.Caution.Canary = 2
			results, stop := r.Carry(t.Context())
			if n := Tally(results); n[executor.Done] != test.done || n[executor.Held] != test.held || errors.Is(stop, ErrCanary) != (test.held > 0) {
				t.Errorf("account %d is prepaid: %v, %v", test.bad, n, stop)
			}
		})
	}
}

// or is the first text, or the second if that is blank.
func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// must ends a test at an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
