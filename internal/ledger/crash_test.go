package ledger

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"linkbatch/executor"
	"linkbatch/planner"
)

// crashRows is the length of the plan that childRecord works on.
const crashRows = 200

// childRecord starts a run, or resumes it, and records calls by four callers
// until it is killed. It prints what each method has recorded once the method
// has returned.
func childRecord(args []string) error {
	dir, id := args[0], args[1]
	l, err := Open(dir)
	if err != nil {
		return err
	}
	plan := ordinary(crashRows, planner.OpAdd)
	var rec *Recorder
	calls := 0
	known, err := l.Load(id)
	if err == nil {
		calls = known.Calls
		rec, err = l.Resume(known.Run, plan)
	} else {
		rec, err = l.Begin(Run{ID: id}, plan)
	}
	if err != nil {
		return err
	}
	fmt.Println("started")
	var mu sync.Mutex
	next := func() int {
		mu.Lock()
		defer mu.Unlock()
		calls++
		return calls
	}
	failed := make(chan error)
	for range 4 {
		go func() {
			for {
				c, answers := tenOf(plan, next())
				if err := rec.Sending(c); err != nil {
					failed <- err
				}
				fmt.Println("sending", c.Number)
				if err := rec.Returned(c, answers); err != nil {
					failed <- err
				}
				fmt.Println("returned", c.Number)
				if c.Number%3 == 0 {
					if err := rec.Keep([]Progress{doneBy(c, answers[0])}); err != nil {
						failed <- err
					}
					fmt.Println("kept", c.Number)
				}
			}
		}()
	}
	return <-failed
}

// said is what a child has reported as recorded.
type said struct {
	parts                   int
	sending, returned, kept map[int]bool
}

// TestKilledWhileWriting kills a process at random moments. The file opens,
// and what had been recorded is there, exactly.
func TestKilledWhileWriting(t *testing.T) {
	dir, rng := t.TempDir(), rand.New(rand.NewPCG(1, 2))
	s := said{sending: map[int]bool{}, returned: map[int]bool{}, kept: map[int]bool{}}
	for round := range 12 {
		cmd, lines := spawn(t, "record", dir, "run")
		heard, most := 0, rng.IntN(60)
		if round%4 == 0 { // anywhere, the making of the file included
			time.AfterFunc(time.Duration(rng.IntN(100))*time.Millisecond, func() { cmd.Process.Kill() })
		}
		for lines.Scan() {
			s.hear(t, lines.Text())
			if heard++; heard > most {
				cmd.Process.Kill() // it keeps writing until then
			}
		}
		cmd.Wait()
		l := opened(t, dir)
		s.check(t, l, round)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.returned) < 20 {
		t.Errorf("only %d calls were recorded: the test kills too early to prove anything", len(s.returned))
	}
}

func (s *said) hear(t *testing.T, line string) {
	t.Helper()
	word, number, _ := strings.Cut(line, " ")
	n, _ := strconv.Atoi(number)
	switch word {
	case "started":
		s.parts++
	case "sending":
		s.sending[n] = true
	case "returned":
		s.returned[n] = true
	case "kept":
		s.kept[n] = true
	default:
		t.Fatalf("the child printed %q", line)
	}
}

// check compares what was said with what is there. A record whose method had
// not returned may be there too, whole.
func (s *said) check(t *testing.T, l *Ledger, round int) {
	t.Helper()
	runs, err := l.Runs()
	must(t, err)
	if s.parts == 0 && len(runs) == 0 {
		return
	}
	got, err := l.Load("run")
	must(t, err)
	if got.Parts < s.parts {
		t.Errorf("round %d: %d parts, %d were reported as recorded", round, got.Parts, s.parts)
	}
	s.parts = got.Parts
	plan := ordinary(crashRows, planner.OpAdd)
	same(t, fmt.Sprintf("round %d: the plan", round), plan, got.Plan)
	links, replies := s.traffic(t, l, plan, round)
	for n := range s.sending {
		if links[n] == 0 {
			t.Errorf("round %d: call %d was recorded and is missing", round, n)
		}
	}
	for n := range s.returned {
		if replies[n] == 0 {
			t.Errorf("round %d: the reply to call %d was recorded and is missing", round, n)
		}
	}
	for n, of := range links {
		if of != 10 || replies[n] != 0 && replies[n] != 10 {
			t.Errorf("round %d: call %d has %d links and %d replies", round, n, of, replies[n])
		}
	}
	for n := range s.kept {
		c, _ := tenOf(plan, n)
		if _, ok := got.Kept[c.Steps[0].Index]; !ok {
			t.Errorf("round %d: step %d was kept and is missing", round, c.Steps[0].Index)
		}
	}
}

// traffic compares every link with what the child must have recorded, and
// counts links and replies by call.
func (s *said) traffic(t *testing.T, l *Ledger, plan *planner.Plan, round int) (links, replies map[int]int) {
	t.Helper()
	links, replies = map[int]int{}, map[int]int{}
	err := l.read(func(v *view) error {
		e, err := v.entry("run")
		if err != nil {
			return err
		}
		tr, err := v.traffic(e, nil)
		if err != nil {
			return err
		}
		return tr.links(func(link *sent) error {
			n := int(link.call.integer(1))
			c, answers := tenOf(plan, n)
			want := Trace{Step: c.Steps[links[n]], Answer: answers[links[n]]}
			links[n]++
			if link.reply == nil {
				want.Answer = executor.Answer{Step: want.Step.Index, Outcome: executor.Unknown, Call: n}
			} else {
				replies[n]++
			}
			got, err := v.trace(link)
			if diff := differ(want, got, sentTimes); diff != "" {
				t.Fatalf("round %d: call %d:\n%s", round, n, diff)
			}
			return err
		})
	})
	if err != nil {
		t.Fatalf("round %d: %v", round, err)
	}
	return links, replies
}

// TestTwoProcessesWrite has two processes write runs into one file at once,
// while a third reads it.
func TestTwoProcessesWrite(t *testing.T) {
	dir := t.TempDir()
	opened(t, dir).Close()
	ids := []string{"a", "b"}
	heard := make([]said, 2)
	var wait sync.WaitGroup
	for i, id := range ids {
		heard[i] = said{sending: map[int]bool{}, returned: map[int]bool{}, kept: map[int]bool{}}
		cmd, lines := spawn(t, "record", dir, id)
		wait.Go(func() {
			for lines.Scan() {
				heard[i].hear(t, lines.Text())
				if len(heard[i].returned) == 40 {
					cmd.Process.Kill()
				}
			}
			cmd.Wait()
		})
	}
	looking, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer looking.Close()
	done := make(chan struct{})
	go func() { wait.Wait(); close(done) }()
	for busy := true; busy; {
		select {
		case <-done:
			busy = false
		case <-time.After(50 * time.Millisecond):
		}
		runs, err := looking.Runs()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range runs {
			if _, err := looking.Load(r.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, id := range ids {
		got, err := looking.Load(id)
		if err != nil {
			t.Fatal(err)
		}
		if len(heard[i].returned) < 40 || got.Calls < 40 {
			t.Errorf("run %s: %d replies were recorded, its last call is %d", id, len(heard[i].returned), got.Calls)
		}
	}
}

// TestManyCallers records by sixteen goroutines at once; each record is there
// when its method returns.
func TestManyCallers(t *testing.T) {
	t.Parallel()
	l := opened(t, t.TempDir())
	defer l.Close()
	plan := ordinary(crashRows, planner.OpAdd)
	rec, err := l.Begin(Run{ID: "a"}, plan)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for g := range 16 {
		wait.Go(func() {
			for i := range 10 {
				c, answers := tenOf(plan, g*10+i+1)
				if err := rec.Sending(c); err != nil {
					t.Error(err)
				}
				if found, err := one(l.db, &callsTable, "calls WHERE number = ?", c.Number); err != nil || found == nil {
					t.Errorf("call %d is not there: %v", c.Number, err)
				}
				if err := rec.Returned(c, answers); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	got, err := l.Load("a")
	if err != nil {
		t.Fatal(err)
	}
	if got.Calls != 160 || len(got.Loose) != 1600 {
		t.Errorf("%d calls, %d links; want 160 and 1600", got.Calls, len(got.Loose))
	}
	for _, tr := range got.Loose {
		if tr.Answer.Outcome != executor.Done {
			t.Errorf("call %d: %s", tr.Answer.Call, tr.Answer.Outcome)
		}
	}
}

// TestOneFailureIsNotEveryones has callers share commits with one whose
// records cannot be right.
func TestOneFailureIsNotEveryones(t *testing.T) {
	t.Parallel()
	l := opened(t, t.TempDir())
	defer l.Close()
	plan := ordinary(crashRows, planner.OpAdd)
	good, err := l.Begin(Run{ID: "good"}, plan)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			for i := range 20 {
				c, answers := tenOf(plan, g*20+i+1)
				if err := good.Sending(c); err != nil {
					t.Error(err)
				}
				if g%2 == 0 {
					bad, err := l.Recover("good")
					if err != nil {
						t.Error(err)
					} else if bad.Sending(c) == nil {
						t.Errorf("call %d was recorded twice", c.Number)
					}
				}
				if err := good.Returned(c, answers); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if got, err := l.Load("good"); err != nil || len(got.Loose) != 1600 {
		t.Errorf("%d links, %v", len(got.Loose), err)
	}
}
