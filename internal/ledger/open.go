package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"linkbatch/internal/atomicfile"
)

// fileName is the ledger in its folder.
const fileName = "ledger.db"

// Ledger is the record of all runs of a state folder. It is safe for
// concurrent use, by several processes too.
type Ledger struct {
	dir, path string
	db        *sql.DB
	readOnly  bool
	files     []os.FileInfo // those of parts; nil while the ledger is being opened

	mu      sync.Mutex
	queue   []*write
	writing bool
	tx      *tx // of the leader of the current commit
}

// Open opens the ledger in dir for a run. It creates the folder and the file if
// they are missing, upgrades an older file, checks the whole file, and proves
// that it can be written. The error is an [*Error].
func Open(dir string) (*Ledger, error) { return open(dir) }

// open is Open with additional settings for each connection.
func open(dir string, pragmas ...string) (*Ledger, error) {
	l, err := locate(dir)
	if err != nil {
		return nil, err
	}
	if err := l.create(); err != nil {
		return nil, l.fail(err, true)
	}
	if err := l.connect("rw", pragmas...); err != nil {
		return nil, l.fail(err, true)
	}
	if err := l.prepare(); err != nil {
		l.Close()
		return nil, l.fail(err, true)
	}
	return l, nil
}

// Read opens the ledger in dir for reading, even while another process writes
// it. Nothing is created or changed except SQLite's own files with the suffixes
// -wal and -shm. The error is an [*Error]; without a ledger it is an
// [fs.ErrNotExist].
func Read(dir string) (*Ledger, error) {
	l, err := locate(dir)
	if err != nil {
		return nil, err
	}
	l.readOnly = true
	if _, err := os.Stat(l.path); err != nil {
		return nil, &Error{l.path, atomicfile.Cause(err)}
	}
	err = l.look("ro")
	if sqliteCode(err)&0xff == sqlite3.SQLITE_CANTOPEN && !exists(l.path+"-wal") {
		err = l.look("ro&immutable=1") // SQLite cannot create a -shm in the folder; without a -wal nobody writes
	}
	if err != nil {
		return nil, l.fail(err, false)
	}
	return l, nil
}

// look connects, and checks the file as Open does.
func (l *Ledger) look(mode string) error {
	if info, err := os.Stat(l.path); err != nil || info.Size() == 0 {
		return cmp.Or(err, error(errEmpty))
	}
	if err := l.connect(mode); err != nil {
		return err
	}
	version, err := l.version()
	if err == nil {
		err = l.check()
	}
	if err == nil && version < len(migrations) {
		err = &Error{l.path, fmt.Errorf("uses an older format (%d): the next apply upgrades it", version)}
	}
	if err != nil {
		l.db.Close()
	}
	return err
}

// Close closes the ledger. No recorder may be in use.
func (l *Ledger) Close() error {
	var errs []error
	if l.tx != nil {
		errs = append(errs, l.tx.close())
	}
	return l.fail(errors.Join(append(errs, l.db.Close())...), !l.readOnly)
}

func locate(dir string) (*Ledger, error) {
	path := filepath.Join(dir, fileName)
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, &Error{path, err}
	}
	return &Ledger{dir: abs, path: path}, nil
}

// connect sets up the connections. busy_timeout is 30 s, several times as long
// as the largest commit takes. synchronous=FULL flushes each commit to the disk.
// A cache of 8 MB holds the upper pages of every tree of a run of 100,000 rows.
func (l *Ledger) connect(mode string, pragmas ...string) error {
	abs, err := filepath.Abs(l.path)
	if err != nil {
		return err
	}
	name := filepath.ToSlash(abs)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	dsn := "file:" + (&url.URL{Path: name}).EscapedPath() + "?mode=" + mode
	all := append([]string{"busy_timeout(30000)", "foreign_keys(1)", "synchronous(FULL)", "trusted_schema(0)", "cell_size_check(1)", "cache_size(-8000)", "journal_size_limit(4194304)"}, pragmas...)
	for _, p := range all {
		dsn += "&_pragma=" + url.QueryEscape(p)
	}
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return err
	}
	l.db = sql.OpenDB(connector)
	return nil
}

// prepare checks a ledger that is opened for writing.
func (l *Ledger) prepare() error {
	info, err := os.Stat(l.path)
	switch {
	case err != nil:
		return atomicfile.Cause(err)
	case info.Size() == 0:
		return errEmpty
	}
	if _, err := l.version(); err != nil {
		return err
	}
	if err := l.check(); err != nil {
		return err
	}
	var mode string
	if err := l.db.QueryRow("PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("its folder does not allow several processes to share a file (journal mode %q)", mode)
	}
	if err := l.migrate(migrations); err != nil {
		return err
	}
	if err := l.write(func(t *tx) error {
		_, err := t.now()
		return err
	}); err != nil {
		return err
	}
	return l.identify()
}

// check lets SQLite go through the whole file. Unlike quick_check,
// integrity_check compares the indexes with their tables, without which a
// damaged index would hide records; it takes 2.5 ms a megabyte, and
// quick_check half of that.
func (l *Ledger) check() error {
	rows, err := l.db.QueryContext(context.Background(), "PRAGMA integrity_check(1)")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var finding string
		if err := rows.Scan(&finding); err != nil {
			return err
		}
		if finding != "ok" {
			return &damage{strings.ReplaceAll(finding, "\n", "; ")}
		}
	}
	return rows.Err()
}
