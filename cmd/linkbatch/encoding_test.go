package main

import (
	"os"
	"regexp"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
)

var hexByte = regexp.MustCompile(`\\x[0-9a-f]{2}`)

// unhex copies a file with each \xNN as that byte, since scripts are UTF-8.
func unhex(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: unhex DST SRC")
	}
	text := hexByte.ReplaceAllStringFunc(ts.ReadFile(args[1]), func(hex string) string {
		b, err := strconv.ParseUint(hex[2:], 16, 8)
		ts.Check(err)
		return string([]byte{byte(b)})
	})
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}
