package ledger

import (
	"fmt"
	"time"
)

// Act is something that was done to the ledger itself.
type Act struct {
	Kind string // "prune", "forget" or "restore"
	At   time.Time
	Actor
	Runs int // that were deleted, or of which rows were erased
	Rows int // that were erased; those of deleted runs are not counted

	Before time.Time // of a prune: the runs that ended before it
	Keep   int       // of a prune: but not so many of each roster
}

// storedAct is the stored form of what acts differ in.
type storedAct struct {
	Runs   int       `json:"runs,omitzero"`
	Rows   int       `json:"rows,omitzero"`
	Before time.Time `json:"before,omitzero"`
	Keep   int       `json:"keep,omitzero"`
}

// act records an act.
func (t *tx) act(a Act) error {
	id, err := t.serial()
	if err != nil {
		return err
	}
	detail, err := encode(storedAct{a.Runs, a.Rows, a.Before.UTC(), a.Keep})
	if err != nil {
		return err
	}
	t.head.acts++
	return t.insert(&actsTable, id, a.Kind, a.OSUser, a.Host, a.Command, a.Reason, detail, nanos(time.Now()))
}

// Acts returns what was done to the ledger itself, newest first. No act is ever
// deleted.
func (l *Ledger) Acts() (out []Act, err error) {
	err = l.read(func(v *view) error {
		if v.schema == 1 {
			return nil
		}
		err := each(v, []*table{&actsTable}, "acts ORDER BY id DESC", nil, func(found []record) error {
			r := found[0]
			d, err := decode[storedAct](r.text(6))
			out = append(out, Act{
				Kind: r.text(1), At: moment(r.integer(7)), Actor: Actor{r.text(2), r.text(3), r.text(4), r.text(5)},
				Runs: d.Runs, Rows: d.Rows, Before: d.Before, Keep: d.Keep,
			})
			return err
		})
		if err != nil {
			return err
		}
		h, err := readHead(v)
		if err == nil && h.acts != int64(len(out)) {
			err = &damage{fmt.Sprintf("it has %d acts, and should have %d", len(out), h.acts)}
		}
		return err
	})
	return out, err
}
