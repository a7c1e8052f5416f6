package run

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/planner"
)

// maxSends is how often one op on one link is sent in a run at most: once, and
// again only after two searches showed that nothing had come of it.
const maxSends = 3

// Run carries out a plan: execute, look up what is not settled, decide it
// again, until every row has one outcome. The rule that makes a lost reply
// harmless is in settle: what may have been applied is never sent again before
// two searches have shown the link as it was.
//
// [Run.Carry] is called once, and [Run.Wait] at most once after it. Methods are
// not safe for concurrent use.
type Run struct {
	Caution Caution // set before [Run.Carry]

	engine  *Engine
	plan    *planner.Plan
	before  *Run                          // what an earlier part of this run knew of the rows of the same roster; nil = none
	calls   int                           // those of the earlier parts
	journal executor.Journal              // records calls
	keep    func([]ledger.Progress) error // records what is known of rows beyond the replies to their calls; nil = nothing does

	results []executor.Result // one a step of the plan, in order
	failing map[int]bool      // the rows that are refused or failed as far as is known, by index
	open    map[int]*work     // the steps that something was sent for, or is to be, by index
	now     []*work           // to be sent first
	later   []*work           // to be sent after the adds by id

	byNumber bool            // a row names its account by number alone
	numbers  map[account]int // accounts that rows have added by id, by the numbers that searches have shown: the rows

	searchOnly bool // nothing may be sent: a row is settled by searches as far as they go
	unsettled  int  // rows that are unknown since no search could settle them
}

// New is a run of its own, which goes on with no other and whose record is the
// journal alone; [Turn.Join] makes those that the ledger knows.
func New(e *Engine, plan *planner.Plan, journal executor.Journal) *Run {
	r := &Run{engine: e, plan: plan, journal: journal}
	r.begin()
	return r
}

// Plan is what the run carries out: one step for each row, those that an
// earlier part of the run has sent as they were decided then.
func (r *Run) Plan() *planner.Plan { return r.plan }

// Results are what is known of the rows, one for each step of the plan, in
// order.
func (r *Run) Results() []executor.Result { return r.results }

// Todo are the steps that wait to be sent.
func (r *Run) Todo() []*planner.Step { return append(steps(r.now), steps(r.later)...) }

// work is a step that writes, in progress.
type work struct {
	step  *planner.Step   // as it was decided last; the plan's own until then, which is not changed
	done  []planner.Op    // ops of this row that are confirmed
	sends int             // calls that carried the present op
	maybe bool            // one of them may have been applied
	stale bool            // the link had changed once, and the step was decided again
	last  executor.Answer // what the last call showed that carried the present op
	whole int             // errors, the last ones of its result, that may be another link's: their call was refused as a whole

	sent time.Time // by the service's clock, in an earlier part; zero = not known

	untold bool // no search could show what happened to it
}

// Carry carries out the plan and returns one result for each of its steps, in
// order. They are complete and true even if the error is not nil; it says why
// steps were held, see [executor.Executor.Run].
func (r *Run) Carry(ctx context.Context) ([]executor.Result, error) {
	e := r.engine
	exec := &executor.Executor{Linkers: e.Linkers, Journal: r.journal, Concurrency: e.Concurrency, Now: e.Now, Main: e.Main, Calls: r.calls}
	e.watch().Phase("sending", len(r.now)+len(r.later))
	todo, later, canary := r.now, r.later, r.Caution.Canary
	var stop error
	for stop == nil && len(todo)+len(later) > 0 {
		switch n := min(canary, len(todo)); {
		case len(todo) == 0:
			todo, later = r.decideDeferred(ctx, later), nil
		case n > 0:
			stop = r.sendFirst(ctx, exec, todo[:n], len(todo)+len(later)-n)
			todo, canary = todo[n:], canary-n
		default:
			todo, stop = r.round(ctx, exec, todo)
		}
	}
	for _, w := range slices.Concat(todo, later) {
		r.end(w, executor.Held, unsent(stop))
	}
	r.lookAfter(ctx)
	r.meetRest()
	r.share()
	return r.results, cmp.Or(stop, r.remember(r.ordered()))
}

// begin gives every step the outcome that it has before anything is sent, and
// sorts out what to send now and what waits for the adds by id. A row that an
// earlier part of the run has sent keeps its step from there in the plan,
// unless it is decided anew.
func (r *Run) begin() {
	r.results = make([]executor.Result, len(r.plan.Steps))
	r.open, r.failing = make(map[int]*work), make(map[int]bool)
	for i := range r.plan.Steps {
		r.byNumber = r.byNumber || r.plan.Steps[i].Row.AccountID == 0
		if r.before != nil && r.before.sent(i) {
			r.lead(i)
		}
	}
	for i := range r.plan.Steps {
		if r.before != nil && r.before.sent(i) {
			r.carryOver(i)
		} else {
			r.start(i)
		}
		if r.before != nil && r.before.open[i] != nil {
			r.work(i) // so that what was recorded of the row is replaced
		}
	}
}

// start takes a step as the plan has it.
func (r *Run) start(i int) {
	s := &r.plan.Steps[i]
	r.results[i] = executor.Result{Step: i, Ops: []planner.Op{s.Op}, Reason: s.Reason, EntityID: s.Before.EntityID, EntityName: s.Before.Name}
	r.results[i].Outcome = settledAs(s)
	r.results[i].NextStep = nextStep(r.results[i].Outcome, nil)
	if !s.Op.Writes() || s.SameAs >= 0 {
		return
	}
	if s.Held != "" {
		r.results[i].Reason, r.results[i].NextStep = s.Held, nextHeld
		return
	}
	w := &work{step: s}
	r.open[i] = w
	r.end(w, executor.Held, "not sent")
	r.due(w)
}

// due puts a step among those to be sent.
func (r *Run) due(w *work) {
	if w.step.Deferred {
		r.later = append(r.later, w)
	} else {
		r.now = append(r.now, w)
	}
}

// ordered is every open step in the order of the roster.
func (r *Run) ordered() (all []*work) {
	for _, i := range slices.Sorted(maps.Keys(r.open)) {
		all = append(all, r.open[i])
	}
	return all
}

// rememberAtOnce is how many rows are recorded together: few enough to be held
// twice, many enough for their commit not to count.
const rememberAtOnce = 1000

// remember records what is known of rows.
func (r *Run) remember(rows []*work) error {
	if r.keep == nil {
		return nil
	}
	for part := range slices.Chunk(rows, rememberAtOnce) {
		known := make([]ledger.Progress, len(part))
		for i, w := range part {
			known[i] = ledger.Progress{Result: r.results[w.step.Index], Done: w.done, Whole: w.whole, Sent: cmp.Or(w.step.Sent, w.sent), Step: r.redecided(w)}
		}
		if err := r.keep(known); err != nil {
			return fmt.Errorf("record the outcome of rows: %w", err)
		}
	}
	return nil
}

// redecided is the step of a row if it is not the plan's, or if a search must
// show what happened to it; nil otherwise.
func (r *Run) redecided(w *work) *planner.Step {
	i := w.step.Index
	if w.step == &r.plan.Steps[i] && r.results[i].Outcome != executor.Unknown {
		return nil
	}
	return w.step
}

func steps(todo []*work) []*planner.Step {
	out := make([]*planner.Step, len(todo))
	for i, w := range todo {
		out[i] = w.step
	}
	return out
}

// take keeps what the calls of one round showed of a step. Their errors join
// those of the rounds and parts before, in place of what may be another link's.
func (r *Run) take(answers []executor.Answer) {
	got := answers[len(answers)-1]
	w, res := r.open[got.Step], &r.results[got.Step]
	for _, a := range answers {
		if !a.Sent() {
			continue
		}
		res.Attempts++
		res.Errors = slices.Concat(res.Errors[:len(res.Errors)-w.whole], a.Errors)
		w.last, w.whole = a, 0
		if a.Whole {
			w.whole = len(a.Errors)
		}
	}
	if got.Sent() {
		w.sends++
		w.maybe = w.maybe || got.Outcome == executor.Unknown
		res.Call, res.At, res.TrackingID = got.Call, got.At, got.TrackingID
	}
	switch {
	case got.Outcome == executor.Done:
		r.confirm(w, "")
	case got.Outcome == executor.Held && w.maybe:
		r.end(w, executor.Failed, "two searches show that it was not applied; "+got.Reason)
	case got.Outcome == executor.Held && w.sends > 0:
		r.end(w, executor.Failed, "refused, since the link had changed; "+got.Reason)
	case (got.Outcome == executor.Blocked || got.Outcome == executor.Held) && len(w.done) > 0:
		r.end(w, got.Outcome, "added; not accepted: "+got.Reason)
	case got.Outcome == executor.Refused:
		r.end(w, executor.Refused, refusal(got.Errors))
	default:
		r.end(w, got.Outcome, got.Reason)
		res.NextStep = cmp.Or(got.NextStep, res.NextStep)
	}
}

// confirm marks the present op of a step as applied; how is what showed it,
// if that was not the reply. An op that the row does not ask for by name has the
// plan's reason too.
func (r *Run) confirm(w *work, how string) {
	w.done, w.last = append(w.done, w.step.Op), executor.Answer{}
	reason := confirmed[w.step.Op]
	if w.step.Ended || w.step.Pruned() {
		reason += "; " + w.step.Reason
	}
	if how != "" {
		reason += "; " + how
	}
	r.end(w, executor.Done, reason)
}

// end gives a row an outcome, which holds unless a later round knows better.
// The ops of a row are those that are confirmed and the one that was tried.
func (r *Run) end(w *work, outcome executor.Outcome, reason string) {
	res := &r.results[w.step.Index]
	res.Outcome, res.Reason = outcome, reason
	if delete(r.failing, w.step.Index); outcome == executor.Refused || outcome == executor.Failed {
		r.failing[w.step.Index] = true
	}
	res.Ops = slices.Clone(w.done)
	if !slices.Contains(w.done, w.step.Op) && (w.sends > 0 || len(w.done) == 0) {
		res.Ops = append(res.Ops, w.step.Op)
	}
	res.NextStep = nextStep(outcome, w.last.Errors)
}

// changed returns the steps of which an op was applied, that no search has
// seen since, and that match.
func (r *Run) changed(match func(*work) bool) (out []*work) {
	for i := range r.results {
		if w := r.open[i]; w != nil && len(w.done) > 0 && r.results[i].StatusAfter == "" && match(w) {
			out = append(out, w)
		}
	}
	return out
}

// again takes a step that was decided anew and reports whether it is to be
// sent. Only the planned op on the same link may be, and the accept that
// follows an add; every other decision ends the row.
func (r *Run) again(w *work, next planner.Step) bool {
	accept := next.Op == planner.OpAccept && slices.Contains(w.done, planner.OpAdd)
	if accept {
		w.sends, w.maybe, w.stale = 0, false, false
	}
	same := next.Op == w.step.Op
	pauses := same && next.PausesAds() && !w.step.PausesAds() // which no guard has judged
	if accept || same && !pauses {
		if w.maybe {
			next.Sent = w.step.Sent
		}
		w.step = &next
		return true
	}
	res := &r.results[w.step.Index]
	res.StatusAfter, res.ModifiedAfter = next.Before.Status, next.Before.LastModified
	r.warn(w, next.Warnings)
	switch {
	case pauses:
		r.end(w, executor.Held, "the link changed after the plan was made: unlinking it can pause the client's ads now")
	case next.Op.Writes():
		r.end(w, executor.Held, "the link changed after the plan was made: planned "+string(w.step.Op)+", now it would be "+string(next.Op))
	case next.Op == planner.OpNone && len(w.done) > 0:
		r.end(w, executor.Done, next.Reason)
	case len(w.done) > 0:
		r.end(w, settledAs(&next), "added; not accepted: "+next.Reason)
	default:
		r.end(w, settledAs(&next), next.Reason)
		if w.sends == 0 {
			res.Ops = []planner.Op{next.Op}
		}
	}
	return false
}

// warn adds warnings that the plan did not have.
func (r *Run) warn(w *work, warnings []string) {
	res := &r.results[w.step.Index]
	for _, text := range warnings {
		if !slices.Contains(w.step.Warnings, text) && !slices.Contains(res.Warnings, text) {
			res.Warnings = append(res.Warnings, text)
		}
	}
}
