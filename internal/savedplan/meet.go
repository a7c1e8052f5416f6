package savedplan

import (
	"fmt"
	"strings"

	"linkbatch/ingest"
	"linkbatch/planner"
)

// Drift is a step of a plan that is not what the saved plan has for its row.
type Drift struct {
	Step *planner.Step // as of now
	Why  string        // planned, now, wanted

	was *planner.Step
}

// Meet compares the saved plan with one of the same rows that was made now, and
// holds ([planner.Step.Held]) each step of it that the saved plan does not have as
// it is: its link has changed, or it would do something else. What is left to send
// is what the saved plan would have sent. A row for which this run has sent
// something already, as sent reports by its index, has changed for that reason, and
// is left as it is.
//
// A plan that has not the same rows is a [*RefusedError].
func (f *File) Meet(now *planner.Plan, sent func(step int) bool) ([]Drift, error) {
	drifts, err := drifts(f.Plan, now, sent, true)
	for _, d := range drifts {
		hold(d.was, d.Step, d.Why)
	}
	return drifts, err
}

// Drifts compares a plan that was recorded with one of the same rows that is to be
// carried out, as [File.Meet] does; what an add would send is not compared, since a
// record has not all of it. Nothing is held.
func Drifts(seen, now *planner.Plan, sent func(step int) bool) ([]Drift, error) {
	return drifts(seen, now, sent, false)
}

func drifts(seen, now *planner.Plan, sent func(step int) bool, fields bool) (found []Drift, err error) {
	was, err := pairs(seen, now)
	if err != nil {
		return nil, err
	}
	for i := range now.Steps {
		step := &now.Steps[i]
		if step.SameAs >= 0 || sent(i) {
			continue
		}
		why := drift(was[i], step)
		if why == "" && fields {
			why = otherFields(was[i], step)
		}
		if why != "" {
			found = append(found, Drift{step, why, was[i]})
		}
	}
	return found, nil
}

// pairs finds for each step that was made now the one that was seen of its row, or
// of its link where no row names it; nil = there is none.
func pairs(seen, now *planner.Plan) ([]*planner.Step, error) {
	var rows []*planner.Step
	links := make(map[planner.Key]*planner.Step)
	for i := range seen.Steps {
		if s := &seen.Steps[i]; s.Row.Number > 0 {
			rows = append(rows, s)
		} else {
			links[linkOf(s)] = s
		}
	}
	was, next := make([]*planner.Step, len(now.Steps)), 0
	for i := range now.Steps {
		s := &now.Steps[i]
		switch {
		case s.Row.Number == 0:
			was[i] = links[linkOf(s)]
		case next < len(rows) && rows[next].Row.Number == s.Row.Number:
			was[i] = rows[next]
			next++
		default:
			return nil, refuse(planAgain, "the plan has other rows than it is applied to")
		}
	}
	if next != len(rows) {
		return nil, refuse(planAgain, "the plan has other rows than it is applied to")
	}
	return was, nil
}

// linkOf names a link by its id.
func linkOf(s *planner.Step) planner.Key {
	return planner.Key{ManagingCustomerID: s.Key.ManagingCustomerID, Type: s.Key.Type, EntityID: s.Key.EntityID}
}

// hold keeps a step from being sent. A row of which something was planned and
// nothing could be done any more is held too, and not reported as if that had been
// the plan.
func hold(was, now *planner.Step, why string) {
	now.Held = why
	if was != nil && was.Op.Writes() && !now.Op.Writes() {
		now.Op, now.Reason, now.Profile, now.Send, now.Due, now.Deferred = was.Op, was.Reason, was.Profile, was.Send, was.Due, false
	}
}

// drift says how a step differs from the saved one; nothing if it may go ahead.
// Where neither of them changes anything, there is nothing to hold.
func drift(was, now *planner.Step) string {
	switch {
	case was == nil && now.Op.Writes():
		return fmt.Sprintf("not in the plan: the link is %s, and no row names it", state(now.Before))
	case was == nil || !was.Op.Writes() && !now.Op.Writes():
		return ""
	case !sameLink(was.Before, now.Before):
		return fmt.Sprintf("planned %s on %s; now %s; wanted %s", planned(was), state(was.Before), state(now.Before), wanted(now))
	case was.Op != now.Op:
		return fmt.Sprintf("planned %s on %s; now it would be %s: %s; wanted %s", planned(was), state(was.Before), now.Op, now.Reason, wanted(now))
	}
	return ""
}

// planned is the op of a saved step, and why it waited.
func planned(was *planner.Step) string {
	if was.Op.Writes() || was.Reason == "" {
		return string(was.Op)
	}
	return fmt.Sprintf("%s (%s)", was.Op, was.Reason)
}

// wanted is what the row asks for.
func wanted(s *planner.Step) ingest.Intent {
	if s.Intent == "" {
		return ingest.Intent(s.Op)
	}
	return s.Intent
}

// state is what a search showed of a link.
func state(s planner.Seen) string {
	if !s.Found() {
		return "no link"
	}
	if s.LastModified.IsZero() {
		return string(s.Status)
	}
	return fmt.Sprintf("%s as of %s UTC", s.Status, s.LastModified.UTC().Format("2006-01-02 15:04:05"))
}

// sameLink reports whether a link is as it was. Status and time of the last change
// say so; the rest counts where the service leaves that time out.
func sameLink(a, b planner.Seen) bool {
	return a.Status == b.Status && a.LastModified.Equal(b.LastModified) && a.EntityID == b.EntityID &&
		same(a.IsBillToClient, b.IsBillToClient) && a.StartDate.Equal(b.StartDate)
}

// otherFields says which fields of an add would not be sent as they were planned;
// nothing if all would.
func otherFields(was, now *planner.Step) string {
	if was == nil || was.Op != planner.OpAdd || now.Op != planner.OpAdd || was.Send == nil || now.Send == nil {
		return ""
	}
	a, b := was.Send, now.Send
	var fields []string
	for _, field := range []struct {
		name string
		same bool
	}{
		{"ManagingCustomerId", a.ManagingCustomerID == b.ManagingCustomerID},
		{"ClientEntityId", a.ClientEntityID == b.ClientEntityID},
		{"ClientEntityNumber", a.ClientEntityNumber == b.ClientEntityNumber},
		{"ClientEntityCustomerNumber", a.ClientEntityCustomerNumber == b.ClientEntityCustomerNumber},
		{"Type", a.Type == b.Type},
		{"Name", a.Name == b.Name},
		{"Note", a.Note == b.Note},
		{"IsBillToClient", same(a.IsBillToClient, b.IsBillToClient)},
		{"StartDate", a.StartDate.Equal(b.StartDate)},
		{"SuppressNotification", a.SuppressNotification == b.SuppressNotification},
		{"CustomerLinkPermission", a.CustomerLinkPermission == b.CustomerLinkPermission},
	} {
		if !field.same {
			fields = append(fields, field.name)
		}
	}
	if len(fields) == 0 {
		return ""
	}
	return "planned add with other fields: " + strings.Join(fields, ", ")
}

// same reports whether two values that may not be known are equal.
func same(a, b *bool) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// Refusal refuses a plan for its drifts, each with its row; hint is what to do.
func Refusal(drifts []Drift, hint string) error {
	const most = 20
	var b strings.Builder
	count := "1 row has"
	if len(drifts) > 1 {
		count = fmt.Sprintf("%d rows have", len(drifts))
	}
	b.WriteString(count + " changed since the plan was made; nothing was changed")
	for _, d := range drifts[:min(len(drifts), most)] {
		fmt.Fprintf(&b, "\n  %s: %s", place(d.Step), d.Why)
	}
	if more := len(drifts) - most; more > 0 {
		fmt.Fprintf(&b, "\n  and %d more", more)
	}
	return refuse(hint, "%s", b.String())
}
