package run

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
	"linkbatch/report"
)

// TestErrorsOfEveryCallAreKept sends rows several times, each time with another
// error of the service: the result has all of them in order, and the report
// joins them. What a whole call was refused for may be another link's: a row that
// was sent alone since does not have it.
func TestErrorsOfEveryCallAreKept(t *testing.T) {
	partial := func(code, skip int) simulator.Fault {
		return simulator.Fault{Operation: "write", Kind: simulator.FaultPartialCode, Code: code, Skip: skip, First: 1}
	}
	tests := []struct {
		name    string
		faults  simulator.Faults
		rows    int
		outcome executor.Outcome
		codes   string
		next    string
	}{
		{"refused after a lost reply", simulator.Faults{partial(833, 0), partial(1471, 0)}, 1,
			executor.Refused, "833; 1471", "ask the client to change to post-pay, or link another account"},
		{"done after two lost replies", simulator.Faults{partial(833, 0), partial(2208, 0)}, 1,
			executor.Done, "833; 2208", ""},
		{"refused alone after its whole call", simulator.Faults{
			{Operation: "write", Kind: simulator.FaultOpErrors, Code: 1001, First: 1}, partial(1471, 0)}, 2,
			executor.Refused, "1471", "ask the client to change to post-pay, or link another account"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := memoryRig(t, simtest.World(2), simulator.Options{Faults: tt.faults})
				roster := header
				for i := range tt.rows {
					roster += addRow(i)
				}
				plan := g.Plan(t, roster)
				results, err := g.apply(t.Context(), plan)
				if err != nil {
					t.Fatal(err)
				}
				if r := results[0]; r.Outcome != tt.outcome || r.Attempts != r.Call && tt.rows == 1 || r.NextStep != tt.next {
					t.Errorf("%+v", r)
				}
				if got := errorCodes(t, plan, results); got != tt.codes {
					t.Errorf("errors %q, want %q", got, tt.codes)
				}
			})
		})
	}
}

// TestErrorsOfEarlierPartsAreKept has a run whose process died after a call that
// brought an error: the next process adds those of its own calls to it.
func TestErrorsOfEarlierPartsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := memoryRig(t, simtest.World(1), simulator.Options{Faults: simulator.Faults{
			{Operation: "write", Kind: simulator.FaultPartialCode, Code: 1471, First: 1},
		}})
		plan := g.Plan(t, header+addRow(0))
		lost := executor.Answer{Outcome: executor.Unknown, Call: 1, Errors: []msads.OperationError{{Code: 833}}}
		p := revive(g.engine, &ledger.Record{Plan: plan, Loose: []ledger.Trace{{Step: &plan.Steps[0], Answer: lost}}})
		p.searchOnly = true
		if err := p.settleOnly(t.Context(), []*work{p.open[0]}); err != nil {
			t.Fatal(err)
		}
		r := g.begin(g.Plan(t, header+addRow(0)), p)
		results, err := r.Carry(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := errorCodes(t, r.plan, results); got != "833; 1471" || results[0].Attempts != 2 {
			t.Errorf("errors %q: %+v", got, results[0])
		}
	})
}

// errorCodes is the cell error_code of the first row of a CSV report.
func errorCodes(t *testing.T, plan *planner.Plan, results []executor.Result) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "report.csv")
	run, err := report.New(report.Head{}, plan, results)
	if err != nil {
		t.Fatal(err)
	}
	if err := run.File(name); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, column := range cells[0] {
		if column == "error_code" {
			return cells[1][i]
		}
	}
	return fmt.Sprintf("no column error_code in %q", cells[0])
}
