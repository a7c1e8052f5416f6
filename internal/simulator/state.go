package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"linkbatch/internal/atomicfile"
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

// save replaces the state file, so that a process which dies at any moment leaves
// a whole one. A power cut may cost it: it is written before every reply, and a
// world can be made again. Without a state file save does nothing.
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
	err = atomicfile.ReplaceUnsynced(s.opts.State, 0o600, func(w io.Writer) error {
		_, dynamic := w.Write(b[:len(b)-1])
		_, static := w.Write(s.static)
		return errors.Join(dynamic, static)
	})
	if err != nil {
		return fmt.Errorf("state %q: %w", s.opts.State, err)
	}
	return nil
}
