package main

import (
	"context"
	"fmt"
	"time"

	"linkbatch/internal/run"
	"linkbatch/report"
)

// defaultWait is how long --wait alone waits.
const defaultWait = "15m"

const waitHelp = `--wait keeps running after the calls (15 minutes, or the time given) until the
service has finished processing the links: those accepted until they are Active,
those unlinked until they are Inactive, whether this run or an earlier one asked
for it (such rows are unchanged). A link that fails to settle makes its row
refused. Rows that need somebody else are not waited for: invitations that no
client_profile accepts, blocked rows, and what is for a later date. A row
that is not settled when the time is up, or at an interrupt, is waiting. Nothing
is sent meanwhile.`

// await waits for the links of a run to settle, and shows how far they are.
func (j *job) await(ctx context.Context, r *run.Run) error {
	limit := time.Duration(j.wait)
	until := j.now().Add(limit)
	said := false
	j.progress.begin("waiting", -1)
	return r.Wait(ctx, limit, func(open int, funnel run.Funnel) {
		if !said && !j.err.terminal {
			j.say("waiting until %s for %s to settle: %s; ^C stops waiting", until.UTC().Format(time.RFC3339), report.Plural(open, "row"), funnel)
		}
		said = true
		j.progress.describe(fmt.Sprintf("%s; waiting for %s until %s UTC", funnel, report.Plural(open, "row"), until.UTC().Format(time.TimeOnly)))
	})
}
