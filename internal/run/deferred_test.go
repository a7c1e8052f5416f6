package run

import (
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// TestAnAddThatHasEndedIsShown: adds by number wait until searches show the
// adds by id. An invitation that has ended meanwhile is shown as well, so that
// the others are not held for it; a search that lags is still waited for.
func TestAnAddThatHasEndedIsShown(t *testing.T) {
	for _, tt := range []struct {
		before, after msads.Status
	}{
		{"", msads.LinkPending},
		{"", msads.LinkDeclined},
		{"", msads.LinkCanceled},
		{msads.LinkExpired, msads.LinkDeclined},
	} {
		for _, modes := range [][]simulator.Mode{nil, {simulator.Lag}} {
			synctest.Test(t, func(t *testing.T) {
				g := memoryRig(t, simtest.World(2, tt.before), simulator.Options{Modes: modes})
				plan := g.Plan(t, header+addRow(0)+","+simtest.AccountNumber(1)+",F200000001,add,true,\n")
				time.Sleep(time.Second)
				g.journal = &at{Journal: g.journal, call: 1, returned: func() {
					g.door(t, "PATCH", "links", `[{"ManagingCustomerId":"9100001","ClientEntityId":"1000001","Status":"`+string(tt.after)+`"}]`)
				}}
				begun := time.Now()
				results, err := g.apply(t.Context(), plan)
				if err != nil {
					t.Fatal(err)
				}
				for i, r := range results {
					if r.Outcome != executor.Done {
						t.Errorf("%v, %q then %s: row %d: %s: %s", modes, tt.before, tt.after, i, r.Outcome, r.Reason)
					}
				}
				if took := time.Since(begun); took >= looks[len(looks)-1] {
					t.Errorf("%v, %q then %s: took %v", modes, tt.before, tt.after, took)
				}
			})
		}
	}
}
