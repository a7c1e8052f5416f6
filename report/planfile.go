package report

import (
	"linkbatch/executor"
	"linkbatch/planner"
)

// File writes the plan to the file name as [Run.File] writes a run, with the same
// columns: those about calls are blank, and so is the outcome of what is still to
// be sent. Rows that need nothing are left out unless all is set, which makes it
// the status of each row of the roster.
func (p *Plan) File(name string, all bool) error {
	return p.run(all).File(name)
}

// run is a run of the plan that has sent nothing yet.
func (p *Plan) run(all bool) *Run {
	shown := *p
	if !all {
		shown.steps = nil
		for i := range p.steps {
			if opts := (TableOptions{}); opts.shows(&p.steps[i]) {
				shown.steps = append(shown.steps, p.steps[i])
			}
		}
	}
	results := make([]executor.Result, len(shown.steps))
	for i := range shown.steps {
		s := &shown.steps[i]
		results[i] = executor.Result{Step: i, Outcome: p.ahead(s), Reason: s.Held}
	}
	return &Run{&shown, results, newLayout(p.head.Header, shown.steps)}
}

// ahead is the outcome that a step has already; blank for one that is to be sent,
// and for a row that shares the outcome of such a one.
func (p *Plan) ahead(s *planner.Step) executor.Outcome {
	if s.SameAs >= 0 {
		s = &p.steps[s.SameAs]
	}
	switch {
	case !s.Due.IsZero():
		return executor.Scheduled
	case s.Op == planner.OpReject:
		return executor.Invalid
	case s.Op == planner.OpBlocked:
		return executor.Blocked
	case s.Op == planner.OpNone:
		return executor.Unchanged
	case s.Held != "":
		return executor.Held
	}
	return ""
}
