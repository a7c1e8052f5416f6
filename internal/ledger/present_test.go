//go:build !windows

package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"linkbatch/planner"
)

// TestTakenAway: a call whose record went to a file that somebody has removed or
// replaced is not recorded, and is not sent.
func TestTakenAway(t *testing.T) {
	for name, take := range map[string]func(dir, file string) error{
		"the file":        func(_, file string) error { return os.Remove(file) },
		"its log":         func(_, file string) error { return os.Remove(file + "-wal") },
		"the folder":      func(dir, _ string) error { return os.RemoveAll(dir) },
		"another folder":  func(dir, _ string) error { return os.Rename(dir, dir+".away") },
		"another of them": func(_, file string) error { return replaceByCopy(file) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "state")
			l, err := Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			plan := ordinary(40, planner.OpAdd)
			r, err := l.Begin(Run{ID: "run"}, plan)
			if err != nil {
				t.Fatal(err)
			}
			if err := send(r, plan, 1); err != nil {
				t.Fatal(err)
			}
			if err := take(dir, filepath.Join(dir, fileName)); err != nil {
				t.Fatal(err)
			}
			for n := 2; n < 4; n++ {
				if err := send(r, plan, n); !errors.Is(err, ErrUnwritable) || !errors.Is(err, ErrGone) {
					t.Errorf("call %d: %v", n, err)
				}
			}
		})
	}
}

func send(r *Recorder, plan *planner.Plan, number int) error {
	c, _ := tenOf(plan, number)
	return r.Sending(c)
}

func replaceByCopy(file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".copy", content, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".copy", file)
}
