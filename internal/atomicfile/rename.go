package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Rename renames a finished file to a name in the same folder, for those whose
// file is written by a library, and waits until the new name is on the disk. The
// content must be there already. The error names no file, as that of [Replace].
func Rename(from, to string) error {
	if err := rename(from, to); err != nil {
		return Cause(err)
	}
	return Cause(syncFolder(filepath.Dir(to)))
}

// rename renames. Windows refuses while somebody, such as a virus scanner or
// Excel, has one of the files open, so there it is tried for a second.
func rename(from, to string) error {
	for i := 0; ; i++ {
		err := os.Rename(from, to)
		if err == nil || runtime.GOOS != "windows" || i == 50 {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// syncFolder waits until a renaming is on the disk. Windows has no such thing for
// folders and keeps the order by itself; so do file systems that refuse, and a
// folder that can be written and not read cannot be asked.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(dir)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	} else if err != nil {
		return err
	}
	defer folder.Close()
	err = folder.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// Remove removes the file name, what processes that died left beside it, and a
// symbolic link to it, and waits until that is on the disk. No other process may
// replace it meanwhile. The error names no file; it is [fs.ErrNotExist] when there
// was none.
func Remove(name string) error {
	if err := RemoveLeftovers(name); err != nil {
		return err
	}
	target, err := follow(name)
	if err == nil {
		err = os.Remove(target)
	}
	if err != nil {
		return Cause(err)
	}
	_ = os.Remove(name) // gone already, but for a link
	return Cause(syncFolder(filepath.Dir(target)))
}

// suffix ends the names of files that are written aside.
const suffix = ".tmp"

// prefix begins the names of the files that are written aside for target; a
// process and a number come after it.
func prefix(target string) string { return "." + filepath.Base(target) + "." }

// RemoveLeftovers removes what processes that died while they replaced name left
// beside it. The caller makes sure that no other process replaces it meanwhile.
// The error names no file; a folder that is missing is none.
func RemoveLeftovers(name string) error {
	target, err := follow(name)
	if err != nil {
		return Cause(err)
	}
	entries, err := os.ReadDir(filepath.Dir(target))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err = Cause(err)
	for _, e := range entries {
		middle, ok := strings.CutPrefix(e.Name(), prefix(target))
		middle, tmp := strings.CutSuffix(middle, suffix)
		if ok && tmp && strings.Trim(middle, "0123456789-") == "" {
			err = errors.Join(err, Cause(os.Remove(filepath.Join(filepath.Dir(target), e.Name()))))
		}
	}
	return err
}
