package undo

import (
	"cmp"
	"fmt"
	"iter"
	"strings"
	"time"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/internal/part"
	"linkbatch/internal/run"
	"linkbatch/planner"
)

// Undo is the way back from a run: one item for each of its rows that is to be
// taken back, in the order of the run. It is not safe for concurrent use.
type Undo struct {
	items []item
	left  int // rows that nothing was done for, and that nobody asked for
}

// item is the way back for one row.
type item struct {
	deed *run.Deed
	row  ingest.Row
	why  string // there is no way back; empty = the row is the way back
	idle bool   // the run did nothing for the row; why says so
}

// Of finds the way back from what a run has done. rows are those that are to be
// taken back, by their numbers; if it names none, all that the run did something for,
// or may have. now is the time of the service: an earlier start is left out. A row
// that the run has not is an error.
func Of(deeds []run.Deed, rows *part.Numbers, now time.Time) (*Undo, error) {
	numbers := make([]int, len(deeds))
	for i := range deeds {
		numbers[i] = deeds[i].Step.Row.Number
	}
	if missing := rows.Missing(numbers); missing != "" {
		return nil, fmt.Errorf("the run has no row %s", missing)
	}
	u := &Undo{}
	for i := range deeds {
		switch it := wayBack(&deeds[i], now); {
		case rows.Any() && !rows.Has(numbers[i]):
		case it.idle && !rows.Any():
			u.left++
		default:
			u.items = append(u.items, it)
		}
	}
	return u, nil
}

// wayBack is what would take a deed back.
func wayBack(d *run.Deed, now time.Time) item {
	it := item{deed: d, row: subject(d)}
	last := planner.OpNone
	if len(d.Done) > 0 {
		last = d.Done[len(d.Done)-1]
	}
	switch {
	case d.Result.Outcome == executor.Unknown:
		it.why = "it is not known what the run has done: apply the roster again first"
	case last == planner.OpAdd:
		it.row.Action = ingest.Cancel
	case last == planner.OpAccept:
		it.why = "accepted: that cannot be taken back; the action unlink ends the link"
	case last == planner.OpDecline:
		it.why = "declined: that cannot be taken back; the agency has to invite again"
	case last == planner.OpCancel, last == planner.OpUnlink:
		it.why = invite(&it.row, d, now)
	default:
		it.why, it.idle = "the run changed nothing for this row", true
	}
	if it.why != "" {
		it.row.Action = ingest.Keep
	}
	fill(&it.row)
	return it
}

// subject is a row that names the link of a deed, where the roster of the run had
// it.
func subject(d *run.Deed) ingest.Row {
	s := d.Step
	return ingest.Row{
		Sheet: s.Row.Sheet, Number: s.Row.Number,
		AccountID:          int64(cmp.Or(s.Key.EntityID, s.Before.EntityID, d.Result.EntityID)),
		AccountNumber:      strings.ToUpper(cmp.Or(s.Key.Number, s.Before.Number)),
		ManagingCustomerID: int64(s.Key.ManagingCustomerID), Type: string(s.Key.Type),
		ClientName: cmp.Or(s.Before.Name, d.Result.EntityName), Reference: s.Row.Reference,
	}
}

// invite fills the former terms of a link into a row that invites again, or says
// why they are not known.
func invite(row *ingest.Row, d *run.Deed, now time.Time) (why string) {
	terms, before := d.Step.Former, d.Step.Before
	account := d.Step.Key.Type != msads.CustomerLink
	switch {
	case terms == nil:
		return "the run is of an older linkbatch, which did not record the terms of the link: invite again by a roster"
	case account && before.IsBillToClient == nil:
		return "the service did not say who paid: invite again by a roster that does"
	}
	row.Action = ingest.Add
	row.Name, row.Note, row.CustomerNumber, row.Permission = terms.Name, terms.Note, terms.CustomerNumber, terms.Permission
	if account {
		row.BillToClient = before.IsBillToClient
	}
	if before.StartDate.After(now) {
		row.StartDate = ingest.Date{Time: before.StartDate.UTC(), HasTime: true}
	}
	return ""
}

// Rows gives the rows of the way back, in order, with cells as [Columns] has them.
func (u *Undo) Rows() iter.Seq2[ingest.Row, error] {
	return func(yield func(ingest.Row, error) bool) {
		for i := range u.items {
			if !yield(u.items[i].row, nil) {
				return
			}
		}
	}
}

// Left is how many rows of the run are not among those of [Undo.Rows], since the run
// changed nothing for them.
func (u *Undo) Left() int { return u.left }

// Cancels is how many invitations may be cancelled at most.
func (u *Undo) Cancels() (n int) {
	for i := range u.items {
		if u.items[i].row.Action == ingest.Cancel {
			n++
		}
	}
	return n
}
