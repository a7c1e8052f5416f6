package ledger

import (
	"fmt"
	"strings"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Load reads a run by its id, with the plan of its last part. The result is of
// one moment, even while the run is in progress.
func (l *Ledger) Load(id string) (*Record, error) {
	var rec *Record
	err := l.read(func(q querier) error {
		seq, _, err := runWithID(q, id)
		if err != nil {
			return err
		}
		all, err := readRuns(q, "runs.seq = ?", seq)
		if err != nil {
			return err
		}
		rec = &Record{Run: all[0]}
		if rec.Plan, err = loadPlan(q, seq, &rec.Run); err != nil {
			return err
		}
		if rec.Kept, err = loadKept(q, seq); err != nil {
			return err
		}
		if rec.Calls, err = loadCalls(q, seq); err != nil {
			return err
		}
		return traces(q, "links.run = ? AND links.call > coalesce(kept.call, 0) ORDER BY links.call, links.place", []any{seq},
			func(f *found) error {
				rec.Loose = append(rec.Loose, f.trace)
				return nil
			})
	})
	if err != nil {
		return nil, err
	}
	return rec, nil
}

// loadPlan reads the decisions of the last part of a run.
func loadPlan(q querier, seq int64, run *Run) (*planner.Plan, error) {
	part, err := one(q, &partsTable, "parts WHERE run = ? AND part = ?", seq, int64(run.Parts))
	if err != nil {
		return nil, err
	}
	of, err := decode[storedPlan](part.text(10))
	if err != nil {
		return nil, err
	}
	plan := &planner.Plan{ManagingCustomerID: msads.ID(of.Managing), Live: of.Live, Listed: of.Listed}
	if run.Rows > 0 {
		plan.Steps = make([]planner.Step, 0, run.Rows)
	}
	err = each(q, []*table{&decisionsTable, &rowsTable}, `decisions
		LEFT JOIN roster_rows ON roster_rows.roster = ? AND roster_rows.place = decisions.step
		WHERE decisions.run = ? AND decisions.part = ? ORDER BY decisions.step`,
		[]any{part.integer(2), seq, int64(run.Parts)}, func(found []record) error {
			if int(found[0].integer(2)) != len(plan.Steps) || found[1] == nil {
				return &damage{fmt.Sprintf("run %s is missing step %d or its row", run.ID, len(plan.Steps))}
			}
			row, err := decodeRow(found[1].text(4))
			if err != nil {
				return err
			}
			step, err := decodeStep(found[0].text(3), len(plan.Steps), row)
			plan.Steps = append(plan.Steps, step)
			return err
		})
	if err == nil && len(plan.Steps) != run.Rows {
		err = &damage{fmt.Sprintf("run %s has %d steps for %d rows", run.ID, len(plan.Steps), run.Rows)}
	}
	return plan, err
}

func loadKept(q querier, seq int64) (map[int]Progress, error) {
	kept := make(map[int]Progress)
	err := each(q, []*table{&keptTable}, "kept WHERE run = ?", []any{seq}, func(found []record) error {
		step := int(found[0].integer(1))
		p, err := decodeProgress(found[0].text(4), step)
		kept[step] = p
		return err
	})
	return kept, err
}

// loadCalls returns the number of the last call. It checks that each call has
// all of its links: a table can be intact and still lack rows.
func loadCalls(q querier, seq int64) (last int, err error) {
	err = each(q, []*table{&callsTable}, "calls WHERE run = ? ORDER BY number", []any{seq}, func(found []record) error {
		last = int(found[0].integer(1))
		return nil
	})
	if err != nil {
		return 0, err
	}
	err = each(q, []*table{&callsTable}, `calls WHERE run = ? AND links <>
		(SELECT count(*) FROM links WHERE links.run = calls.run AND links.call = calls.number)`, []any{seq}, func(found []record) error {
		return &damage{fmt.Sprintf("call %d is missing links", found[0].integer(1))}
	})
	return last, err
}

// found is one link of one call, with everything recorded about it.
type found struct {
	trace                        Trace
	link, call, reply, kept, row record // reply and kept may be nil
	roster                       int64
}

// done reports whether the op of the link is confirmed: by the reply, or by what
// was later recorded of its row.
func (f *found) done() (bool, error) {
	if f.reply != nil && f.reply.text(4) == string(executor.Done) {
		return true, nil
	}
	if f.kept == nil || f.kept.integer(2) < f.link.integer(1) {
		return false, nil
	}
	p, err := decodeProgress(f.kept.text(4), f.trace.Step.Index)
	for _, op := range p.Done {
		if op == f.trace.Step.Op {
			return true, err
		}
	}
	return false, err
}

// traces reads the links that match, each with its call, row and reply. where
// may refer to links, calls, parts, roster_rows, replies and kept.
func traces(q querier, where string, args []any, fn func(*found) error) error {
	tables := []*table{&linksTable, &callsTable, &partsTable, &rowsTable, &repliesTable, &keptTable}
	return each(q, tables, strings.Join([]string{
		"links",
		"LEFT JOIN calls ON calls.run = links.run AND calls.number = links.call",
		"LEFT JOIN parts ON parts.run = calls.run AND parts.part = calls.part",
		"LEFT JOIN roster_rows ON roster_rows.roster = parts.roster AND roster_rows.place = links.step",
		"LEFT JOIN replies ON replies.run = links.run AND replies.call = links.call AND replies.place = links.place",
		"LEFT JOIN kept ON kept.run = links.run AND kept.step = links.step",
		"WHERE", where}, " "), args, func(r []record) error {
		f := &found{link: r[0], call: r[1], row: r[3], reply: r[4], kept: r[5]}
		if r[1] == nil || r[2] == nil || r[3] == nil {
			return &damage{fmt.Sprintf("a link of call %d is missing its call or row", r[0].integer(1))}
		}
		f.roster = r[2].integer(2)
		if err := f.read(); err != nil {
			return err
		}
		return fn(f)
	})
}

// read fills the trace.
func (f *found) read() error {
	row, err := decodeRow(f.row.text(4))
	if err != nil {
		return err
	}
	step, err := decodeStep(f.link.text(4), int(f.link.integer(3)), row)
	if err != nil {
		return err
	}
	f.trace = Trace{Step: &step, Sent: moment(f.call.integer(6))}
	if f.reply == nil {
		f.trace.Answer = executor.Answer{Step: step.Index, Outcome: executor.Unknown, Call: int(f.link.integer(1))}
		return nil
	}
	s, err := decode[storedResult](f.reply.text(5))
	f.trace.Answer = s.answer(step.Index)
	return err
}
