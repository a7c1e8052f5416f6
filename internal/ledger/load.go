package ledger

import (
	"cmp"
	"fmt"
	"iter"

	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Load reads a run by its id, with the plan of its last part. The result is of
// one moment, even while the run is in progress.
func (l *Ledger) Load(id string) (rec *Record, err error) {
	err = l.read(func(v *view) error {
		e, err := v.entry(id)
		if err != nil {
			return err
		}
		rec, err = v.record(e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rec, nil
}

// record reads everything recorded about a run. The plan comes last: it is most
// of the memory.
func (v *view) record(e *entry) (*Record, error) {
	rec := &Record{Run: e.Run, Kept: make(map[int]Progress, e.kept)}
	t, err := v.traffic(e, func(step int64, kept record) (err error) {
		rec.Kept[int(step)], err = decodeProgress(kept.text(4), int(step))
		return err
	})
	if err != nil {
		return nil, err
	}
	for number := range t.calls {
		rec.Calls = max(rec.Calls, int(number))
	}
	err = t.links(func(s *sent) error {
		if !s.loose {
			return nil
		}
		trace, err := v.trace(s)
		rec.Loose = append(rec.Loose, trace)
		return err
	})
	if err != nil {
		return nil, err
	}
	if rec.Plan, err = v.plan(e, t.parts[len(t.parts)-1]); err != nil {
		return nil, err
	}
	for i, kept := range rec.Kept {
		if kept.Step != nil && i < len(rec.Plan.Steps) {
			kept.Step.Row = rec.Plan.Steps[i].Row
		}
	}
	return rec, nil
}

// plan reads what a part of a run decided.
func (v *view) plan(e *entry, p *part) (*planner.Plan, error) {
	rows, err := v.rows(p)
	if err != nil {
		return nil, err
	}
	decisions, err := v.decisions(p)
	if err != nil {
		return nil, err
	}
	of := &p.plan
	plan := &planner.Plan{ManagingCustomerID: msads.ID(of.Managing), Live: of.Live, Listed: of.Listed, Accounts: of.Accounts, Tripped: of.tripped()}
	if e.Rows > 0 {
		plan.Steps = make([]planner.Step, 0, e.Rows)
	}
	next, stop := iter.Pull2(rows.all())
	defer stop()
	for decision, err := range decisions.all() {
		if err != nil {
			return nil, err
		}
		line, err, ok := next()
		if err != nil || !ok {
			return nil, cmp.Or(err, error(&damage{fmt.Sprintf("run %s has fewer rows than decisions", e.ID)}))
		}
		row, err := decodeRow(line, len(plan.Steps))
		if err != nil {
			return nil, err
		}
		step, err := decodeStep(decision, len(plan.Steps), row)
		if err != nil {
			return nil, err
		}
		plan.Steps = append(plan.Steps, step)
	}
	if len(plan.Steps) != e.Rows {
		return nil, &damage{fmt.Sprintf("run %s has %d steps for %d rows", e.ID, len(plan.Steps), e.Rows)}
	}
	return plan, nil
}
