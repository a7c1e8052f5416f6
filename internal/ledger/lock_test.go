package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"linkbatch/internal/msads"
)

var here = Scope{"simulator", 1234567}

// childHold takes the lock of a scope and keeps it until it is killed, or until
// its time is up.
func childHold(args []string) error {
	l, err := Open(args[0])
	if err != nil {
		return err
	}
	release, err := l.Lock(context.Background(), here, 0)
	if err != nil {
		return err
	}
	fmt.Println("held")
	d, err := time.ParseDuration(args[1])
	if err != nil {
		return err
	}
	time.Sleep(d)
	release()
	return l.Close()
}

func held(t *testing.T, dir, forHow string) *os.Process {
	t.Helper()
	cmd, lines := spawn(t, "hold", dir, forHow)
	if !lines.Scan() || lines.Text() != "held" {
		t.Fatalf("the child printed %q", lines.Text())
	}
	return cmd.Process
}

// TestLockNamesItsHolder holds that a second process learns who runs, that
// another scope is free, and that the lock dies with its holder.
func TestLockNamesItsHolder(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, dir)
	defer l.Close()
	begin := time.Now()
	holder := held(t, dir, "1h")
	_, err := l.Lock(t.Context(), here, 0)
	locked, ok := errors.AsType[*LockedError](err)
	if !ok {
		t.Fatalf("a lock that is held: %v", err)
	}
	host, _ := os.Hostname()
	if locked.PID != holder.Pid || locked.Host != host || locked.Since.Before(begin) || time.Since(locked.Since) < 0 {
		t.Errorf("holder: %+v, want process %d on %s since after %s", locked, holder.Pid, host, begin)
	}
	for _, other := range []Scope{{"simulator", 7}, {"https://example.com", 1234567}} {
		release, err := l.Lock(t.Context(), other, 0)
		if err != nil {
			t.Errorf("another scope: %v", err)
			continue
		}
		release()
	}
	if err := holder.Kill(); err != nil {
		t.Fatal(err)
	}
	release, err := l.Lock(t.Context(), here, 30*time.Second)
	if err != nil {
		t.Fatalf("after the holder's death: %v", err)
	}
	if _, err := l.Lock(t.Context(), here, 0); !errors.As(err, &locked) || locked.PID != os.Getpid() {
		t.Errorf("a second caller of this process: %v", err)
	}
	release()
	release()
	release, err = l.Lock(t.Context(), here, 0)
	if err != nil {
		t.Fatalf("after release: %v", err)
	}
	release()
}

// TestLockWaits holds that Lock waits for its timeout, and no longer than the
// holder or ctx makes it.
func TestLockWaits(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, dir)
	defer l.Close()
	held(t, dir, "500ms")
	begin := time.Now()
	var locked *LockedError
	if _, err := l.Lock(t.Context(), here, 150*time.Millisecond); !errors.As(err, &locked) || time.Since(begin) < 150*time.Millisecond {
		t.Errorf("after %v: %v", time.Since(begin), err)
	}
	release, err := l.Lock(t.Context(), here, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(50*time.Millisecond, func() { cancel(stopped) })
	begin = time.Now()
	if _, err := l.Lock(ctx, here, time.Hour); !errors.Is(err, stopped) || time.Since(begin) > 30*time.Second {
		t.Errorf("after %v: %v", time.Since(begin), err)
	}
}

// TestUnknownHolder holds that a lock without a record of its holder is still
// a lock.
func TestUnknownHolder(t *testing.T) {
	l := opened(t, t.TempDir())
	defer l.Close()
	release, err := l.Lock(t.Context(), here, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if _, err := l.db.Exec("DELETE FROM holders"); err != nil {
		t.Fatal(err)
	}
	var locked *LockedError
	if _, err := l.Lock(t.Context(), here, 0); !errors.As(err, &locked) || *locked != (LockedError{}) {
		t.Errorf("%v", err)
	}
}

func TestLockNamesDiffer(t *testing.T) {
	seen := map[string]Scope{}
	for _, s := range []Scope{{"a", 1}, {"a", 11}, {"1a", 1}, {"a\n1", 0}, {"", msads.ID(1)}} {
		name := lockName(s)
		if other, ok := seen[name]; ok {
			t.Errorf("%v and %v share a lock", s, other)
		}
		seen[name] = s
	}
}
