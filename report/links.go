package report

import (
	"strconv"
	"time"

	"linkbatch/planner"
)

// Links is a list of client links as a roster: each has the action that leaves it
// as it is, so that a plan of the roster has nothing to do.
type Links struct {
	AsOf time.Time // the service's own time: a start_date before it is over
	Rows []planner.Listed
}

// linkColumns are those of the roster. ingest reads all but the last four, which
// people read. The account comes first: a name there could look like a remark.
var linkColumns = []struct {
	name  string
	value func(*Links, *planner.Listed) string
}{
	{"account_id", func(_ *Links, l *planner.Listed) string { return l.Link.ClientEntityID.String() }},
	{"account_number", func(_ *Links, l *planner.Listed) string { return l.Link.ClientEntityNumber }},
	{"customer_number", func(_ *Links, l *planner.Listed) string { return l.Link.ClientEntityCustomerNumber }},
	{"client_name", func(_ *Links, l *planner.Listed) string { return l.Link.ClientEntityName }},
	{"type", func(_ *Links, l *planner.Listed) string { return string(l.Link.Type) }},
	{"permission", func(_ *Links, l *planner.Listed) string { return l.Link.CustomerLinkPermission }},
	{"action", func(_ *Links, l *planner.Listed) string { return string(l.Action) }},
	{"bill_to_client", func(_ *Links, l *planner.Listed) string { return truth(l.Link.IsBillToClient) }},
	{"start_date", func(of *Links, l *planner.Listed) string { return instant(of.starts(l)) }},
	{"managing_customer_id", func(_ *Links, l *planner.Listed) string { return l.Link.ManagingCustomerID.String() }},
	{"status", func(_ *Links, l *planner.Listed) string { return string(l.Link.Status) }},
	{"started", (*Links).started},
	{"changed", func(_ *Links, l *planner.Listed) string { return instant(l.Link.LastModifiedDateTime) }},
	{"expires", func(_ *Links, l *planner.Listed) string { return instant(l.Expires) }},
}

// truth is a boolean that may be unknown.
func truth(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}

// starts is the day from which a link is to hold, if that is to come: a date that
// is over would be a warning in every row.
func (of *Links) starts(l *planner.Listed) time.Time {
	if !l.Link.StartDate.After(of.AsOf) {
		return time.Time{}
	}
	return l.Link.StartDate
}

// started is the day from which a link holds, or held.
func (of *Links) started(l *planner.Listed) string {
	if l.Link.StartDate.After(of.AsOf) {
		return ""
	}
	return instant(l.Link.StartDate)
}

// Roster is the list to be written.
func (of *Links) Roster() *Roster {
	names := make([]string, len(linkColumns))
	for i, c := range linkColumns {
		names[i] = c.name
	}
	return &Roster{Sheet: "Links", Names: names, Rows: len(of.Rows), Cells: of.cells}
}

// cells are those of a row.
func (of *Links) cells(i int) []string {
	cells := make([]string, len(linkColumns))
	for c := range linkColumns {
		cells[c] = linkColumns[c].value(of, &of.Rows[i])
	}
	return cells
}
