package auth

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"linkbatch/internal/atomicfile"
)

const (
	recordSuffix = ".json"
	lockSuffix   = ".lock"
	maxRecord    = 64 << 10 // bytes
)

// tokenFiles keeps records in files of a private folder.
type tokenFiles struct{ dir string }

// make creates the folder, and closes it to other users if it is open to them.
func (f tokenFiles) make() error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(f.dir)
	if err != nil {
		return err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(f.dir, 0o700); err != nil {
			return fmt.Errorf("the folder is open to other users: %w", err)
		}
	}
	return nil
}

func (f tokenFiles) where(slot string) string { return filepath.Join(f.dir, slot+recordSuffix) }

// get reads a record, up to a limit.
func (f tokenFiles) get(slot string) ([]byte, error) {
	file, err := os.Open(f.where(slot))
	if isMissing(err) {
		return nil, ErrNotSignedIn
	} else if err != nil {
		return nil, atomicfile.Cause(err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxRecord+1))
	if len(data) > maxRecord {
		return nil, errors.New("it is damaged")
	}
	return data, atomicfile.Cause(err)
}

// set replaces a record, and removes what a process that died left beside it, since
// that holds a token.
func (f tokenFiles) set(slot string, data []byte) error {
	if err := f.make(); err != nil {
		return err
	}
	if err := atomicfile.RemoveLeftovers(f.where(slot)); err != nil {
		return err
	}
	return atomicfile.Replace(f.where(slot), 0o600, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// remove deletes a record, and what a process that died left beside it.
func (f tokenFiles) remove(slot string) (bool, error) {
	err := atomicfile.Remove(f.where(slot))
	if isMissing(err) {
		return false, nil
	}
	return err == nil, err
}

// slots are the slots that were ever locked whose names start with prefix.
func (f tokenFiles) slots(prefix string) ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if isMissing(err) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("token store: %w", err)
	}
	var slots []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), lockSuffix); ok && strings.HasPrefix(name, prefix) {
			slots = append(slots, name)
		}
	}
	return slots, nil
}
