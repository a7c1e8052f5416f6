package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// KeptError is a file whose content is complete and could not take its name.
type KeptError struct {
	Name string // where the content is
	Err  error  // why it is not where it belongs
}

// Error says why, and where the content is.
func (e *KeptError) Error() string {
	return fmt.Sprintf("%v; what was written is in %q", e.Err, e.Name)
}

// Unwrap returns why.
func (e *KeptError) Unwrap() error { return e.Err }

// keep leaves the finished file beside its target, under a name that shows what
// it is, or the one that it was written under if it cannot be renamed at all. why
// is the error of the renaming, which comes back alone if the file is gone.
func (a *aside) keep(why error) error {
	kept := &KeptError{a.file.Name(), Cause(why)}
	if name, err := freeName(a.target); err == nil {
		if err := rename(kept.Name, name); err == nil {
			kept.Name = name
		} else {
			_ = os.Remove(name)
		}
	}
	if _, err := os.Stat(kept.Name); err != nil {
		return why
	}
	_ = syncFolder(filepath.Dir(kept.Name)) // the content is on the disk already
	return kept
}

// freeName makes an empty file beside target, so that nobody else takes its name:
// report-1.xlsx for report.xlsx, or the next number that is free.
func freeName(target string) (string, error) {
	suffix := filepath.Ext(target)
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s-%d%s", strings.TrimSuffix(target, suffix), n, suffix)
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		switch {
		case err == nil:
			return name, file.Close()
		case !errors.Is(err, fs.ErrExist):
			return "", err
		}
	}
}
