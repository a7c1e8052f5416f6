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
	err := l.read(func(v *view) error {
		h.v = v
		n, err := v.names(int64(id), strings.ToUpper(number))
		if err != nil {
			return err
		}
		runs, err := v.entries()
		if err != nil {
			return err
		}
		slices.Reverse(runs)
		for _, e := range runs {
			if err := h.run(e, n); err != nil {
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
	v      *view
	events []dated
}

// dated is an event with its position in the order of recording.
type dated struct {
	Event
	tick, run int64
}

// run adds what a run did about the rows that name the account: what each of its
// parts decided and sent, and what the run knows in the end.
func (h *history) run(e *entry, n *names) error {
	parts, err := h.v.parts(e)
	if err != nil {
		return err
	}
	var places []place
	for _, p := range parts {
		found, err := n.in(p)
		if err != nil {
			return err
		}
		for _, at := range found {
			if pl := (place{p.roster, at}); !slices.Contains(places, pl) {
				places = append(places, pl)
			}
		}
	}
	if len(places) == 0 {
		return nil
	}
	slices.SortFunc(places, place.compare)
	named := func(step int64) bool { return slices.ContainsFunc(places, func(p place) bool { return p.at == step }) }
	kept, links := make(map[int64]record), make(map[int64][]*sent)
	t, err := h.v.traffic(e, func(step int64, r record) error {
		if named(step) {
			kept[step] = r
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = t.links(func(s *sent) error {
		if step := s.link.integer(3); named(step) {
			links[step] = append(links[step], s)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, pl := range places {
		if err := h.place(t, pl, links[pl.at], kept[pl.at]); err != nil {
			return err
		}
	}
	return nil
}

// place adds what a run did about one row.
func (h *history) place(t *traffic, pl place, links []*sent, kept record) error {
	before := "" // the decision of the part before
	for _, p := range t.parts {
		if p.roster != pl.roster {
			continue
		}
		step, decision, err := h.v.step(p, pl.at)
		if err != nil {
			return err
		}
		base := dated{run: t.of.seq, Event: Event{
			Run: t.of.ID, Sheet: step.Row.Sheet, Row: step.Row.Number,
			UserID: p.from.UserID, Profile: p.from.Profile, Version: p.from.Version, Digest: p.from.Digest,
		}}
		base.name(step)
		e := base
		e.Kind, e.At, e.tick = "decision", moment(p.started), p.tick
		e.Op, e.Reason, e.Warnings, e.Status = step.Op, step.Reason, step.Warnings, step.Before.Status
		at := len(h.events)
		h.events = append(h.events, e)
		if err := h.calls(base, p, links); err != nil {
			return err
		}
		if step.Op.Writes() && decision == before && len(h.events) == at+1 {
			h.events = h.events[:at] // an earlier part carried it out; this part repeats it only for the report
		}
		before = decision
		if p.part < int64(t.of.Parts) {
			continue
		}
		if err := h.kept(base, kept, int(pl.at)); err != nil {
			return err
		}
	}
	return nil
}

// name sets the account's identifiers as a step has them.
func (e *dated) name(s *planner.Step) {
	e.EntityID = cmp.Or(s.Key.EntityID, s.Before.EntityID)
	e.Number = cmp.Or(s.Key.Number, s.Before.Number)
}

// calls adds what a part of a run sent for a row, and the replies.
func (h *history) calls(base dated, p *part, links []*sent) error {
	for _, s := range links {
		if s.part != p {
			continue
		}
		trace, err := h.v.trace(s)
		if err != nil {
			return err
		}
		e := base
		e.name(trace.Step)
		e.Kind, e.At, e.tick = "call", trace.Sent, s.call.integer(7)
		e.Op, e.Call, e.Profile = trace.Step.Op, int(s.call.integer(1)), s.call.text(4)
		h.events = append(h.events, e)
		if s.reply == nil {
			continue
		}
		a := &trace.Answer
		e.Kind, e.At, e.tick = "reply", moment(s.reply.integer(3)), s.reply.integer(6)
		e.Outcome, e.Reason, e.Errors, e.TrackingID = a.Outcome, a.Reason, a.Errors, a.TrackingID
		h.events = append(h.events, e)
	}
	return nil
}

// kept adds the outcome of a row, and what a search showed of it afterwards.
func (h *history) kept(base dated, kept record, step int) error {
	if kept == nil {
		return nil
	}
	p, err := decodeProgress(kept.text(4), step)
	if err != nil {
		return err
	}
	res, e := &p.Result, base
	e.At, e.tick, e.Call, e.TrackingID = moment(kept.integer(3)), kept.integer(5), res.Call, res.TrackingID
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
}
