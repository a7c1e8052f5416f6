package ledger

import (
	"os"

	"linkbatch/internal/atomicfile"
)

// parts lists the files that hold what is committed.
func (l *Ledger) parts() []string { return []string{l.path, l.path + "-wal"} }

// identify remembers which files are in use. The -wal remains the same file as
// long as a connection is open.
func (l *Ledger) identify() error {
	for _, name := range l.parts() {
		info, err := os.Stat(name)
		if err != nil {
			return atomicfile.Cause(err)
		}
		l.files = append(l.files, info)
	}
	return nil
}

// present fails if the last commit went to files that are no longer in the state
// folder: SQLite keeps writing to them, where nobody will find the records.
func (l *Ledger) present() error {
	for i, known := range l.files {
		if info, err := os.Stat(l.parts()[i]); err != nil || !os.SameFile(info, known) {
			return ErrGone
		}
	}
	return nil
}
