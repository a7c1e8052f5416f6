package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"linkbatch/internal/atomicfile"
	"linkbatch/internal/ledger"
)

// configuration shows which configuration is used.
func (e *examination) configuration() Finding {
	f := Finding{Check: "configuration", Result: OK, Detail: "none; flags, variables and defaults"}
	if file := e.o.Config; file != nil {
		f.Detail = fmt.Sprintf("%s, %s", file.Path(), count(len(file.Profiles()), "profile"))
	}
	return f
}

// state shows whether runs can be recorded. A folder that does not exist yet is
// not created.
func (e *examination) state() Finding {
	const check = "state folder"
	dir := e.o.StateDir
	there, missing := dir, false
	for {
		info, err := os.Stat(there)
		if err == nil && !info.IsDir() {
			err = errors.New("not a folder")
		} else if errors.Is(err, fs.ErrNotExist) && filepath.Dir(there) != there {
			there, missing = filepath.Dir(there), true
			continue
		}
		if err == nil {
			err = tryWriting(there)
		}
		if err != nil {
			return failed(check, &Error{Setup, fmt.Sprintf("%s: %v", there, atomicfile.Cause(err)), "make it a writable folder, or name another with --state-dir"})
		}
		break
	}
	if missing {
		return Finding{Check: check, Result: OK, Detail: dir + " does not exist yet; the first run creates it"}
	}
	l, err := ledger.Read(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return private(dir, dir+" is writable; no run has been recorded in it")
	case err != nil:
		return failed(check, err)
	}
	defer l.Close()
	if err := l.Verify(); err != nil {
		return failed(check, err)
	}
	runs, err := l.Runs()
	if err != nil {
		return failed(check, err)
	}
	return private(dir, fmt.Sprintf("%s is writable; its ledger is intact and contains %s", dir, count(len(runs), "run")))
}

// private finds a state folder good, or open to other users of this machine: who
// may write there can replace our ledger or sign-in. Windows has no such modes.
func private(dir, good string) Finding {
	f := Finding{Check: "state folder", Result: OK, Detail: good}
	for _, file := range []struct {
		name   string
		others fs.FileMode
	}{{dir, 0o022}, {filepath.Join(dir, "ledger.db"), 0o077}} {
		if info, err := os.Stat(file.name); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&file.others != 0 {
			f.Result, f.Detail = Warning, fmt.Sprintf("%s is open to other users of this machine (mode %04o)", file.name, info.Mode().Perm())
			f.Next = "remove access for other users: chmod go= '" + file.name + "'"
			break
		}
	}
	return f
}

// tryWriting makes a file in a folder, and deletes it.
func tryWriting(dir string) error {
	f, err := os.CreateTemp(dir, "linkbatch-*.tmp")
	if err != nil {
		return fmt.Errorf("not writable: %w", atomicfile.Cause(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// count is "1 run" or "2 runs".
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
