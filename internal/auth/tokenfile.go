package auth

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

const (
	recordSuffix = ".json"
	lockSuffix   = ".lock"
	maxRecord    = 64 << 10 // bytes
)

// tokenFiles keeps records in files of a private folder.
type tokenFiles struct{ dir string }

// make makes the folder, and closes it to others if it is open to them.
func (f tokenFiles) make() error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("token store: %w", err)
	}
	info, err := os.Stat(f.dir)
	if err != nil {
		return fmt.Errorf("token store: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(f.dir, 0o700); err != nil {
			return fmt.Errorf("token store: the folder is open to other users: %w", err)
		}
	}
	return nil
}

func (f tokenFiles) where(slot string) string { return filepath.Join(f.dir, slot+recordSuffix) }

// get reads a record through a limit.
func (f tokenFiles) get(slot string) ([]byte, error) {
	root, err := os.OpenRoot(f.dir)
	if isMissing(err) {
		return nil, ErrNotSignedIn
	} else if err != nil {
		return nil, plain(err)
	}
	defer root.Close()
	file, err := root.Open(slot + recordSuffix)
	if isMissing(err) {
		return nil, ErrNotSignedIn
	} else if err != nil {
		return nil, plain(err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxRecord+1))
	if len(data) > maxRecord {
		return nil, errors.New("it is damaged")
	}
	return data, plain(err)
}

// set writes a record aside, makes sure that it is on the disk, and renames it
// into its place.
func (f tokenFiles) set(slot string, data []byte) error {
	if err := f.make(); err != nil {
		return err
	}
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return plain(err)
	}
	defer root.Close()
	aside := slot + ".tmp"
	if err := root.Remove(aside); err != nil && !isMissing(err) { // of a process that died
		return plain(err)
	}
	if err := writeSynced(root, aside, data); err != nil {
		root.Remove(aside)
		return plain(err)
	}
	if err := replace(root, aside, slot+recordSuffix); err != nil {
		root.Remove(aside)
		return plain(err)
	}
	return syncFolder(root)
}

// writeSynced writes a file that must not be there.
func writeSynced(root *os.Root, name string, data []byte) error {
	file, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// replace renames. Windows refuses while somebody, such as a virus scanner,
// has the old file open, so there it is tried for a second.
func replace(root *os.Root, from, to string) error {
	for i := 0; ; i++ {
		err := root.Rename(from, to)
		if err == nil || runtime.GOOS != "windows" || i == 50 {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// syncFolder makes sure that a rename is on the disk. Windows has no such
// thing for folders and keeps the order by itself.
func syncFolder(root *os.Root) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := root.Open(".")
	if err != nil {
		return plain(err)
	}
	defer folder.Close()
	return folder.Sync()
}

// remove deletes a record.
func (f tokenFiles) remove(slot string) (bool, error) {
	root, err := os.OpenRoot(f.dir)
	if isMissing(err) {
		return false, nil
	} else if err != nil {
		return false, plain(err)
	}
	defer root.Close()
	root.Remove(slot + ".tmp")
	err = root.Remove(slot + recordSuffix)
	if isMissing(err) {
		return false, nil
	} else if err != nil {
		return false, plain(err)
	}
	return true, syncFolder(root)
}

// slots are the slots that were ever locked whose names begin with prefix.
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

// plain is an error without the path, which the caller names in full.
func plain(err error) error {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return p.Err
	}
	if l, ok := errors.AsType[*os.LinkError](err); ok {
		return l.Err
	}
	return err
}
