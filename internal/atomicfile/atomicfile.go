package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Replace gives the file name the content that write produces. A symbolic link
// stays one, and the file that it points to is replaced.
//
// A new file has mode perm less the umask. One that is replaced keeps its mode,
// less what perm denies to its group and to others: with a perm of 0600 no file
// stays open to them.
//
// The error is that of write or of the file system, without the name of the
// file, which the caller knows, and of the file beside it, which nobody asked
// for. One that comes after the renaming, when the folder cannot be brought to
// the disk, leaves the new content.
//
// Calls for one name may run at once, in several processes too; the last one to
// finish wins.
func Replace(name string, perm fs.FileMode, write func(io.Writer) error) error {
	return Cause(replace(name, perm, write, durable))
}

// ReplaceOrKeep is Replace for content that is not to be lost: if it is complete
// and cannot take its name, such as that of a workbook that is open in Excel, it
// stays beside it, and the error is a [*KeptError].
func ReplaceOrKeep(name string, perm fs.FileMode, write func(io.Writer) error) error {
	return Cause(replace(name, perm, write, durable|keeping))
}

// ReplaceUnsynced is Replace for a file that need not survive a power cut: it
// does not wait for the disk, which takes milliseconds.
func ReplaceUnsynced(name string, perm fs.FileMode, write func(io.Writer) error) error {
	return Cause(replace(name, perm, write, 0))
}

// Check reports whether Replace could write to name: its folder exists and can
// be written, and name is a regular file or free. It changes nothing.
func Check(name string) error {
	aside, err := open(name, 0o600)
	if err == nil {
		err = aside.drop()
	}
	return Cause(err)
}

// Cause returns what went wrong with a file, without the name of the file and
// the operation, for callers who name it themselves. Other errors, and nil, come
// back as they are.
func Cause(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return link.Err
	}
	return err
}

// manner is how a file is replaced.
type manner uint8

const (
	durable manner = 1 << iota // wait until it is on the disk
	keeping                    // keep what is complete and cannot be renamed
)

func replace(name string, perm fs.FileMode, write func(io.Writer) error, how manner) error {
	aside, err := open(name, perm)
	if err != nil {
		return err
	}
	left := false
	defer func() {
		if !left { // also when write panics
			_ = aside.drop()
		}
	}()
	if err := write(aside.file); err != nil {
		return err
	}
	if err := aside.close(how&durable != 0); err != nil {
		return err
	}
	if err := rename(aside.file.Name(), aside.target); err != nil {
		if how&keeping == 0 {
			return err
		}
		left = true
		return aside.keep(err)
	}
	left = true
	if how&durable != 0 {
		return syncFolder(filepath.Dir(aside.target))
	}
	return nil
}

// aside is the file beside the one that it will replace.
type aside struct {
	file   *os.File
	target string
	mode   fs.FileMode // that the file is to have; 0 = the one that it was made with
}

// open creates the file beside the target of name.
func open(name string, perm fs.FileMode) (*aside, error) {
	target, err := follow(name)
	if err != nil {
		return nil, err
	}
	a := &aside{target: target}
	info, err := os.Stat(target)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return nil, errors.New("is a folder or a device, not a file")
	case err == nil:
		a.mode = info.Mode().Perm() & (perm | 0o700)
	}
	// O_EXCL with a number instead of os.CreateTemp, whose mode 0600 knows
	// nothing of the umask.
	for n := 0; ; n++ {
		beside := filepath.Join(filepath.Dir(target), fmt.Sprintf("%s%d-%d%s", prefix(target), os.Getpid(), n, suffix))
		a.file, err = os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
		switch {
		case err == nil:
			return a, nil
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("folder %q: %w", filepath.Dir(target), fs.ErrNotExist)
		case !errors.Is(err, fs.ErrExist):
			return nil, err
		}
	}
}

// follow is the file that name is, or points to as a symbolic link.
func follow(name string) (string, error) {
	if _, err := os.Lstat(name); err != nil {
		return name, nil // it is new, or what is wrong with it shows when it is opened
	}
	return filepath.EvalSymlinks(name)
}

// close gives the file its mode and brings it to the disk.
func (a *aside) close(durable bool) error {
	if a.mode != 0 {
		if err := a.file.Chmod(a.mode); err != nil {
			return err
		}
	}
	if durable {
		if err := a.file.Sync(); err != nil {
			return err
		}
	}
	return a.file.Close()
}

// drop removes the file.
func (a *aside) drop() error {
	_ = a.file.Close() // closed already when it failed late
	return os.Remove(a.file.Name())
}
