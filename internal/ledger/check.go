package ledger

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"linkbatch/internal/atomicfile"
)

// recheck is the time after which a file is checked as a whole even if it was
// always closed cleanly: a disk that forgets does so slowly, and a week is how
// long people remember what they did.
const recheck = 7 * 24 * time.Hour

// closedName is the file that says what the ledger was like when it was last
// closed cleanly. It is no record: without it, or if it does not match, the
// ledger is checked as a whole.
func (l *Ledger) closedName() string { return l.path + "-closed" }

// closedFormat has the size of the ledger in bytes, and when it was last modified
// and last checked as a whole, in nanoseconds since 1970.
const closedFormat = "size %d modified %d checked %d\n"

// trusted reports whether the file is as it was when it was last closed cleanly,
// and was checked not long ago. Then nobody has written to it since, and a check
// would find what it found. It takes constant time.
func (l *Ledger) trusted() bool {
	text, err := os.ReadFile(l.closedName())
	if err != nil {
		return false
	}
	var size, modified, checked int64
	if _, err := fmt.Sscanf(string(text), closedFormat, &size, &modified, &checked); err != nil {
		return false
	}
	info, err := os.Stat(l.path)
	if err != nil || info.Size() != size || info.ModTime().UnixNano() != modified || l.walLeft() {
		return false
	}
	l.checked = moment(checked)
	age := time.Since(l.checked)
	return age >= 0 && age < recheck
}

// walLeft reports whether there is a -wal with content: another process has the
// file open, or one died.
func (l *Ledger) walLeft() bool {
	info, err := os.Stat(l.path + "-wal")
	return err == nil && info.Size() > 0
}

// noteClosed records that the file was closed cleanly, unless another process
// still has it open. If that cannot be written, the next check is a full one.
func (l *Ledger) noteClosed() {
	info, err := os.Stat(l.path)
	if err != nil || len(l.files) == 0 || !os.SameFile(info, l.files[0]) || exists(l.path+"-wal") {
		return
	}
	text := fmt.Sprintf(closedFormat, info.Size(), info.ModTime().UnixNano(), nanos(l.checked))
	_ = os.WriteFile(l.closedName(), []byte(text), 0o600)
}

// inspect checks a file that was opened: always what every file must have, and
// unless it is trusted the whole of it.
func (l *Ledger) inspect(trusted bool) error {
	info, err := os.Stat(l.path)
	switch {
	case err != nil:
		return atomicfile.Cause(err)
	case info.Size() == 0:
		return errEmpty
	}
	if _, err := l.version(); err != nil || trusted {
		return err
	}
	l.checked = time.Now()
	return l.check()
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
