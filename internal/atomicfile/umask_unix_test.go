//go:build unix

package atomicfile

import (
	"io/fs"
	"syscall"
)

// withUmask calls f under another umask, which is the process's.
func withUmask(umask fs.FileMode, f func()) {
	defer syscall.Umask(syscall.Umask(int(umask)))
	f()
}
