package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// view is one state of the file. What it returns is complete: where a damaged
// tree could hide records without SQLite noticing, it compares their number
// with the one that another record has. It is for one goroutine.
type view struct {
	querier
	schema int // of the file

	rosters map[int64]*roster
	plans   map[int64]list
	pages   map[int64][]string // the lines of some pages, by id
}

func newView(q querier, schema int) *view {
	return &view{querier: q, schema: schema, rosters: make(map[int64]*roster), plans: make(map[int64]list), pages: make(map[int64][]string)}
}

// read runs fn over one state of the file, whatever other processes write in
// the meantime.
func (l *Ledger) read(fn func(*view) error) error {
	t, err := l.db.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return l.fail(err, false)
	}
	defer t.Rollback()
	var schema int // another process may have upgraded the file
	if err := t.QueryRow("PRAGMA user_version").Scan(&schema); err != nil {
		return l.fail(err, false)
	}
	if schema > len(migrations) {
		return &Error{l.path, ErrNewer}
	}
	return l.fail(fn(newView(t, schema)), false)
}

// entry is a run as its record has it.
type entry struct {
	Run
	seq int64

	calls, replies, kept int64      // how many records of each the run has; schema 1 does not know
	latest               int64      // when one of its calls was last sent or answered
	plan                 storedPlan // of its last part
}

// over reports whether the run can no longer be resumed.
func (e *entry) over() bool { return e.State == Finished || e.State == NotStarted || e.State == Closed }

// readEntry reads a record of the table of runs.
func readEntry(r record) (*entry, error) {
	e := &entry{
		seq: r.integer(0), calls: r.integer(13), replies: r.integer(14), kept: r.integer(15), latest: r.integer(16),
		Run: Run{
			ID: r.text(1), Scope: Scope{r.text(2), msads.ID(r.integer(3))}, State: State(r.text(4)), Note: r.text(5),
			Started: moment(r.integer(6)), Ended: moment(r.integer(7)), Parts: int(r.integer(8)),
			Rows: int(r.integer(9)), Live: int(r.integer(10)), Listed: int(r.integer(11)),
		},
	}
	var err error
	e.Outcomes, err = decode[map[executor.Outcome]int](r.text(12))
	return e, err
}

// values are the columns of a run.
func (e *entry) values() ([]any, error) {
	outcomes, err := encode(e.Outcomes)
	return []any{
		e.seq, e.ID, e.Endpoint, int64(e.ManagingCustomerID), string(e.State), e.Note, nanos(e.Started), nanos(e.Ended),
		int64(e.Parts), int64(e.Rows), int64(e.Live), int64(e.Listed), outcomes,
		e.calls, e.replies, e.kept, e.latest,
	}, err
}

// part is one part of a run as its record has it.
type part struct {
	run, part int64
	roster    int64
	decided   int64 // the plan; schema 1 has none
	from      Run   // who started it, and from which file
	plan      storedPlan
	started   int64
	tick      int64
}

func readPart(r record) (*part, error) {
	p := &part{
		run: r.integer(0), part: r.integer(1), roster: r.integer(2), started: r.integer(11), tick: r.integer(12), decided: r.integer(13),
		from: Run{
			File: r.text(3), Path: r.text(4), Digest: r.text(5), Sheet: r.text(6), UserID: msads.ID(r.integer(7)),
			Profile: r.text(8), Version: r.text(9), Actor: Actor{r.text(14), r.text(15), r.text(16), r.text(17)},
		},
	}
	var err error
	p.plan, err = decode[storedPlan](r.text(10))
	p.from.SavedPlan, p.from.Expected, p.from.Purpose = p.plan.Saved, p.plan.Expected, Purpose(p.plan.Purpose)
	return p, err
}

// values are the columns of a part.
func (p *part) values() ([]any, error) {
	of, err := encode(p.plan)
	r := &p.from
	return []any{
		p.run, p.part, p.roster, r.File, r.Path, r.Digest, r.Sheet, int64(r.UserID), r.Profile, r.Version, of,
		p.started, p.tick, p.decided, r.OSUser, r.Host, r.Command, r.Reason,
	}, err
}

// entries reads all runs, newest first, each with what its last part and its
// roster say of it.
func (v *view) entries() (out []*entry, err error) {
	runs, parts := v.tables()
	err = each(v, []*table{runs, parts}, `runs
		LEFT JOIN parts ON parts.run = runs.seq AND parts.part = runs.parts
		ORDER BY runs.seq DESC`, nil, func(found []record) error {
		e, err := readEntry(found[0])
		if err != nil {
			return err
		}
		if found[1] == nil {
			return &damage{fmt.Sprintf("run %s is missing its last part", e.ID)}
		}
		p, err := readPart(found[1])
		if err != nil {
			return err
		}
		r, err := v.roster(p.roster)
		if err != nil {
			return err
		}
		f := &p.from
		e.File, e.Path, e.Digest, e.Sheet, e.Header = f.File, f.Path, f.Digest, f.Sheet, slices.Clone(r.header)
		e.plan = p.plan
		e.UserID, e.Profile, e.Version, e.Actor = f.UserID, f.Profile, f.Version, f.Actor
		e.SavedPlan, e.Expected, e.Purpose = f.SavedPlan, f.Expected, f.Purpose
		out = append(out, e)
		return nil
	})
	if err != nil || v.schema == 1 {
		return out, err
	}
	h, err := readHead(v)
	if err == nil && h.runs != int64(len(out)) {
		err = &damage{fmt.Sprintf("it has %d runs, and should have %d", len(out), h.runs)}
	}
	return out, err
}

// entry reads the run with an id.
func (v *view) entry(id string) (*entry, error) {
	all, err := v.entries()
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(e *entry) bool { return e.ID == id }); i >= 0 {
		return all[i], nil
	}
	return nil, fmt.Errorf("%q: %w", id, ErrNoRun)
}

// parts reads the parts of a run, in order.
func (v *view) parts(e *entry) (out []*part, err error) {
	_, tb := v.tables()
	err = each(v, []*table{tb}, "parts WHERE run = ? ORDER BY part", []any{e.seq}, func(found []record) error {
		p, err := readPart(found[0])
		out = append(out, p)
		return err
	})
	if err == nil && len(out) != e.Parts {
		err = &damage{fmt.Sprintf("run %s has %d parts, and should have %d", e.ID, len(out), e.Parts)}
	}
	return out, err
}

// tables returns the tables that the file's schema has otherwise than the
// present one.
func (v *view) tables() (runs, parts *table) {
	if v.schema == 1 {
		return &runsTable1, &partsTable1
	}
	return &runsTable, &partsTable
}

// roster is a roster as it was understood, without its rows.
type roster struct {
	header []string
	pages  list
}

// roster reads a roster. It never changes, so a view reads it once.
func (v *view) roster(id int64) (*roster, error) {
	if r := v.rosters[id]; r != nil {
		return r, nil
	}
	tb := &rostersTable
	if v.schema == 1 {
		tb = &rostersTable1
	}
	found, err := one(v, tb, "rosters WHERE id = ?", id)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, &damage{fmt.Sprintf("roster %d is missing", id)}
	}
	r := &roster{}
	if r.header, err = decode[[]string](found.text(2)); err != nil {
		return nil, err
	}
	if v.schema > 1 {
		if r.pages, err = decode[list](found.text(4)); err != nil {
			return nil, err
		}
	}
	v.rosters[id] = r
	return r, nil
}

// rows are the rows of the roster of a part.
func (v *view) rows(p *part) (lines, error) {
	if v.schema == 1 {
		return rows1(v, p), nil
	}
	r, err := v.roster(p.roster)
	if err != nil {
		return nil, err
	}
	return paged{v, r.pages}, nil
}

// row reads one row of the roster of a part.
func (v *view) row(p *part, place int64) (ingest.Row, error) {
	rows, err := v.rows(p)
	if err != nil {
		return ingest.Row{}, err
	}
	line, err := rows.at(place)
	if err != nil {
		return ingest.Row{}, err
	}
	return decodeRow(line, int(place))
}

// step reads what a part decided for one row, also as it is stored.
func (v *view) step(p *part, place int64) (step *planner.Step, stored string, err error) {
	row, err := v.row(p, place)
	if err != nil {
		return nil, "", err
	}
	decisions, err := v.decisions(p)
	if err != nil {
		return nil, "", err
	}
	if stored, err = decisions.at(place); err != nil {
		return nil, "", err
	}
	s, err := decodeStep(stored, int(place), row)
	return &s, stored, err
}

// decisions are what a part decided, one for each row.
func (v *view) decisions(p *part) (lines, error) {
	if v.schema == 1 {
		return decisions1(v, p), nil
	}
	l, err := v.decided(p)
	return paged{v, l}, err
}

// decided reads the list of the decisions of a part.
func (v *view) decided(p *part) (list, error) {
	if l, ok := v.plans[p.decided]; ok {
		return l, nil
	}
	found, err := one(v, &plansTable, "plans WHERE id = ?", p.decided)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, &damage{fmt.Sprintf("plan %d is missing", p.decided)}
	}
	l, err := decode[list](found.text(3))
	if err == nil {
		v.plans[p.decided] = l
	}
	return l, err
}
