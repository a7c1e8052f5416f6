package ledger

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Event is one entry in the history of an account.
type Event struct {
	At    time.Time // UTC
	Run   string
	Sheet string
	Row   int // the row's number as a person sees it

	// Kind is "decision", "call", "reply", "result" (the outcome of the row, as it
	// was last recorded) or "seen" (a status that a search showed after the
	// writes). Each kind has those of the fields below that it is about.
	Kind     string
	Op       planner.Op // for a result, the last op
	Reason   string
	Warnings []string

	Status     msads.Status // what a search showed; for a decision, before it
	Outcome    executor.Outcome
	Errors     []msads.OperationError
	Call       int
	TrackingID string

	UserID                   msads.ID // who ran it, by which version, from which roster
	Profile, Version, Digest string
	EntityID                 msads.ID
	Number                   string
}

// History returns everything recorded about an account, oldest first, in the
// order of recording, which does not change if the clock is set back. An id of 0
// or an empty number is unknown; the other identifier is then found through
// records of what the service showed.
func (l *Ledger) History(id msads.ID, number string) ([]Event, error) {
	var h history
	err := l.read(func(q querier) error {
		h.q = q
		if err := h.identify(int64(id), strings.ToUpper(number)); err != nil {
			return err
		}
		places, err := h.places()
		if err != nil {
			return err
		}
		for _, p := range places {
			if err := h.place(p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(h.events, func(a, b dated) int {
		return cmp.Or(cmp.Compare(a.tick, b.tick), cmp.Compare(a.run, b.run), cmp.Compare(a.Event.Call, b.Event.Call))
	})
	out := make([]Event, len(h.events))
	for i, e := range h.events {
		out[i] = e.Event
	}
	return out, nil
}

// history is a search in progress.
type history struct {
	q       querier
	ids     []int64
	numbers []string
	events  []dated
}

// dated is an event with its position in the order of recording.
type dated struct {
	Event
	tick, run int64
}

// place is a row of a roster. Every part of a run that has the roster decided it.
type place struct{ roster, place int64 }

// identify finds every identifier of the account, starting from the given ones.
func (h *history) identify(id int64, number string) error {
	if id != 0 {
		h.ids = append(h.ids, id)
	}
	if number != "" {
		h.numbers = append(h.numbers, number)
	}
	for known := 0; known < len(h.ids)+len(h.numbers); {
		known = len(h.ids) + len(h.numbers)
		for _, id := range h.ids {
			if err := h.accounts("account_id = ?", id); err != nil {
				return err
			}
		}
		for _, number := range h.numbers {
			if err := h.accounts("number = ?", number); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *history) accounts(where string, arg any) error {
	return each(h.q, []*table{&accountsTable}, "accounts WHERE "+where, []any{arg}, func(found []record) error {
		if id := found[0].integer(0); !slices.Contains(h.ids, id) {
			h.ids = append(h.ids, id)
		}
		if number := found[0].text(1); !slices.Contains(h.numbers, number) {
			h.numbers = append(h.numbers, number)
		}
		return nil
	})
}

// places finds the rows that name the account.
func (h *history) places() (out []place, err error) {
	add := func(found []record) error {
		p := place{found[0].integer(0), found[0].integer(1)}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
		return nil
	}
	rows := []*table{&rowsTable}
	for _, id := range h.ids {
		if err := each(h.q, rows, "roster_rows WHERE account_id = ? AND account_id <> 0", []any{id}, add); err != nil {
			return nil, err
		}
	}
	for _, number := range h.numbers {
		if err := each(h.q, rows, "roster_rows WHERE number = ? AND number <> ''", []any{number}, add); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.roster, b.roster), cmp.Compare(a.place, b.place))
	})
	return out, nil
}

// place adds what every run did about one row.
func (h *history) place(p place) error {
	row, err := one(h.q, &rowsTable, "roster_rows WHERE roster = ? AND place = ?", p.roster, p.place)
	if err != nil {
		return err
	}
	r, err := decodeRow(row.text(4))
	if err != nil {
		return err
	}
	before := make(map[int64]string) // by run: the decision of its part before
	return each(h.q, []*table{&partsTable, &runsTable, &decisionsTable}, `parts
		LEFT JOIN runs ON runs.seq = parts.run
		LEFT JOIN decisions ON decisions.run = parts.run AND decisions.part = parts.part AND decisions.step = ?
		WHERE parts.roster = ? ORDER BY parts.run, parts.part`, []any{p.place, p.roster}, func(found []record) error {
		part, run, decision := found[0], found[1], found[2]
		if run == nil || decision == nil {
			return &damage{"a part of a run is missing its run or a decision"}
		}
		step, err := decodeStep(decision.text(3), int(p.place), r)
		if err != nil {
			return err
		}
		base := dated{run: part.integer(0), Event: Event{
			Run: run.text(1), Sheet: r.Sheet, Row: r.Number,
			UserID: msads.ID(part.integer(7)), Profile: part.text(8), Version: part.text(9), Digest: part.text(5),
		}}
		base.name(&step)
		e := base
		e.Kind, e.At, e.tick = "decision", moment(part.integer(11)), part.integer(12)
		e.Op, e.Reason, e.Warnings, e.Status = step.Op, step.Reason, step.Warnings, step.Before.Status
		at := len(h.events)
		h.events = append(h.events, e)
		if err := h.calls(base, part.integer(0), part.integer(1), p.place); err != nil {
			return err
		}
		if step.Op.Writes() && decision.text(3) == before[part.integer(0)] && len(h.events) == at+1 {
			h.events = h.events[:at] // an earlier part carried it out; this part repeats it only for the report
		}
		before[part.integer(0)] = decision.text(3)
		if part.integer(1) < run.integer(8) {
			return nil
		}
		return h.kept(base, part.integer(0), p.place)
	})
}

// name sets the account's identifiers as a step has them.
func (e *dated) name(s *planner.Step) {
	e.EntityID = cmp.Or(s.Key.EntityID, s.Before.EntityID)
	e.Number = cmp.Or(s.Key.Number, s.Before.Number)
}

// calls adds what was sent for a row in one part of a run, and the replies.
func (h *history) calls(base dated, run, part, step int64) error {
	return traces(h.q, "links.run = ? AND links.step = ? AND calls.part = ? ORDER BY links.call", []any{run, step, part}, func(f *found) error {
		e := base
		e.name(f.trace.Step)
		e.Kind, e.At, e.tick = "call", f.trace.Sent, f.call.integer(7)
		e.Op, e.Call, e.Profile = f.trace.Step.Op, int(f.call.integer(1)), f.call.text(4)
		h.events = append(h.events, e)
		if f.reply == nil {
			return nil
		}
		a := &f.trace.Answer
		e.Kind, e.At, e.tick = "reply", moment(f.reply.integer(3)), f.reply.integer(6)
		e.Outcome, e.Reason, e.Errors, e.TrackingID = a.Outcome, a.Reason, a.Errors, a.TrackingID
		h.events = append(h.events, e)
		return nil
	})
}

// kept adds the outcome of a row, and what a search showed of it afterwards.
func (h *history) kept(base dated, run, step int64) error {
	return each(h.q, []*table{&keptTable}, "kept WHERE run = ? AND step = ?", []any{run, step}, func(found []record) error {
		p, err := decodeProgress(found[0].text(4), int(step))
		if err != nil {
			return err
		}
		res, e := &p.Result, base
		e.At, e.tick, e.Call, e.TrackingID = moment(found[0].integer(3)), found[0].integer(5), res.Call, res.TrackingID
		e.EntityID = cmp.Or(res.EntityID, e.EntityID)
		seen := e
		seen.Kind, seen.Status, seen.TrackingID = "seen", res.StatusAfter, ""
		e.Kind, e.Outcome, e.Reason, e.Warnings, e.Errors = "result", res.Outcome, res.Reason, res.Warnings, res.Errors
		if len(res.Ops) > 0 {
			e.Op = res.Ops[len(res.Ops)-1]
		}
		if seen.Status != "" {
			h.events = append(h.events, seen)
		}
		h.events = append(h.events, e)
		return nil
	})
}
