package run

import (
	"cmp"
	"slices"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/ledger"
	"linkbatch/planner"
)

// Retriable are the outcomes of rows that are worth another try as they are. An
// invalid row needs another roster, and of the rest nothing is left to do.
var Retriable = []executor.Outcome{executor.Refused, executor.Failed, executor.Unknown, executor.Blocked, executor.Held}

// Again are the rows of a recorded run that ended with one of some outcomes, as the
// run understood them, in its order; what its defaults have said of an add is in
// their fields, and their cells are those of the roster. others are the accounts of
// the rest. Links that no row names are left out: pruned says how many, since only
// the whole roster can say that no row names them.
func Again(rec *ledger.Record, outcomes []executor.Outcome) (rows []ingest.Row, others []ingest.Protected, pruned int) {
	results := Recorded(rec)
	for i := range rec.Plan.Steps {
		s := &rec.Plan.Steps[i]
		switch wanted := slices.Contains(outcomes, results[i].Outcome); {
		case wanted && s.Pruned():
			pruned++
		case wanted:
			rows = append(rows, understood(rec.Plan, s))
		default:
			others = append(others, ingest.Protected{Row: s.Row.Number, AccountID: s.Row.AccountID, AccountNumber: s.Row.AccountNumber})
		}
	}
	return rows, others, pruned
}

// understood is the row of a step with what the defaults of its run have said. A row
// that shares an outcome has that of the row which was sent.
func understood(plan *planner.Plan, s *planner.Step) ingest.Row {
	row := s.Row
	row.Action = cmp.Or(row.Action, s.Intent)
	if s.SameAs >= 0 {
		s = &plan.Steps[s.SameAs]
	}
	if send := s.Send; send != nil && s.Op == planner.OpAdd {
		row.BillToClient = cmp.Or(row.BillToClient, send.IsBillToClient)
		row.Name, row.Note = cmp.Or(row.Name, send.Name), cmp.Or(row.Note, send.Note)
		if row.SuppressNotification == nil {
			row.SuppressNotification = new(send.SuppressNotification)
		}
	}
	return row
}
