//go:build unix

package ledger

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"linkbatch/planner"
)

var systemChildren = map[string]func(args []string) error{"limited": childLimited}

// childLimited records calls until its files may grow no more, as on a full
// disk, and prints the error with which a method then ends.
func childLimited(args []string) error {
	l, err := Open(args[0])
	if err != nil {
		return err
	}
	plan := ordinary(crashRows, planner.OpAdd)
	rec, err := l.Begin(Run{ID: "run"}, plan)
	if err != nil {
		return err
	}
	fmt.Println("started")
	info, err := os.Stat(l.path + "-wal")
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: uint64(info.Size()) + 300_000, Max: uint64(info.Size()) + 300_000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	for n := 1; ; n++ {
		c, answers := tenOf(plan, n)
		if err := rec.Sending(c); err != nil {
			return printEnd(rec, n, err)
		}
		fmt.Println("sending", n)
		if err := rec.Returned(c, answers); err != nil {
			return printEnd(rec, n, err)
		}
		fmt.Println("returned", n)
	}
}

// printEnd prints the first error, and whether the next call is refused.
func printEnd(rec *Recorder, n int, err error) error {
	c, _ := tenOf(ordinary(crashRows, planner.OpAdd), n+1)
	again := rec.Sending(c)
	fmt.Println("unwritable", errors.Is(err, ErrUnwritable), again != nil, err)
	return nil
}

// TestFilesMayNotGrow lets the operating system refuse to make the ledger's
// files larger. What was recorded until then is there.
func TestFilesMayNotGrow(t *testing.T) {
	dir := t.TempDir()
	_, lines := spawn(t, "limited", dir)
	s := said{sending: map[int]bool{}, returned: map[int]bool{}}
	end := ""
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "unwritable ") {
			end = lines.Text()
			continue
		}
		s.hear(t, lines.Text())
	}
	if !strings.HasPrefix(end, "unwritable true true "+dir) {
		t.Errorf("the child ends with %q", end)
	}
	if len(s.sending) < 5 {
		t.Errorf("only %d calls were recorded", len(s.sending))
	}
	l := opened(t, dir)
	defer l.Close()
	s.check(t, l, 0)
	if got, err := l.Load("run"); err != nil || got.Calls > len(s.sending) {
		t.Errorf("call %d is recorded, %d were allowed: %v", got.Calls, len(s.sending), err)
	}
}
