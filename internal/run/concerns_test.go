package run

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

// TestConcerns goes through what a run does about an unfinished one of the same
// roster.
func TestConcerns(t *testing.T) {
	whole, part := ledger.Purpose{}, ledger.Purpose{Part: "--limit 2"}
	other, undo := ledger.Purpose{Part: "--rows 3"}, ledger.Purpose{Undoes: "x"}
	undoPart, retry := ledger.Purpose{Undoes: "x", Part: "--row 3"}, ledger.Purpose{Retries: "x"}
	for _, test := range []struct {
		earlier, run ledger.Purpose
		id, path     string // of the earlier run
		want         bool
	}{
		{whole, whole, "x", "a.csv", true},
		{whole, whole, "x", "b.csv", false},
		{whole, part, "x", "a.csv", false},
		{part, whole, "x", "a.csv", true},
		{part, part, "x", "a.csv", true},
		{part, other, "x", "a.csv", false},
		{undo, whole, "y", "a.csv", false},
		{whole, undo, "y", "a.csv", false},
		{whole, undo, "x", "a.csv", true},
		{whole, undo, "x", "b.csv", true}, // its roster has moved
		{undo, undo, "y", "a.csv", true},
		{undo, undoPart, "y", "a.csv", false},
		{undoPart, undo, "y", "a.csv", true},
		{retry, whole, "y", "a.csv", false},
		{whole, retry, "x", "a.csv", false},
		{retry, retry, "y", "a.csv", true},
	} {
		o := Options{Path: "a.csv", Digest: "1", Purpose: test.run}
		if got := o.concerns(&ledger.Run{ID: test.id, Path: test.path, Digest: "2", Purpose: test.earlier}); got != test.want {
			t.Errorf("%+v of %s after %+v: %t, want %t", test.run, test.path, test.earlier, got, test.want)
		}
	}
}

// TestAPartIsAnotherJob stops a run of a whole roster, carries out a part of it,
// and then resumes the whole.
func TestAPartIsAnotherJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, l := memoryRig(t, simtest.World(3), simulator.Options{}), openLedger(t)
		roster := "account_id,action,bill_to_client\n1000001,add,true\n1000002,add,true\n"
		none, cancel := context.WithCancel(t.Context())
		cancel()
		turn := g.take(t, l)
		if _, err := g.carry(t, none, turn, roster, "whole", nil); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		turn.Close()

		turn = g.takeFor(t, l, ledger.Purpose{Part: "--rows 2"})
		results, err := g.carry(t, t.Context(), turn, roster, "part", nil)
		if err != nil || turn.Resumed() || results[0].Outcome != executor.Done {
			t.Fatalf("%+v, %v, resumed: %t", results, err, turn.Resumed())
		}
		turn.Close()
		if rec, _ := recorded(t, l, "whole"); rec.State != ledger.Interrupted {
			t.Errorf("the run of the whole is %s", rec.State)
		}
		if rec, _ := recorded(t, l, "part"); rec.Part != "--rows 2" {
			t.Errorf("recorded as %+v", rec.Purpose)
		}

		turn = g.take(t, l)
		defer turn.Close()
		results, err = g.carry(t, t.Context(), turn, roster, "whole again", nil)
		if err != nil || !turn.Resumed() || results[0].Outcome != executor.Unchanged {
			t.Errorf("%+v, %v, resumed: %t", results, err, turn.Resumed())
		}
		if n := g.Sim.State().Invitations; n != 2 {
			t.Errorf("%d invitations, want 2", n)
		}
	})
}

// TestDeeds holds what a run is known to have done of each row, from its replies
// and from what it kept.
func TestDeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := simtest.World(4)
		w.Links = append(w.Links, simtest.Link(1, "Active"))
		g, l := memoryRig(t, w, simulator.Options{}), openLedger(t)
		turn := g.take(t, l)
		defer turn.Close()
		_, err := g.carry(t, t.Context(), turn, "account_id,action,bill_to_client\n1000001,add,true\n1000002,unlink,\n1000003,unlink,\n1000001,add,true\n", "a", nil)
		if err != nil {
			t.Fatal(err)
		}
		rec, _ := recorded(t, l, "a")
		for i, d := range Deeds(rec) {
			want := []planner.Op{planner.OpAdd, planner.OpUnlink, "", planner.OpAdd}[i]
			if want == "" {
				if len(d.Done) > 0 || !d.Sent.IsZero() {
					t.Errorf("row %d: %+v", i, d)
				}
				continue
			}
			if len(d.Done) != 1 || d.Done[0] != want || d.Step.Op != want || d.Sent.IsZero() || d.Result.ModifiedAfter.IsZero() {
				t.Errorf("row %d: %+v", i, d)
			}
			if d.Step.Row.Number != i+2 || (want == planner.OpUnlink) != (d.Step.Former != nil) {
				t.Errorf("row %d: %+v", i, d.Step)
			}
		}
	})
}
