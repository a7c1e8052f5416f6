package ledger

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"linkbatch/executor"
)

// Recorder records a run in progress. It implements [executor.Journal]. Each
// method returns when its record is on disk. A Recorder is safe for concurrent
// use; concurrent calls are committed together.
//
// After a record could not be written, Sending refuses every further call with
// that error, so that nothing is sent that is not recorded.
type Recorder struct {
	l    *Ledger
	id   string
	part part // the one that it records

	mu     sync.Mutex
	failed error
}

var _ executor.Journal = (*Recorder)(nil)

// Recover returns a recorder for a run whose process is dead, to record what
// searches show of the run's calls, and to end the run as [Closed] if it is not
// resumed. Recover itself records nothing.
func (l *Ledger) Recover(id string) (*Recorder, error) {
	rec := &Recorder{l: l, id: id}
	err := l.read(func(v *view) error {
		e, err := v.entry(id)
		if err != nil {
			return err
		}
		parts, err := v.parts(e)
		if err == nil {
			rec.part = *parts[len(parts)-1]
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rec, nil
}

// write records, and remembers the first failure.
func (r *Recorder) write(do func(*tx) error) error {
	err := r.l.write(do)
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.failed == nil {
			r.failed = err
		}
	}
	return err
}

// record records something of the run, at a tick.
func (r *Recorder) record(do func(t *tx, e *entry, tick int64) error) error {
	return r.write(func(t *tx) error {
		tick, err := t.now()
		if err != nil {
			return err
		}
		e, err := t.change(r.part.run)
		if err != nil {
			return err
		}
		return do(t, e, tick)
	})
}

// Sending implements [executor.Journal]: it records the call and its links as
// they are about to be sent. A number that the run has already used is an error.
func (r *Recorder) Sending(c executor.Call) error {
	r.mu.Lock()
	failed := r.failed
	r.mu.Unlock()
	if failed != nil {
		return failed
	}
	sent := nanos(time.Now())
	links := make([][]any, len(c.Steps))
	for i, s := range c.Steps {
		payload, err := encodeStep(s)
		if err != nil {
			return r.l.fail(fmt.Errorf("call %d: step %d %w", c.Number, s.Index, err), true)
		}
		links[i] = []any{r.part.run, int64(c.Number), int64(i), int64(s.Index), payload}
	}
	return r.record(func(t *tx, e *entry, tick int64) error {
		e.calls++
		e.latest = max(e.latest, sent)
		if err := t.insert(&callsTable, e.seq, int64(c.Number), r.part.part, string(c.Op), c.Profile, int64(len(c.Steps)), sent, tick); err != nil {
			return err
		}
		return t.insertAll(&linksTable, links)
	})
}

// Returned implements [executor.Journal]: it records what the reply said about
// each link of a call that Sending has recorded. There must be one answer for
// each step.
func (r *Recorder) Returned(c executor.Call, answers []executor.Answer) error {
	at := nanos(time.Now())
	payloads := make([]string, len(c.Steps))
	outcomes := make([]string, len(c.Steps))
	for i, s := range c.Steps {
		n := slices.IndexFunc(answers, func(a executor.Answer) bool { return a.Step == s.Index })
		if n < 0 || len(answers) != len(c.Steps) {
			return r.refuse(fmt.Errorf("call %d: %d answers for %d links, or none for step %d: a reply that %w", c.Number, len(answers), len(c.Steps), s.Index, errEncoding))
		}
		var err error
		if payloads[i], err = encode(new(storeAnswer(&answers[n]))); err != nil {
			return r.refuse(fmt.Errorf("call %d: answer of step %d %w", c.Number, s.Index, err))
		}
		outcomes[i] = string(answers[n].Outcome)
	}
	return r.record(func(t *tx, e *entry, tick int64) error {
		replies := make([][]any, len(c.Steps))
		for i := range replies {
			replies[i] = []any{e.seq, int64(c.Number), int64(i), at, outcomes[i], payloads[i], tick}
		}
		e.replies += int64(len(replies))
		e.latest = max(e.latest, at)
		return t.insertAll(&repliesTable, replies)
	})
}

// refuse remembers the error of a record that cannot be written because of its
// content.
func (r *Recorder) refuse(err error) error {
	return r.write(func(*tx) error { return err })
}

// Keep records what is known of rows, replacing what was known of them before.
// Either all of it is recorded or nothing.
func (r *Recorder) Keep(rows []Progress) error {
	at := nanos(time.Now())
	return r.record(func(t *tx, e *entry, tick int64) error {
		v := t.view()
		for i := range rows {
			res := &rows[i].Result
			payload, err := encodeProgress(&rows[i])
			if err != nil {
				return fmt.Errorf("result of step %d %w", res.Step, err)
			}
			fresh, err := t.put(&keptTable, e.seq, int64(res.Step), int64(res.Call), at, payload, tick)
			if err != nil {
				return err
			}
			if fresh {
				e.kept++
			}
			if err := r.identify(t, v, res); err != nil {
				return err
			}
		}
		return nil
	})
}

// identify notes the id that was found for a row that identifies its account by
// number alone. If a row has both, they are not trusted to belong together.
func (r *Recorder) identify(t *tx, v *view, res *executor.Result) error {
	if res.EntityID == 0 {
		return nil
	}
	row, err := v.row(&r.part, int64(res.Step))
	if err != nil || row.AccountID != 0 || row.AccountNumber == "" {
		return err
	}
	return t.pair(int64(res.EntityID), row.AccountNumber)
}

// End records how the run ended and how many of its rows have each outcome.
// state must not be [Running].
func (r *Recorder) End(state State, note string, outcomes map[executor.Outcome]int) error {
	if !slices.Contains([]State{Interrupted, Stopped, Finished, NotStarted, Closed}, state) {
		return fmt.Errorf("%q: %w", state, errState)
	}
	ended := time.Now().UTC()
	return r.write(func(t *tx) error {
		e, err := t.change(r.part.run)
		if err == nil {
			e.State, e.Note, e.Ended, e.Outcomes = state, note, ended, outcomes
		}
		return err
	})
}

// errState is an End with a state that does not end a run.
var errState = errors.New("a run ends as interrupted, stopped, finished, not started or closed")
