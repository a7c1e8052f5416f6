package run

import (
	"cmp"
	"context"
	"slices"
	"time"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// looks are the times, after the last reply of a round, at which links are
// searched to settle what the replies left open. A lost reply is believed to
// have come to nothing only when two of them, the later one after ten seconds,
// show the link as it was, since a search may lag behind a write by some
// seconds. The looks after that are for searches that failed.
var looks = [...]time.Duration{0, 2 * time.Second, 10 * time.Second, 30 * time.Second, 60 * time.Second}

// settledBy is the look at which a search that works has caught up.
const settledBy = 2

// question is what a search must answer about a step before its row can end.
type question int

const (
	answered question = iota
	lost              // the call may have been applied
	refused           // refused perhaps only because it has been done already
	stale             // the link changed after it was searched
	follow            // added, and the client's login may accept it
)

// asks is the question that the last call left open.
func (r *Run) asks(w *work) question {
	res := &r.results[w.step.Index]
	if r.searchOnly {
		if res.Outcome == executor.Unknown || res.Outcome == executor.Refused && w.maybe {
			return lost
		}
		return answered
	}
	switch res.Outcome {
	case executor.Unknown:
		return lost
	case executor.Refused:
		switch {
		case msads.WorstClass(w.last.Errors) == msads.ClassStale && !w.stale:
			return stale
		case w.step.Op == planner.OpAdd || w.maybe:
			return refused
		}
	case executor.Done:
		if w.step.Op == planner.OpAdd && w.step.Intent == ingest.Link && w.step.Row.ClientProfile != "" {
			return follow
		}
	}
	return answered
}

// inquiry is an open question about a step.
type inquiry struct {
	*work
	about    question
	asBefore int    // looks that showed the link as it was before the call
	seen     int    // looks through the client's login
	err      error  // of the last look, if it failed
	blind    string // why the last look through the client's login could not tell
}

// settle searches for what the calls of a round left open, records what it
// finds, and returns the steps to send again. A run that has stopped is settled
// too, as far as searches can tell, but nothing of it is sent again.
func (r *Run) settle(ctx context.Context, sent []*work, stop error) ([]*work, error) {
	var open []*inquiry
	var asked []*work
	for _, w := range sent {
		if q := r.asks(w); q != answered {
			open, asked = append(open, &inquiry{work: w, about: q}), append(asked, w)
		}
	}
	todo := r.ask(ctx, open)
	if stop = cmp.Or(stop, r.remember(asked), r.tooMany(none)); stop != nil {
		r.notAgain(todo)
		return nil, stop
	}
	return todo, nil
}

// ask looks at the links of open questions until each is answered or no look
// is left.
func (r *Run) ask(ctx context.Context, open []*inquiry) (todo []*work) {
	if len(open) > 0 {
		r.engine.watch().Phase("verifying what was sent", -1)
	}
	var passed time.Duration
	for n, at := range looks {
		due := slices.DeleteFunc(slices.Clone(open), func(q *inquiry) bool {
			return n == 0 && q.about == lost || n > settledBy && q.about == follow && q.seen > 0
		})
		if len(due) == 0 {
			continue
		}
		if pause(ctx, at-passed) != nil {
			break
		}
		passed = at
		sights, err := r.look(ctx, due)
		for i, q := range due {
			if q.err = err; err != nil {
				continue
			}
			if r.answer(q, sights[i], n >= settledBy) {
				todo = append(todo, q.work)
			}
		}
		open = slices.DeleteFunc(open, func(q *inquiry) bool { return q.about == answered })
	}
	for _, q := range open {
		r.leaveOpen(q, ctx.Err() != nil)
	}
	return todo
}

// answer reads one look. It reports whether the step is to be sent again, and
// closes the question when the look is enough.
func (r *Run) answer(q *inquiry, now planner.Sight, last bool) (again bool) {
	switch q.about {
	case lost:
		return r.answerLost(q, now, last)
	case refused:
		r.answerRefused(q, now, last)
	case stale:
		return r.answerStale(q, now, last)
	case follow:
		q.seen++
		if q.blind = now.Doubt; q.blind != "" {
			if login, known := r.engine.Planner.Clients[q.step.Row.ClientProfile]; !known || login.Problem != "" {
				q.about = answered // no later look can tell either
				r.end(q.work, executor.Blocked, "added; not accepted: "+q.blind)
				return false
			}
		}
		if now.Live() {
			q.about = answered
			return r.again(q.work, r.engine.Planner.Decide(*q.step, now))
		}
	}
	return false
}

// answerLost finds out what happened to a call whose reply was lost. A look that
// shows neither its result nor the link as it was may lag behind, so that only
// the last one ends the question.
func (r *Run) answerLost(q *inquiry, now planner.Sight, last bool) (again bool) {
	switch q.step.Judge(now) {
	case planner.Applied:
		r.confirm(q.work, "the reply was lost; a search shows "+now.String())
		if q.about = r.asks(q.work); q.about == answered {
			r.saw(q.work, now)
		}
	case planner.Elsewhere:
		if !last || now.Doubt != "" {
			return false // the link could not be seen
		}
		q.about = answered
		r.end(q.work, executor.Unknown, "sent, the reply was lost, and the link has changed in another way")
		r.saw(q.work, now)
	case planner.AsBefore:
		if q.asBefore++; q.asBefore < 2 {
			return false
		}
		q.about = answered
		if r.searchOnly {
			r.end(q.work, executor.Failed, "sent, and searches show that it had no effect")
			return false
		}
		if q.sends >= maxSends {
			r.end(q.work, executor.Failed, "sent three times, and searches show that it had no effect; the last reply: "+q.last.Reason)
			r.saw(q.work, now)
			return false
		}
		return r.again(q.work, r.engine.Planner.Decide(*q.step, now))
	}
	return false
}

// answerRefused settles a refusal that may only say that the op was done
// before: by this run, in a call whose reply was lost, or by somebody else. A
// search that does not show it may lag, if there is reason to think that it
// was done; it ends the question only when it must have caught up.
func (r *Run) answerRefused(q *inquiry, now planner.Sight, last bool) {
	add := q.step.Op == planner.OpAdd
	saysDone := add && saysInvited(q.last.Errors)
	switch {
	case add && now.Live() && !q.maybe:
		q.about = answered
		r.end(q.work, executor.Unchanged, "somebody else added it since the plan was made: "+now.String())
		r.warn(q.work, r.engine.Planner.Decide(*q.step, now).Warnings)
	case add && now.Live(), q.maybe && q.step.Judge(now) == planner.Applied:
		q.about = answered
		r.confirm(q.work, "the first reply was lost; a search shows "+now.String())
	case (saysDone || q.maybe) && !last, now.Doubt != "":
		return // it may show later, or could not be seen
	case saysDone && q.maybe:
		return // what the service says and what the search shows contradict each other
	default:
		q.about = answered
	}
	r.saw(q.work, now)
}

// answerStale decides a step anew whose link had changed, once a search shows
// the change. It may be this run's own, from a call whose reply was lost.
func (r *Run) answerStale(q *inquiry, now planner.Sight, last bool) (again bool) {
	verdict := q.step.Judge(now)
	switch {
	case q.maybe && verdict == planner.Applied:
		q.about = answered
		r.confirm(q.work, "the first reply was lost; a search shows "+now.String())
		r.saw(q.work, now)
		return false
	case verdict == planner.AsBefore && !last:
		return false // the search does not show the change yet
	}
	q.about, q.stale = answered, true
	return r.again(q.work, r.engine.Planner.Decide(*q.step, now))
}

// leaveOpen words a row whose question no search could answer.
func (r *Run) leaveOpen(q *inquiry, interrupted bool) {
	why := "no search could show what happened"
	switch {
	case interrupted:
		why = "interrupted before a search could show what happened"
	case q.err != nil:
		why = "no search could show what happened: " + q.err.Error()
	}
	if q.about == lost || q.about == refused && q.maybe {
		r.unsettled++
		q.untold = true
	}
	switch {
	case q.about == lost:
		r.end(q.work, executor.Unknown, "sent, and the reply was lost; "+why)
	case q.about == refused && q.maybe:
		r.end(q.work, executor.Unknown, "sent again after its reply was lost, and refused then; "+why)
	case q.about == follow && (interrupted || q.err != nil):
		r.end(q.work, executor.Held, "added; not accepted: "+why)
	case q.about == follow:
		r.end(q.work, executor.Blocked, "added; not accepted: "+cmp.Or(q.blind, "the client's login does not see the link yet"))
	}
}

// notAgain ends the rows that would be sent again if the run had not stopped.
func (r *Run) notAgain(todo []*work) {
	for _, w := range todo {
		if len(w.done) > 0 {
			r.end(w, executor.Held, "added; not accepted: the run was stopped")
		} else {
			r.end(w, executor.Failed, "a search shows that it was not applied; not sent again, since the run was stopped; the last reply: "+w.last.Reason)
		}
	}
}
