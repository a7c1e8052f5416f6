package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// TestPaceIsKept applies rosters of 1,000 rows at a service that accepts 60
// calls per minute and does not say so. The first run runs into that with all
// the calls that it has under way. The next one of the same state folder, an
// hour later, knows, and sends a single call too many, to see whether the limit
// still holds; with another state folder it knows nothing. The simulator counts.
// Time is simulated; HTTP and the ledger are real.
func TestPaceIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simtest.New(t, simtest.World(3000), simulator.Options{Faults: simulator.Faults{
			{Kind: simulator.FaultLatency, Millis: 100}, {Kind: simulator.FaultThrottled, PerMinute: 60},
		}})
		client, dir := simtest.Serve(t, sim), t.TempDir()
		var throttled []int
		for i, state := range []string{"kept", "kept", "another"} {
			time.Sleep(time.Hour)
			before := sim.State().Faults[string(simulator.FaultThrottled)]
			roster := filepath.Join(dir, "roster.csv")
			writeAdds(t, roster, 1000*i, 1000)
			var out bytes.Buffer
			a := newApp(nil, &out, &out)
			a.http, a.getenv, a.environ = client, agencySignIn, func() []string { return nil }
			root := newRootCommand(a)
			root.SetArgs([]string{
				"apply", roster, "--yes", "--concurrency", "16", "--endpoint", simtest.URL, "--token-url", simtest.TokenURL,
				"--token-store", "file", "--state-dir", filepath.Join(dir, state),
			})
			if err := root.ExecuteContext(t.Context()); err != nil {
				t.Fatalf("run %d: %v\n%s", i, err, &out)
			}
			after := sim.State()
			if after.Invitations != 1000*(i+1) {
				t.Errorf("%d invitations after run %d", after.Invitations, i)
			}
			throttled = append(throttled, after.Faults[string(simulator.FaultThrottled)]-before)
		}
		if throttled[0] < 5 || throttled[1] > 1 || throttled[2] < 5 {
			t.Errorf("calls throttled: %v", throttled)
		}
	})
}

// agencySignIn is the environment of a person who signs in as the agency of the
// simulator.
func agencySignIn(name string) string {
	return map[string]string{
		"LINKBATCH_DEVELOPER_TOKEN": simulator.DeveloperToken, "LINKBATCH_CLIENT_ID": simulator.ClientID,
		"LINKBATCH_REFRESH_TOKEN": simulator.AgencyRefreshToken,
	}[name]
}

// writeAdds writes a roster that adds n accounts of [simtest.World].
func writeAdds(t *testing.T, name string, from, n int) {
	t.Helper()
	roster := []byte("account_id,action,bill_to_client\n")
	for i := from; i < from+n; i++ {
		roster = fmt.Appendf(roster, "%v,add,true\n", simtest.AccountID(i))
	}
	if err := os.WriteFile(name, roster, 0o600); err != nil {
		t.Fatal(err)
	}
}
