package ledger

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"

	"linkbatch/internal/atomicfile"
)

// upgrade brings the file to the present schema. A run of an older linkbatch
// would find its tables gone in the middle of its calls, so it keeps the file
// from being upgraded.
func (l *Ledger) upgrade() error {
	if version, err := l.version(); err != nil || version == len(migrations) {
		return err
	}
	release, err := l.lockAll()
	if err != nil {
		return err
	}
	defer release()
	if err := l.migrate(migrations); err != nil {
		return err
	}
	// The old tables are most of the file. If there is no room to write it anew,
	// their pages are used again.
	if _, err := l.db.Exec("VACUUM"); err != nil {
		return nil
	}
	_, err = l.db.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// lockAll takes the locks of all scopes that have had a run, so that nobody
// runs until they are released. It is a [*LockedError] if somebody does.
func (l *Ledger) lockAll() (release func(), err error) {
	var held []*flock.Flock
	release = func() {
		for _, lock := range held {
			lock.Unlock()
		}
	}
	entries, err := os.ReadDir(filepath.Join(l.dir, "locks"))
	if err != nil && !os.IsNotExist(err) {
		return nil, atomicfile.Cause(err)
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".lock")
		if !ok || e.Name() == createLock {
			continue
		}
		lock := flock.New(filepath.Join(l.dir, "locks", e.Name()))
		got, err := lock.TryLock()
		if err != nil || !got {
			lock.Close()
			release()
		}
		if err != nil {
			return nil, atomicfile.Cause(err)
		}
		if !got {
			return nil, l.holder(name)
		}
		held = append(held, lock)
	}
	return release, nil
}
