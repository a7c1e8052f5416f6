package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// secretAccount is the account that the tests have forgotten: rows name it by
// id, by number, and by both.
var secretAccount = struct {
	id     int64
	number string
}{1234567890123, "Q7777777"}

// aboutSecret records two runs with the account among others: one that sends and
// is refused, one with nothing to do, and one that rejects its row.
func aboutSecret(t *testing.T, l *Ledger) *planner.Plan {
	t.Helper()
	seen := planner.Seen{Status: msads.Active, EntityID: msads.ID(secretAccount.id), Number: secretAccount.number, Name: "Secret Bakery"}
	add := planOf(
		step(0, planner.OpAdd, 55, "X0000055", planner.Seen{}),
		step(1, planner.OpAdd, 0, secretAccount.number, planner.Seen{}),
		step(2, planner.OpNone, secretAccount.id, "", seen),
	)
	for i := range add.Steps {
		s := &add.Steps[i]
		s.Row.Cells = []string{fmt.Sprint(s.Row.AccountID), s.Row.AccountNumber, "Secret Bakery"}
		s.Row.ClientName, s.Warnings = "Secret Bakery", []string{"Secret Bakery is near another"}
		if i == 0 {
			s.Row.Cells, s.Row.ClientName = []string{"55", "X0000055", "Open Bakery"}, "Open Bakery"
			s.Warnings = []string{secretAccount.number + " is like X0000055", "since 2026-11-23T01:02:03Z"}
		}
	}
	ran(t, l, "sent", here, add, func(s *planner.Step) executor.Result {
		name := s.Row.ClientName
		return executor.Result{
			Step: s.Index, Ops: []planner.Op{s.Op}, Outcome: executor.Refused, Call: 1, Attempts: 1, Reason: name + " says no",
			EntityID: s.Key.EntityID, EntityName: name, TrackingID: "tracking-of-" + fmt.Sprint(s.Index),
			Errors: []msads.OperationError{{Code: 1410, Message: name + " is linked"}}, At: time.Now().UTC(),
		}
	})
	rejected := step(1, planner.OpReject, secretAccount.id, "", planner.Seen{})
	rejected.Key, rejected.Reason = planner.Key{}, "Secret Bakery is not a number"
	ran(t, l, "rejected", here, planOf(step(0, planner.OpNone, 55, "", planner.Seen{}), rejected), nil)
	ran(t, l, "others", here, planOf(step(0, planner.OpNone, 55, "", planner.Seen{})), nil)
	return add
}

// settle makes all runs older than searches lag.
func settle(t *testing.T, l *Ledger) {
	t.Helper()
	later(t, l, -time.Hour)
}

// traces are words and numbers that are about the account alone.
func tracesOf(t *testing.T, dir string) (found []string) {
	t.Helper()
	var id [8]byte
	binary.BigEndian.PutUint64(id[:], uint64(secretAccount.id)) // as SQLite holds an integer
	for _, name := range []string{fileName, fileName + "-wal"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for _, word := range []string{"Secret", secretAccount.number, fmt.Sprint(secretAccount.id), "tracking-of-1", string(id[2:])} {
			if i := strings.Index(string(content), word); i >= 0 {
				found = append(found, fmt.Sprintf("%q in %s: %q", word, name, content[max(0, i-40):min(len(content), i+40)]))
			}
		}
	}
	return found
}

// TestForget erases an account. Nothing of it is left in the file, what is
// recorded of the others is as it was, and the counts of its runs stay right.
func TestForget(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, dir)
	defer l.Close()
	plan := aboutSecret(t, l)
	settle(t, l)
	if found := tracesOf(t, dir); len(found) < 5 {
		t.Fatalf("the test looks for the wrong traces: %v", found)
	}
	others := brief(t, l, 55, "")
	runs, rows, err := l.Mentions(0, strings.ToLower(secretAccount.number))
	must(t, err)
	same(t, "mentions", []string{"rejected", "sent"}, ids(runs))
	by := Actor{"anna", "desk", "linkbatch forget q7777777", "asked by the owner of 1234567890123"}
	n, erasedRows, err := l.Forget(msads.ID(secretAccount.id), "", by)
	must(t, err)
	same(t, "runs and rows", []int{2, 3, 3}, []int{n, rows, erasedRows})
	same(t, "left in the file", []string(nil), tracesOf(t, dir))
	same(t, "history", 0, len(historyOf(t, l, secretAccount.number)))
	same(t, "another account", others, brief(t, l, 55, ""))
	acts, err := l.Acts()
	must(t, err, l.Verify())
	same(t, "acts", []Act{{
		Kind: "forget", Actor: Actor{"anna", "desk", "linkbatch forget ACCOUNT", "asked by the owner of ACCOUNT"}, Runs: 2, Rows: 3,
	}}, acts, cmpopts.IgnoreFields(Act{}, "At"))
	wantLeft(t, l, plan)

	// The roster still has the account: its next run records it again, whole.
	ran(t, l, "again", here, plan, func(s *planner.Step) executor.Result { return executor.Result{Step: s.Index, Call: 1} })
	again, err := l.Load("again")
	must(t, err)
	same(t, "a later run of the roster", plan, again.Plan)
}

// wantLeft wants of the run that sent something for the account no more than its
// rows' numbers, ops and outcomes, and the row of another account but for the
// mention.
func wantLeft(t *testing.T, l *Ledger, plan *planner.Plan) {
	t.Helper()
	after, err := l.Load("sent")
	must(t, err)
	other := plan.Steps[0]
	other.Warnings = []string{"ACCOUNT is like X0000055", "since 2026-11-23T01:02:03Z"}
	same(t, "the row of another account", other, after.Plan.Steps[0])
	for i, s := range after.Plan.Steps[1:] {
		want := planner.Step{Index: i + 1, Op: plan.Steps[i+1].Op, SameAs: -1, Reason: "erased from the ledger", Row: ingest.Row{Sheet: "Clients", Number: i + 3}}
		same(t, "what is left of a row", want, s)
	}
	kept := after.Kept[1].Result
	same(t, "what is left of a result", executor.Result{
		Step: 1, Ops: []planner.Op{planner.OpAdd}, Outcome: executor.Refused, Call: 1, Attempts: 1, Reason: "erased from the ledger", At: kept.At,
	}, kept)
}

// TestForgetRefuses holds that an account stays as long as a run that names or
// mentions it can be resumed, or searches may not show yet what was sent for it.
// An account that nobody knows is no error, and no act.
func TestForgetRefuses(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	plan := aboutSecret(t, l)
	mention := planOf(step(0, planner.OpNone, 77, "", planner.Seen{}))
	mention.Steps[0].Warnings = []string{"like " + secretAccount.number}
	refused := func(run string) {
		t.Helper()
		if _, _, err := l.Forget(0, secretAccount.number, Actor{}); !errors.Is(err, ErrUnsettled) || !strings.Contains(err.Error(), run) {
			t.Errorf("%v, want one about run %s", err, run)
		}
		if len(historyOf(t, l, secretAccount.number)) == 0 {
			t.Error("erased all the same")
		}
	}
	refused("sent")
	settle(t, l)
	for state, p := range map[State]*planner.Plan{Running: plan, Interrupted: plan, Stopped: mention} {
		rec, err := l.Begin(Run{ID: "open " + string(state), Scope: here}, p)
		must(t, err)
		if state != Running {
			must(t, rec.End(state, "", nil))
		}
		refused("open " + string(state))
		must(t, rec.End(Closed, "", nil))
	}
	n, rows, err := l.Forget(424242, "", Actor{})
	must(t, err)
	same(t, "an account that nobody knows", []int{0, 0}, []int{n, rows})
	acts, err := l.Acts()
	must(t, err)
	same(t, "acts", 0, len(acts))
	n, _, err = l.Forget(0, secretAccount.number, Actor{})
	must(t, err)
	same(t, "runs", 4, n)
}

// TestForgetInTheStory erases accounts of the story one after the other, as the
// oldest schema wrote it, and leaves every other answer as it was.
func TestForgetInTheStory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), unpack(t, fixture(1)), 0o600); err != nil {
		t.Fatal(err)
	}
	l := opened(t, dir)
	defer l.Close()
	for _, r := range answers(t, l).Open {
		rec, err := l.Recover(r.ID)
		must(t, err, rec.End(Closed, "", nil))
	}
	before := answers(t, l)
	for _, account := range []int{3, 12, 25, 38} {
		number := fmt.Sprintf("X%07d", account)
		_, _, err := l.Forget(0, number, Actor{})
		must(t, err)
		after := answers(t, l)
		for i, want := range before.Histories {
			if slices.ContainsFunc(want, func(e Event) bool { return e.Number == number }) {
				want = nil
			}
			same(t, fmt.Sprintf("account %d: history %d", account, i), want, after.Histories[i], cmpopts.EquateEmpty())
		}
		for i, r := range after.Records {
			old := before.Records[i]
			same(t, "counts of run "+r.ID, []int{old.Rows, len(old.Plan.Steps), len(old.Kept), len(old.Loose)}, []int{r.Rows, len(r.Plan.Steps), len(r.Kept), len(r.Loose)})
		}
		must(t, l.Verify())
		before = after
	}
}
