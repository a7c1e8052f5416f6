package ingest

import "time"

// Intent is what a row asks for.
type Intent string

// The intents. The empty Intent stands for a blank cell, which takes the
// default of the run.
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
	BillToClient         *bool  // nil = blank
	StartDate            Date   // zero = blank
	Name                 string // link name, at most 40 characters
	Note                 string
	SuppressNotification *bool // nil = blank
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

// Date is a start date as the cell says it, in UTC.
type Date struct {
	time.Time
	HasTime bool // the cell held a time of day too
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

// Severity tells whether a problem stops its row.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the row cannot be used
	Warning Severity = "warning" // the row is used; a person should look
)

// Problem is one thing wrong with one row: where, what, why and what to do.
type Problem struct {
	Place    string // as messages print it: "roster.csv:17" or "roster.xlsx: Clients!C17"
	Row      int    // the row's number as a person sees it
	Column   string // the column's name in this package's table (account_id, …); empty = the row as a whole
	Value    string // what the cell says
	Severity Severity
	Message  string // lower case, no full stop: `is not a whole number`
	Hint     string // what to do; may be empty
}
