//go:build !unix

package ledger

// systemChildren needs limits that this system does not have.
var systemChildren map[string]func(args []string) error
