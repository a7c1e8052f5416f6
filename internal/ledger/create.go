package ledger

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// create makes the folder and the file if they are missing. The file is created
// under another name and renamed once its tables are in it, so that an empty or
// a short ledger is always a damaged one.
func (l *Ledger) create() error {
	if err := os.MkdirAll(filepath.Join(l.dir, "locks"), 0o700); err != nil {
		return unwrapPath(err)
	}
	if exists(l.path) {
		return nil
	}
	lock := flock.New(filepath.Join(l.dir, "locks", "create.lock"))
	if err := lock.Lock(); err != nil {
		return unwrapPath(err)
	}
	defer lock.Unlock()
	if exists(l.path) {
		return nil
	}
	aside := l.path + ".new"
	for _, name := range []string{aside, aside + "-wal", aside + "-shm", aside + "-journal", l.path + "-wal", l.path + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return unwrapPath(err)
		}
	}
	f, err := os.OpenFile(aside, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return unwrapPath(err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := fill(aside); err != nil {
		return err
	}
	if err := os.Rename(aside, l.path); err != nil {
		return err
	}
	syncFolder(l.dir)
	return nil
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

// syncFolder makes a rename survive a power cut. Not every system can sync a
// folder; there the file system orders it.
func syncFolder(dir string) {
	if f, err := os.Open(dir); err == nil {
		f.Sync()
		f.Close()
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// unwrapPath returns the reason alone: the message already names the path.
func unwrapPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
