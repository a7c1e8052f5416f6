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
	PlanDigest         string   // of what was decided, for apply --expect; empty = not known, and not shown
}

// ops lists every op in the order in which a person reads a plan: what changes
// something first.
var ops = []planner.Op{
	planner.OpAdd, planner.OpAccept, planner.OpDecline, planner.OpCancel, planner.OpUnlink,
	planner.OpBlocked, planner.OpReject, planner.OpNone,
}

// Plan is a plan that can be shown.
type Plan struct {
	head    Head
	agency  string // what the service calls it; empty = not known
	steps   []planner.Step
	dates   planner.Dates
	tripped []planner.Tripped
}

// NewPlan takes a plan to be shown, which is not changed and must not be
// meanwhile. A plan whose steps could not be counted is an error.
func NewPlan(head Head, plan *planner.Plan) (*Plan, error) {
	for i := range plan.Steps {
		if op := plan.Steps[i].Op; !slices.Contains(ops, op) {
			return nil, fmt.Errorf("plan: step %d: op %q is not known", i, op)
		}
	}
	return &Plan{head, plan.Agency, plan.Steps, plan.Dates(), plan.Tripped}, nil
}

// Run is a run that can be reported: a plan, and what happened to each of its
// rows.
type Run struct {
	plan    *Plan
	results []executor.Result
	layout  layout
}

// New takes a run to be reported, which is not changed and must not be
// meanwhile. Results that are not exactly one for each step, in the order of the
// plan, are an error: a report made of them would lie about a row.
func New(head Head, plan *planner.Plan, results []executor.Result) (*Run, error) {
	p, err := NewPlan(head, plan)
	if err != nil {
		return nil, err
	}
	if len(results) != len(plan.Steps) {
		return nil, fmt.Errorf("results: %d for %d steps", len(results), len(plan.Steps))
	}
	for i := range results {
		if results[i].Step != i {
			return nil, fmt.Errorf("results: place %d: result of step %d", i, results[i].Step)
		}
		if !slices.Contains(executor.Outcomes, results[i].Outcome) {
			return nil, fmt.Errorf("results: step %d: outcome %q is not known", i, results[i].Outcome)
		}
	}
	return &Run{p, results, newLayout(head.Header, plan.Steps)}, nil
}

// line is one row of a report: what was decided and what happened to it.
type line struct {
	step   *planner.Step
	result *executor.Result
}

// line is the row of a step.
func (r *Run) line(i int) line { return line{&r.plan.steps[i], &r.results[i]} }

// ops are those that were sent, or the one that was decided: a row that was only
// revived from a record may lack them.
func (l line) ops() []planner.Op {
	if len(l.result.Ops) > 0 {
		return l.result.Ops
	}
	return []planner.Op{l.step.Op}
}

// reason is the newer of the two: what happened explains more than what was
// planned.
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

// entityName is what the service calls the entity, as it was seen last.
func (l line) entityName() string {
	if l.result.EntityName != "" {
		return l.result.EntityName
	}
	return l.step.Before.Name
}

// instant is RFC 3339 in UTC with whole seconds; empty for the zero time.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// digits is a number that counts from 1, or an identifier; nothing for 0.
func digits[N int | int64](n N) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10)
}
