package simulator_test

import (
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// TestConcurrentAdds: of many calls for the same accounts one wins for each;
// every call is counted; the lenient server counts what it accepted.
func TestConcurrentAdds(t *testing.T) {
	const accounts, callers = 20, 16
	for _, modes := range [][]simulator.Mode{nil, {simulator.Lenient}} {
		synctest.Test(t, func(t *testing.T) {
			s, agency, _ := serve(t, simtest.World(accounts), simulator.Options{Modes: modes, Latency: 50 * time.Millisecond})
			var g errgroup.Group
			for range callers {
				g.Go(func() error {
					for i := range accounts {
						if a := agency.add(newLink(i, "")); a.status != 200 {
							t.Errorf("%d %s %v", a.status, a.body, a.err)
						}
					}
					return nil
				})
			}
			if err := g.Wait(); err != nil {
				t.Fatal(err)
			}
			st := s.State()
			want := accounts
			if modes != nil {
				want = accounts * callers
			}
			if st.Invitations != want || st.DuplicateAddsAttempted != accounts*(callers-1) || st.Calls["AddClientLinks"] != accounts*callers {
				t.Errorf("%d invitations, %d duplicates, %d calls", st.Invitations, st.DuplicateAddsAttempted, st.Calls["AddClientLinks"])
			}
			if st.MaxConcurrentCalls != callers {
				t.Errorf("at most %d calls at once, want %d", st.MaxConcurrentCalls, callers)
			}
		})
	}
}
