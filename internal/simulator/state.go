package simulator

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// stateFile is what is encoded for each reply. The members that never change are
// encoded once and appended: a large world has far more accounts than links.
type stateFile struct {
	saved
	Customers *struct{} `json:"customers,omitempty"`
	Accounts  *struct{} `json:"accounts,omitempty"`
	Users     *struct{} `json:"users,omitempty"`
}

// staticMembers encodes what stateFile leaves out, and the closing brace.
func staticMembers(w *saved) []byte {
	return slices.Concat(
		[]byte(`,"customers":`), marshal(w.Customers),
		[]byte(`,"accounts":`), marshal(w.Accounts),
		[]byte(`,"users":`), marshal(w.Users), []byte("}"))
}

// save writes the state aside and renames it, so that a process which dies at
// any moment leaves a whole file. It does nothing without a state file.
func (s *Simulator) save() error {
	if s.opts.State == "" {
		return nil
	}
	if s.static == nil {
		s.static = staticMembers(s.world)
	}
	f := stateFile{saved: *s.world}
	f.Clock, f.Links = s.clock.now(), s.links()
	f.Version, f.Tokens, f.Spent = s.store.version, s.identity.issued, s.identity.spentList()
	f.Revoked = s.identity.revoked
	f.Tracking = s.tracking
	f.Counters = s.count
	b, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("state: %w", err)
	}
	if err := writeAside(s.opts.State, b[:len(b)-1], s.static); err != nil {
		return fmt.Errorf("state: %w", err)
	}
	return nil
}

func writeAside(path string, parts ...[]byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after the rename there is nothing left to remove
	for _, b := range parts {
		if err == nil {
			_, err = f.Write(b)
		}
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
