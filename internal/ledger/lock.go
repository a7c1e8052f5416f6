package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"linkbatch/internal/atomicfile"
)

// LockedError reports that another run holds the lock of the scope.
type LockedError struct {
	PID   int // 0 = the holder is not known (yet)
	Host  string
	Since time.Time // UTC
}

func (e *LockedError) Error() string {
	if e.PID == 0 {
		return "another run is in progress"
	}
	return fmt.Sprintf("another run is in progress (process %d on %s, since %s)", e.PID, e.Host, e.Since.Format(time.RFC3339))
}

// tryAgain is the interval at which a lock is retried: short enough that a
// person does not notice, long enough to cost nothing.
const tryAgain = 100 * time.Millisecond

// Lock makes this process the only one that runs in the scope, until release
// is called or the process dies. It waits up to timeout (0 = not at all) and no
// longer than ctx allows, whose cause it then returns. The error is a
// [*LockedError] if another process, or another caller of this one, holds the
// lock.
func (l *Ledger) Lock(ctx context.Context, s Scope, timeout time.Duration) (release func(), err error) {
	name := lockName(s)
	lock := flock.New(filepath.Join(l.dir, "locks", name+".lock"))
	deadline := time.Now().Add(timeout)
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		got, err := lock.TryLock()
		if err != nil {
			return nil, l.fail(atomicfile.Cause(err), true)
		}
		if got {
			break
		}
		wait := min(tryAgain, time.Until(deadline))
		if wait <= 0 {
			return nil, l.holder(name)
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	if err := l.hold(name); err != nil {
		lock.Unlock()
		return nil, err
	}
	return sync.OnceFunc(func() {
		l.write(func(t *tx) error { return t.exec("DELETE FROM holders WHERE scope = ?", name) }) // needed only for messages
		lock.Unlock()
	}), nil
}

// lockName returns a file name for a scope.
func lockName(s Scope) string {
	h := sha256.Sum256([]byte(s.ManagingCustomerID.String() + "\n" + s.Endpoint))
	return hex.EncodeToString(h[:12])
}

// hold records who holds the lock.
func (l *Ledger) hold(name string) error {
	host, err := os.Hostname()
	if err != nil {
		host = "this computer"
	}
	since := nanos(time.Now())
	return l.write(func(t *tx) error {
		_, err := t.put(&holdersTable, name, int64(os.Getpid()), host, since)
		return err
	})
}

// holder returns the error that names the holder of the lock. A process that
// has only just taken it may not have recorded itself yet.
func (l *Ledger) holder(name string) error {
	if l.db == nil {
		return &LockedError{}
	}
	found, err := one(l.db, &holdersTable, "holders WHERE scope = ?", name)
	if err != nil {
		return l.fail(err, false)
	}
	if found == nil {
		return &LockedError{}
	}
	return &LockedError{PID: int(found.integer(1)), Host: found.text(2), Since: moment(found.integer(3))}
}
