package run

import (
	"testing"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/planner"
)

// TestReviveCallsThatWereTakenBack: a call that was recorded and then taken
// back, since the run stopped first, leaves its rows as they were kept, or held
// if nothing was kept of them. It is no attempt.
func TestReviveCallsThatWereTakenBack(t *testing.T) {
	steps := []planner.Step{{Index: 0, Op: planner.OpAdd, SameAs: -1}, {Index: 1, Op: planner.OpAdd, SameAs: -1}}
	kept := executor.Result{
		Step: 0, Ops: []planner.Op{planner.OpAdd}, Outcome: executor.Failed, Reason: "two searches show that it was not applied; interrupted",
		Call: 1, Attempts: 1, At: time.Now(),
	}
	back := func(i int) ledger.Trace {
		return ledger.Trace{Step: &steps[i], Answer: executor.Answer{Step: i, Outcome: executor.Held, Reason: "interrupted"}}
	}
	r := revive(&Engine{}, &ledger.Record{
		Plan: &planner.Plan{Steps: steps}, Kept: map[int]ledger.Progress{0: {Result: kept}}, Loose: []ledger.Trace{back(0), back(1)}, Calls: 2,
	})
	if got := r.results[0]; got.Outcome != kept.Outcome || got.Reason != kept.Reason || got.Attempts != 1 || got.Call != 1 {
		t.Errorf("the row that was kept: %+v", got)
	}
	if got := r.results[1]; got.Outcome != executor.Held || got.Reason != "interrupted" || got.Attempts != 0 || r.sent(1) {
		t.Errorf("the row that was not sent: %+v", got)
	}
}

// TestDoubtful: an unknown row is searched again unless its last reply is old.
// One that never had a reply stays in doubt, though searches were begun: they
// were interrupted.
func TestDoubtful(t *testing.T) {
	now := time.Now()
	for _, tt := range []struct {
		name    string
		outcome executor.Outcome
		at      time.Time
		want    int
	}{
		{"a reply just now", executor.Unknown, now.Add(-time.Minute), 1},
		{"a reply from the future", executor.Unknown, now.Add(time.Hour), 1},
		{"an old reply", executor.Unknown, now.Add(-time.Hour), 0},
		{"no reply", executor.Unknown, time.Time{}, 1},
		{"settled", executor.Failed, time.Time{}, 0},
	} {
		r := revive(&Engine{}, &ledger.Record{
			Plan: &planner.Plan{Steps: []planner.Step{{Op: planner.OpCancel, SameAs: -1}}},
			Kept: map[int]ledger.Progress{0: {Result: executor.Result{Ops: []planner.Op{planner.OpCancel}, Outcome: tt.outcome, Call: 1, Attempts: 1, At: tt.at}}},
		})
		r.searchOnly = true
		if got := r.doubtful(nil, now.Add(-doubtEnds)); len(got) != tt.want {
			t.Errorf("%s: %d rows in doubt, want %d", tt.name, len(got), tt.want)
		}
	}
}
