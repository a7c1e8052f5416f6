package planner

import (
	"slices"
	"strings"
	"time"

	"linkbatch/ingest"
)

// wants is the intent by whose rules the step is decided: that of the row, until
// the roster ends its link.
func (s *Step) wants() ingest.Intent {
	if s.Ended {
		return ingest.Unlink
	}
	return s.Intent
}

// endsLinks reports whether a row of an intent may say when its link ends.
func endsLinks(intent ingest.Intent) bool { return intent == ingest.Link || intent == ingest.Add }

// strayEnd and strayEndHint are what is wrong with an end date where the action
// is blank and its default is not to link or add. Where the action is there,
// ingest has found it.
const (
	strayEnd     = "is only for rows that link or add"
	strayEndHint = "empty the cell; the day from which this action is due goes into start_date"
)

// over reports whether the roster has ended the link of a row.
func (o *Options) over(row *ingest.Row) bool {
	return !row.EndDate.IsZero() && !o.Now.IsZero() && !o.ends(row.EndDate).After(o.Now)
}

// later reports whether the row is one that waits for its day, which has not come.
func (o *Options) later(row *ingest.Row) bool {
	due := o.begins(row.StartDate)
	return waits(o.intent(row)) && !due.IsZero() && due.After(o.Now)
}

// waits reports whether start_date is the day from which a row of an intent is
// due. For the others it is a field of the link that is sent at once.
func waits(intent ingest.Intent) bool {
	return intent == ingest.Unlink || intent == ingest.Cancel || intent == ingest.Decline
}

// postpone makes a decided step whose row is not due wait for its day. What would
// keep it from being sent as things are is a warning, while there is time.
func (p *Planner) postpone(step *Step) {
	if !p.later(&step.Row) {
		return
	}
	if !step.Op.Writes() {
		step.warn("as things are, nothing will be sent: " + step.Reason)
	}
	rule, _ := find(step.Intent, step.Side, everyStatus, facts{notDue: true})
	step.end(rule.op, datedReason(rule.reason, step))
	step.Due = p.begins(step.Row.StartDate)
}

// datedReason fills the dates of a row into a reason.
func datedReason(reason string, step *Step) string {
	return strings.NewReplacer("{due}", step.Row.StartDate.Words(), "{end}", step.Row.EndDate.Words()).Replace(reason)
}

// begins is when a date begins: a day at its midnight in the time zone.
func (o *Options) begins(d ingest.Date) time.Time {
	if d.IsZero() || d.HasTime {
		return d.Time
	}
	return midnight(d.Time, o.zone())
}

// ends is when the last day of a link is over.
func (o *Options) ends(d ingest.Date) time.Time { return midnight(d.AddDate(0, 0, 1), o.zone()) }

func (o *Options) zone() *time.Location {
	if o.TimeZone == nil {
		return time.UTC
	}
	return o.TimeZone
}

// midnight is when the year, month and day of t begin in a zone, in UTC. Where
// the clocks skip midnight, the day begins an hour later.
func midnight(t time.Time, zone *time.Location) time.Time {
	year, month, day := t.Date()
	begins := time.Date(year, month, day, 0, 0, 0, 0, zone)
	if begins.Day() != day {
		begins = begins.Add(time.Hour)
	}
	return begins.UTC()
}

// Dates is what a roster says is to come: how many rows of each kind there are,
// and the earliest date.
type Dates struct {
	Scheduled int         // rows that are not due yet
	FirstDue  ingest.Date // zero if there are none
	Ending    int         // rows whose link is to end on a day
	FirstEnd  ingest.Date
}

// Dates sums up the plan. Rows that repeat another are rows too.
func (p *Plan) Dates() (d Dates) {
	for i := range p.Steps {
		switch s := &p.Steps[i]; {
		case !s.Due.IsZero():
			d.due(&s.Row)
		case !s.Row.EndDate.IsZero() && !s.Ended && s.Op != OpReject && endsLinks(s.Intent):
			d.end(&s.Row)
		}
	}
	return d
}

// Dated reports whether what the plan holds depends on the day: a row waits for
// one, is due since one, or says when its link ends.
func (p *Plan) Dated() bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool {
		return !s.Row.EndDate.IsZero() || !s.Row.StartDate.IsZero() && waits(s.Intent)
	})
}

func (d *Dates) due(row *ingest.Row) {
	d.Scheduled++
	d.FirstDue = earlier(d.FirstDue, row.StartDate)
}

func (d *Dates) end(row *ingest.Row) {
	d.Ending++
	d.FirstEnd = earlier(d.FirstEnd, row.EndDate)
}

// earlier is the first of two dates; one that is zero is none.
func earlier(a, b ingest.Date) ingest.Date {
	if a.IsZero() || b.Before(a.Time) {
		return b
	}
	return a
}
