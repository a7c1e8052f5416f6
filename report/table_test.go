package report

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/google/go-cmp/cmp"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// TestPlanTableWidth: on a terminal of any sensible width no line is longer
// than it, and every identifier stands whole on one line.
func TestPlanTableWidth(t *testing.T) {
	plan, results := sample()
	for line := range strings.Lines(write(t, func(b *bytes.Buffer) error {
		return made(t, Head{}, plan, results).Table(b, TableOptions{Width: 80, All: true})
	})) {
		if n := text.StringWidthWithoutEscSequences(line); n > 80 {
			t.Errorf("width 80: a line of %d: %s", n, line)
		}
	}
	plan.Steps[0].Row.AccountID = 9223372036854775807
	plan.Steps[0].Reason = strings.Repeat("a long reason that wraps and wraps ", 9)
	plan.Steps[1].Row.ClientName = "東京広告株式会社東京広告株式会社東京広告株式会社"
	for width := 92; width < 220; width += 7 {
		opts := TableOptions{Width: width, All: true}
		for _, got := range []string{
			write(t, func(b *bytes.Buffer) error { return planned(t, Head{}, plan).Table(b, opts) }),
			write(t, func(b *bytes.Buffer) error { return made(t, Head{}, plan, results).Table(b, opts) }),
		} {
			listing, _, _ := strings.Cut(got, "\n\n")
			for line := range strings.Lines(listing) {
				if n := text.StringWidthWithoutEscSequences(strings.TrimSuffix(line, "\n")); n > width {
					t.Errorf("width %d: a line of %d: %s", width, n, line)
				}
			}
			for _, id := range []string{"9223372036854775807", "X1000002", "180000003", "180000014"} {
				if !strings.Contains(got, id) {
					t.Errorf("width %d: %s is cut", width, id)
				}
			}
		}
	}
}

// TestPlanTableRows: without a bound each step is one line, the steps that need
// nothing only with All, and the numbers of the count line add up to the rows.
func TestPlanTableRows(t *testing.T) {
	for seed := range uint64(25) {
		_, plan, results := random(rand.New(rand.NewPCG(seed, 3)), int(seed)*30)
		changes := 0
		for i := range plan.Steps {
			if plan.Steps[i].Op != planner.OpNone {
				changes++
			}
		}
		for _, all := range []bool{false, true} {
			got := write(t, func(b *bytes.Buffer) error { return planned(t, Head{}, plan).Table(b, TableOptions{All: all}) })
			want := changes
			if all {
				want = len(plan.Steps)
			}
			listing, counts, found := strings.Cut(got, "\n\n")
			if want == 0 {
				listing, counts, found = "", got, true
			}
			if lines := strings.Count(listing, "\n"); !found || lines != want {
				t.Fatalf("seed %d all %v: %d rows of %d", seed, all, lines, want)
			}
			shown := make(map[string]bool)
			for line := range strings.Lines(listing) {
				shown[strings.Fields(line)[0]] = true
			}
			for i := range plan.Steps {
				s := &plan.Steps[i]
				if id := strconv.Itoa(s.Row.Number); shown[id] != (all || s.Op != planner.OpNone) {
					t.Fatalf("seed %d all %v: row %s shown: %v", seed, all, id, shown[id])
				}
			}
			addsUp(t, counts, len(plan.Steps))
		}
		summary := write(t, func(b *bytes.Buffer) error { return made(t, Head{}, plan, results).Summary(b, TableOptions{}) })
		addsUp(t, regexp.MustCompile(`(?m)^\d+ rows?(: \d.*)?$`).FindString(summary), len(plan.Steps))
	}
}

// addsUp reads the first line of counts: "12 rows: 4 add, 8 unchanged".
func addsUp(t *testing.T, counts string, rows int) {
	t.Helper()
	line, _, _ := strings.Cut(counts, "\n")
	numbers := regexp.MustCompile(`\d+`).FindAllString(line, -1)
	sum := 0
	for _, n := range numbers {
		v, err := strconv.Atoi(n)
		if err != nil {
			t.Fatal(err)
		}
		sum += v
	}
	if sum != 2*rows {
		t.Errorf("%q does not add up to %d", line, rows)
	}
}

// TestSummaryIsBounded: the worst rows come first, twenty of them, and the rest
// is counted.
func TestSummaryIsBounded(t *testing.T) {
	plan := &planner.Plan{}
	var results []executor.Result
	for i := range 60 {
		plan.Steps = append(plan.Steps, planner.Step{Index: i, SameAs: -1, Op: planner.OpAdd, Row: ingest.Row{Number: i + 2}})
		outcome := []executor.Outcome{executor.Held, executor.Unknown, executor.Done}[i%3]
		results = append(results, executor.Result{Step: i, Outcome: outcome, Reason: strings.Repeat("x", i+1), TrackingID: fmt.Sprintf("t-%d", i)})
	}
	short := write(t, func(b *bytes.Buffer) error { return made(t, Head{}, plan, results).Summary(b, TableOptions{}) })
	if strings.Count(short, "tracking id: ") != 20 || strings.Count(short, "\nunknown  ") != 20 {
		t.Error(short)
	}
	if !strings.HasSuffix(short, "\n… and 20 more (use --all or --report)\n\n60 rows: 20 unknown, 20 held, 20 done\n") {
		t.Error(short)
	}
	long := write(t, func(b *bytes.Buffer) error { return made(t, Head{}, plan, results).Summary(b, TableOptions{All: true}) })
	if strings.Count(long, "tracking id: ") != 40 || strings.Contains(long, "more (") {
		t.Error(long)
	}
	if unknown, held := strings.LastIndex(long, "\nunknown"), strings.Index(long, "\nheld"); unknown > held {
		t.Error("held before unknown")
	}
}

// TestManyRowsAlike: what many rows have in common is said once, with their number
// and the first of them, in the plan and in the summary; with All it is said at
// each row. The counts come last.
func TestManyRowsAlike(t *testing.T) {
	plan := &planner.Plan{}
	var results []executor.Result
	for i := range 15 {
		code := msads.OperationError{Code: 2108, Message: fmt.Sprintf("No access to account %d.", 180000000+i)}
		if i == 7 {
			code = msads.OperationError{Code: 1424, Message: "The account is prepaid."}
		}
		plan.Steps = append(plan.Steps, planner.Step{
			Index: i, SameAs: -1, Op: planner.OpAdd, Row: ingest.Row{Number: i + 2}, Reason: "not linked", Warnings: []string{"customer_number is missing"},
		})
		results = append(results, executor.Result{Step: i, Outcome: executor.Refused, Reason: "refused", Errors: []msads.OperationError{code}, NextStep: "ask"})
	}
	plan.Steps[14].SameAs = 3
	plan.Steps[2].Warnings = append(plan.Steps[2].Warnings, "declined before")
	text := func(all bool, form func(*bytes.Buffer, TableOptions) error) string {
		return write(t, func(b *bytes.Buffer) error { return form(b, TableOptions{All: all}) })
	}
	table := func(b *bytes.Buffer, o TableOptions) error { return planned(t, Head{}, plan).Table(b, o) }
	summary := func(b *bytes.Buffer, o TableOptions) error { return made(t, Head{}, plan, results).Summary(b, o) }

	const warnings = "warnings: 15 rows\n  15 rows: customer_number is missing (2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 5 more)\nduplicates: 1 row (same outcome as the row it repeats)\n"
	got := text(false, table)
	if !strings.HasSuffix(got, warnings) || strings.Count(got, "customer_number") != 1 || !strings.Contains(got, "! declined before") {
		t.Error(got)
	}
	if got := text(true, table); strings.Count(got, "! customer_number is missing") != 15 || strings.Contains(got, "more)") {
		t.Error(got)
	}
	const want = `
refused  14 rows: 2, 3, 4, 5, 6, 7, 8, 10, 11, 12 and 4 more
  row 2, for example:
  refused
  service: 2108 No access to account 180000000.
  next: ask

refused  row 9
  refused
  service: 1424 The account is prepaid.
  next: ask

15 rows: 15 refused
` + warnings
	if diff := cmp.Diff(want, text(false, summary)); diff != "" {
		t.Error(diff)
	}
	if got := text(true, summary); strings.Count(got, "2108") != 14 {
		t.Error(got)
	}
}

// TestQuietRun: nothing to look at makes a summary of one line and no table.
func TestQuietRun(t *testing.T) {
	plan := &planner.Plan{Steps: []planner.Step{{Op: planner.OpNone, SameAs: -1}}}
	results := []executor.Result{{Outcome: executor.Unchanged}}
	if got := write(t, func(b *bytes.Buffer) error { return made(t, Head{}, plan, results).Summary(b, TableOptions{}) }); got != "1 row: 1 unchanged\n" {
		t.Errorf("%q", got)
	}
	if got := write(t, func(b *bytes.Buffer) error { return made(t, Head{}, plan, results).Table(b, TableOptions{}) }); got != "" {
		t.Errorf("%q", got)
	}
	if got := write(t, func(b *bytes.Buffer) error { return planned(t, Head{}, plan).Table(b, TableOptions{}) }); got != "1 row: 1 unchanged (--all shows them)\n" {
		t.Errorf("%q", got)
	}
	if got := write(t, func(b *bytes.Buffer) error { return planned(t, Head{}, &planner.Plan{}).Table(b, TableOptions{}) }); got != "0 rows\n" {
		t.Errorf("%q", got)
	}
}

// TestNumbersOfRows: row numbers are listed up to a point; what has none is
// counted.
func TestNumbersOfRows(t *testing.T) {
	many := make([]int, listed+3)
	for i := range listed + 2 {
		many[i] = 1
	}
	ones := strings.TrimSuffix(strings.Repeat("1, ", listed), ", ")
	for _, tt := range []struct {
		rows []int
		want string
	}{
		{[]int{2, 3}, "2, 3"},
		{[]int{2, 0, 3, 0}, "2, 3; 2 without a number"},
		{[]int{0, 0}, "without a number"},
		{many, ones + " and 2 more; 1 without a number"},
	} {
		if got := numbers(tt.rows); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.rows, got, tt.want)
		}
	}
}
