package run

import (
	"cmp"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/planner"
)

// Forgo records a run that Join has made and of which nothing is sent, since why.
// What waited to be sent is held. A new run ends as [ledger.NotStarted] and is
// never resumed; one that resumes an earlier run has sent something, and stays
// unfinished. Nothing else of the past is touched. run is as in [Turn.Begin],
// whose place this takes. It returns the id of the run.
func (t *Turn) Forgo(r *Run, run ledger.Run, why string) (id string, err error) {
	reason, state := "not sent: "+why, ledger.NotStarted
	if t.resumed == nil {
		r.hold(func(*planner.Step) string { return reason })
	} else {
		state = ledger.Stopped
		for _, s := range r.Todo() {
			r.end(r.open[s.Index], executor.Held, reason)
		}
		r.now, r.later = nil, nil
	}
	if id, err = t.start(r, run); err != nil {
		return "", err
	}
	if t.resumed != nil {
		err = r.remember(r.ordered())
	}
	return id, cmp.Or(err, t.record.End(state, why, Tally(r.results)))
}

// Forgone records a run that ended before its roster was read, since why: no row
// of it is known. Nobody needs to have a turn for it.
func Forgone(l *ledger.Ledger, run ledger.Run, why string) error {
	record, err := l.Begin(run, &planner.Plan{})
	if err != nil {
		return err
	}
	return record.End(ledger.NotStarted, why, Tally(nil))
}
