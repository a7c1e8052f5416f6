package run

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// TestOneAccountByIDAndByNumber: of two rows for one account, without a link
// that could tell, the one by id is sent first. As soon as a search shows the
// number of its link the other is compared with it: it shares its outcome, or
// it contradicts it and is not sent. The report that is written later says the
// same.
func TestOneAccountByIDAndByNumber(t *testing.T) {
	const same, contradicts = "same as row 3", "contradicts row 3, which says "
	tests := []struct {
		name           string
		number, id     string // the rest of the rows after their identifiers
		reason         string
		outcome, other executor.Outcome
		applied        string
	}{
		{"two adds", "add,true,", "add,true,", same, executor.Done, executor.Done, "add"},
		{"two handshakes", "link,true,client", "link,true,client", same, executor.Done, executor.Done, "accept add"},
		{"two adds, one without an action", ",true,", "link,true,", same, executor.Done, executor.Done, "add"},
		{"another payer", "add,false,", "add,true,", "contradicts row 3: different bill_to_client for the same link", executor.Invalid, executor.Done, "add"},
		{"another client profile", "link,true,client", "link,true,", "contradicts row 3: different client_profile for the same link", executor.Invalid, executor.Done, "add"},
		{"add and link", "link,true,", "add,true,", contradicts + "add", executor.Invalid, executor.Done, "add"},
		{"unlink", "unlink,true,", "add,true,", contradicts + "add", executor.Invalid, executor.Done, "add"},
		{"keep", "keep,true,", "link,true,client", contradicts + "link", executor.Invalid, executor.Done, "accept add"},
		{"accept by nobody", "accept,true,", "add,true,", contradicts + "add", executor.Invalid, executor.Done, "add"},
	}
	for _, tt := range tests {
		for _, modes := range [][]simulator.Mode{{simulator.Lenient}, {simulator.Lenient, simulator.Lag}} {
			t.Run(tt.name+" "+string(modes[len(modes)-1]), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g := memoryRig(t, simtest.World(2), simulator.Options{Modes: modes})
					time.Sleep(time.Minute)
					roster := header + "," + simtest.AccountNumber(0) + ",F200000001," + tt.number + "\n" +
						simtest.AccountID(0).String() + ",,F200000001," + tt.id + "\n," + simtest.AccountNumber(1) + ",F200000001,add,true,\n"
					l := openLedger(t)
					turn := g.take(t, l)
					defer turn.Close()
					results, stop := g.carry(t, t.Context(), turn, roster, "only", nil)
					if stop != nil {
						t.Fatal(stop)
					}
					_, again := recorded(t, l, "only")
					for _, got := range [][]executor.Result{results, again} {
						if got[0].Outcome != tt.outcome || got[0].Reason != tt.reason || got[1].Outcome != tt.other || got[2].Outcome != executor.Done {
							t.Errorf("%s: %s; %s: %s; %s: %s", got[0].Outcome, got[0].Reason, got[1].Outcome, got[1].Reason, got[2].Outcome, got[2].Reason)
						}
						if warned := strings.Contains(strings.Join(got[1].Warnings, ""), "row 2 names the same account"); warned != (tt.outcome == executor.Invalid) {
							t.Errorf("warnings %q", got[1].Warnings)
						}
					}
					state := g.Sim.State()
					var ops []string
					for op, n := range state.Transitions[simtest.AccountID(0).String()] {
						ops = append(ops, strings.Repeat(op, n))
					}
					if slices.Sort(ops); strings.Join(ops, " ") != tt.applied || state.DuplicateAddsAttempted != 0 {
						t.Errorf("applied %v, %d duplicates", ops, state.DuplicateAddsAttempted)
					}
				})
			})
		}
	}
}
