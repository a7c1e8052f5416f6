package undo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/internal/part"
	"linkbatch/internal/run"
	"linkbatch/planner"
)

const agency msads.ID = 9100001

var (
	day  = time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC)
	sent = day.Add(-time.Hour)
)

// deed is what a run did about account 1000001, in row 2 of its roster.
func deed(op planner.Op, change ...func(*run.Deed)) run.Deed {
	d := run.Deed{
		Step: &planner.Step{
			Row: ingest.Row{Number: 2, Reference: "T-1", Action: "link", AccountID: 1000001}, Op: op, SameAs: -1, Side: planner.Agency,
			Key: planner.Key{ManagingCustomerID: agency, Type: msads.AccountLink, EntityID: 1000001, Number: "X0000001"},
		},
		Done: []planner.Op{op}, Sent: sent, Result: executor.Result{Outcome: executor.Done, At: sent, EntityName: "Juniper"},
	}
	if op == planner.OpCancel || op == planner.OpUnlink {
		d.Step.Before = planner.Seen{Status: msads.Active, IsBillToClient: new(false), Name: "Juniper"}
		d.Step.Former = &planner.Terms{Name: "Winter", Note: "for Ann", CustomerNumber: "C123456789"}
	}
	for _, c := range change {
		c(&d)
	}
	return d
}

// TestWayBack holds what takes each deed back, and why others cannot be.
func TestWayBack(t *testing.T) {
	later := func(d *run.Deed) { d.Step.Before.StartDate = day.AddDate(0, 1, 0) }
	tests := []struct {
		name string
		deed run.Deed
		want string // the cells of the way back, or why there is none
	}{
		{"an invitation", deed(planner.OpAdd), "1000001 X0000001  Juniper AccountLink  cancel     T-1 9100001"},
		{"an invitation by number", deed(planner.OpAdd, func(d *run.Deed) { d.Step.Key.EntityID, d.Result.EntityID = 0, 1000001 }),
			"1000001 X0000001  Juniper AccountLink  cancel     T-1 9100001"},
		{"an unlink", deed(planner.OpUnlink), "1000001 X0000001 C123456789 Juniper AccountLink  add false  Winter for Ann T-1 9100001"},
		{"a cancel", deed(planner.OpCancel), "1000001 X0000001 C123456789 Juniper AccountLink  add false  Winter for Ann T-1 9100001"},
		{"a start to come", deed(planner.OpUnlink, later), "1000001 X0000001 C123456789 Juniper AccountLink  add false 2026-12-20T16:00:00 Winter for Ann T-1 9100001"},
		{"a start that is over", deed(planner.OpUnlink, func(d *run.Deed) { d.Step.Before.StartDate = day.AddDate(0, 0, -1) }),
			"1000001 X0000001 C123456789 Juniper AccountLink  add false  Winter for Ann T-1 9100001"},
		{"a customer link", deed(planner.OpUnlink, func(d *run.Deed) {
			d.Step.Key.Type, d.Step.Before.IsBillToClient = msads.CustomerLink, nil
			d.Step.Former = &planner.Terms{Permission: "Standard"}
		}), "1000001 X0000001  Juniper CustomerLink Standard add     T-1 9100001"},
		{"an accept", deed(planner.OpAccept), "accepted: that cannot be taken back; the action unlink ends the link"},
		{"an invitation that was accepted by the run", deed(planner.OpAccept, func(d *run.Deed) { d.Done = []planner.Op{planner.OpAdd, planner.OpAccept} }),
			"accepted: that cannot be taken back; the action unlink ends the link"},
		{"an invitation that the run could not accept", deed(planner.OpAccept, func(d *run.Deed) {
			d.Done, d.Result.Outcome = []planner.Op{planner.OpAdd}, executor.Refused
		}), "1000001 X0000001  Juniper AccountLink  cancel     T-1 9100001"},
		{"a decline", deed(planner.OpDecline), "declined: that cannot be taken back; the agency has to invite again"},
		{"a row that is unknown", deed(planner.OpAdd, func(d *run.Deed) { d.Done, d.Result.Outcome = nil, executor.Unknown }),
			"it is not known what the run has done: apply the roster again first"},
		{"a record without terms", deed(planner.OpUnlink, func(d *run.Deed) { d.Step.Former = nil }),
			"the run is of an older linkbatch, which did not record the terms of the link: invite again by a roster"},
		{"nobody knows who paid", deed(planner.OpUnlink, func(d *run.Deed) { d.Step.Before.IsBillToClient = nil }),
			"the service did not say who paid: invite again by a roster that does"},
		{"a row that needed nothing", deed(planner.OpNone, func(d *run.Deed) { d.Done, d.Result.Outcome = nil, executor.Unchanged }),
			"the run changed nothing for this row"},
		{"a row that was refused", deed(planner.OpAdd, func(d *run.Deed) { d.Done, d.Result.Outcome = nil, executor.Refused }),
			"the run changed nothing for this row"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			it := wayBack(&test.deed, day)
			got := it.why
			if got == "" {
				got = strings.Join(it.row.Cells, " ")
			} else if it.row.Action != ingest.Keep {
				t.Errorf("no way back, and %s", it.row.Action)
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if it.row.Number != 2 || it.idle != strings.HasPrefix(test.want, "the run changed nothing") {
				t.Errorf("row %d, idle: %t", it.row.Number, it.idle)
			}
		})
	}
}

func TestRowsOfARun(t *testing.T) {
	none := deed(planner.OpNone, func(d *run.Deed) { d.Done, d.Step.Row.Number = nil, 5 })
	deeds := []run.Deed{deed(planner.OpAdd), deed(planner.OpAccept, func(d *run.Deed) { d.Step.Row.Number = 3 }), none}
	for _, test := range []struct {
		rows, err string
		want      []int
		left      int
	}{
		{want: []int{2, 3}, left: 1},
		{rows: "3,5", want: []int{3, 5}},
		{rows: "2-5", want: []int{2, 3, 5}},
		{rows: "4", err: "the run has no row 4"},
		{rows: "2,7-9", err: "the run has no row 7-9"},
	} {
		var numbers part.Numbers
		if test.rows != "" && numbers.Set(test.rows) != nil {
			t.Fatal(test.rows)
		}
		u, err := Of(deeds, &numbers, day)
		if err != nil || test.err != "" {
			if err == nil || err.Error() != test.err {
				t.Errorf("%q: %v, want %q", test.rows, err, test.err)
			}
			continue
		}
		var got []int
		for row := range u.Rows() {
			got = append(got, row.Number)
		}
		if !slices.Equal(got, test.want) || u.Left() != test.left {
			t.Errorf("%q: rows %v, %d left", test.rows, got, u.Left())
		}
	}
}

// TestMeet holds which steps are sent.
func TestMeet(t *testing.T) {
	left := planner.Seen{Status: msads.LinkPending, LastModified: sent}
	invited := deed(planner.OpAdd, func(d *run.Deed) { d.Result.StatusAfter, d.Result.ModifiedAfter = left.Status, left.LastModified })
	cancel := planner.Step{Op: planner.OpCancel, SameAs: -1, Before: left, Key: invited.Step.Key}
	step := func(change func(*planner.Step)) planner.Step {
		s := cancel
		change(&s)
		return s
	}
	own := ledger.Trace{Step: invited.Step, Sent: sent.Add(-time.Second)}
	other := ledger.Trace{Step: invited.Step, Sent: sent.Add(time.Minute)}
	byNumber := other
	byNumber.Step = &planner.Step{Key: planner.Key{ManagingCustomerID: agency, Type: msads.AccountLink, Number: "X0000001"}}
	for _, test := range []struct {
		name  string
		deed  run.Deed
		step  planner.Step
		later []ledger.Trace
		sent  bool
		want  string
	}{
		{"as it was left", invited, cancel, []ledger.Trace{own}, false, "cancel: "},
		{"needs nothing", invited, step(func(s *planner.Step) { s.Op, s.Reason = planner.OpNone, "no invitation" }), nil, false, "none: no invitation"},
		{"cannot be", invited, step(func(s *planner.Step) { s.Op, s.Reason = planner.OpBlocked, "already linked, use unlink" }), nil, false, "blocked: already linked, use unlink"},
		{"changed", invited, step(func(s *planner.Step) { s.Before.LastModified = day }), nil, false,
			"blocked: somebody else has changed the link since: it is LinkPending as of 2026-11-20 16:00:00 UTC"},
		{"no time of the last change", invited, step(func(s *planner.Step) { s.Before.LastModified = time.Time{} }), nil, false,
			"blocked: the service does not say when the link last changed, so somebody else may have changed it since; it is LinkPending"},
		{"by a later run", invited, cancel, []ledger.Trace{own, other}, false, "blocked: a later run has changed the link since: undo that run first"},
		{"by a later run that knew its number", invited, cancel, []ledger.Trace{byNumber}, false, "blocked: a later run has changed the link since: undo that run first"},
		{"sent by an earlier part of the undo", invited, step(func(s *planner.Step) { s.Before.LastModified = day }), []ledger.Trace{other}, true, "cancel: "},
		{"no way back", deed(planner.OpAccept), step(func(s *planner.Step) { s.Op, s.Reason = planner.OpNone, "kept" }), nil, false,
			"blocked: accepted: that cannot be taken back; the action unlink ends the link"},
		{"nothing done", deed(planner.OpNone, func(d *run.Deed) { d.Done = nil }), step(func(s *planner.Step) { s.Op, s.Reason = planner.OpNone, "kept" }), nil, false,
			"none: the run changed nothing for this row"},
		{"an add by number, of which the accept was decided last", deed(planner.OpAccept, func(d *run.Deed) {
			d.Done, d.Result.Outcome = []planner.Op{planner.OpAdd}, executor.Refused
			d.Result.StatusAfter, d.Result.ModifiedAfter = left.Status, left.LastModified
		}), cancel, nil, false, "cancel: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rows part.Numbers
			if err := rows.Set("2"); err != nil {
				t.Fatal(err)
			}
			u, err := Of([]run.Deed{test.deed}, &rows, day)
			if err != nil {
				t.Fatal(err)
			}
			plan := &planner.Plan{Steps: []planner.Step{test.step}}
			u.Meet(plan, test.later, day, func(int) bool { return test.sent })
			if got := string(plan.Steps[0].Op) + ": " + plan.Steps[0].Reason; got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestRosterOfTheWayBack: a row that is not undone keeps its link, and says why.
func TestRosterOfTheWayBack(t *testing.T) {
	u, err := Of([]run.Deed{deed(planner.OpUnlink), deed(planner.OpAdd)}, &part.Numbers{}, day)
	if err != nil {
		t.Fatal(err)
	}
	plan := &planner.Plan{Steps: []planner.Step{
		{Op: planner.OpAdd, SameAs: -1}, {Op: planner.OpBlocked, Reason: "changed", SameAs: -1},
	}}
	rows := u.Roster(plan)
	if len(rows) != 2 || len(rows[0]) != len(RosterColumns()) {
		t.Fatalf("%q", rows)
	}
	action := slices.Index(RosterColumns(), "action")
	if rows[0][action] != "add" || !slices.Equal(rows[0][len(rows[0])-2:], []string{"2", ""}) {
		t.Errorf("%q", rows[0])
	}
	if rows[1][action] != "keep" || !slices.Equal(rows[1][len(rows[1])-2:], []string{"2", "changed"}) {
		t.Errorf("%q", rows[1])
	}
	if got := len(u.Remains(plan)); got != 2 {
		t.Errorf("%d sentences about what is not undone", got)
	}
}
