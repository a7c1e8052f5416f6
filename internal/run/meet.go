package run

import (
	"fmt"
	"slices"
	"strings"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// account names an account by its number.
type account struct {
	manager msads.ID
	kind    msads.LinkType
	number  string
}

// met notes what a search shows of a link that this run has added by id: its
// number, by which another row may name it.
func (r *Run) met(w *work, now planner.Seen) {
	if !r.byNumber || now.Number == "" || w.step.Row.AccountNumber != "" || !slices.Contains(w.done, planner.OpAdd) {
		return
	}
	if r.numbers == nil {
		r.numbers = make(map[account]int)
	}
	r.numbers[account{w.step.Key.ManagingCustomerID, w.step.Key.Type, strings.ToUpper(now.Number)}] = w.step.Index
}

// twin is the row that has added the link by id that a row without an id is
// about, as far as searches have shown it.
func (r *Run) twin(s *planner.Step) (index int, found bool) {
	if s.Row.AccountID != 0 || s.SameAs >= 0 || s.Op == planner.OpReject {
		return 0, false
	}
	index, found = r.numbers[account{s.Key.ManagingCustomerID, s.Key.Type, s.Key.Number}]
	return index, found && index != s.Index
}

// meet ends a row, of which nothing was sent, that turns out to be about the
// link of another row of this run: it shares the outcome of that row if it asks
// the same, and contradicts it if not.
func (r *Run) meet(i, other int) {
	w, leader := r.work(i), r.open[other]
	how, same := r.engine.Planner.Compare(&r.plan.Steps[other], w.step)
	step := *w.step
	if same {
		step.Share(other, how)
	} else {
		step.Reject(how)
		r.warn(leader, []string{fmt.Sprintf("row %d names the same account by its number, and %s", step.Row.Number, how)})
	}
	w.step, r.plan.Steps[i] = &step, step
	r.results[i] = executor.Result{
		Step: i, Ops: []planner.Op{step.Op}, Outcome: settledAs(&step), Reason: how, NextStep: nextStep(settledAs(&step), nil),
		EntityID: r.results[other].EntityID, EntityName: r.results[other].EntityName,
	}
}

// meetRest ends the rows that needed nothing, or could not be carried out, as
// long as there was no link, and that turn out to be about one that this run has
// added.
func (r *Run) meetRest() {
	if len(r.numbers) == 0 {
		return
	}
	for i := range r.plan.Steps {
		if other, found := r.twin(&r.plan.Steps[i]); found && !r.sent(i) {
			r.meet(i, other)
		}
	}
}

// lead lets a row that an earlier part of this run has sent lead the rows that
// ask the same of its link, in place of the first of them: what happened to it
// is what happened to all of them.
func (r *Run) lead(i int) {
	steps := r.plan.Steps
	first := steps[i].SameAs
	if first < 0 || r.before.sent(first) {
		return
	}
	leader := steps[first]
	leader.Index, leader.Row = i, steps[i].Row
	how, _ := r.engine.Planner.Compare(&leader, &steps[first])
	for j := range steps {
		if j == first || steps[j].SameAs == first {
			steps[j].Share(i, how)
		}
	}
	steps[i] = leader
}
