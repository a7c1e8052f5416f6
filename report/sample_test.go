package report

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", name, diff)
	}
}

func sampleHead() Head {
	return Head{
		File: "roster.xlsx", Sheet: "Clients",
		Digest:   "sha256:0d1f",
		Header:   []string{"Client", "Account ID", "Account #", "Action", "Op", ""},
		Endpoint: "https://service.example.com", ManagingCustomerID: "7001", Run: "run-0001",
	}
}

// row makes a sample row; its cells stand under the header of sampleHead.
func row(number int, id int64, accountNumber, client string, intent ingest.Intent) ingest.Row {
	text := msads.ID(id).String()
	return ingest.Row{
		Sheet: "Clients", Number: number, AccountID: id, AccountNumber: accountNumber, ClientName: client, Action: intent,
		Cells: []string{client, text, accountNumber, string(intent), "Nordheim"},
	}
}

// march is a day.
var march = ingest.Date{Time: time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)}

// dated gives a row its dates.
func dated(row ingest.Row, start, end ingest.Date) ingest.Row {
	row.StartDate, row.EndDate, row.Reference = start, end, "CHG-4711"
	return row
}

// sample is a small plan with every op, and results with every outcome.
func sample() (*planner.Plan, []executor.Result) {
	at := time.Date(2026, 11, 20, 15, 4, 5, 987, time.FixedZone("", 3600))
	refusal := msads.OperationError{Code: 1424, Message: "The account is prepaid.", Details: "account 180000004"}
	busy := msads.OperationError{Code: 117, ErrorCode: "CallRateExceeded"}
	steps := []planner.Step{
		{Row: row(2, 180000002, "X1000002", "Alder Bakery", ingest.Link), Intent: ingest.Link, Op: planner.OpAdd, Reason: "not linked",
			Warnings: []string{"customer_number is missing"}, Send: &msads.ClientLink{IsBillToClient: new(true)}},
		{Row: row(3, 180000003, "", "Brücke & Söhne", ingest.Link), Intent: ingest.Link, Op: planner.OpAdd, Reason: "not linked",
			Send: &msads.ClientLink{IsBillToClient: new(false)}},
		{Row: row(4, 180000004, "", "=cmd|' /C calc'!A0", ingest.Add), Intent: ingest.Add, Op: planner.OpAdd, Reason: "declined on 2026-10-02",
			Before: planner.Seen{Status: msads.LinkDeclined}, Send: &msads.ClientLink{IsBillToClient: new(true)}},
		{Row: row(5, 180000005, "", "evil\u202etxt\x1b[2J", ingest.Accept), Intent: ingest.Accept, Op: planner.OpAccept, Reason: "invited",
			Before: planner.Seen{Status: msads.LinkPending, EntityID: 180000005, Name: "Elm Street Ltd", IsBillToClient: new(true)}},
		{Row: row(6, 180000006, "", "Fjord Ferries", ingest.Unlink), Intent: ingest.Unlink, Op: planner.OpUnlink, Reason: "linked since 2025-01-31",
			Warnings: []string{"the agency pays: unlinking can pause the account's ads for up to three hours"},
			Before:   planner.Seen{Status: msads.Active, IsBillToClient: new(false)}},
		{Row: row(7, 0, "X1000007", "Gull Harbour", ingest.Unlink), Intent: ingest.Unlink, Op: planner.OpCancel, Reason: "the invitation waits",
			Before: planner.Seen{Status: msads.LinkPending}, Key: planner.Key{EntityID: 180000007, Number: "X1000007"}},
		{Row: row(8, 180000008, "", "Hazel Press", ingest.Decline), Intent: ingest.Decline, Op: planner.OpDecline, Before: planner.Seen{Status: msads.LinkPending}},
		{Row: row(9, 180000009, "", "Iris Optics", ""), Intent: ingest.Link, Op: planner.OpNone, Reason: "already linked",
			Warnings: []string{"linked, but the agency pays"}, Before: planner.Seen{Status: msads.Active, EntityID: 180000009, Name: "Iris Optics GmbH"}},
		{Row: row(10, 180000010, "", "Juniper Inn", ingest.Accept), Intent: ingest.Accept, Op: planner.OpBlocked, Reason: "the agency cannot accept its own invitation"},
		{Row: ingest.Row{Sheet: "Clients", Number: 12, Cells: []string{"Kelp Farm", "12A"}}, Op: planner.OpReject, Reason: `account_id "12A": is not a whole number`},
		{Row: row(13, 180000002, "", "Alder Bakery", ingest.Link), Intent: ingest.Link, Op: planner.OpAdd, Reason: "same as row 2", SameAs: 1},
		{Row: dated(row(14, 180000015, "", "Maple Press", ingest.Unlink), march, ingest.Date{}), Intent: ingest.Unlink, Op: planner.OpNone, Due: march.Time,
			Reason: "due on 2027-03-31", Before: planner.Seen{Status: msads.Active}},
		{Row: dated(row(15, 180000016, "", "Nutmeg Cafe", ingest.Link), ingest.Date{}, march), Intent: ingest.Link, Op: planner.OpNone,
			Reason: "already linked; ends on 2027-03-31", Before: planner.Seen{Status: msads.Active}},
		{Intent: "prune", Op: planner.OpUnlink, Reason: "no row names this link", Key: planner.Key{EntityID: 180000014}, Before: planner.Seen{Status: msads.Active, Name: "Larch Tools"}},
	}
	for i := range steps {
		steps[i].Index, steps[i].SameAs = i, steps[i].SameAs-1
	}
	results := []executor.Result{
		{Outcome: executor.Waiting, Ops: []planner.Op{planner.OpAdd, planner.OpAccept}, Reason: "accepted, still being set up", Warnings: []string{"customer_number is missing", "slow"},
			StatusAfter: msads.LinkAccepted, EntityID: 180000002, EntityName: "Alder Bakery AG", Errors: []msads.OperationError{busy, busy, {Code: 0}},
			TrackingID: "t-2", Call: 3, Attempts: 4, At: at},
		{Outcome: executor.Unknown, Reason: "the reply was lost, and two searches could not tell", NextStep: "look at the account in the web interface, then run again", TrackingID: "t-1", Call: 1, Attempts: 1, At: at},
		{Outcome: executor.Refused, Reason: "refused by the service", Errors: []msads.OperationError{refusal}, NextStep: "ask the client to move to invoicing", TrackingID: "t-1", Call: 1, Attempts: 1, At: at},
		{Outcome: executor.Done, Reason: "accepted", StatusAfter: msads.Active, TrackingID: "t-4", Call: 4, Attempts: 1, At: at},
		{Outcome: executor.Failed, Reason: "throttled to the end", Errors: []msads.OperationError{busy}, NextStep: "run again later", Call: 5, Attempts: 3, At: at},
		{Outcome: executor.Done, StatusAfter: msads.LinkCanceled, Call: 6, Attempts: 1, At: at},
		{Outcome: executor.Held, Reason: "interrupted"},
		{Outcome: executor.Unchanged},
		{Outcome: executor.Blocked},
		{Outcome: executor.Invalid},
		{Outcome: executor.Waiting, Reason: "same as row 2", EntityID: 180000002},
		{Outcome: executor.Scheduled, NextStep: "run the same roster again on that day or later"},
		{Outcome: executor.Unchanged},
		{Outcome: executor.Done, Call: 7, Attempts: 1, At: at},
	}
	for i := range results {
		results[i].Step = i
	}
	return &planner.Plan{ManagingCustomerID: 7001, Steps: steps}, results
}

// random is a plan of n steps and its results, with hostile text.
func random(r *rand.Rand, n int) (Head, *planner.Plan, []executor.Result) {
	words := []string{"", " ", "=1+1", "-5", "+49 30", "a\nb", "a,b", `"q"`, "ＡＢ", "＝x", "\tx", "@sum", "x;y", "null", "-", "\u00a0=A1", "<&>", "é", "'x", "Oak"}
	word := func() string { return words[r.IntN(len(words))] }
	list := func() (list []string) {
		for range r.IntN(3) {
			list = append(list, word())
		}
		return list
	}
	head := Head{File: "roster.csv", Header: []string{"Account ID"}}
	for range r.IntN(6) {
		head.Header = append(head.Header, []string{"", "outcome", "At", "Client", "linkbatch_op", "=x"}[r.IntN(6)])
	}
	plan := &planner.Plan{Steps: make([]planner.Step, n)}
	results := make([]executor.Result, n)
	for i := range n {
		cells := []string{fmt.Sprint(180000000 + i)}
		for range r.IntN(len(head.Header) + 2) {
			cells = append(cells, word())
		}
		plan.Steps[i] = planner.Step{Index: i, SameAs: -1, Op: ops[r.IntN(len(ops))], Reason: word(), Warnings: list(),
			Row: ingest.Row{Number: i + 2, Cells: cells, ClientName: word()}}
		results[i] = executor.Result{Step: i, Outcome: executor.Outcomes[r.IntN(len(executor.Outcomes))],
			Reason: word(), Warnings: list(), NextStep: word(), Call: r.IntN(3), Attempts: r.IntN(3)}
	}
	return head, plan, results
}

// made is a run to be reported.
func made(t testing.TB, head Head, plan *planner.Plan, results []executor.Result) *Run {
	t.Helper()
	r, err := New(head, plan, results)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// planned is a plan to be shown.
func planned(t testing.TB, head Head, plan *planner.Plan) *Plan {
	t.Helper()
	p, err := NewPlan(head, plan)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// write renders into memory.
func write(t *testing.T, do func(*bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := do(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// wantError demands an error whose text holds part.
func wantError(t *testing.T, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("error %v, want %q in it", err, part)
	}
}
