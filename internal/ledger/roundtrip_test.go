package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// sentTimes leaves out the moment of sending, which the ledger takes itself.
var sentTimes = cmpopts.IgnoreFields(Trace{}, "Sent")

// book is what a ledger must know of a run: a second record of it, in memory.
type book struct {
	run  Run
	plan *planner.Plan

	calls []executor.Call

	replies map[int][]executor.Answer
	kept    map[int]Progress
}

// loose are the links that Load owes.
func (b *book) loose() (out []Trace) {
	for _, c := range b.calls {
		for i, s := range c.Steps {
			if kept, ok := b.kept[s.Index]; ok && c.Number <= kept.Result.Call {
				continue
			}
			answer := executor.Answer{Step: s.Index, Outcome: executor.Unknown, Call: c.Number}
			if reply := b.replies[c.Number]; reply != nil {
				answer = reply[i]
			}
			out = append(out, Trace{Step: s, Answer: answer})
		}
	}
	return out
}

func (b *book) check(t *testing.T, l *Ledger) {
	t.Helper()
	got, err := l.Load(b.run.ID)
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for _, c := range b.calls {
		calls = max(calls, c.Number)
	}
	want := &Record{Run: b.run, Plan: b.plan, Kept: b.kept, Loose: b.loose(), Calls: calls}
	if diff := gocmp.Diff(want, got, sentTimes, cmpopts.IgnoreFields(Run{}, "Started", "Ended")); diff != "" {
		t.Fatalf("Load is not what was recorded (-want +got):\n%s", diff)
	}
}

// TestRoundTrip records random runs, in random order, and loads them again
// from this ledger, from one that is opened anew, and from one for looking.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r, dir := newRandom(seed), t.TempDir()
			l := opened(t, dir)
			b, rec := started(t, l, r, fmt.Sprint("run-", seed))
			b.check(t, l)
			for range 50 {
				rec = b.act(t, l, r, rec)
			}
			b.check(t, l)
			if looking, err := Read(dir); err != nil {
				t.Error(err)
			} else {
				b.check(t, looking)
				looking.Close()
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			l = opened(t, dir)
			defer l.Close()
			b.check(t, l)
		})
	}
}

func started(t *testing.T, l *Ledger, r random, id string) (*book, *Recorder) {
	t.Helper()
	run := Run{
		ID: id, Scope: Scope{r.text(), 77}, File: "roster\xff.csv", Path: r.text(), Digest: r.text(), Sheet: r.text(), Header: r.texts(),
		UserID: 12, Profile: r.text(), Version: r.text(), Actor: Actor{r.text(), r.text(), r.text(), r.text()},
		SavedPlan: r.text(), Expected: r.text(), Purpose: Purpose{Undoes: r.text(), Retries: r.text(), Part: r.text()},
	}
	plan := r.plan(r.IntN(30))
	rec, err := l.Begin(run, plan)
	if err != nil {
		t.Fatal(err)
	}
	run.State, run.Parts, run.Rows, run.Live, run.Listed = Running, 1, len(plan.Steps), plan.Live, plan.Listed
	return &book{run: run, plan: plan, replies: map[int][]executor.Answer{}, kept: map[int]Progress{}}, rec
}

// act does one random thing to a run.
func (b *book) act(t *testing.T, l *Ledger, r random, rec *Recorder) *Recorder {
	t.Helper()
	ok := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	switch n := r.IntN(20); {
	case n < 8 && len(b.plan.Steps) > 0:
		c := r.call(b.plan, len(b.calls)*2+1) // numbers may have gaps
		ok(rec.Sending(c))
		b.calls = append(b.calls, c)
	case n < 13 && len(b.calls) > 0:
		c := b.calls[r.IntN(len(b.calls))]
		if b.replies[c.Number] != nil {
			return rec
		}
		b.replies[c.Number] = r.answers(c)
		shuffled := slices.Clone(b.replies[c.Number])
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		ok(rec.Returned(c, shuffled))
	case n < 17 && len(b.plan.Steps) > 0:
		var rows []Progress
		for range r.IntN(5) {
			i := r.IntN(len(b.plan.Steps))
			p := Progress{Result: r.result(i, r.IntN(len(b.calls)*2+2)), Done: r.ops()}
			p.Whole = r.IntN(len(p.Result.Errors) + 1)
			if r.IntN(2) == 0 {
				p.Step = new(r.step(i))
				p.Step.Row = b.plan.Steps[i].Row
			}
			rows = append(rows, p)
		}
		ok(rec.Keep(rows))
		for _, p := range rows {
			b.kept[p.Result.Step] = p
		}
	case n == 17:
		b.run.State, b.run.Note = pick(r, Interrupted, Stopped), r.text()
		b.run.Outcomes = pick(r, nil, map[executor.Outcome]int{}, map[executor.Outcome]int{executor.Done: 3, executor.Held: 1})
		ok(rec.End(b.run.State, b.run.Note, b.run.Outcomes))
	case n == 18:
		return b.resume(t, l, r)
	case n == 19:
		again, err := l.Recover(b.run.ID)
		ok(err)
		return again
	}
	return rec
}

// resume resumes a run with a plan of the same rows.
func (b *book) resume(t *testing.T, l *Ledger, r random) *Recorder {
	t.Helper()
	plan := r.plan(len(b.plan.Steps))
	for i := range plan.Steps {
		plan.Steps[i].Row = b.plan.Steps[i].Row
	}
	b.run.File, b.run.UserID, b.run.Command, b.run.Reason = r.text(), 13, r.text(), r.text()
	rec, err := l.Resume(b.run, plan)
	if err != nil {
		t.Fatal(err)
	}
	b.run.State, b.run.Note, b.run.Outcomes, b.run.Parts = Running, "", nil, b.run.Parts+1
	b.run.Listed = cmp.Or(plan.Listed, b.run.Listed)
	b.plan = plan
	return rec
}

// TestSendIsShownButNotStored holds that a plan as a run has it comes back
// without problems and without what an update sends; that of an add comes back
// as far as a person may ask for it later. The plan itself does not change.
func TestSendIsShownButNotStored(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	plan, want := ordinary(3, planner.OpAdd), ordinary(3, planner.OpAdd)
	for i := range plan.Steps {
		k := want.Steps[i].Key
		want.Steps[i].Send = &msads.ClientLink{
			Type: k.Type, ManagingCustomerID: k.ManagingCustomerID, ClientEntityID: k.EntityID, ClientEntityNumber: k.Number,
			Name: "Agency link", IsBillToClient: new(true), ClientEntityCustomerNumber: "C987654321", CustomerLinkPermission: "Standard",
		}
	}
	plan.Steps[2].Op, want.Steps[2].Op, want.Steps[2].Send = planner.OpUnlink, planner.OpUnlink, nil
	fillSend(plan)
	if _, err := l.Begin(Run{ID: "a"}, plan); err != nil {
		t.Fatal(err)
	}
	got, err := l.Load("a")
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, got.Plan, cmpopts.IgnoreUnexported(msads.ClientLink{})); diff != "" {
		t.Error(diff)
	}
	if plan.Steps[0].Send == nil || len(plan.Steps[0].Row.Problems) == 0 {
		t.Error("Begin changed the plan")
	}
}

// TestRecorderRefusesWhatIsNoRecord holds that a record which cannot be right
// is an error, that nothing of it stays, and that nothing more is sent.
func TestRecorderRefusesWhatIsNoRecord(t *testing.T) {
	plan := ordinary(3, planner.OpAdd)
	call := executor.Call{Number: 1, Op: planner.OpAdd, Steps: []*planner.Step{&plan.Steps[0], &plan.Steps[1]}}
	far := executor.Result{Step: 1, At: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}
	for name, do := range map[string]func(*Recorder) error{
		"a number sent twice": func(r *Recorder) error { return r.Sending(call) },
		"a reply to no call": func(r *Recorder) error {
			return r.Returned(executor.Call{Number: 9, Steps: call.Steps[:1]}, []executor.Answer{{Step: 0}})
		},
		"too few answers":           func(r *Recorder) error { return r.Returned(call, []executor.Answer{{Step: 0}}) },
		"an answer of another step": func(r *Recorder) error { return r.Returned(call, []executor.Answer{{Step: 0}, {Step: 2}}) },
		"a time that has no JSON":   func(r *Recorder) error { return r.Keep([]Progress{{Result: executor.Result{Step: 0}}, {Result: far}}) },
	} {
		t.Run(name, func(t *testing.T) {
			l := opened(t, t.TempDir())
			defer l.Close()
			rec, err := l.Begin(Run{ID: "a"}, plan)
			if err != nil {
				t.Fatal(err)
			}
			if err := rec.Sending(call); err != nil {
				t.Fatal(err)
			}
			before, err := l.Load("a")
			if err != nil {
				t.Fatal(err)
			}
			refused := do(rec)
			if refused == nil {
				t.Fatal("no error")
			}
			if errors.Is(refused, ErrUnwritable) || errors.Is(refused, ErrDamaged) {
				t.Errorf("the ledger is blamed: %v", refused)
			}
			after, err := l.Load("a")
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(before, after); diff != "" {
				t.Errorf("something of it stayed:\n%s", diff)
			}
			if err := rec.Sending(executor.Call{Number: 2, Steps: call.Steps}); err == nil || err.Error() != refused.Error() {
				t.Errorf("Sending afterwards: %v, want %v", err, refused)
			}
		})
	}
}

func TestBeginRefuses(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	plan := ordinary(2, planner.OpNone)
	if _, err := l.Begin(Run{ID: "a"}, plan); err != nil {
		t.Fatal(err)
	}
	wrong := ordinary(2, planner.OpNone)
	wrong.Steps[1].Index = 0
	for name, try := range map[string]func() (*Recorder, error){
		"an id that is there": func() (*Recorder, error) { return l.Begin(Run{ID: "a"}, plan) },
		"no id":               func() (*Recorder, error) { return l.Begin(Run{}, plan) },
		"a wrong index":       func() (*Recorder, error) { return l.Begin(Run{ID: "b"}, wrong) },
	} {
		if _, err := try(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, try := range map[string]func() error{
		"resume":  func() error { _, err := l.Resume(Run{ID: "b"}, plan); return err },
		"recover": func() error { _, err := l.Recover("b"); return err },
		"load":    func() error { _, err := l.Load("b"); return err },
		"find":    func() error { _, err := l.Find("b"); return err },
	} {
		if err := try(); !errors.Is(err, ErrNoRun) || !strings.Contains(err.Error(), `"b"`) {
			t.Errorf("%s of no run: %v", name, err)
		}
	}
	runs, err := l.Runs()
	if err != nil || len(runs) != 1 {
		t.Errorf("runs: %v, %v", runs, err)
	}
}
