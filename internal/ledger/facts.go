package ledger

import "linkbatch/internal/msads"

// Fact names something that a run learned of a service, such as the pace of
// calls that it allows a user. Its value is for who put it to read.
type Fact struct {
	Endpoint string
	UserID   msads.ID
	Name     string
}

// Get returns the value of a fact; empty = not known.
func (l *Ledger) Get(f Fact) (value string, err error) {
	err = l.read(func(v *view) error {
		if v.schema == 1 {
			return nil
		}
		found, err := one(v, &factsTable, "facts WHERE endpoint = ? AND user_id = ? AND name = ?", f.Endpoint, int64(f.UserID), f.Name)
		value = found.text(3)
		return err
	})
	return value, err
}

// Put records the value of a fact instead of the one before.
func (l *Ledger) Put(f Fact, value string) error {
	return l.write(func(t *tx) error {
		_, err := t.put(&factsTable, f.Endpoint, int64(f.UserID), f.Name, value)
		return err
	})
}
