package run

import (
	"slices"
	"testing"
	"testing/synctest"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// TestAgain holds which rows of a run are tried again, and that they ask for what
// the run has asked for.
func TestAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := simtest.World(5)
		w.Accounts[0].Prepaid = true
		w.Links = append(w.Links, simtest.Link(1, "LinkDeclined"), simtest.Link(2, "Active"))
		g, l := memoryRig(t, w, simulator.Options{}), openLedger(t)
		g.Planner.DefaultAction, g.Planner.BillToClient, g.Planner.Name = ingest.Add, new(false), "Winter"
		turn := g.take(t, l)
		roster := "account_id,action,remark\n1000001,,x\n1000002,link,\n1000003,unlink,\n1000001,,y\n1000004,add,\nA1,add,\n"
		_, err := g.carry(t, t.Context(), turn, roster, "a", nil)
		turn.Close()
		if err != nil {
			t.Fatal(err)
		}
		rec, _ := recorded(t, l, "a")
		for _, test := range []struct {
			outcomes []executor.Outcome
			want     []int
		}{
			{Retriable, []int{2, 3, 5}},
			{[]executor.Outcome{executor.Refused}, []int{2, 5}},
			{[]executor.Outcome{executor.Blocked}, []int{3}},
			{[]executor.Outcome{executor.Unknown}, nil},
		} {
			rows, others, pruned := Again(rec, test.outcomes)
			var got []int
			for _, row := range rows {
				got = append(got, row.Number)
			}
			if !slices.Equal(got, test.want) || len(others) != 6-len(rows) || pruned != 0 {
				t.Errorf("%v: rows %v, %d others, %d pruned", test.outcomes, got, len(others), pruned)
			}
		}
		rows, _, _ := Again(rec, Retriable)
		for _, row := range []ingest.Row{rows[0], rows[2]} { // the second shares the outcome of the first
			if row.Action != ingest.Add || row.BillToClient == nil || *row.BillToClient || row.Name != "Winter" || row.SuppressNotification == nil {
				t.Errorf("%+v", row)
			}
		}
		if !slices.Equal(rows[2].Cells, []string{"1000001", "", "y"}) || rows[1].Action != ingest.Link || rows[1].BillToClient != nil {
			t.Errorf("%+v", rows[1:])
		}
	})
}
