package ledger

import "fmt"

// Verify goes through the whole file as [Open] does when it was not closed
// cleanly, and reads every record.
func (l *Ledger) Verify() error {
	if err := l.check(); err != nil {
		return l.fail(err, false)
	}
	return l.read((*view).verify)
}

// verify reads every record, and compares what refers to each other.
func (v *view) verify() error {
	runs, err := v.entries()
	if err != nil {
		return err
	}
	seen := make(map[int64]bool)
	for _, e := range runs {
		t, err := v.traffic(e, nil)
		if err != nil {
			return err
		}
		if err := t.links(func(*sent) error { return nil }); err != nil {
			return err
		}
		for _, p := range t.parts {
			if err := v.verifyLists(p, seen); err != nil {
				return err
			}
		}
	}
	if _, err := v.pairs(); err != nil {
		return err
	}
	rest := []*table{&holdersTable, &actsTable, &factsTable, &pagesTable}
	if v.schema == 1 {
		rest = []*table{&holdersTable, &rowsTable1, &decisionsTable1}
	}
	for _, tb := range rest {
		if err := each(v, []*table{tb}, tb.name, nil, func([]record) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// verifyLists reads the pages of the roster and the decisions of a part, unless
// they were seen, and compares their lengths.
func (v *view) verifyLists(p *part, seen map[int64]bool) error {
	if v.schema == 1 {
		return nil
	}
	r, err := v.roster(p.roster)
	if err != nil {
		return err
	}
	decided, err := v.decided(p)
	if err != nil {
		return err
	}
	if r.pages.length() != decided.length() {
		return &damage{fmt.Sprintf("roster %d has %d rows, and plan %d has %d", p.roster, r.pages.length(), p.decided, decided.length())}
	}
	for id, pages := range map[int64]list{p.roster: r.pages, p.decided: decided} {
		if seen[id] {
			continue
		}
		seen[id] = true
		for _, ref := range pages {
			if _, err := v.page(ref); err != nil {
				return err
			}
		}
	}
	return nil
}
