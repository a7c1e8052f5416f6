package report

import (
	"io"

	"linkbatch/executor"
	"linkbatch/planner"
)

// TableOptions tells how text for a terminal looks.
type TableOptions struct {
	All   bool // show also the rows that need nobody's attention
	Color bool // use ANSI colours
	Width int  // columns of the terminal; 0 = not a terminal, lines are not bounded
}

// WritePlanTable writes the plan as a person reads it.
func WritePlanTable(w io.Writer, plan *planner.Plan, opts TableOptions) error {
	return checkPlan(plan)
}

// WriteResults writes the rows of a run as a table.
func WriteResults(w io.Writer, plan *planner.Plan, results []executor.Result, opts TableOptions) error {
	return checkResults(plan, results)
}

// WriteSummary writes what a run came to and what a person does next.
func WriteSummary(w io.Writer, head Head, plan *planner.Plan, results []executor.Result, opts TableOptions) error {
	return checkResults(plan, results)
}
