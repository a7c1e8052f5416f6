package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// fileName is the ledger in its folder.
const fileName = "ledger.db"

// Ledger is the record of all runs of a state folder. It is safe for
// concurrent use, by several processes too.
type Ledger struct {
	dir, path string
	db        *sql.DB
	readOnly  bool
	checked   time.Time     // when the whole file was checked last; zero = never
	files     []os.FileInfo // those of parts; nil while the ledger is being opened

	mu      sync.Mutex
	queue   []*write
	writing bool
	tx      *tx  // of the leader of the current commit
	failed  bool // the disk refused a write
}

// Open opens the ledger in dir for a run. It creates the folder and the file if
// they are missing, upgrades an older file, checks it as the package comment
// says, and proves that it can be written. The error is an [*Error], or a
// [*LockedError] if a run of an older linkbatch keeps the file from being
// upgraded.
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
	return l.open(pragmas)
}

// OpenExisting is Open, but creates nothing: without a ledger the error is an
// [fs.ErrNotExist].
func OpenExisting(dir string) (*Ledger, error) {
	l, err := locate(dir)
	if err != nil {
		return nil, err
	}
	if err := l.there(); err != nil {
		return nil, &Error{l.path, err}
	}
	return l.open(nil)
}

func (l *Ledger) open(pragmas []string) (*Ledger, error) {
	trusted := l.trusted()
	if err := l.connect("rw", pragmas...); err != nil {
		return nil, l.fail(err, true)
	}
	if err := l.prepare(trusted); err != nil {
		l.Close()
		return nil, l.fail(err, true)
	}
	return l, nil
}

// Read opens the ledger in dir for reading, even while another process writes
// it. An older file is read as it is. Nothing is recorded; the last to close the
// file moves what a dead process has left in the -wal into it, and leaves no
// -wal behind. The error is an [*Error]; without a ledger it is an
// [fs.ErrNotExist].
func Read(dir string) (*Ledger, error) {
	l, err := locate(dir)
	if err != nil {
		return nil, err
	}
	l.readOnly = true
	if err := l.there(); err != nil {
		return nil, &Error{l.path, err}
	}
	trusted := l.trusted()
	// Only who may write can take the -wal away afterwards.
	mode := "ro"
	if f, err := os.OpenFile(l.path, os.O_RDWR, 0); err == nil {
		f.Close()
		mode = "rw"
	}
	err = l.look(mode, trusted)
	if sqliteCode(err)&0xff == sqlite3.SQLITE_CANTOPEN && !exists(l.path+"-wal") {
		err = l.look("ro&immutable=1", trusted) // SQLite cannot create a -shm in the folder; without a -wal nobody writes
	}
	if err != nil {
		return nil, l.fail(err, false)
	}
	return l, nil
}

// look connects for reading, and checks the file unless it is trusted.
func (l *Ledger) look(mode string, trusted bool) error {
	if err := l.connect(mode, "query_only(1)"); err != nil {
		return err
	}
	err := l.inspect(trusted)
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
	err := l.fail(errors.Join(append(errs, l.db.Close())...), !l.readOnly)
	if err == nil && !l.readOnly && !l.failed {
		l.noteClosed()
	}
	return err
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

// prepare checks a ledger that is opened for writing, and upgrades it.
func (l *Ledger) prepare(trusted bool) error {
	if err := l.inspect(trusted); err != nil {
		return err
	}
	var mode string
	if err := l.db.QueryRow("PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("its folder does not allow several processes to share a file (journal mode %q)", mode)
	}
	if err := l.upgrade(); err != nil {
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
