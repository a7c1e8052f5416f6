package ledger

import (
	"fmt"
	"time"

	"linkbatch/planner"
)

// Begin records a run and its plan, in one transaction, before anything is
// sent. run brings everything up to Expected; the rest is filled here. ID must be
// new.
func (l *Ledger) Begin(run Run, plan *planner.Plan) (*Recorder, error) {
	if run.ID == "" {
		return nil, &Error{l.path, fmt.Errorf("a run without an id %w", errEncoding)}
	}
	return l.begin(&run, plan, func(t *tx) (*entry, error) {
		seq, err := t.serial()
		if err != nil {
			return nil, err
		}
		e := &entry{seq: seq, Run: run}
		e.Started, e.Ended = time.Now().UTC(), time.Time{}
		e.State, e.Note, e.Outcomes = Running, "", nil
		e.Parts, e.Rows, e.Live, e.Listed = 1, len(plan.Steps), plan.Live, plan.Listed
		values, err := e.values()
		if err != nil {
			return nil, err
		}
		t.head.runs++
		t.runs[seq] = e
		return e, t.insert(&runsTable, values...)
	})
}

// Resume records that a run is resumed with a new plan. Its decisions are kept
// beside those of the earlier parts.
func (l *Ledger) Resume(run Run, plan *planner.Plan) (*Recorder, error) {
	return l.begin(&run, plan, func(t *tx) (*entry, error) {
		found, err := one(t, &runsTable, "runs WHERE id = ?", run.ID)
		if err != nil {
			return nil, err
		}
		if found == nil {
			return nil, fmt.Errorf("%q: %w", run.ID, ErrNoRun)
		}
		e, err := t.change(found.integer(0))
		if err != nil {
			return nil, err
		}
		e.State, e.Note, e.Ended, e.Outcomes = Running, "", time.Time{}, nil
		e.Parts++
		e.Rows = len(plan.Steps)
		if plan.Listed != 0 {
			e.Listed = plan.Listed
		}
		return e, nil
	})
}

// begin records a part: what first records of the run itself, then who started
// it, the roster, and the decisions.
func (l *Ledger) begin(run *Run, plan *planner.Plan, first func(*tx) (*entry, error)) (rec *Recorder, err error) {
	p := part{from: *run, plan: storePlan(run, plan), started: nanos(time.Now())}
	err = l.write(func(t *tx) error {
		e, err := first(t)
		if err != nil {
			return err
		}
		p.run, p.part = e.seq, int64(e.Parts)
		if p.tick, err = t.now(); err != nil {
			return err
		}
		if p.roster, err = t.roster(run.Header, plan.Steps); err != nil {
			return err
		}
		if p.decided, err = t.plan(plan.Steps); err != nil {
			return err
		}
		values, err := p.values()
		if err != nil {
			return err
		}
		rec = &Recorder{l: l, id: run.ID, part: p}
		return t.insert(&partsTable, values...)
	})
	if err != nil {
		return nil, err
	}
	return rec, nil
}

// roster returns the key of a roster, recording what of it is new.
func (t *tx) roster(header []string, steps []planner.Step) (int64, error) {
	p := pager{t: t}
	for i := range steps {
		line, err := encodeRow(&steps[i].Row, i)
		if err != nil {
			return 0, fmt.Errorf("row %d %w", steps[i].Row.Number, err)
		}
		if _, _, err := p.add(line); err != nil {
			return 0, err
		}
	}
	if _, err := p.end(); err != nil {
		return 0, err
	}
	top, err := encode(header)
	if err != nil {
		return 0, err
	}
	return t.list(&rostersTable, p.hash(top), top, int64(len(steps)), p.list.text())
}

// plan returns the key of the decisions of a plan, recording what of them is
// new.
func (t *tx) plan(steps []planner.Step) (int64, error) {
	p := pager{t: t}
	begin := 0 // the first step of the page
	for i := range steps {
		s := &steps[i]
		if s.Index != i {
			return 0, fmt.Errorf("step %d has the index %d: a plan that %w", i, s.Index, errEncoding)
		}
		line, err := encodeStep(s)
		if err != nil {
			return 0, fmt.Errorf("step %d %w", i, err)
		}
		ended, fresh, err := p.add(line)
		if err == nil && fresh {
			err = t.identify(steps[begin : i+1])
		}
		if err != nil {
			return 0, err
		}
		if ended {
			begin = i + 1
		}
	}
	fresh, err := p.end()
	if err == nil && fresh {
		err = t.identify(steps[begin:])
	}
	if err != nil {
		return 0, err
	}
	return t.list(&plansTable, p.hash(""), int64(len(steps)), p.list.text())
}

// list returns the key of a list, recording it if it is new. hash identifies its
// content, values are the columns after it.
func (t *tx) list(tb *table, hash string, values ...any) (int64, error) {
	known, err := one(t, tb, tb.name+" WHERE hash = ?", hash)
	if err != nil {
		return 0, err
	}
	if known != nil && known.text(1) != hash {
		return 0, &damage{"the index of " + tb.name + " leads astray"}
	}
	if known != nil {
		return known.integer(0), nil
	}
	id, err := t.serial()
	if err != nil {
		return 0, err
	}
	return id, t.insert(tb, append([]any{id, hash}, values...)...)
}

// identify notes which ids and numbers searches have shown to name one account.
func (t *tx) identify(steps []planner.Step) error {
	for i := range steps {
		s := &steps[i]
		if id, number := s.Before.EntityID, s.Before.Number; id != 0 && number != "" && s.Op != planner.OpReject {
			if err := t.pair(int64(id), number); err != nil {
				return err
			}
		}
	}
	return nil
}

// pair notes that an id and a number name one account.
func (t *tx) pair(id int64, number string) error {
	fresh, err := t.note(&accountsTable, id, number)
	if err != nil || !fresh {
		return err
	}
	h, err := t.counts()
	if err == nil {
		h.accounts++
	}
	return err
}
