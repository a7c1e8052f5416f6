package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"linkbatch/planner"
)

// Begin records a run and its plan, in one transaction, before anything is
// sent. run brings everything up to Version; the rest is filled here. ID must
// be new.
func (l *Ledger) Begin(run Run, plan *planner.Plan) (*Recorder, error) {
	if run.ID == "" {
		return nil, &Error{l.path, fmt.Errorf("a run without an id %w", errEncoding)}
	}
	run.Started, run.Ended = time.Now().UTC(), time.Time{}
	run.State, run.Note, run.Outcomes = Running, "", nil
	run.Parts, run.Rows, run.Live, run.Listed = 1, len(plan.Steps), plan.Live, plan.Listed
	rec := &Recorder{l: l, id: run.ID, part: 1}
	return l.begin(rec, &run, plan, func(t *tx) error {
		if err := t.conn.QueryRowContext(context.Background(), "SELECT coalesce(max(seq), 0) + 1 FROM runs").Scan(&rec.run); err != nil {
			return err
		}
		values, err := runValues(rec.run, &run)
		if err != nil {
			return err
		}
		return t.insert(&runsTable, values...)
	})
}

// Resume records that a run is resumed with a new plan. Its decisions are kept
// beside those of the earlier parts.
func (l *Ledger) Resume(run Run, plan *planner.Plan) (*Recorder, error) {
	rec := &Recorder{l: l, id: run.ID}
	return l.begin(rec, &run, plan, func(t *tx) error {
		seq, err := t.change(run.ID, func(known *Run) {
			known.State, known.Note, known.Ended, known.Outcomes = Running, "", time.Time{}, nil
			known.Parts++
			known.Rows = len(plan.Steps)
			if plan.Listed != 0 {
				known.Listed = plan.Listed
			}
			rec.part = int64(known.Parts)
		})
		rec.run = seq
		return err
	})
}

// begin records a part: what first records of the run itself, then who started
// it, the roster, and the decisions.
func (l *Ledger) begin(rec *Recorder, run *Run, plan *planner.Plan, first func(*tx) error) (*Recorder, error) {
	roster, err := digest(run.Header, plan.Steps)
	if err != nil {
		return nil, l.fail(err, true)
	}
	of, err := encode(storedPlan{int64(plan.ManagingCustomerID), plan.Live, plan.Listed})
	if err != nil {
		return nil, l.fail(err, true)
	}
	started := nanos(time.Now())
	err = l.write(func(t *tx) error {
		if err := first(t); err != nil {
			return err
		}
		tick, err := t.now()
		if err != nil {
			return err
		}
		id, err := t.roster(roster, run.Header, plan.Steps)
		if err != nil {
			return err
		}
		if err := t.insert(&partsTable, rec.run, rec.part, id, run.File, run.Path, run.Digest, run.Sheet,
			int64(run.UserID), run.Profile, run.Version, of, started, tick); err != nil {
			return err
		}
		return t.decisions(rec, plan.Steps)
	})
	if err != nil {
		return nil, err
	}
	return rec, nil
}

// decisions records what was decided for each row.
func (t *tx) decisions(rec *Recorder, steps []planner.Step) error {
	for i := range steps {
		s := &steps[i]
		if s.Index != i {
			return fmt.Errorf("step %d has the index %d: a plan that %w", i, s.Index, errEncoding)
		}
		payload, err := encodeStep(s)
		if err != nil {
			return fmt.Errorf("step %d %w", i, err)
		}
		if err := t.insert(&decisionsTable, rec.run, rec.part, int64(i), payload); err != nil {
			return err
		}
		if id, number := s.Before.EntityID, s.Before.Number; id != 0 && number != "" && s.Op != planner.OpReject {
			if err := t.note(&accountsTable, int64(id), number); err != nil {
				return err
			}
		}
	}
	return nil
}

// digest identifies a roster by its header and rows as they were understood.
func digest(header []string, steps []planner.Step) (string, error) {
	h := sha256.New()
	top, err := encode(header)
	if err != nil {
		return "", err
	}
	io.WriteString(h, top)
	for i := range steps {
		row, err := encodeRow(&steps[i].Row)
		if err != nil {
			return "", fmt.Errorf("row %d %w", steps[i].Row.Number, err)
		}
		io.WriteString(h, "\n"+row)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// roster returns the key of a roster, recording it if its content is new.
func (t *tx) roster(hash string, header []string, steps []planner.Step) (int64, error) {
	known, err := one(t.conn, &rostersTable, "rosters WHERE hash = ?", hash)
	if err != nil {
		return 0, err
	}
	if known != nil {
		return known.integer(0), nil
	}
	top, err := encode(header)
	if err != nil {
		return 0, err
	}
	var id int64
	if err := t.conn.QueryRowContext(context.Background(), "SELECT coalesce(max(id), 0) + 1 FROM rosters").Scan(&id); err != nil {
		return 0, err
	}
	if err := t.insert(&rostersTable, id, hash, top, int64(len(steps))); err != nil {
		return 0, err
	}
	for i := range steps {
		r := &steps[i].Row
		payload, err := encodeRow(r)
		if err != nil {
			return 0, err
		}
		if err := t.insert(&rowsTable, id, int64(i), r.AccountID, r.AccountNumber, payload); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// change reads the run with an id, lets fn change it, and writes it back.
func (t *tx) change(id string, fn func(*Run)) (seq int64, err error) {
	seq, run, err := runWithID(t.conn, id)
	if err != nil {
		return 0, err
	}
	fn(&run)
	values, err := runValues(seq, &run)
	if err != nil {
		return 0, err
	}
	return seq, t.update(&runsTable, values...)
}
