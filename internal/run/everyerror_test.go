package run

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
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

// TestErrorsOfTwoOpsAreKept has each op of one row bring an error before it is
// applied: the row has those of the add and of the accept, the same one once.
func TestErrorsOfTwoOpsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		partial := func(operation string, code, skip int) simulator.Fault {
			return simulator.Fault{Operation: operation, Kind: simulator.FaultPartialCode, Code: code, Skip: skip, First: 1}
		}
		g := memoryRig(t, simtest.World(1), simulator.Options{Faults: simulator.Faults{
			partial("AddClientLinks", 833, 0), partial("UpdateClientLinks", 2208, 0), partial("UpdateClientLinks", 833, 0),
		}})
		plan := g.Plan(t, header+strings.ReplaceAll(addRow(0), "add,true,", "link,true,client"))
		results, err := g.apply(t.Context(), plan)
		if err != nil {
			t.Fatal(err)
		}
		if r := results[0]; r.Outcome != executor.Done || len(r.Ops) != 2 || len(r.Errors) != 3 {
			t.Errorf("%+v", r)
		}
		if got := errorCodes(t, plan, results); got != "833; 2208" {
			t.Errorf("errors %q", got)
		}
	})
}

// TestErrorsOfAWholeCallEndWithTheNextReply: a call is refused as a whole, after
// one that brought its rows an error of their own, and the run is interrupted, or
// its process dies, before they are sent alone. They have both errors until the
// next part of the run has sent them, and their own after that.
func TestErrorsOfAWholeCallEndWithTheNextReply(t *testing.T) {
	for _, dies := range []bool{false, true} {
		t.Run(fmt.Sprintf("dies=%v", dies), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { wholeCall(t, dies) })
		})
	}
}

func wholeCall(t *testing.T, dies bool) {
	g := memoryRig(t, simtest.World(2), simulator.Options{Faults: simulator.Faults{
		{Operation: "write", Kind: simulator.FaultErrorBefore, Status: 500, Code: 2208, First: 1},
		{Operation: "write", Kind: simulator.FaultOpErrors, Code: 1001, First: 1},
	}})
	roster, l := header+addRow(0)+addRow(1), openLedger(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	turn := g.take(t, l)
	r := turn.Join(g.Plan(t, roster))
	if _, err := turn.Begin(r, ledger.Run{ID: "run"}); err != nil {
		t.Fatal(err)
	}
	r.journal = &at{Journal: r.journal, call: 2, returned: interrupt}
	if dies {
		keep := r.keep
		r.keep = func(rows []ledger.Progress) error {
			if ctx.Err() != nil {
				return nil // it is dead
			}
			return keep(rows)
		}
	}
	results, stop := r.Carry(ctx)
	if got := codesOf(results); !slices.Equal(got, []string{"2208 1001", "2208 1001"}) {
		t.Errorf("stopped with errors %q", got)
	}
	if !dies {
		if err := turn.End(ctx, r, stop); err != nil {
			t.Fatal(err)
		}
	}
	turn.Close()

	turn = g.take(t, l)
	defer turn.Close()
	results, stop = g.carry(t, t.Context(), turn, roster, "", nil)
	if got := codesOf(results); stop != nil || !slices.Equal(got, []string{"2208", "2208"}) {
		t.Errorf("resumed with errors %q, %v", got, stop)
	}
	for _, res := range results {
		if res.Outcome != executor.Done || res.Attempts != 3 {
			t.Errorf("%+v", res)
		}
	}
}

// codesOf are the codes of the errors of each row.
func codesOf(results []executor.Result) []string {
	rows := make([]string, len(results))
	for i, res := range results {
		var codes []string
		for _, e := range res.Errors {
			codes = append(codes, strconv.Itoa(e.Code))
		}
		rows[i] = strings.Join(codes, " ")
	}
	return rows
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
