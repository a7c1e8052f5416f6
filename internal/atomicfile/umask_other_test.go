//go:build !unix

package atomicfile

import "io/fs"

func withUmask(_ fs.FileMode, f func()) { f() }
