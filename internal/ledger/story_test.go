package ledger

import (
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// The story is what the ledgers of testdata hold, one for each schema, written
// by the linkbatch of its time. It must stay as it is: a test writes it again
// to a new ledger and compares every answer.

// storyScope is the scope of all runs of the story but one.
var storyScope = Scope{"simulator", 1234567}

// storyRow is a row with every field set in one row or another.
func storyRow(number int, id int64, account string) ingest.Row {
	r := ingest.Row{
		Sheet: "Clients", Number: number, AccountID: id, AccountNumber: account, Action: ingest.Link,
		ClientName: fmt.Sprint("Client & Söhne ", id), BillToClient: new(id%2 == 0),
		Cells: []string{fmt.Sprint(id), account, fmt.Sprint("Client & Söhne ", id), "link", "a \"note\"\r\nin two lines", ""},
	}
	switch id % 5 {
	case 1:
		r.CustomerNumber, r.Type, r.Name, r.Note = "C123456789", "AccountLink", "Agency link", "for <R&D>"
	case 2:
		r.StartDate = ingest.Date{Time: time.Date(2027, 3, 4, 5, 6, 7, 0, time.UTC), HasTime: true}
		r.ManagingCustomerID, r.SuppressNotification = 7654321, new(true)
	case 3:
		r.StartDate = ingest.Date{Time: time.Date(2027, 3, 4, 0, 0, 0, 0, time.UTC)}
		r.Permission, r.ClientProfile, r.BillToClient, r.Cells = "Standard", "client", nil, nil
	case 4:
		r.Action, r.Cells = "", []string{}
	}
	return r
}

// storyStep is what is decided for a row: an add where there is no link.
func storyStep(i int, row ingest.Row, linked bool) planner.Step {
	s := planner.Step{
		Index: i, Row: row, Intent: ingest.Link, Side: planner.Agency, Op: planner.OpAdd, Reason: "no link", Profile: "agency", SameAs: -1,
		Key: planner.Key{ManagingCustomerID: 1234567, Type: msads.AccountLink, EntityID: msads.ID(row.AccountID), Number: row.AccountNumber},
	}
	if linked {
		s.Op, s.Reason, s.Profile = planner.OpNone, "already linked", ""
		s.Warnings = []string{"linked, but the agency pays"}
		s.Before = planner.Seen{
			Status: msads.Active, LastModified: time.Date(2026, 3, 4, 5, 6, 7, 89, time.UTC), EntityID: msads.ID(row.AccountID),
			Number: row.AccountNumber, Name: row.ClientName, IsBillToClient: row.BillToClient, StartDate: time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC),
		}
	} else {
		s.Send = &msads.ClientLink{
			Type: msads.AccountLink, ManagingCustomerID: 1234567, ClientEntityID: s.Key.EntityID, ClientEntityNumber: s.Key.Number,
			IsBillToClient: row.BillToClient, Name: row.Name, Note: row.Note, StartDate: row.StartDate.Time, SuppressNotification: row.SuppressNotification != nil,
		}
	}
	return s
}

// storyPlan is about n accounts from first on; those below linked are linked.
// rejected rows, repeats, and adds by number alone are among them.
func storyPlan(first, n, linked int) *planner.Plan {
	p := &planner.Plan{ManagingCustomerID: 1234567, Live: linked, Listed: 100 + n}
	for i := range n {
		id := int64(180000000 + first + i)
		number := fmt.Sprintf("X%07d", first+i)
		if (first+i)%7 == 3 {
			id = 0
		}
		s := storyStep(i, storyRow(i+2+i/10, id, number), i < linked)
		switch {
		case (first+i)%7 == 3 && i >= linked:
			s.Deferred = true
		case (first+i)%11 == 5:
			s.Op, s.Reason, s.Send, s.Profile, s.Before = planner.OpReject, "account_id: not a number", nil, "", planner.Seen{}
		case (first+i)%11 == 6 && i > 3:
			s.Op, s.Reason, s.Send, s.Profile, s.SameAs = planner.OpNone, "the same as another row", nil, "", i-3
		}
		p.Steps = append(p.Steps, s)
	}
	return p
}

// storyResult is what became of a step.
func storyResult(s *planner.Step, call int, o executor.Outcome) executor.Result {
	r := executor.Result{
		Step: s.Index, Ops: []planner.Op{s.Op}, Outcome: o, Reason: "as the reply says", Call: call, Attempts: 1, TrackingID: fmt.Sprint("tracking-", call),
		EntityID: msads.ID(180000000 + s.Row.Number), EntityName: "Client", At: time.Date(2026, 11, 23, 0, 0, call, s.Index, time.UTC),
	}
	switch o {
	case executor.Refused:
		r.Errors = []msads.OperationError{{Code: 1410, ErrorCode: "ClientLinkExists", Message: "already <sent>", Details: "d"}, {Code: 3}}
		r.NextStep, r.EntityID = "wait", 0
	case executor.Done:
		r.StatusAfter, r.Warnings = msads.LinkPending, []string{"the number does not match"}
	}
	return r
}

// writeStory writes the story to a ledger.
func writeStory(t *testing.T, l *Ledger) {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	run := func(id string, digest int) Run {
		return Run{
			ID: id, Scope: storyScope, File: "r.xlsx", Path: "/srv/r.xlsx", Digest: fmt.Sprint("sha256:", digest), Sheet: "Clients",
			Header: []string{"account_id", "account_number", "client", "action", "note", "x"}, UserID: 4, Profile: "agency", Version: "v1",
		}
	}
	// call sends the steps that write, ten from the n-th on; outcomes are those of
	// the reply, in turn, and none = the reply never came.
	call := func(rec *Recorder, plan *planner.Plan, number, n int, outcomes ...executor.Outcome) {
		t.Helper()
		c := executor.Call{Number: number, Op: planner.OpAdd, Profile: "agency"}
		var results []executor.Result
		for i := range plan.Steps {
			s := &plan.Steps[i]
			if !s.Op.Writes() {
				continue
			}
			if n--; n < 0 && len(c.Steps) < 10 {
				c.Steps = append(c.Steps, s)
				if len(outcomes) > 0 {
					results = append(results, storyResult(s, number, outcomes[len(results)%len(outcomes)]))
				}
			}
		}
		ok(rec.Sending(c))
		if len(outcomes) == 0 {
			return
		}
		var answers []executor.Answer
		for _, r := range results {
			answers = append(answers, executor.Answer{
				Step: r.Step, Outcome: r.Outcome, Reason: r.Reason, Errors: r.Errors, NextStep: r.NextStep, TrackingID: r.TrackingID, Call: r.Call, At: r.At,
			})
		}
		ok(rec.Returned(c, answers))
		var kept []Progress
		for i, r := range results {
			if i%3 != 2 { // not all of it was kept before the process died
				kept = append(kept, Progress{Result: r, Done: []planner.Op{planner.OpAdd}[:len(r.StatusAfter)/11]})
			}
		}
		ok(rec.Keep(kept))
	}
	counts := map[executor.Outcome]int{executor.Done: 9, executor.Refused: 2}

	first := storyPlan(0, 40, 15)
	rec, err := l.Begin(run("20261101-a", 1), first)
	ok(err)
	call(rec, first, 1, 0, executor.Done, executor.Done, executor.Refused)
	call(rec, first, 2, 10, executor.Done)
	ok(rec.End(Finished, "", counts))

	for _, id := range []string{"20261102-a", "20261103-a"} { // nights with nothing to do
		plan := storyPlan(0, 40, 40)
		rec, err := l.Begin(run(id, 1), plan)
		ok(err)
		ok(rec.End(Finished, "", map[executor.Outcome]int{executor.Unchanged: 40}))
	}

	changed := storyPlan(0, 41, 30) // a row more
	rec, err = l.Begin(run("20261104-a", 2), changed)
	ok(err)
	call(rec, changed, 1, 0, executor.Done, executor.Unknown)
	ok(rec.End(Interrupted, "", nil))
	rec, err = l.Resume(run("20261104-a", 2), changed)
	ok(err)
	call(rec, changed, 3, 2)
	ok(rec.End(Stopped, "no answer", counts))

	abroad := run("20261104-b", 3)
	abroad.Scope = Scope{"https://example.com", 7}
	rec, err = l.Begin(abroad, storyPlan(20, 5, 2))
	ok(err)
	ok(rec.End(Closed, "the roster has changed since", counts))
	_, err = l.Begin(run("20261105-a", 4), &planner.Plan{})
	ok(err)

	last := storyPlan(3, 38, 4)
	rec, err = l.Begin(run("20261106-a", 5), last)
	ok(err)
	call(rec, last, 1, 0, executor.Done)
	call(rec, last, 2, 10)
}

// answers is what a ledger that holds the story answers.
func answers(t *testing.T, l *Ledger) (all everything) {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	all.Runs, err = l.Runs()
	ok(err)
	for _, r := range all.Runs {
		rec, err := l.Load(r.ID)
		ok(err)
		all.Records = append(all.Records, rec)
	}
	all.Open, err = l.Unfinished(storyScope)
	ok(err)
	all.Listed, err = l.Listed(storyScope)
	ok(err)
	all.Recent, err = l.Recent(storyScope, time.Unix(0, 0))
	ok(err)
	for i := range 45 {
		byID, err := l.History(msads.ID(180000000+i), "")
		ok(err)
		byNumber, err := l.History(0, fmt.Sprintf("X%07d", i))
		ok(err)
		all.Histories = append(all.Histories, byID, byNumber)
	}
	return all
}

// timeless leaves out when the story was written.
var timeless = gocmp.Options{
	cmpopts.IgnoreFields(Run{}, "Started", "Ended"), cmpopts.IgnoreFields(Event{}, "At"), sentTimes,
	cmpopts.IgnoreUnexported(msads.ClientLink{}),
}
