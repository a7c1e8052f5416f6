package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"linkbatch/executor"
	"linkbatch/planner"
)

// Format tells the format of a report file by the suffix of its name, in any
// case: csv, xlsx or jsonl. Another suffix is an error.
func Format(name string) (string, error) {
	suffix := filepath.Ext(name)
	switch format := strings.ToLower(strings.TrimPrefix(suffix, ".")); format {
	case "csv", "xlsx", "jsonl":
		return format, nil
	case "":
		return "", fmt.Errorf("report %q: the name has no suffix: use .csv, .xlsx or .jsonl", name)
	}
	return "", fmt.Errorf("report %q: suffix %q is not known: use .csv, .xlsx or .jsonl", name, suffix)
}

// Check reports whether WriteFile could write to name: its suffix is known, its
// folder is there and can be written, and nothing but a regular file has the
// name. It changes nothing. Ask before a run, since after it a report that
// cannot be written costs its reader the outcome of every row.
func Check(name string) error {
	if _, err := Format(name); err != nil {
		return err
	}
	aside, err := openAside(name)
	if err == nil {
		err = aside.drop()
	}
	return nameError(name, err)
}

// WriteFile writes the report of a run to the file name, in the format of its
// suffix. It writes to another file in the same folder, syncs it and renames
// it, so that name holds the old content or the whole new report and nothing
// stays behind on error. A new file has mode 0644 less the umask; one that is
// replaced keeps its mode, and a symbolic link stays one.
//
// Results must be one for each step, in the order of the plan.
func WriteFile(name string, head Head, plan *planner.Plan, results []executor.Result) error {
	format, err := Format(name)
	if err != nil {
		return err
	}
	if err := checkResults(plan, results); err != nil {
		return nameError(name, err)
	}
	write := map[string]func(io.Writer, Head, *planner.Plan, []executor.Result) error{
		"csv": writeCSV, "xlsx": writeXLSX, "jsonl": writeJSONL,
	}[format]
	return nameError(name, replace(name, func(w io.Writer) error {
		return write(w, head, plan, results)
	}))
}

// nameError puts the report's name before err and takes away the name of the
// file beside it, which nobody asked for.
func nameError(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("report %q: %w", name, unnamed(err))
}

// unnamed is what went wrong with a file, without the name of the file.
func unnamed(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	} else if link, ok := errors.AsType[*os.LinkError](err); ok {
		return link.Err
	}
	return err
}

// replace gives name the content that write produces, or leaves it alone.
func replace(name string, write func(io.Writer) error) (err error) {
	aside, err := openAside(name)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done { // also when write panics
			_ = aside.drop()
		}
	}()
	if err := write(aside.file); err != nil {
		return err
	}
	if err := aside.commit(); err != nil {
		return err
	}
	done = true
	return nil
}

// aside is a file that waits beside the one it will replace.
type aside struct {
	file   *os.File
	target string
	mode   fs.FileMode // of the file that is replaced; 0 = there is none
}

// openAside creates the file beside name, or beside the file that name, as a
// symbolic link, stands for.
func openAside(name string) (*aside, error) {
	a := &aside{target: name}
	if _, err := os.Lstat(name); err == nil {
		if a.target, err = filepath.EvalSymlinks(name); err != nil {
			return nil, err
		}
		info, err := os.Stat(a.target)
		switch {
		case err != nil:
			return nil, err
		case !info.Mode().IsRegular():
			return nil, errors.New("is a folder or a device, not a file")
		}
		a.mode = info.Mode().Perm()
	}
	// O_EXCL with a number instead of os.CreateTemp, whose mode 0600 knows
	// nothing of the umask.
	folder, base := filepath.Split(a.target)
	for n := 0; ; n++ {
		beside := filepath.Join(folder, fmt.Sprintf(".%s.%d-%d.tmp", base, os.Getpid(), n))
		file, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil {
			a.file = file
			return a, nil
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("folder %q: %w", filepath.Dir(a.target), fs.ErrNotExist)
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
}

// commit makes the file durable and gives it its name.
func (a *aside) commit() error {
	if a.mode != 0 {
		if err := a.file.Chmod(a.mode); err != nil {
			return err
		}
	}
	if err := a.file.Sync(); err != nil {
		return err
	}
	if err := a.file.Close(); err != nil {
		return err
	}
	return os.Rename(a.file.Name(), a.target)
}

// drop removes the file.
func (a *aside) drop() error {
	_ = a.file.Close() // closed already when a commit failed at its end
	return os.Remove(a.file.Name())
}
