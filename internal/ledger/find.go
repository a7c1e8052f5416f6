package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"linkbatch/executor"
	"linkbatch/internal/msads"
)

// Runs lists every run, newest first, in the order in which they were started,
// not by the clock.
func (l *Ledger) Runs() ([]Run, error) {
	return l.runs("TRUE")
}

// Unfinished lists the runs of a scope that can be resumed, newest first: those
// whose state is [Running], [Interrupted] or [Stopped].
func (l *Ledger) Unfinished(s Scope) ([]Run, error) {
	return l.runs("runs.endpoint = ? AND runs.customer = ? AND runs.state IN ('running', 'interrupted', 'stopped')",
		s.Endpoint, int64(s.ManagingCustomerID))
}

// maxNamed is the number of runs that a message about an ambiguous name lists.
const maxNamed = 5

// Find returns the run that name refers to: by its id, by a prefix of it that no
// other run has, or "last" for the newest. The error is an [ErrNoRun], or lists
// some of the runs that an ambiguous prefix may mean.
func (l *Ledger) Find(name string) (Run, error) {
	where, args := "runs.id = ?", []any{name}
	if name == "last" {
		where, args = "runs.seq = (SELECT max(seq) FROM runs)", nil
	}
	found, err := l.runs(where, args...)
	if err == nil && len(found) == 0 && name != "last" && name != "" {
		found, err = l.runs("substr(runs.id, 1, length(?)) = ?", name, name)
	}
	switch {
	case err != nil:
		return Run{}, err
	case len(found) == 0:
		return Run{}, fmt.Errorf("%q: %w", name, ErrNoRun)
	case len(found) == 1:
		return found[0], nil
	}
	var ids []string
	for _, r := range found[:min(len(found), maxNamed)] {
		ids = append(ids, r.ID)
	}
	if len(found) > maxNamed {
		ids = append(ids, "…")
	}
	return Run{}, fmt.Errorf("%q is ambiguous: %d runs start with it: %s", name, len(found), strings.Join(ids, ", "))
}

// Listed returns the number of links that the agency's list had when a run of
// the scope last read it to its end; 0 = unknown.
func (l *Ledger) Listed(s Scope) (int, error) {
	found, err := one(l.db, &runsTable, "runs WHERE endpoint = ? AND customer = ? AND listed <> 0 ORDER BY seq DESC LIMIT 1",
		s.Endpoint, int64(s.ManagingCustomerID))
	if err != nil || found == nil {
		return 0, l.fail(err, false)
	}
	return int(found.integer(11)), nil
}

// runs reads the runs that match, newest first.
func (l *Ledger) runs(where string, args ...any) (out []Run, err error) {
	err = l.read(func(q querier) error {
		out, err = readRuns(q, where, args...)
		return err
	})
	return out, err
}

// readRuns reads the runs that match, newest first, each with its last part.
func readRuns(q querier, where string, args ...any) (out []Run, err error) {
	err = each(q, []*table{&runsTable, &partsTable, &rostersTable}, `runs
		LEFT JOIN parts ON parts.run = runs.seq AND parts.part = runs.parts
		LEFT JOIN rosters ON rosters.id = parts.roster
		WHERE `+where+" ORDER BY runs.seq DESC", args, func(found []record) error {
		run, part, roster := found[0], found[1], found[2]
		if part == nil || roster == nil {
			return &damage{fmt.Sprintf("run %s is missing its last part", run.text(1))}
		}
		r, err := readRun(run)
		if err != nil {
			return err
		}
		if r.Header, err = decode[[]string](roster.text(2)); err != nil {
			return err
		}
		r.File, r.Path, r.Digest, r.Sheet = part.text(3), part.text(4), part.text(5), part.text(6)
		r.UserID, r.Profile, r.Version = msads.ID(part.integer(7)), part.text(8), part.text(9)
		out = append(out, r)
		return nil
	})
	return out, err
}

// runWithID reads the run with an id, without what its parts and roster hold.
func runWithID(q querier, id string) (seq int64, run Run, err error) {
	found, err := one(q, &runsTable, "runs WHERE id = ?", id)
	if err != nil {
		return 0, Run{}, err
	}
	if found == nil {
		return 0, Run{}, fmt.Errorf("%q: %w", id, ErrNoRun)
	}
	run, err = readRun(found)
	return found.integer(0), run, err
}

// readRun reads a record of the table of runs.
func readRun(r record) (run Run, err error) {
	run = Run{
		ID: r.text(1), Scope: Scope{r.text(2), msads.ID(r.integer(3))}, State: State(r.text(4)), Note: r.text(5),
		Started: moment(r.integer(6)), Ended: moment(r.integer(7)), Parts: int(r.integer(8)),
		Rows: int(r.integer(9)), Live: int(r.integer(10)), Listed: int(r.integer(11)),
	}
	run.Outcomes, err = decode[map[executor.Outcome]int](r.text(12))
	return run, err
}

// runValues are the columns of a run.
func runValues(seq int64, r *Run) ([]any, error) {
	outcomes, err := encode(r.Outcomes)
	return []any{
		seq, r.ID, r.Endpoint, int64(r.ManagingCustomerID), string(r.State), r.Note, nanos(r.Started), nanos(r.Ended),
		int64(r.Parts), int64(r.Rows), int64(r.Live), int64(r.Listed), outcomes,
	}, err
}

// read runs fn over one state of the file, whatever other processes write in
// the meantime.
func (l *Ledger) read(fn func(querier) error) error {
	t, err := l.db.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return l.fail(err, false)
	}
	defer t.Rollback()
	return l.fail(fn(t), false)
}
