package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

const ourNames = "outcome,op,reason,warnings,status_before,status_after,payer,entity_id,entity_name,error_code,error,next_step,tracking_id,call,attempts,at"

func TestHeader(t *testing.T) {
	prefixed := "linkbatch_" + strings.ReplaceAll(ourNames, ",", ",linkbatch_")
	tests := []struct{ name, header, want string }{
		{"plain roster", "Account ID,Client", "Account ID,Client," + ourNames},
		{"no column", "", ourNames},
		{"once a report", "Account ID," + ourNames, "Account ID," + ourNames},
		{"once a report, columns added on the right", "Account ID," + ourNames + ",Checked by", "Account ID,Checked by," + ourNames},
		{"once a report, in capitals with spaces", "Account ID," + strings.ToUpper(strings.ReplaceAll(ourNames, "_", " ")), "Account ID," + ourNames},
		{"once a report, some columns deleted", "Account ID,outcome,op,reason,warnings,entity_id,entity_name,error_code,error,call", "Account ID," + ourNames},
		{"once a report, outcome deleted", "Account ID," + strings.TrimPrefix(ourNames, "outcome,"),
			"Account ID," + strings.TrimPrefix(ourNames, "outcome,") + ",outcome" + strings.TrimPrefix(prefixed, "linkbatch_outcome")},
		{"once a report, a name of ours added on the right", "Account ID," + ourNames + ",Reason",
			"Account ID,Reason," + strings.Replace(ourNames, "reason", "linkbatch_reason", 1)},
		{"too few of ours", "Account ID,outcome,reason,at",
			"Account ID,outcome,reason,at," + strings.TrimSuffix(strings.NewReplacer("outcome", "linkbatch_outcome", "reason", "linkbatch_reason").Replace(ourNames), "at") + "linkbatch_at"},
		{"a foreign name, spelled differently", "Account ID,Next Step", "Account ID,Next Step," + strings.Replace(ourNames, "next_step", "linkbatch_next_step", 1)},
		{"once a report beside a foreign name", "Account ID,Outcome," + strings.Replace(ourNames, "outcome", "linkbatch_outcome", 1),
			"Account ID,Outcome," + strings.Replace(ourNames, "outcome", "linkbatch_outcome", 1)},
		{"ours in another order", "at," + strings.TrimSuffix(ourNames, ",at"), "at," + strings.TrimSuffix(ourNames, ",at") + "," + prefixed},
		{"then a report of that", "at," + strings.TrimSuffix(ourNames, ",at") + "," + prefixed, "at," + strings.TrimSuffix(ourNames, ",at") + "," + prefixed},
		{"both spellings taken", "op,linkbatch_op", "op,linkbatch_op," + strings.Replace(ourNames, ",op", ",linkbatch_op_2", 1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var header []string
			if test.header != "" {
				header = strings.Split(test.header, ",")
			}
			l := newLayout(header, nil)
			if diff := cmp.Diff(strings.Split(test.want, ","), l.names); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestARosterCarriesOurColumnsAlong holds that the columns of a report are those
// that ingest carries along without a warning.
func TestARosterCarriesOurColumnsAlong(t *testing.T) {
	var names []string
	for _, c := range columns {
		names = append(names, c.name)
	}
	if diff := cmp.Diff(ingest.ReportColumns(), names); diff != "" {
		t.Errorf("-ingest +report:\n%s", diff)
	}
}

// TestCellsKeepTheirColumns guards rows that are shorter or longer than their
// header, as spreadsheets leave them.
func TestCellsKeepTheirColumns(t *testing.T) {
	plan := &planner.Plan{Steps: []planner.Step{{Op: planner.OpNone}, {Op: planner.OpNone}}}
	plan.Steps[0].Row.Cells = []string{"1"}
	plan.Steps[1].Row.Cells = []string{"2", "b", "beyond", " ", ""}
	results := []executor.Result{{Outcome: executor.Unchanged}, {Step: 1, Outcome: executor.Unchanged}}
	got := write(t, func(b *bytes.Buffer) error {
		return made(t, Head{Header: []string{"ID", "Name"}}, plan, results).writeCSV(b)
	})
	want := "ID,Name,," + ourNames + "\n1,,,unchanged,none,,,,,,,,,,,,,,\n2,b,beyond,unchanged,none,,,,,,,,,,,,,,\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestKeys(t *testing.T) {
	l := newLayout([]string{"ID", "", "ID", "ID (2)", " ", "column 2"}, nil)
	want := []string{"ID", "column 2", "ID (2)", "ID (2) (2)", "column 5", "column 2 (2)"}
	if diff := cmp.Diff(want, l.keys); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestErrorText(t *testing.T) {
	for _, test := range []struct {
		e    msads.OperationError
		want string
	}{
		{msads.OperationError{Code: 1, Message: "Bad.", Details: "why"}, "Bad. (why)"},
		{msads.OperationError{Code: 1, Message: "Bad.", Details: "Bad."}, "Bad."},
		{msads.OperationError{Code: 1, ErrorCode: "Symbol"}, "Symbol"},
		{msads.OperationError{Code: 1, Details: "why"}, "why"},
		{msads.OperationError{Code: 1}, "code 1 without a message"},
	} {
		if got := errorText(test.e); got != test.want {
			t.Errorf("%+v: %q, want %q", test.e, got, test.want)
		}
	}
}

// TestEveryRowOnce is the promise of the package: whatever the rows hold, each
// stands once in every form, in roster order, its cells in place, and the
// counts add up.
func TestEveryRowOnce(t *testing.T) {
	for seed := range uint64(40) {
		head, plan, results := random(rand.New(rand.NewPCG(seed, 1)), int(seed))
		l := newLayout(head.Header, plan.Steps)
		rows := readCSV(t, write(t, func(b *bytes.Buffer) error { return made(t, head, plan, results).writeCSV(b) }))
		sheet := readXLSX(t, write(t, func(b *bytes.Buffer) error { return made(t, head, plan, results).writeXLSX(b) }), "Report", len(l.names))
		for _, row := range sheet {
			for n := range row {
				row[n] = neutral(row[n])
			}
		}
		if diff := cmp.Diff(rows, sheet); diff != "" {
			t.Fatalf("seed %d: csv and xlsx differ:\n%s", seed, diff)
		}
		if len(rows) != len(plan.Steps)+1 {
			t.Fatalf("seed %d: %d rows of %d", seed, len(rows)-1, len(plan.Steps))
		}
		for i, row := range rows[1:] {
			for n, at := range l.own {
				if want := neutral(cell(plan.Steps[i].Row.Cells, at)); row[n] != want {
					t.Fatalf("seed %d row %d column %d: %q, want %q", seed, i, n, row[n], want)
				}
			}
			if got := row[len(l.own)]; got != string(results[i].Outcome) {
				t.Fatalf("seed %d row %d: outcome %q, want %q", seed, i, got, results[i].Outcome)
			}
		}
		checkJSON(t, head, plan, results)
	}
}

// checkJSON demands that the JSON forms hold the same rows and true counts.
func checkJSON(t *testing.T, head Head, plan *planner.Plan, results []executor.Result) {
	t.Helper()
	type record struct {
		Row     int
		Outcome executor.Outcome
		Op      planner.Op
		Columns map[string]string
	}
	var doc struct {
		Steps, Results []record
		Counts         map[planner.Op]int
		Outcomes       map[executor.Outcome]int
	}
	if err := json.Unmarshal([]byte(write(t, func(b *bytes.Buffer) error { return made(t, head, plan, results).JSON(b) })), &doc); err != nil {
		t.Fatal(err)
	}
	lines := json.NewDecoder(strings.NewReader(write(t, func(b *bytes.Buffer) error { return made(t, head, plan, results).writeJSONL(b) })))
	for i := range plan.Steps {
		var fromLine record
		if err := lines.Decode(&fromLine); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(doc.Results[i], fromLine); diff != "" {
			t.Fatalf("row %d: json and jsonl differ:\n%s", i, diff)
		}
		if got := doc.Results[i]; got.Row != plan.Steps[i].Row.Number || got.Outcome != results[i].Outcome || doc.Steps[i].Op != plan.Steps[i].Op {
			t.Fatalf("row %d: %+v", i, got)
		}
		doc.Counts[plan.Steps[i].Op]--
		doc.Outcomes[results[i].Outcome]--
	}
	if err := lines.Decode(new(record)); err != io.EOF || len(doc.Results) != len(results) || len(doc.Steps) != len(plan.Steps) {
		t.Fatalf("more rows than steps: %v", err)
	}
	for op, n := range doc.Counts {
		if n != 0 {
			t.Errorf("counts: %s is off by %d", op, n)
		}
	}
	for outcome, n := range doc.Outcomes {
		if n != 0 {
			t.Errorf("outcomes: %s is off by %d", outcome, n)
		}
	}
	if len(doc.Counts) != len(ops) || len(doc.Outcomes) != len(executor.Outcomes) {
		t.Errorf("a kind is missing: %v %v", doc.Counts, doc.Outcomes)
	}
}

// TestReportOfAReport guards that a roster which goes round does not grow:
// neither columns nor apostrophes.
func TestReportOfAReport(t *testing.T) {
	for seed := range uint64(30) {
		head, plan, results := random(rand.New(rand.NewPCG(seed, 2)), 20)
		first := write(t, func(b *bytes.Buffer) error { return made(t, head, plan, results).writeCSV(b) })
		rows := readCSV(t, first)
		head.Header = rows[0]
		for i := range plan.Steps {
			plan.Steps[i].Row.Cells = rows[i+1]
		}
		second := write(t, func(b *bytes.Buffer) error { return made(t, head, plan, results).writeCSV(b) })
		if diff := cmp.Diff(first, second); diff != "" {
			t.Fatalf("seed %d: -first +second:\n%s", seed, diff)
		}
	}
}

// TestWrongResults guards that no report is made of results that would lie.
func TestWrongResults(t *testing.T) {
	plan, results := sample()
	_, other := sample()
	other[3].Outcome = "fine"
	swapped := slices.Clone(results)
	swapped[0], swapped[1] = swapped[1], swapped[0]
	for want, bad := range map[string][]executor.Result{
		"results: 11 for 14 steps":                     results[:11],
		"results: place 0: result of step 1":           swapped,
		`results: step 3: outcome "fine" is not known`: other,
	} {
		_, err := New(Head{}, plan, bad)
		wantError(t, err, want)
	}
	plan.Steps[2].Op = "merge"
	_, err := New(Head{}, plan, results)
	wantError(t, err, `plan: step 2: op "merge" is not known`)
	_, err = NewPlan(Head{}, plan)
	wantError(t, err, `plan: step 2: op "merge" is not known`)
}

func readCSV(t *testing.T, text string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
