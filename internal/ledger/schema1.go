package ledger

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"linkbatch/ingest"
)

// records1 are lines as schema 1 has them: a record for each, found by its
// number.
type records1 struct {
	v        *view
	table    *table
	where    string // the records of the list; its parameters are of
	of       []any
	position int // column of the number
	payload  int // column of the line
}

// rows1 are the rows of the roster of a part.
func rows1(v *view, p *part) records1 {
	return records1{v, &rowsTable1, "roster_rows.roster = ?", []any{p.roster}, 1, 4}
}

// decisions1 are what a part decided.
func decisions1(v *view, p *part) records1 {
	return records1{v, &decisionsTable1, "decisions.run = ? AND decisions.part = ?", []any{p.run, p.part}, 2, 3}
}

func (l records1) all() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		n := int64(0)
		err := each(l.v, []*table{l.table}, fmt.Sprintf("%s WHERE %s ORDER BY %s", l.table.name, l.where, l.table.columns[l.position]), l.of,
			func(found []record) error {
				if found[0].integer(l.position) != n {
					return &damage{fmt.Sprintf("record %d of %s is missing", n, l.table.name)}
				}
				n++
				if !yield(found[0].text(l.payload), nil) {
					return errStopped
				}
				return nil
			})
		if err != nil && err != errStopped {
			yield("", err)
		}
	}
}

func (l records1) at(i int64) (string, error) {
	found, err := one(l.v, l.table, fmt.Sprintf("%s WHERE %s AND %s = ?", l.table.name, l.where, l.table.columns[l.position]), append(l.of[:len(l.of):len(l.of)], i)...)
	if err == nil && found == nil {
		err = &damage{fmt.Sprintf("record %d of %s is missing", i, l.table.name)}
	}
	if err != nil {
		return "", err
	}
	return found.text(l.payload), nil
}

// errStopped ends a reading whose caller has read enough.
var errStopped = errors.New("stopped")

// upgrade1 fills what schema 2 has instead of the tables roster_rows, decisions
// and clock, which it then drops. A record that is damaged stops it.
func upgrade1(t *tx) error {
	var tick int64
	if err := t.conn.QueryRowContext(context.Background(), "SELECT tick FROM clock").Scan(&tick); err != nil {
		return err
	}
	v := newView(t, 1)
	pairs, err := v.pairs()
	if err != nil {
		return err
	}
	runs, err := v.entries()
	if err != nil {
		return err
	}
	t.head = &head{tick: tick, runs: int64(len(runs)), accounts: int64(len(pairs))}
	if len(runs) > 0 {
		t.head.serial = runs[0].seq
	}
	if err := t.upgradeRosters(v); err != nil {
		return err
	}
	var c converter
	for _, e := range slices.Backward(runs) { // the oldest first
		if err := t.upgradeRun(v, e, &c); err != nil {
			return err
		}
	}
	for _, name := range []string{"decisions", "roster_rows", "clock"} {
		if err := t.exec("DROP TABLE " + name); err != nil {
			return err
		}
	}
	return nil
}

// upgradeRosters writes the rows of each roster as pages. Rosters keep their
// keys, which parts refer to.
func (t *tx) upgradeRosters(v *view) error {
	var rosters []record
	err := each(v, []*table{&rostersTable1}, "rosters", nil, func(found []record) error {
		rosters = append(rosters, found[0])
		t.head.serial = max(t.head.serial, found[0].integer(0))
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range rosters {
		var place int
		p, err := t.upgradeLines(rows1(v, &part{roster: r.integer(0)}), func(line string) (string, error) {
			row, err := decodeRow(line, place)
			if err != nil {
				return "", err
			}
			place++
			return encodeRow(&row, place-1)
		})
		if err != nil {
			return err
		}
		if int64(place) != r.integer(3) {
			return &damage{fmt.Sprintf("roster %d has %d rows, and should have %d", r.integer(0), place, r.integer(3))}
		}
		if _, err := t.put(&rostersTable, r.integer(0), p.hash(r.text(2)), r.text(2), int64(place), p.list.text()); err != nil {
			return err
		}
	}
	return nil
}

// converter converts decisions. Most are those of the part before, which it
// remembers: a year of nights has few others.
type converter struct {
	roster      int64
	old, stored []string
}

// convert returns the decision about a row as it is stored now.
func (c *converter) convert(p *part, place int, line string) (string, error) {
	if c.roster != p.roster {
		*c = converter{roster: p.roster}
	}
	if place < len(c.old) && c.old[place] == line {
		return c.stored[place], nil
	}
	step, err := decodeStep(line, place, ingest.Row{})
	if err != nil {
		return "", err
	}
	stored, err := encodeStep(&step)
	if place < len(c.old) {
		c.old[place], c.stored[place] = line, stored
	} else {
		c.old, c.stored = append(c.old, line), append(c.stored, stored)
	}
	return stored, err
}

// upgradeRun writes the decisions of a run as pages, and counts its records.
func (t *tx) upgradeRun(v *view, e *entry, c *converter) error {
	parts, err := v.parts(e)
	if err != nil {
		return err
	}
	for _, part := range parts {
		n := 0
		p, err := t.upgradeLines(decisions1(v, part), func(line string) (string, error) {
			n++
			return c.convert(part, n-1, line)
		})
		if err != nil {
			return err
		}
		if part.decided, err = t.list(&plansTable, p.hash(""), int64(n), p.list.text()); err != nil {
			return err
		}
		values, err := part.values()
		if err != nil {
			return err
		}
		if _, err := t.put(&partsTable, values...); err != nil {
			return err
		}
	}
	t.runs[e.seq] = e
	return t.conn.QueryRowContext(context.Background(), `SELECT
		(SELECT count(*) FROM calls WHERE run = ?1), (SELECT count(*) FROM replies WHERE run = ?1), (SELECT count(*) FROM kept WHERE run = ?1),
		max((SELECT coalesce(max(sent), 0) FROM calls WHERE run = ?1), (SELECT coalesce(max(at), 0) FROM replies WHERE run = ?1))`, e.seq).
		Scan(&e.calls, &e.replies, &e.kept, &e.latest)
}

// upgradeLines writes lines as pages, each as convert returns it.
func (t *tx) upgradeLines(old records1, convert func(line string) (string, error)) (*pager, error) {
	p := &pager{t: t}
	for line, err := range old.all() {
		if err == nil {
			line, err = convert(line)
		}
		if err == nil {
			_, _, err = p.add(line)
		}
		if err != nil {
			return nil, err
		}
	}
	_, err := p.end()
	return p, err
}
