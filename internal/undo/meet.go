package undo

import (
	"cmp"
	"fmt"
	"time"

	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Meet blocks the steps of a plan of [Undo.Rows] that must not be sent: those
// without a way back, and those whose link is not as the run has left it. later are
// links that runs of ours have written since the run, as [ledger.Ledger.Recent] has
// them, its own among them; ended is when it ended, by this machine's clock. A row
// for which the undo itself has sent something already, as sent reports by its
// index, is left alone.
func (u *Undo) Meet(plan *planner.Plan, later []ledger.Trace, ended time.Time, sent func(step int) bool) {
	writes := newWrites(later)
	for i := range u.items {
		it, step := &u.items[i], &plan.Steps[i]
		switch {
		case sent(i) || step.Op == planner.OpReject || step.SameAs >= 0:
		case it.idle:
			step.Leave(it.why)
		case it.why != "":
			step.Block(it.why)
		case !step.Op.Writes():
		case writes.after(step, cmp.Or(it.deed.Result.At, ended)):
			step.Block("a later run has changed the link since: undo that run first")
		case !it.untouched(step):
			step.Block(changed(step.Before))
		}
	}
}

// untouched reports whether a link is as the run has left it.
func (it *item) untouched(next *planner.Step) bool {
	left, res := *it.deed.Step, &it.deed.Result
	left.Sent = it.deed.Sent
	if last := it.deed.Done[len(it.deed.Done)-1]; left.Op != last {
		left.Op, left.Sent = last, time.Time{} // the accept that follows an add was decided last
	}
	return left.Untouched(planner.Seen{Status: res.StatusAfter, LastModified: res.ModifiedAfter}, next)
}

// changed says that a link has been changed by somebody else.
func changed(now planner.Seen) string {
	if now.LastModified.IsZero() {
		return fmt.Sprintf("the service does not say when the link last changed, so somebody else may have changed it since; it is %s", now.Status)
	}
	return fmt.Sprintf("somebody else has changed the link since: it is %s as of %s UTC", now.Status, now.LastModified.UTC().Format("2006-01-02 15:04:05"))
}

// writes are when runs of ours have last written links.
type writes map[link]time.Time

// link names a link by its id or, if that was not known, its number.
type link struct {
	manager msads.ID
	kind    msads.LinkType
	id      msads.ID
	number  string
}

func newWrites(traces []ledger.Trace) writes {
	w := make(writes, len(traces))
	for i := range traces {
		k := traces[i].Step.Key
		for _, name := range []link{{k.ManagingCustomerID, k.Type, k.EntityID, ""}, {k.ManagingCustomerID, k.Type, 0, k.Number}} {
			if at := traces[i].Sent; (name.id != 0 || name.number != "") && at.After(w[name]) {
				w[name] = at
			}
		}
	}
	return w
}

// after reports whether the link of a step was written after a time.
func (w writes) after(s *planner.Step, t time.Time) bool {
	k := s.Key
	return k.EntityID != 0 && w[link{k.ManagingCustomerID, k.Type, k.EntityID, ""}].After(t) ||
		k.Number != "" && w[link{k.ManagingCustomerID, k.Type, 0, k.Number}].After(t)
}

// Remains says, in a sentence each, what a plan of the way back does not take back.
func (u *Undo) Remains(plan *planner.Plan) (sentences []string) {
	cancels, again, unlinked := 0, 0, 0
	for i := range u.items {
		switch plan.Steps[i].Op {
		case planner.OpCancel:
			cancels++
		case planner.OpAdd:
			again++
			if u.items[i].deed.Step.Op == planner.OpUnlink {
				unlinked++
			}
		}
	}
	if cancels > 0 {
		sentences = append(sentences, "the e-mail about an invitation was sent: its client may ask what it was about")
	}
	if again > 0 {
		sentences = append(sentences, "a link comes back as a new invitation: its client gets another e-mail, and must accept within 30 days")
	}
	if unlinked > 0 {
		sentences = append(sentences, "an account that was unlinked cannot be managed until then; its ads may have paused if the agency paid")
	}
	return sentences
}
