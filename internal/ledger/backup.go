package ledger

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"linkbatch/internal/atomicfile"
)

// Backup writes a copy of the ledger to the file name, as it is at one moment,
// also while a run is in progress. A file of that name is replaced if it is such
// a copy. The copy has what the ledger has, and so no credentials.
func (l *Ledger) Backup(name string) error {
	if err := replaceable(name); err != nil {
		return &Error{name, err}
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+"-*.part") // with mode 0600
	if err != nil {
		return &Error{name, atomicfile.Cause(err)}
	}
	defer os.Remove(f.Name())
	f.Close()
	if err := l.copyTo(f.Name()); err != nil {
		return err
	}
	if err := atomicfile.Rename(f.Name(), name); err != nil {
		return &Error{name, err}
	}
	return nil
}

// replaceable reports why a file may not be replaced by a copy: it is something
// else.
func replaceable(name string) error {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return atomicfile.Cause(err)
	}
	defer f.Close()
	header := make([]byte, 72)
	if _, err := io.ReadFull(f, header); err != nil || !bytes.HasPrefix(header, []byte("SQLite format 3\x00")) ||
		binary.BigEndian.Uint32(header[68:]) != applicationID { // https://sqlite.org/fileformat.html, 1.3.16
		return errors.New("exists, and is not a copy of a ledger")
	}
	return nil
}

// copyTo writes a copy to a file that is empty or does not exist, and waits until
// it is on the disk. VACUUM INTO writes nothing else, but a connection for
// reading refuses it all the same.
func (l *Ledger) copyTo(name string) error {
	conn, err := l.db.Conn(context.Background())
	if err != nil {
		return l.fail(err, false)
	}
	defer conn.Close()
	_, err = conn.ExecContext(context.Background(), "PRAGMA query_only = 0")
	if err == nil {
		_, err = conn.ExecContext(context.Background(), "VACUUM INTO ?", name)
	}
	if err == nil && l.readOnly {
		_, err = conn.ExecContext(context.Background(), "PRAGMA query_only = 1")
	}
	if err != nil {
		return l.fail(err, false)
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return &Error{name, atomicfile.Cause(err)}
	}
	return errors.Join(f.Sync(), f.Close())
}

// Restored is what Restore did.
type Restored struct {
	Runs     int    // in the copy
	Replaced string // the file that the ledger before was renamed to; empty = there was none
}

// Restore makes a copy that Backup has written the ledger in dir. The copy is
// checked as [Ledger.Verify] does before anything is changed. A ledger that is
// there is renamed, with its -wal, and not deleted. An [Act] is recorded. The
// error is an [*Error], or a [*LockedError] while a run is in progress.
//
// What runs did after the copy was made is not in it. They are planned again
// from what the service shows.
func Restore(dir, name string, by Actor) (done Restored, err error) {
	from := &Ledger{path: name, readOnly: true}
	if _, err := os.Stat(name); err != nil {
		return done, &Error{name, atomicfile.Cause(err)}
	}
	mode := "ro&immutable=1"
	if exists(name + "-wal") {
		mode = "ro"
	}
	if err := from.look(mode, false); err != nil {
		return done, from.fail(err, false)
	}
	defer from.db.Close()
	if err := from.Verify(); err != nil {
		return done, err
	}
	l, err := locate(dir)
	if err != nil {
		return done, err
	}
	if done.Replaced, err = l.replaceBy(from); err != nil {
		return done, l.fail(err, true)
	}
	if l, err = Open(dir); err != nil {
		return done, err
	}
	defer l.Close()
	runs, err := l.Runs()
	if err != nil {
		return done, err
	}
	done.Runs = len(runs)
	return done, l.write(func(t *tx) error { return t.act(Act{Kind: "restore", Actor: by, Runs: len(runs)}) })
}

// replaceBy puts a copy of another ledger in the place of this one, which is
// renamed.
func (l *Ledger) replaceBy(from *Ledger) (replaced string, err error) {
	if err := os.MkdirAll(filepath.Join(l.dir, "locks"), 0o700); err != nil {
		return "", atomicfile.Cause(err)
	}
	creating := flock.New(filepath.Join(l.dir, "locks", createLock))
	if err := creating.Lock(); err != nil {
		return "", atomicfile.Cause(err)
	}
	defer creating.Unlock()
	release, err := l.lockAll()
	if err != nil {
		return "", err
	}
	defer release()
	aside, err := l.aside()
	if err != nil {
		return "", err
	}
	if err := from.copyTo(aside); err != nil {
		os.Remove(aside)
		return "", err
	}
	// The file goes before its -wal: between the two renames there is a -wal
	// without a file, which is reported, and not an older file without a word.
	away := l.path + "-replaced-" + time.Now().UTC().Format("20060102T150405Z")
	for _, suffix := range []string{"", "-wal"} {
		if err := os.Rename(l.path+suffix, away+suffix); err == nil {
			replaced = away
		} else if !errors.Is(err, fs.ErrNotExist) {
			return replaced, atomicfile.Cause(err)
		}
	}
	return replaced, atomicfile.Rename(aside, l.path)
}
