package ingest

import (
	"fmt"
	"slices"
)

// shownOtherwise refuses what decides and is shown otherwise than its cell contains
// it: a person who compares the roster with another list sees something else.
func (r *Roster) shownOtherwise(row *Row, raw *rawRow) (faults []fault) {
	for _, i := range raw.altered {
		field, ok := r.fieldAt(i)
		if !ok || !field.decides() || row.faulty(field.name) {
			continue
		}
		f := fault{
			message: "the spreadsheet displays something else; the cell contains " + row.Cells[i],
			hint:    "set the cell's format to General, and check whether that is what is meant",
		}
		faults = append(faults, f.in(i, field.name, row.Cells[i]))
	}
	return faults
}

// merged finds the cells of a row that are under a merged one: what a person sees
// there is not what the cell contains. For a name a warning is enough, since it
// is for people.
func (r *Roster) merged(row *Row, raw *rawRow) (faults []fault) {
	for _, b := range raw.merges {
		for _, field := range r.fields {
			i := field.index
			if i < b.FirstColumn || i > b.LastColumn || i == b.FirstColumn && raw.number == b.FirstRow {
				continue
			}
			text := row.Cells[i]
			if text == "" && b.FirstRow == b.LastRow {
				continue
			}
			f := fault{
				message: fmt.Sprintf("is merged into %s, whose value counts only for its first cell", b),
				hint:    "unmerge the cells and enter the value in each row",
			}
			if text != "" {
				f.message = fmt.Sprintf("is merged into %s, so that nobody sees what it contains", b)
			}
			if text == "" && slices.Contains([]string{"client_name", "name", "note"}, field.name) {
				f.severity = Warning
			}
			faults = append(faults, f.in(i, field.name, text))
		}
	}
	return faults
}
