package main

import (
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

// nextStep says what a person can do about a row, in plain words.
func nextStep(res *executor.Result) string {
	switch res.Outcome {
	case executor.Invalid:
		return "mend the row, then run the same command again"
	case executor.Unknown:
		return "run the same command again: it searches first what became of the row, and sends nothing twice"
	case executor.Waiting:
		return "run the same command again: it says how the link stands, and sends nothing twice"
	case executor.Refused:
		return msads.Advice(worst(res.Errors))
	case executor.Failed, executor.Held:
		if len(res.Errors) > 0 {
			return msads.Advice(worst(res.Errors))
		}
		return "run the same command again"
	}
	return ""
}

// worst is the error of the highest class, the first of several; the zero
// error of none.
func worst(errs []msads.OperationError) (err msads.OperationError) {
	for i, e := range errs {
		if i == 0 || msads.Classify(e) > msads.Classify(err) {
			err = e
		}
	}
	return err
}
