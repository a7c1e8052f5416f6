package run

import (
	"cmp"
	"fmt"
	"strings"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// settledAs is the outcome of a row whose step sends nothing. For a step that
// writes it is held, until more is known.
func settledAs(step *planner.Step) executor.Outcome {
	switch {
	case !step.Due.IsZero():
		return executor.Scheduled
	case step.Op == planner.OpNone:
		return executor.Unchanged
	case step.Op == planner.OpBlocked:
		return executor.Blocked
	case step.Op == planner.OpReject:
		return executor.Invalid
	}
	return executor.Held
}

// confirmed says what is true of a link once an op is applied.
var confirmed = map[planner.Op]string{
	planner.OpAdd:     "invited",
	planner.OpAccept:  "accepted",
	planner.OpDecline: "declined",
	planner.OpCancel:  "invitation canceled",
	planner.OpUnlink:  "unlink requested",
}

// refusal says that the service refused a link, and its first reason. The report
// has all of them.
func refusal(errs []msads.OperationError) string {
	if len(errs) == 0 {
		return "refused: the service gave no reason"
	}
	e := errs[0]
	return strings.TrimSuffix(fmt.Sprintf("refused: %d %s", e.Code, cmp.Or(e.Message, e.ErrorCode)), ".")
}

// nextStep says in plain words what a person can do about a row of an outcome,
// whose last call brought these errors.
func nextStep(outcome executor.Outcome, errs []msads.OperationError) string {
	switch outcome {
	case executor.Invalid:
		return "fix the row, then run the same command again"
	case executor.Scheduled:
		return "run the same roster again on that day or later"
	case executor.Unknown:
		return "run the same command again: it first checks what happened to the row, and sends nothing twice"
	case executor.Waiting:
		return "run the same command again: it shows the link's status, and sends nothing twice"
	case executor.Refused:
		return msads.WorstAdvice(errs)
	case executor.Failed, executor.Held:
		return cmp.Or(msads.WorstAdvice(errs), "run the same command again")
	}
	return ""
}

// nextHeld is what a person can do about a row that this run was made to leave
// out: its reason says by what.
const nextHeld = "look at the reason, then plan again: the plan shows what the row needs now"

// share gives every row that asks the same as an earlier one its outcome.
func (r *Run) share() {
	for i := range r.plan.Steps {
		if s := &r.plan.Steps[i]; s.SameAs >= 0 {
			r.results[i] = r.results[s.SameAs]
			r.results[i].Step, r.results[i].Reason = i, s.Reason
		}
	}
}
