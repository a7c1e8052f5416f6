package report

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"linkbatch/executor"
	"linkbatch/planner"
)

// FormatVersion is the version of the JSON and JSON Lines forms. It grows when
// a key changes its meaning or goes away, not when one is added.
const FormatVersion = 1

// Head is what a report says about the run as a whole.
type Head struct {
	File   string // the roster, as the user named it
	Sheet  string // empty for a CSV file
	Digest string // of the roster's bytes, "sha256:" and hexadecimal digits

	Header             []string // the roster's own columns, as written
	Endpoint           string   // base URL of the service
	ManagingCustomerID string   // the default of the run; may be empty
	Run                string   // id of the run; empty for a plan
}

// ops lists every op in the order in which a person reads a plan: what changes
// something first.
var ops = []planner.Op{
	planner.OpAdd, planner.OpAccept, planner.OpDecline, planner.OpCancel, planner.OpUnlink,
	planner.OpBlocked, planner.OpReject, planner.OpNone,
}

// checkPlan refuses a plan whose steps could not be counted.
func checkPlan(plan *planner.Plan) error {
	for i := range plan.Steps {
		if op := plan.Steps[i].Op; !slices.Contains(ops, op) {
			return fmt.Errorf("plan: step %d: op %q is not known", i, op)
		}
	}
	return nil
}

// checkResults refuses results that are not exactly one for each step, in
// order: a report made of them would lie about a row.
func checkResults(plan *planner.Plan, results []executor.Result) error {
	if err := checkPlan(plan); err != nil {
		return err
	}
	if len(results) != len(plan.Steps) {
		return fmt.Errorf("results: %d for %d steps", len(results), len(plan.Steps))
	}
	for i := range results {
		if results[i].Step != i {
			return fmt.Errorf("results: place %d: result of step %d", i, results[i].Step)
		}
		if !slices.Contains(executor.Outcomes, results[i].Outcome) {
			return fmt.Errorf("results: step %d: outcome %q is not known", i, results[i].Outcome)
		}
	}
	return nil
}

// line is one row of a report: what was decided and what became of it.
type line struct {
	step   *planner.Step
	result *executor.Result
}

func (l line) ops() []planner.Op {
	if len(l.result.Ops) > 0 {
		return l.result.Ops
	}
	return []planner.Op{l.step.Op}
}

func (l line) reason() string {
	if l.result.Reason != "" {
		return l.result.Reason
	}
	return l.step.Reason
}

// warnings are those of the step and of the result, each once.
func (l line) warnings() []string {
	warnings := make([]string, 0, len(l.step.Warnings)+len(l.result.Warnings))
	for _, list := range [][]string{l.step.Warnings, l.result.Warnings} {
		for _, warning := range list {
			if !slices.Contains(warnings, warning) {
				warnings = append(warnings, warning)
			}
		}
	}
	return warnings
}

// entityID is the account or customer that the row is about, as far as it is
// known from the service.
func (l line) entityID() string {
	for _, id := range []string{l.result.EntityID.String(), l.step.Before.EntityID.String()} {
		if id != "" {
			return id
		}
	}
	return l.step.Key.EntityID.String()
}

func (l line) entityName() string {
	if l.result.EntityName != "" {
		return l.result.EntityName
	}
	return l.step.Before.Name
}

// at is RFC 3339 in UTC with whole seconds; empty when nothing was sent.
func (l line) at() string {
	if l.result.At.IsZero() {
		return ""
	}
	return l.result.At.UTC().Format(time.RFC3339)
}

// count is n in digits, or nothing for 0.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
