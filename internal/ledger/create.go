package ledger

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"linkbatch/internal/atomicfile"
)

// createLock is taken by who creates the file.
const createLock = "create.lock"

// create makes the folder and the file if they are missing. The file is created
// under another name and renamed once its tables are in it, so that an empty or
// a short ledger is always a damaged one.
func (l *Ledger) create() error {
	if err := os.MkdirAll(filepath.Join(l.dir, "locks"), 0o700); err != nil {
		return atomicfile.Cause(err)
	}
	if err := l.there(); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	lock := flock.New(filepath.Join(l.dir, "locks", createLock))
	if err := lock.Lock(); err != nil {
		return atomicfile.Cause(err)
	}
	defer lock.Unlock()
	if err := l.there(); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	aside, err := l.aside()
	if err != nil {
		return err
	}
	if err := fill(aside); err != nil {
		return err
	}
	return atomicfile.Rename(aside, l.path)
}

// aside creates an empty file to become the ledger, instead of one that a dead
// process has left. The caller holds createLock.
func (l *Ledger) aside() (string, error) {
	name := l.path + ".new"
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(name + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", atomicfile.Cause(err)
		}
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", atomicfile.Cause(err)
	}
	return name, f.Close()
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

// there returns nil if there is a file, else an [fs.ErrNotExist]. A -wal without
// its file is neither: what is recorded in it would be lost with a new file.
func (l *Ledger) there() error {
	if _, err := os.Stat(l.path); !errors.Is(err, fs.ErrNotExist) {
		return atomicfile.Cause(err)
	}
	if l.walLeft() {
		return ErrMissing
	}
	return fs.ErrNotExist
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
