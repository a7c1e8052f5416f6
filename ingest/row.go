package ingest

import (
	"slices"
	"time"
)

// Intent is what a row asks for.
type Intent string

// The intents. The empty Intent is a blank cell, which takes the default of the
// run.
const (
	Link    Intent = "link"
	Add     Intent = "add"
	Accept  Intent = "accept"
	Unlink  Intent = "unlink"
	Cancel  Intent = "cancel"
	Decline Intent = "decline"
	Keep    Intent = "keep"
)

// Row is one row of a roster: what its cells say, with no default applied.
type Row struct {
	Sheet  string   // sheet name; empty in a CSV file
	Number int      // the row's number as a person sees it in the file, from 1
	Cells  []string // all cells of the row under Roster.Header, as the report repeats them

	AccountID            int64  // ClientEntityId of an account link; 0 = blank
	AccountNumber        string // ClientEntityNumber, upper case; 8 characters, 10 for a customer link
	CustomerNumber       string // ClientEntityCustomerNumber, upper case, 10 characters
	ManagingCustomerID   int64  // 0 = blank
	Action               Intent // empty = blank
	ClientName           string
	Type                 string // AccountLink or CustomerLink; empty = blank
	Permission           string // Administrative or Standard; empty = blank
	BillToClient         *bool  // nil = blank; bill_to_agency is the opposite
	StartDate            Date   // zero = blank; of a row that ends something, the day from which it is due
	EndDate              Date   // zero = blank; the last day of a link, without a time
	Reference            string // on whose word: a ticket, an order, an approval
	Name                 string // link name, at most 40 characters
	Note                 string
	SuppressNotification *bool // nil = blank; notify_client is the opposite
	ClientProfile        string

	Problems []Problem // every problem and warning of this row, in column order
}

// Invalid reports whether the row has a problem of severity Error, so that no
// op may be decided for it.
func (r *Row) Invalid() bool {
	for i := range r.Problems {
		if r.Problems[i].Severity == Error {
			return true
		}
	}
	return false
}

// faulty reports whether the row has a problem in a column.
func (r *Row) faulty(column string) bool {
	return slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Column == column })
}

// mayAdd reports whether the row may add a link. A blank action may.
func (r *Row) mayAdd() bool { return r.Action == "" || r.Action == Link || r.Action == Add }

// Date is a day, or an instant, as a cell says it, in UTC.
type Date struct {
	time.Time
	HasTime bool // the cell contained a time of day too
}

// String is YYYY-MM-DD, with THH:MM:SS only if the cell had a time; empty for
// a blank.
func (d Date) String() string {
	switch {
	case d.IsZero():
		return ""
	case d.HasTime:
		return d.Format("2006-01-02T15:04:05")
	}
	return d.Format("2006-01-02")
}

// Words is the date as messages have it: a day, or an instant in UTC.
func (d Date) Words() string {
	if !d.HasTime {
		return d.String()
	}
	return d.Format("2006-01-02 15:04:05") + " UTC"
}
