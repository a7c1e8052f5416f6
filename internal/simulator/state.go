package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// staticJSON is the part of the state file that never changes, encoded once:
// a large world has far more accounts than links.
type staticJSON struct {
	customers, accounts, users json.RawMessage
}

// stateFile has the members of saved, the static ones ready encoded.
type stateFile struct {
	saved
	Customers json.RawMessage `json:"customers"`
	Accounts  json.RawMessage `json:"accounts"`
	Users     json.RawMessage `json:"users"`
}

// save writes the state aside and renames it, so that a process which dies at
// any moment leaves a whole file. It does nothing without a state file.
func (s *Simulator) save() error {
	if s.opts.State == "" {
		return nil
	}
	if s.static == nil {
		s.static = &staticJSON{marshal(s.world.Customers), marshal(s.world.Accounts), marshal(s.world.Users)}
	}
	f := stateFile{saved: *s.world, Customers: s.static.customers, Accounts: s.static.accounts, Users: s.static.users}
	f.Clock, f.Links = s.clock.now(), s.links()
	f.Version, f.Tokens, f.Spent = s.store.version, s.identity.issued, s.identity.spentList()
	f.Tracking = s.tracking
	f.Counters = s.count
	b, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("state: %w", err)
	}
	if err := writeAside(s.opts.State, b); err != nil {
		return fmt.Errorf("state: %w", err)
	}
	return nil
}

func writeAside(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after the rename there is nothing left to remove
	_, err = f.ReadFrom(bytes.NewReader(b))
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
