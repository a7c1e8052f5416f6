package ledger

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Reasons why a ledger cannot be used, and that a run is not in it. They are
// matched with [errors.Is].
var (
	ErrDamaged    = errors.New("is damaged")
	ErrNewer      = errors.New("was written by a newer linkbatch")
	ErrUnwritable = errors.New("cannot be written")
	ErrMissing    = errors.New("is missing, though its -wal is there")
	ErrGone       = errors.New("it was removed or replaced while it was in use") // together with ErrUnwritable
	// ErrUnsettled is an account that cannot be forgotten, since what a run knows
	// of it keeps linkbatch from sending something twice.
	ErrUnsettled = errors.New("is not finished, or has only just ended")
	ErrNoRun     = errors.New("no such run")
)

// Error is a ledger that cannot be used: "PATH: what: why".
type Error struct {
	Path string // of the ledger's file
	Err  error
}

func (e *Error) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns Err, so that the sentinels are found.
func (e *Error) Unwrap() error { return e.Err }

// fail wraps an error of reading or writing with the path and the sentinel that
// it is a case of. An *Error is returned as it is.
func (l *Ledger) fail(err error, writing bool) error {
	if err == nil || errors.Is(err, ErrNoRun) {
		return err
	}
	if _, wrapped := errors.AsType[*Error](err); wrapped {
		return err
	}
	if _, locked := errors.AsType[*LockedError](err); locked {
		return err
	}
	var damage *damage
	switch kind := sqliteCode(err) & 0xff; {
	// Every statement is a constant: a table that it does not find existed once.
	case errors.As(err, &damage), kind == sqlite3.SQLITE_ERROR, kind == sqlite3.SQLITE_CORRUPT, kind == sqlite3.SQLITE_NOTADB, sqliteCode(err) == sqlite3.SQLITE_IOERR_SHORT_READ:
		return &Error{l.path, fmt.Errorf("%w: %w", ErrDamaged, err)}
	case kind == sqlite3.SQLITE_BUSY:
		err = fmt.Errorf("another process is using it: %w", err)
	case errors.Is(err, ErrMissing), errors.Is(err, ErrUnsettled), kind == sqlite3.SQLITE_CONSTRAINT, errors.Is(err, context.Canceled), errors.Is(err, errEncoding):
		return &Error{l.path, err}
	}
	if writing {
		return &Error{l.path, fmt.Errorf("%w: %w", ErrUnwritable, err)}
	}
	return &Error{l.path, fmt.Errorf("cannot be read: %w", err)}
}

// sqliteCode returns SQLite's extended result code, or 0.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

// ioFailed reports an error of the disk after which a repeated write proves
// nothing: pages that could not be synced may count as clean the second time.
func ioFailed(err error) bool {
	return sqliteCode(err)&0xff == sqlite3.SQLITE_IOERR || errors.Is(err, driver.ErrBadConn) || errors.Is(err, fs.ErrClosed)
}

// damage is something that is not as it was written.
type damage struct{ what string }

func (d *damage) Error() string { return d.what }

// errEncoding is a value that cannot be recorded.
var errEncoding = errors.New("cannot be recorded")
