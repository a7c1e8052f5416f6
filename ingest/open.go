package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"linkbatch/internal/charset"
)

// Options say how a roster is to be read. The zero value is the usual way.
type Options struct {
	Sheet string            // the sheet of a workbook; empty = the first visible one with a header that is understood
	Map   map[string]string // their header to our column; an empty column = carry it along
	// Encoding names that of a CSV file which has no mark, as KnownEncoding takes
	// it. Empty = what the file clearly is: UTF-8, UTF-16 or Windows-1252.
	Encoding string
	// SkipHidden leaves out the rows that are hidden in a sheet; they are named in
	// Roster.Skipped.
	SkipHidden bool
	// DateOrder is the order of day, month and year in dates that are not ISO: dmy,
	// mdy or ymd; empty = such dates are refused.
	DateOrder string
	// Now is the clock for the warning of a start in the past; nil = no such warning.
	Now     func() time.Time
	TempDir string // where a private folder for spooled input is made; empty = the system's
}

// Open opens a roster, tells its format by its content, and reads its header.
// The name "-" is stdin, which is spooled to a private file first. A file that
// cannot be used at all (it is missing, empty, has no rows, no identifier
// column, …) is a [*FileError].
func Open(name string, stdin io.Reader, opts Options) (*Roster, error) {
	in, err := openInput(name, stdin, opts.TempDir)
	if err != nil {
		return nil, err
	}
	r := &Roster{File: name, in: in, Digest: in.digest, skipHidden: opts.SkipHidden}
	if err := r.open(opts); err != nil {
		_ = r.Close() // the first error is the one to tell
		return nil, err
	}
	return r, nil
}

func (r *Roster) open(opts Options) error {
	var err error
	switch {
	case r.in.size == 0:
		return r.in.fault("is empty", "")
	case r.in.starts("PK\x03\x04"), r.in.starts("PK\x05\x06"), r.in.starts("PK\x07\x08"):
		err = r.openXLSX(opts)
	default:
		if foreign := r.in.foreign(); foreign != nil {
			return foreign
		}
		err = r.openCSV(opts)
	}
	if err != nil {
		return err
	}
	if err := r.orderDates(opts.DateOrder); err != nil {
		return err
	}
	if opts.Now != nil {
		r.now = opts.Now()
	}
	r.first, err = r.next()
	if err == io.EOF {
		return r.noRows()
	}
	return err
}

// noRows is the fault of a roster with a header and nothing else to read.
func (r *Roster) noRows() *FileError {
	if slices.ContainsFunc(r.Skipped, func(s Skipped) bool { return s.Reason == exampleRow }) {
		return r.sheetFault("has a header and the template's example row, which is not read, and no other rows", "write one row for each account below the header")
	}
	if slices.ContainsFunc(r.Skipped, func(s Skipped) bool { return s.Reason == hiddenOne }) {
		return r.sheetFault("has a header, and no rows that are not hidden", "show the rows, or leave out --skip-hidden")
	}
	return r.sheetFault("has a header and no rows", "")
}

// sheetFault is a fault of the sheet, or of the file when it has no sheets.
func (r *Roster) sheetFault(message, hint string) *FileError {
	e := r.in.fault(message, hint)
	e.Sheet = r.Sheet
	return e
}

// input is the file behind a roster: one that can be read more than once.
type input struct {
	label  string // the roster as messages name it
	file   *os.File
	size   int64
	digest string
	text   charset.Stats
	temp   string // private folder; empty until something is put there
	base   string // where temp is made
}

func openInput(name string, stdin io.Reader, tempDir string) (*input, error) {
	in := &input{label: name, base: tempDir}
	src, once := stdin, true
	if name == "-" {
		in.label = "standard input"
	} else {
		file, err := os.Open(name)
		if err != nil {
			return nil, in.cause(err)
		}
		info, err := file.Stat()
		if err == nil && info.IsDir() {
			err = in.fault("is a folder, not a file", "")
		}
		if err != nil {
			_ = file.Close() // nothing was written
			return nil, in.cause(err)
		}
		// A pipe or a device can be read only once.
		src, once = file, !info.Mode().IsRegular()
		if once {
			defer file.Close()
		} else {
			in.file = file
		}
	}
	if err := in.read(src, once); err != nil {
		_ = in.Close() // the first error is the one to tell
		return nil, in.cause(err)
	}
	return in, nil
}

// read takes the measure of the file's bytes, and keeps them when they come
// only once.
func (in *input) read(src io.Reader, once bool) error {
	h := sha256.New()
	dst := io.MultiWriter(h, &in.text)
	if once {
		var err error
		if in.file, err = in.create("roster"); err != nil {
			return err
		}
		dst = io.MultiWriter(h, &in.text, in.file)
	}
	var err error
	in.size, err = io.CopyBuffer(dst, onlyReader{src}, make([]byte, 1<<16))
	in.digest = "sha256:" + hex.EncodeToString(h.Sum(nil))
	return err
}

// onlyReader hides the other methods of a reader, so that a copy uses the buffer
// that it is given.
type onlyReader struct{ io.Reader }

// create makes a file in the private folder.
func (in *input) create(name string) (*os.File, error) {
	dir, err := in.tempDir()
	if err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}

// tempDir is the private folder, made when it is first needed.
func (in *input) tempDir() (string, error) {
	if in.temp == "" {
		dir, err := os.MkdirTemp(in.base, "linkbatch-")
		if err != nil {
			return "", err
		}
		in.temp = dir
	}
	return in.temp, nil
}

// starts tells whether the file begins with these bytes.
func (in *input) starts(magic string) bool {
	return strings.HasPrefix(string(in.text.Head), magic)
}

// Close closes the file and removes the private folder.
func (in *input) Close() error {
	var err error
	if in.file != nil {
		err = in.file.Close()
	}
	if in.temp != "" {
		err = errors.Join(err, os.RemoveAll(in.temp))
	}
	return err
}

// fault is a fault of the file as a whole.
func (in *input) fault(message, hint string) *FileError {
	return &FileError{File: in.label, Message: message, Hint: hint}
}

// cause turns an error of the system into a fault of the file.
func (in *input) cause(err error) *FileError {
	if e, ok := errors.AsType[*FileError](err); ok {
		return e
	}
	e := &FileError{File: in.label, Err: err}
	switch pathErr, ok := errors.AsType[*fs.PathError](err); {
	case errors.Is(err, fs.ErrNotExist):
		e.Message, e.Hint = "no such file", "check the name and the folder"
	case errors.Is(err, fs.ErrPermission):
		e.Message, e.Hint = "permission denied", "check who may read the file"
	case ok:
		e.Message = "cannot be read: " + pathErr.Err.Error()
	default:
		e.Message = "cannot be read: " + err.Error()
	}
	return e
}
