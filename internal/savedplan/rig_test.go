package savedplan

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/internal/msads"
	"linkbatch/internal/run/runtest"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

// roster has a row of each kind: all fields, every op, problems, repeats, dates.
const roster = `Client,account_id,account_number,action,bill_to_client,start_date,end_date,note,reference,customer_number,Owner
"Anvil, ""Café"" & Sons",1000001,X0000001,link,true,2026-12-24,2027-01-31,hello,T-1,F200000001,owner
,1000002,,link,false,,,,,,
,,X0000007,add,true,,,,,,
,1000003,,unlink,,,,changed,T-2,,
,1000004,,cancel,,,,,,,
,1000004,,cancel,,,,,,,
,1000005,,link,true,,,,,,
,1000006,,unlink,,2099-12-31,,,,,
,oops,,link,true,,,,,,
,1000009,,link,maybe,,,,,,
`

// statuses are those of the accounts 1000001 to 1000006.
var statuses = []msads.Status{"", msads.LinkDeclined, msads.Active, msads.LinkPending, msads.Active, msads.Active, "", "", "", ""}

// planIn is the roster's plan in a world with these statuses of links.
func planIn(t testing.TB, world []msads.Status) (plan *planner.Plan) {
	t.Helper()
	inBubble := func(t *testing.T) {
		g := runtest.Memory(t, simtest.World(10, world...), simulator.Options{})
		g.Planner.Now, g.Planner.Reinvite = simtest.Clock, planner.Reinvite{msads.LinkDeclined}
		plan = g.Plan(t, roster)
	}
	if test, ok := t.(*testing.T); ok {
		synctest.Test(test, inBubble)
	}
	return plan
}

// saved is a file of the plan.
func saved(plan *planner.Plan) *File {
	made := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	return &File{
		Linkbatch: "v9", Made: made, Expires: made.Add(24 * time.Hour),
		By:      Author{UserID: 9100101, CustomerID: 9100001, Profile: "agency", OSUser: "robin", Host: "desk"},
		Service: Service{"simulator", "simulator-1"},
		Roster: Roster{"roster.csv", "/home/robin/roster.csv", "", "sha256:" + strings.Repeat("0", 64), []string{"Client", "account_id"},
			[]Skipped{{3, 1000008, "", false}, {4, 0, "X0000009", false}, {5, 0, "", true}}},
		Options: map[string]string{"default-action": "link"}, Guards: map[string]string{"max-unlinks": "10"}, Plan: plan,
	}
}

// written is a plan as its file has it.
func written(t testing.TB, f *File) string {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
