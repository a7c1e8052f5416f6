package run

import (
	"cmp"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// settledAs is the outcome of a row whose step sends nothing. For a step that
// writes it is held, until more is known.
func settledAs(op planner.Op) executor.Outcome {
	switch op {
	case planner.OpNone:
		return executor.Unchanged
	case planner.OpBlocked:
		return executor.Blocked
	case planner.OpReject:
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

// nextStep says in plain words what a person can do about a row of an outcome,
// whose last call brought these errors.
func nextStep(outcome executor.Outcome, errs []msads.OperationError) string {
	switch outcome {
	case executor.Invalid:
		return "mend the row, then run the same command again"
	case executor.Unknown:
		return "run the same command again: it searches first what became of the row, and sends nothing twice"
	case executor.Waiting:
		return "run the same command again: it says how the link stands, and sends nothing twice"
	case executor.Refused:
		return msads.WorstAdvice(errs)
	case executor.Failed, executor.Held:
		return cmp.Or(msads.WorstAdvice(errs), "run the same command again")
	}
	return ""
}
