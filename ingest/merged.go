package ingest

import (
	"fmt"
	"slices"
)

// merged tells of the cells of a row that lie under a merged one: what a person
// sees there is not what the cell holds. Names are for people, and a warning is
// enough.
func (r *Roster) merged(row *Row, raw *rawRow) {
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
			block := b.String()
			f := fault{
				message: fmt.Sprintf("is merged into %s, whose value counts for its first cell only", block),
				hint:    "unmerge the cells and write the value into each row",
			}
			if text != "" {
				f.message = fmt.Sprintf("is merged into %s, so that nobody sees what it holds", block)
			}
			if text == "" && slices.Contains([]string{"client_name", "name", "note"}, field.name) {
				f.severity = Warning
			}
			row.Problems = append(row.Problems, f.problem(r.place(row.Number, i), row.Number, field.name, text))
		}
	}
}
