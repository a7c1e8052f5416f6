package ledger

import (
	"fmt"
	"slices"
	"strings"
)

// pages erases the account from the pages of rows and decisions. The lists that
// have them are no longer what their hash says, so that a later run does not take
// them for its own.
func (e *eraser) pages() error {
	used, err := e.v.used()
	if err != nil {
		return err
	}
	open, err := e.v.openPages()
	if err != nil {
		return err
	}
	changed := make(map[int64]bool)
	for id, rows := range used {
		lines, err := e.v.body(id)
		if err != nil {
			return err
		}
		before := slices.Clone(lines)
		for i := range lines {
			if lines[i], err = e.line(lines[i], rows, e.lines[id][int64(i)]); err != nil {
				return err
			}
		}
		if slices.Equal(before, lines) {
			continue
		}
		if run := open[id]; run != "" {
			return fmt.Errorf("run %s, which mentions the account, %w", run, ErrUnsettled)
		}
		changed[id] = true
		if _, err := e.t.put(&pagesTable, id, fmt.Sprint("erased ", id), strings.Join(lines, "\n")); err != nil {
			return err
		}
	}
	if err := e.rename(&rostersTable, 4, changed); err != nil {
		return err
	}
	return e.rename(&plansTable, 3, changed)
}

// line returns what is left of a line of a row or decision. about says that the
// decision is about the account: one that rejects a row does not name it.
func (e *eraser) line(line string, row, about bool) (string, error) {
	if !about && !e.words.MatchString(line) {
		return line, nil
	}
	var left any
	var err error
	if row {
		var r storedRow
		if r, err = decode[storedRow](line); err == nil && e.names.has(r.ID, r.Account) {
			left = storedRow{Sheet: r.Sheet, Offset: r.Offset}
		}
	} else {
		var s storedStep
		if s, err = decode[storedStep](line); err == nil && (about || e.names.has(s.Key.ID, s.Key.Number) || e.names.has(s.Before.ID, s.Before.Number)) {
			left = s.bare()
		}
	}
	if left == nil && err == nil {
		left, err = e.scrub(line)
	}
	if err != nil {
		return "", err
	}
	return encode(left)
}

// openPages reads the pages that runs which are not over have, with the run.
func (v *view) openPages() (map[int64]string, error) {
	open := make(map[int64]string)
	runs, err := v.entries()
	if err != nil {
		return nil, err
	}
	for _, e := range runs {
		if e.over() {
			continue
		}
		parts, err := v.parts(e)
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			r, err := v.roster(p.roster)
			if err != nil {
				return nil, err
			}
			decided, err := v.decided(p)
			if err != nil {
				return nil, err
			}
			for _, ref := range append(slices.Clone(r.pages), decided...) {
				open[ref[0]] = e.ID
			}
		}
	}
	return open, nil
}

// rename takes the hash from the lists that have a page which was changed.
func (e *eraser) rename(tb *table, pages int, changed map[int64]bool) error {
	var lists []record
	err := each(e.v, []*table{tb}, tb.name, nil, func(found []record) error {
		l, err := decode[list](found[0].text(pages))
		if slices.ContainsFunc(l, func(ref pageRef) bool { return changed[ref[0]] }) {
			lists = append(lists, found[0])
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range lists {
		r[1] = fmt.Sprint("erased ", r.integer(0))
		if _, err := e.t.put(tb, r...); err != nil {
			return err
		}
	}
	return nil
}
