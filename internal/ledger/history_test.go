package ledger

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// step is a step of an account: id or number may be unknown.
func step(i int, op planner.Op, id int64, number string, before planner.Seen) planner.Step {
	return planner.Step{
		Index: i, Op: op, SameAs: -1, Reason: "because", Row: ingest.Row{Sheet: "Clients", Number: i + 2, AccountID: id, AccountNumber: number},
		Key:    planner.Key{ManagingCustomerID: 7, Type: msads.AccountLink, EntityID: msads.ID(id), Number: number},
		Before: before,
	}
}

func planOf(steps ...planner.Step) *planner.Plan { return &planner.Plan{Steps: steps} }

// ran records a run of one call with all steps that write, ended.
func ran(t *testing.T, l *Ledger, id string, s Scope, plan *planner.Plan, found func(*planner.Step) executor.Result) *Recorder {
	t.Helper()
	rec, err := l.Begin(Run{ID: id, Scope: s, UserID: 4, Profile: "agency", Version: "v1", Digest: "sha256:" + id}, plan)
	if err != nil {
		t.Fatal(err)
	}
	c := executor.Call{Number: 1, Op: planner.OpAdd, Profile: "agency"}
	var answers []executor.Answer
	var kept []Progress
	for i := range plan.Steps {
		if s := &plan.Steps[i]; s.Op.Writes() {
			c.Steps = append(c.Steps, s)
			answers = append(answers, executor.Answer{Step: i, Outcome: executor.Done, Call: 1, TrackingID: "t-" + id, At: time.Now().UTC()})
			kept = append(kept, Progress{Result: found(s), Done: []planner.Op{s.Op}})
		}
	}
	if len(c.Steps) > 0 {
		for _, err := range []error{rec.Sending(c), rec.Returned(c, answers), rec.Keep(kept)} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := rec.End(Finished, "", nil); err != nil {
		t.Fatal(err)
	}
	return rec
}

// brief is a history as lines.
func brief(t *testing.T, l *Ledger, id msads.ID, number string) string {
	t.Helper()
	events, err := l.History(id, number)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range events {
		if e.At.IsZero() || e.At.Location() != time.UTC || e.UserID != 4 || e.Version != "v1" || e.Digest != "sha256:"+e.Run || e.Sheet != "Clients" {
			t.Errorf("who, when and from what: %+v", e)
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s row %d %s %s", e.Run, e.Kind, e.Op, e.Row, e.Outcome, e.Status)))
	}
	return strings.Join(lines, "\n")
}

// TestHistoryFindsBothIdentifiers follows an account through rosters that name
// it by number, by id, and by both.
func TestHistoryFindsBothIdentifiers(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	other := step(0, planner.OpNone, 999, "X0000999", planner.Seen{})
	found := func(s *planner.Step) executor.Result {
		return executor.Result{Step: s.Index, Ops: []planner.Op{s.Op}, Outcome: executor.Done, Call: 1, EntityID: 55, StatusAfter: msads.LinkPending}
	}
	ran(t, l, "by-number", here, planOf(other, step(1, planner.OpAdd, 0, "X0000055", planner.Seen{})), found)
	want := `by-number decision add row 3
by-number call add row 3
by-number reply add row 3 done
by-number seen  row 3  LinkPending
by-number result add row 3 done`
	for _, ask := range []struct {
		id     msads.ID
		number string
	}{{55, ""}, {0, "x0000055"}, {55, "X0000055"}} {
		if diff := gocmp.Diff(want, brief(t, l, ask.id, ask.number)); diff != "" {
			t.Errorf("%v:\n%s", ask, diff)
		}
	}
	ran(t, l, "by-id", here, planOf(other, step(1, planner.OpNone, 998, "", planner.Seen{}), step(2, planner.OpNone, 55, "", planner.Seen{Status: msads.Active, EntityID: 55})), found)
	want += "\nby-id decision none row 4  Active"
	if diff := gocmp.Diff(want, brief(t, l, 0, "X0000055")); diff != "" {
		t.Errorf("by number, of a run by id:\n%s", diff)
	}
	// A link that a search shows names both; a rejected row is not believed.
	shown := planner.Seen{Status: msads.Active, EntityID: 66, Number: "X0000066"}
	ran(t, l, "shown", here, planOf(step(0, planner.OpNone, 0, "X0000066", shown), step(1, planner.OpReject, 66, "X0000077", shown)), found)
	if got := brief(t, l, 66, ""); got != "shown decision none row 2  Active\nshown decision reject row 3  Active" {
		t.Errorf("by id:\n%s", got)
	}
	if got := brief(t, l, 0, "X0000077"); got != "shown decision reject row 3  Active" {
		t.Errorf("the number of a rejected row:\n%s", got)
	}
	if got := brief(t, l, 0, ""); got != "" {
		t.Errorf("nothing asked for:\n%s", got)
	}
}

// TestHistoryShowsADecisionOnce resumes a run. What its first part sent is
// repeated in the second for the report, and was not decided again; what is sent
// again was.
func TestHistoryShowsADecisionOnce(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	plan := planOf(step(0, planner.OpAdd, 55, "", planner.Seen{}), step(1, planner.OpAdd, 66, "", planner.Seen{}))
	ran(t, l, "a", here, plan, func(s *planner.Step) executor.Result {
		return executor.Result{Step: s.Index, Ops: []planner.Op{s.Op}, Outcome: executor.Done, Call: 1}
	})
	rec, err := l.Resume(Run{ID: "a", Scope: here, UserID: 4, Profile: "agency", Version: "v1", Digest: "sha256:a"}, plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := rec.Sending(executor.Call{Number: 2, Op: planner.OpAdd, Profile: "agency", Steps: []*planner.Step{&plan.Steps[1]}}); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[msads.ID]int{55: 1, 66: 2} {
		if got := strings.Count(brief(t, l, id, ""), "a decision add"); got != want {
			t.Errorf("account %s: %d decisions, want %d:\n%s", id, got, want, brief(t, l, id, ""))
		}
	}
}

// TestHistoryIsInOrderOfRecording holds that a clock which is set back changes
// the times and not the order, and that what is recent stays so.
func TestHistoryIsInOrderOfRecording(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	found := func(s *planner.Step) executor.Result {
		return executor.Result{Step: s.Index, Ops: []planner.Op{s.Op}, Outcome: executor.Done, Call: 1}
	}
	add := planOf(step(0, planner.OpAdd, 55, "", planner.Seen{}))
	ran(t, l, "first", here, add, found)
	later(t, l, time.Hour) // the first run was recorded by a clock that was an hour ahead
	ran(t, l, "second", here, planOf(step(0, planner.OpNone, 55, "", planner.Seen{Status: msads.LinkPending})), found)
	events, err := l.History(55, "")
	if err != nil {
		t.Fatal(err)
	}
	last := events[len(events)-1]
	if last.Run != "second" || !last.At.Before(events[0].At) {
		t.Errorf("the last event is %+v", last)
	}
	if runs, err := l.Runs(); err != nil || runs[0].ID != "second" {
		t.Errorf("the newest run: %v, %v", runs, err)
	}
	if r, err := l.Find("last"); err != nil || r.ID != "second" {
		t.Errorf("last: %v, %v", r.ID, err)
	}
	recent, err := l.Recent(here, time.Now().Add(2*time.Hour))
	if err != nil || len(recent) != 1 {
		t.Errorf("a reply from the future: %d are recent, %v", len(recent), err)
	}
}

// later moves everything that was recorded by d.
func later(t *testing.T, l *Ledger, d time.Duration) {
	t.Helper()
	err := l.write(func(x *tx) error {
		for _, m := range []struct {
			t  *table
			at []int
		}{{&runsTable, []int{6, 7, 16}}, {&partsTable, []int{11}}, {&callsTable, []int{6}}, {&repliesTable, []int{3}}, {&keptTable, []int{3}}} {
			var all []record
			err := each(x.conn, []*table{m.t}, m.t.name, nil, func(found []record) error {
				all = append(all, found[0])
				return nil
			})
			if err != nil {
				return err
			}
			for _, values := range all {
				for _, c := range m.at {
					if values.integer(c) != 0 {
						values[c] = values.integer(c) + int64(d)
					}
				}
				if _, err := x.put(m.t, values...); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRecent holds which links count as recently done.
func TestRecent(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	var steps []planner.Step
	for i := range 6 {
		steps = append(steps, step(i, planner.OpAdd, int64(100+i), "", planner.Seen{}))
	}
	plan := planOf(steps...)
	rec, err := l.Begin(Run{ID: "a", Scope: here}, plan)
	if err != nil {
		t.Fatal(err)
	}
	call := func(number int, outcomes map[int]executor.Outcome) {
		t.Helper()
		c := executor.Call{Number: number, Op: planner.OpAdd}
		var answers []executor.Answer
		for i := range plan.Steps {
			if o, ok := outcomes[i]; ok {
				c.Steps = append(c.Steps, &plan.Steps[i])
				answers = append(answers, executor.Answer{Step: i, Outcome: o, Call: number})
			}
		}
		if err := rec.Sending(c); err != nil {
			t.Fatal(err)
		}
		if outcomes[0] == "in flight" || outcomes[5] == "in flight" {
			return
		}
		if err := rec.Returned(c, answers); err != nil {
			t.Fatal(err)
		}
	}
	call(1, map[int]executor.Outcome{0: executor.Done, 1: executor.Refused, 2: executor.Unknown, 3: executor.Unknown})
	call(2, map[int]executor.Outcome{5: "in flight"})
	call(3, map[int]executor.Outcome{0: executor.Done, 4: executor.Failed})
	done := []planner.Op{planner.OpAdd}
	if err := rec.Keep([]Progress{
		{Result: executor.Result{Step: 2, Call: 1, Outcome: executor.Done}, Done: done}, // a search showed it
		{Result: executor.Result{Step: 3, Call: 1, Outcome: executor.Failed}},
		{Result: executor.Result{Step: 5, Call: 2, Outcome: executor.Done}, Done: done},
	}); err != nil {
		t.Fatal(err)
	}
	ask := func(s Scope, since time.Time) (out string) {
		t.Helper()
		traces, err := l.Recent(s, since)
		if err != nil {
			t.Fatal(err)
		}
		for _, tr := range traces {
			out += fmt.Sprintf("%d in call %d; ", tr.Step.Key.EntityID, tr.Answer.Call)
		}
		return out
	}
	if got, want := ask(here, time.Now().Add(-time.Hour)), "102 in call 1; 105 in call 2; 100 in call 3; "; got != want {
		t.Errorf("recent: %s, want %s", got, want)
	}
	if got := ask(here, time.Now()); got != "" {
		t.Errorf("from now on: %s", got)
	}
	if got := ask(Scope{"other", 1}, time.Time{}); got != "" {
		t.Errorf("of another scope: %s", got)
	}
}

func size(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestFind finds runs by what a person types, and lists those of a scope.
func TestFind(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	if _, err := l.Find("last"); err == nil {
		t.Error("a last run of none")
	}
	ids := []string{"20261101-a", "20261102-a", "20261102-b", "a%", "20261102"}
	for i, id := range ids {
		plan := &planner.Plan{Listed: []int{0, 40, 0, 0, 0}[i]}
		rec, err := l.Begin(Run{ID: id, Scope: []Scope{here, here, here, {"other", 1}, here}[i]}, plan)
		must(t, err)
		if state := []State{Finished, Interrupted, Stopped, "", Closed}[i]; state != "" {
			must(t, rec.End(state, "", nil))
		}
		if rec.End(Running, "", nil) == nil {
			t.Error("a run ended as running")
		}
	}
	for name, want := range map[string]string{
		"20261101": ids[0], "20261102-a": ids[1], "20261102": ids[4], "last": ids[4], "a": "a%", "a%": "a%",
		"": "no such run", "%": "no such run", "2026": "\"2026\" is ambiguous: 4 runs start with it: 20261102, 20261102-b, 20261102-a, 20261101-a",
	} {
		got, err := l.Find(name)
		if err == nil && got.ID != want || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v; want %s", name, got.ID, err, want)
		}
	}
	unfinished, err := l.Unfinished(here)
	must(t, err)
	var open []string
	for _, r := range unfinished {
		open = append(open, r.ID)
	}
	same(t, "unfinished", []string{ids[2], ids[1]}, open)
	for scope, want := range map[Scope]int{here: 40, {"nowhere", 1}: 0} {
		n, err := l.Listed(scope)
		must(t, err)
		same(t, "listed", want, n)
	}
}
