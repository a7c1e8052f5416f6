package ingest

import "slices"

// shownOtherwise tells of the identifiers whose cells show other digits.
func (r *Roster) shownOtherwise(row *Row, raw *rawRow) {
	for _, i := range raw.altered {
		for _, field := range r.fields {
			if field.index != i || !slices.Contains([]string{"account_id", "account_number", "customer_number", "managing_customer_id"}, field.name) {
				continue
			}
			f := fault{
				message:  "is shown otherwise than it is held: the cell holds " + row.Cells[i],
				hint:     "set the cell's format to General, and look whether that is what is meant",
				severity: Warning,
			}
			row.Problems = append(row.Problems, f.problem(r.place(row.Number, i), row.Number, field.name, row.Cells[i]))
		}
	}
}
