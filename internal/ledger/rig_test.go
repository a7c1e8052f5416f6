package ledger

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"linkbatch/executor"
	"linkbatch/planner"
)

// child is the environment variable that makes this test binary one of the
// processes below instead.
const child = "LINKBATCH_LEDGER_CHILD"

// children are what a second process can do, with its arguments. What they
// print is read by the test.
var children = map[string]func(args []string) error{
	"record": childRecord,
	"hold":   childHold,
	"open":   childOpen,
}

func TestMain(m *testing.M) {
	if args := strings.Split(os.Getenv(child), "\n"); args[0] != "" {
		do := children[args[0]]
		if do == nil {
			do = systemChildren[args[0]]
		}
		if err := do(args[1:]); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// spawn starts a child; its lines come out of the scanner.
func spawn(t *testing.T, args ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), child+"="+strings.Join(args, "\n"))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		io.Copy(io.Discard, out)
		cmd.Wait()
	})
	return cmd, bufio.NewScanner(out)
}

func opened(t testing.TB, dir string, pragmas ...string) *Ledger {
	t.Helper()
	l, err := open(dir, pragmas...)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// tenOf is a call of ten steps of an ordinary plan, and the reply to it.
func tenOf(plan *planner.Plan, number int) (executor.Call, []executor.Answer) {
	c := executor.Call{Number: number, Op: planner.OpAdd, Profile: "agency"}
	var answers []executor.Answer
	for i := range 10 {
		s := &plan.Steps[(number*10+i)%len(plan.Steps)]
		c.Steps = append(c.Steps, s)
		answers = append(answers, executor.Answer{
			Step: s.Index, Outcome: executor.Done, Reason: "invited", Call: number, TrackingID: fmt.Sprint("tracking-", number), At: time.Date(2026, 11, 23, 0, 0, number, i, time.UTC),
		})
	}
	return c, answers
}

// doneBy is what a run knows of a row whose only call was answered.
func doneBy(c executor.Call, a executor.Answer) Progress {
	return Progress{
		Result: executor.Result{Step: a.Step, Ops: []planner.Op{c.Op}, Outcome: a.Outcome, Reason: a.Reason, Call: a.Call, Attempts: 1, TrackingID: a.TrackingID, At: a.At},
		Done:   []planner.Op{c.Op},
	}
}

// must ends a test at the first error.
func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// differ is the difference between two values; "" = none. It asks gocmp only
// about those that are not deeply equal: gocmp is slow, and most are.
func differ(want, got any, opts ...gocmp.Option) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return gocmp.Diff(want, got, opts...)
}

// same compares what is wanted with what there is.
func same(t testing.TB, what string, want, got any, opts ...gocmp.Option) {
	t.Helper()
	if diff := differ(want, got, opts...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
