package executor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"linkbatch/internal/duration"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Linker sends links to the service. Cancelling ctx stops what has not been
// sent yet, never a call that has; an error is a [*msads.CallError], which
// knows whether anything may have been applied.
type Linker interface {
	// ServiceTimeAtMost is the present time by the service's own clock, at the latest;
	// zero if the service has not stated it.
	ServiceTimeAtMost() time.Time
	AddClientLinks(ctx context.Context, links []msads.ClientLink) (*msads.Reply, error)
	UpdateClientLinks(ctx context.Context, links []msads.ClientLink) (*msads.Reply, error)
}

// ErrBreaker stops a run whose calls all fail.
var ErrBreaker = errors.New("the calls keep failing")

// breakTime is how long no call is answered before [ErrBreaker], and at least
// twice as many calls as are made at once have to fail in that time: one hiccup
// of the service is not an outage. Meanwhile the gate of the clients makes ever
// fewer calls.
const breakTime = 30 * time.Second

// Executor carries out steps. Its fields are set before the first Run and not
// changed afterwards; Run is called by one goroutine at a time, and call
// numbers continue from one Run to the next.
type Executor struct {
	Linkers     map[string]Linker // by profile
	Journal     Journal
	Concurrency int // calls at once, at least 1
	Calls       int // the number of the last call of this run, 0 before the first; the next call is numbered from here
	Now         func() time.Time

	// Main is the profile without which the run cannot continue. When the
	// credentials of another are refused, its steps are blocked and the others
	// are sent; empty = every profile is needed.
	Main string

	mu          sync.Mutex
	failures    int              // calls in a row that failed
	answered    time.Time        // the last answer, or the start of Run
	stop        error            // the first reason to send nothing more
	interrupted bool             // it is that the caller has ended the run
	shut        map[string]error // by profile: why its credentials were refused
	cancel      context.CancelCauseFunc
}

// Run sends steps, each of which writes, and emits for every one of them what
// the calls that carried it showed, as soon as that is known: one [Answer], or
// two of a link that was sent alone after its call was refused as a whole. emit
// is never called by two goroutines at once; an error of it stops the run. In a
// step that was not sent before, Run sets Sent.
//
// Run returns nil when every step was sent, otherwise the reason why some were
// held: the cause of ctx, an error of the journal or of emit, [ErrBreaker], or
// the [*msads.CallError] after which no further call makes sense. Calls that wait
// for their turn when the run stops are not sent either.
func (e *Executor) Run(ctx context.Context, steps []*planner.Step, emit func(answers []Answer) error) error {
	e.stop, e.failures, e.answered, e.interrupted = nil, 0, e.Now(), false
	ctx, e.cancel = context.WithCancelCause(ctx)
	defer e.cancel(nil)
	var emitting sync.Mutex
	var g errgroup.Group
	g.SetLimit(max(1, e.Concurrency))
	for _, chunk := range chunks(steps) {
		number := e.number()
		g.Go(func() error {
			answers := e.send(ctx, number, chunk)
			emitting.Lock()
			defer emitting.Unlock()
			for _, of := range answers {
				if err := emit(of); err != nil {
					e.halt(err)
				}
			}
			return nil
		})
	}
	g.Wait()
	return e.stop
}

// chunks groups steps by profile and op, in the order in which they first
// appear, and cuts each group into calls of at most ten, which is what the
// service asks for (AddClientLinks and UpdateClientLinks, "limit to 10").
func chunks(steps []*planner.Step) [][]*planner.Step {
	type group struct {
		profile string
		op      planner.Op
	}
	var order []group
	groups := make(map[group][]*planner.Step)
	for _, s := range steps {
		k := group{s.Profile, s.Op}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], s)
	}
	var out [][]*planner.Step
	for _, k := range order {
		out = slices.AppendSeq(out, slices.Chunk(groups[k], msads.MaxLinksPerCall))
	}
	return out
}

// send makes the call for one chunk, and one call for each link when the
// service refuses the chunk as a whole because of a link in it. It returns the
// answers of each step, in the order of the chunk.
func (e *Executor) send(ctx context.Context, number int, chunk []*planner.Step) [][]Answer {
	answers := make([][]Answer, len(chunk))
	first, whole := e.call(ctx, number, chunk)
	for i := range chunk {
		answers[i] = first[i : i+1 : i+1]
	}
	if !whole || len(chunk) == 1 {
		return answers
	}
	for i := range chunk {
		alone, _ := e.call(ctx, e.number(), chunk[i:i+1])
		if alone[0].Sent() { // otherwise what is known is that the chunk was refused
			answers[i] = append(answers[i], alone[0])
		}
	}
	return answers
}

// call makes one call. whole reports that the service refused it as a whole,
// with nothing applied, for a reason that may lie in one link.
func (e *Executor) call(ctx context.Context, number int, chunk []*planner.Step) (answers []Answer, whole bool) {
	linker := e.Linkers[chunk[0].Profile]
	if linker == nil {
		return all(chunk, Answer{Outcome: Held, Reason: fmt.Sprintf("no credentials for profile %q", chunk[0].Profile)}), false
	}
	if why := e.refused(chunk[0].Profile); why != "" {
		return all(chunk, Answer{Outcome: Blocked, Reason: why}), false
	}
	c, err := e.begin(ctx, number, chunk, linker.ServiceTimeAtMost())
	if err != nil {
		return all(chunk, Answer{Outcome: Held, Reason: e.held()}), false
	}
	reply, err := exchange(ctx, linker, chunk)
	base := Answer{Call: c.Number, At: e.Now().UTC()}
	if err == nil {
		answers = read(chunk, base, reply)
		e.end(c, answers, nil)
		return answers, false
	}
	failure := callError(err)
	base, whole = e.unanswered(ctx, c, base, failure)
	answers = all(chunk, base)
	if whole {
		failure = nil // an answer
	}
	e.end(c, answers, failure)
	return answers, whole
}

// unanswered is the answer for each step of a call that brought no reply link
// by link.
func (e *Executor) unanswered(ctx context.Context, c Call, base Answer, failure *msads.CallError) (answer Answer, whole bool) {
	base.TrackingID, base.Errors = failure.TrackingID, failure.Errors
	base.Outcome, base.Reason = outcomeOf(ctx, failure)
	switch base.Outcome {
	case Refused:
		if len(c.Steps) > 1 { // perhaps for one of them: what is true of each is that nothing was applied
			base.Whole = true
			base.Outcome, base.Reason, base.NextStep = Failed, "refused together with other links, and not sent alone yet; "+base.Reason, againAlone
		}
		return base, true
	case Held:
		_ = e.stopped(ctx) // which remembers why
		base.Call, base.At, base.Reason = 0, time.Time{}, e.held()
	case Failed:
		base.NextStep = failure.Advice()
		if e.shutOut(c.Profile, failure) {
			base.Outcome, base.Reason, base.NextStep = Blocked, e.refused(c.Profile), ""
		}
	}
	return base, false
}

// againAlone is the next step for a link whose call was refused as a whole, and
// that was not sent alone since the run stopped.
const againAlone = "run the same command again"

// exchange hands the links of a chunk to the operation that its op asks for.
func exchange(ctx context.Context, linker Linker, chunk []*planner.Step) (*msads.Reply, error) {
	links := make([]msads.ClientLink, len(chunk))
	for i, s := range chunk {
		links[i] = *s.Send
	}
	if chunk[0].Op == planner.OpAdd {
		return linker.AddClientLinks(ctx, links)
	}
	return linker.UpdateClientLinks(ctx, links)
}

// number is the number of the next call.
func (e *Executor) number() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.Calls++
	return e.Calls
}

// begin records a call, unless nothing more is to be sent.
func (e *Executor) begin(ctx context.Context, number int, chunk []*planner.Step, at time.Time) (Call, error) {
	c := Call{Number: number, Op: chunk[0].Op, Profile: chunk[0].Profile, Steps: chunk}
	if err := e.stopped(ctx); err != nil {
		return c, err
	}
	for _, s := range chunk {
		if s.Sent.IsZero() {
			s.Sent = at
		}
	}
	if err := e.Journal.Sending(c); err != nil {
		return c, e.halt(fmt.Errorf("record call %d: %w", c.Number, err))
	}
	return c, nil
}

// stopped is the reason to send nothing more, if there is one.
func (e *Executor) stopped(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stop == nil && ctx.Err() != nil {
		e.stop, e.interrupted = context.Cause(ctx), true
	}
	return e.stop
}

// held words why a step was not sent, once there is a reason to stop.
func (e *Executor) held() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.interrupted { // its cause names a signal or a context, which says nothing to a person
		return "not sent: interrupted"
	}
	return "not sent: " + e.stop.Error()
}

// end records what came back and decides whether the run continues. failure is
// nil when the service answered, link by link or by a refusal of the whole.
func (e *Executor) end(c Call, answers []Answer, failure *msads.CallError) {
	if err := e.Journal.Returned(c, answers); err != nil {
		e.halt(fmt.Errorf("record the result of call %d: %w", c.Number, err))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	outcome := answers[0].Outcome
	switch {
	case failure == nil || outcome == Held || outcome == Blocked:
		e.failures, e.answered = 0, e.Now()
		return
	case hopeless(failure):
		e.stopFor(failure)
	}
	e.failures++
	if silent := e.Now().Sub(e.answered); e.failures >= 2*max(1, e.Concurrency) && silent >= breakTime {
		e.stopFor(fmt.Errorf("%w: %d in a row, and no answer for %s; the last one: %w", ErrBreaker, e.failures, duration.String(silent), failure))
	}
}

// halt sends nothing more and remembers the first reason.
func (e *Executor) halt(err error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stopFor(err)
}

// stopFor keeps the first reason to stop, and takes back the calls that wait
// to be sent. The caller holds mu.
func (e *Executor) stopFor(err error) error {
	e.stop = cmp.Or(e.stop, err)
	e.cancel(e.stop)
	return e.stop
}

// all gives every step of a chunk the same answer.
func all(chunk []*planner.Step, base Answer) []Answer {
	answers := make([]Answer, len(chunk))
	for i, s := range chunk {
		answers[i] = base
		answers[i].Step = s.Index
	}
	return answers
}
