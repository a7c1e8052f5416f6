package undo

import (
	"strconv"

	"linkbatch/ingest"
	"linkbatch/planner"
)

// columns are those of a roster that takes a run back. ingest reads all but the
// last two, which people read. The account comes first: a name there could look
// like a remark.
var columns = []struct {
	name  string
	value func(*ingest.Row) string
}{
	{"account_id", func(r *ingest.Row) string { return id(r.AccountID) }},
	{"account_number", func(r *ingest.Row) string { return r.AccountNumber }},
	{"customer_number", func(r *ingest.Row) string { return r.CustomerNumber }},
	{"client_name", func(r *ingest.Row) string { return r.ClientName }},
	{"type", func(r *ingest.Row) string { return r.Type }},
	{"permission", func(r *ingest.Row) string { return r.Permission }},
	{"action", func(r *ingest.Row) string { return string(r.Action) }},
	{"bill_to_client", func(r *ingest.Row) string { return truth(r.BillToClient) }},
	{"start_date", func(r *ingest.Row) string { return r.StartDate.String() }},
	{"name", func(r *ingest.Row) string { return r.Name }},
	{"note", func(r *ingest.Row) string { return r.Note }},
	{"reference", func(r *ingest.Row) string { return r.Reference }},
	{"managing_customer_id", func(r *ingest.Row) string { return id(r.ManagingCustomerID) }},
}

// Columns are the names of the cells of [Undo.Rows].
func Columns() []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

// RosterColumns are the names of the cells of [Undo.Roster].
func RosterColumns() []string { return append(Columns(), "undoes row", "not undone") }

// Roster is the way back as the rows of a roster, for a plan that [Undo.Meet] has
// met: those that the plan does not change have the action keep, and say why.
func (u *Undo) Roster(plan *planner.Plan) [][]string {
	rows := make([][]string, len(u.items))
	for i := range u.items {
		step, row := &plan.Steps[i], u.items[i].row
		if step.SameAs >= 0 {
			step = &plan.Steps[step.SameAs]
		}
		why := ""
		if !step.Op.Writes() {
			row.Action, why = ingest.Keep, step.Reason
			fill(&row)
		}
		number := ""
		if row.Number > 0 {
			number = strconv.Itoa(row.Number)
		}
		rows[i] = append(row.Cells, number, why)
	}
	return rows
}

// fill makes the cells of a row say what the row says.
func fill(row *ingest.Row) {
	row.Cells = make([]string, len(columns), len(columns)+2)
	for i, c := range columns {
		row.Cells[i] = c.value(row)
	}
}

func id(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func truth(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}
