package report

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Pending is a list of pending invitations, as a person or a program reads it.
type Pending struct {
	Endpoint           string    // base URL of the service
	ManagingCustomerID string    // whose invitations they are
	AsOf               time.Time // what ages and days left are counted at: the service's own time
	SignIn             string    // the address of the website where clients sign in
	Waiting            []planner.Invitation
	Files              []string // the letter of each, as [Pending.Pack] names it; nil without a pack
}

// file is the letter of an invitation; empty without a pack.
func (p *Pending) file(i int) string {
	if p.Files == nil {
		return ""
	}
	return p.Files[i]
}

// day is 24 hours: the 30 days of an invitation are counted by the clock.
const day = 24 * time.Hour

// age is the whole days since the invitation, nil if it has no date.
func (p *Pending) age(i planner.Invitation) *int {
	if i.Invited.IsZero() {
		return nil
	}
	return new(int(max(0, p.AsOf.Sub(i.Invited)) / day))
}

// left is the days until the invitation expires, nil if it has no date: the day
// that is running counts, so that age and days left are 30 together; 0 when the
// time is over.
func (p *Pending) left(i planner.Invitation) *int {
	if i.Expires.IsZero() {
		return nil
	}
	return new(daysUp(i.Expires.Sub(p.AsOf)))
}

// daysUp is a time in days, a part of one counted whole; 0 for one in the past.
func daysUp(d time.Duration) int { return int((max(0, d) + day - 1) / day) }

// starts is the day from which the link is to hold, zero if that is as soon as it
// is accepted.
func (p *Pending) starts(i planner.Invitation) time.Time {
	if !i.Link.StartDate.After(p.AsOf) {
		return time.Time{}
	}
	return i.Link.StartDate.UTC()
}

// Table writes the list as a person reads it, in the order given, and a line
// that counts.
func (p *Pending) Table(w io.Writer, opts TableOptions) error {
	t := Table{Columns: pendingColumns, Width: opts.Width}
	for i := range p.Waiting {
		t.Row(opts.pendingCells(p, i)...)
	}
	if err := t.Write(w); err != nil {
		return err
	}
	text := fmt.Sprintf("customer %s has no pending invitations\n", p.ManagingCustomerID)
	if n := len(p.Waiting); n > 0 {
		text = "\n" + Plural(n, "pending invitation") + "\n"
	}
	_, err := io.WriteString(w, text)
	return err
}

var pendingColumns = []Column{
	{Name: "left", Right: true}, {Name: "expires (UTC)"}, {Name: "age"}, {Name: "client", Prose: true}, {Name: "account"}, {Name: "link"},
	{Name: "payer"}, {Name: "starts"}, {Name: "letter", Prose: true},
}

// Less than this is a matter for today, or for this week.
const (
	urgent = 3 * day
	soon   = 7 * day
)

// pendingCells is an invitation as a row of the table: red when it expires within
// three days, yellow within a week.
func (o TableOptions) pendingCells(p *Pending, n int) []string {
	i := p.Waiting[n]
	left, expires, age, color := "?", "?", "?", ""
	if !i.Expires.IsZero() {
		rest := i.Expires.Sub(p.AsOf)
		left, expires = shortLeft(rest), i.Expires.Format("2006-01-02 15:04")
		age = strconv.Itoa(*p.age(i)) + "d"
		switch {
		case rest < urgent:
			color = red
		case rest < soon:
			color = yellow
		}
	}
	starts := ""
	if at := p.starts(i); !at.IsZero() {
		starts = at.Format("2006-01-02 15:04")
	}
	account := i.Link.ClientEntityID.String() + " " + i.Link.ClientEntityNumber
	kind := "account"
	if i.Link.Type == msads.CustomerLink {
		kind = "customer"
	}
	return []string{
		o.paint(left, color), expires, age, Visible(i.Link.ClientEntityName), Visible(account),
		kind, payer(i.Link.IsBillToClient), starts, p.file(n),
	}
}

// remaining is the time until an end in days, and on the last day in whole hours.
func remaining(d time.Duration) (n int, unit string) {
	if d < day {
		return int(d / time.Hour), "hour"
	}
	return daysUp(d), "day"
}

// shortLeft is the time until an end as a table has it.
func shortLeft(d time.Duration) string {
	n, unit := remaining(d)
	switch {
	case d <= 0:
		return "over"
	case n == 0:
		return "<1h"
	}
	return strconv.Itoa(n) + unit[:1]
}
