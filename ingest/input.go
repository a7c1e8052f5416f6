package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"linkbatch/internal/charset"
)

// input is the file of a roster: one that can be read more than once.
type input struct {
	label  string // the roster as messages name it
	file   *os.File
	size   int64
	digest string
	text   charset.Stats
	temp   string // private folder; empty until something is put there
	base   string // where temp is made
}

// openInput opens a file, or spools what comes only once (standard input, a pipe, a
// device) to a private one: a roster is read twice, first as bytes and then as
// rows.
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
		_ = in.Close() // the first error is the one that counts
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

// starts reports whether the file begins with these bytes.
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
