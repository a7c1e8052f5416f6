package ledger

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"linkbatch/internal/atomicfile"
)

// create makes the folder and the file if they are missing. The file is created
// under another name and renamed once its tables are in it, so that an empty or
// a short ledger is always a damaged one.
func (l *Ledger) create() error {
	if err := os.MkdirAll(filepath.Join(l.dir, "locks"), 0o700); err != nil {
		return atomicfile.Cause(err)
	}
	if exists(l.path) {
		return nil
	}
	lock := flock.New(filepath.Join(l.dir, "locks", "create.lock"))
	if err := lock.Lock(); err != nil {
		return atomicfile.Cause(err)
	}
	defer lock.Unlock()
	if exists(l.path) {
		return nil
	}
	aside := l.path + ".new"
	for _, name := range []string{aside, aside + "-wal", aside + "-shm", aside + "-journal", l.path + "-wal", l.path + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return atomicfile.Cause(err)
		}
	}
	f, err := os.OpenFile(aside, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return atomicfile.Cause(err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := fill(aside); err != nil {
		return err
	}
	return atomicfile.Rename(aside, l.path)
}

// fill creates the tables of a new ledger.
func fill(path string) error {
	l := &Ledger{path: path}
	// Incremental vacuum returns pages without a second copy of the file. It can
	// be chosen only before the first table exists.
	if err := l.connect("rw", "auto_vacuum(INCREMENTAL)", "journal_mode(WAL)"); err != nil {
		return err
	}
	return errors.Join(l.migrate(migrations), l.Close())
}

// errEmpty is a ledger of zero bytes.
var errEmpty = &damage{"the file is empty"}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
