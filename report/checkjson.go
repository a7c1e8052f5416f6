package report

import (
	"encoding/json"
	"io"

	"linkbatch/ingest"
	"linkbatch/planner"
)

// CheckedRows holds the rows of a roster as JSON has them, since whether a row
// is usable shows only when the last one was read. The zero value is ready.
type CheckedRows struct {
	rows []json.RawMessage // nil for a row with an error
}

// Add takes the next row of the roster, for [planner.Check].
func (c *CheckedRows) Add(r *ingest.Row) error {
	var row json.RawMessage
	if !r.Invalid() {
		row = compact(newRowJSON(r))
	}
	c.rows = append(c.rows, row)
	return nil
}

// WriteCheckJSON writes what a check found as one JSON object: format_version,
// what was read and how, rows (those that can be used), problems, skipped and
// counts. rows holds every row of the roster that was checked. Blanks are null,
// also where a flag or profile has a default, and identifiers are strings.
func WriteCheckJSON(w io.Writer, c *planner.Checked, rows *CheckedRows) error {
	r := c.Roster
	d := newDocument(w)
	d.field("format_version", FormatVersion)
	d.field("file", r.File)
	d.field("format", r.Format)
	d.field("encoding", blank(r.Encoding))
	d.field("delimiter", blank(r.Delimiter))
	d.field("sheet", blank(r.Sheet))
	d.field("header_row", r.HeaderRow)
	var usable []json.RawMessage
	for i, row := range rows.rows {
		if c.Usable[i] {
			usable = append(usable, row)
		}
	}
	d.lines("rows", usable)
	d.array("problems", len(c.Problems), func(i int) any { return newProblemJSON(&c.Problems[i]) })
	d.array("skipped", len(r.Skipped), func(i int) any { return skippedJSON(r.Skipped[i]) })
	d.field("counts", checkCounts{len(c.Usable), len(c.Usable) - c.Invalid, c.Invalid, warnings(c), r.SkippedRows})
	return d.close()
}

// rowJSON is a row as its cells say it.
type rowJSON struct {
	Sheet                *string `json:"sheet"`
	Row                  int     `json:"row"`
	AccountID            *string `json:"account_id"`
	AccountNumber        *string `json:"account_number"`
	CustomerNumber       *string `json:"customer_number"`
	ManagingCustomerID   *string `json:"managing_customer_id"`
	Action               *string `json:"action"`
	ClientName           *string `json:"client_name"`
	Type                 *string `json:"type"`
	Permission           *string `json:"permission"`
	BillToClient         *bool   `json:"bill_to_client"`
	StartDate            *string `json:"start_date"`
	EndDate              *string `json:"end_date"`
	Reference            *string `json:"reference"`
	Name                 *string `json:"name"`
	Note                 *string `json:"note"`
	SuppressNotification *bool   `json:"suppress_notification"`
	ClientProfile        *string `json:"client_profile"`
}

// newRowJSON leaves defaults out: a program that reads a check wants to know what
// the file says.
func newRowJSON(r *ingest.Row) rowJSON {
	return rowJSON{
		Sheet: blank(r.Sheet), Row: r.Number,
		AccountID: blank(digits(r.AccountID)), AccountNumber: blank(r.AccountNumber), CustomerNumber: blank(r.CustomerNumber),
		ManagingCustomerID: blank(digits(r.ManagingCustomerID)), Action: blank(string(r.Action)), ClientName: blank(r.ClientName),
		Type: blank(r.Type), Permission: blank(r.Permission), BillToClient: r.BillToClient, StartDate: blank(r.StartDate.String()),
		EndDate: blank(r.EndDate.String()), Reference: blank(r.Reference),
		Name: blank(r.Name), Note: blank(r.Note), SuppressNotification: r.SuppressNotification, ClientProfile: blank(r.ClientProfile),
	}
}

// problemJSON is a problem of a row, or of the file.
type problemJSON struct {
	Row      *int            `json:"row"`
	Column   *string         `json:"column"`
	Value    *string         `json:"value"`
	Severity ingest.Severity `json:"severity"`
	Message  string          `json:"message"`
	Hint     *string         `json:"hint"`
}

func newProblemJSON(p *ingest.Problem) problemJSON {
	return problemJSON{blank(p.Row), blank(p.Column), blank(p.Value), p.Severity, p.Message, blank(p.Hint)}
}

// skippedJSON is a line of the file that is not a row, so that nobody has to
// wonder where it went.
type skippedJSON struct {
	Row    int    `json:"row"`
	Reason string `json:"reason"`
}

// checkCounts adds up: rows are usable or invalid. Skipped lines are not rows.
type checkCounts struct {
	Rows     int `json:"rows"`
	Usable   int `json:"usable"`
	Invalid  int `json:"invalid"`
	Warnings int `json:"warnings"`
	Skipped  int `json:"skipped"`
}

// warnings counts the problems that are no errors.
func warnings(c *planner.Checked) int {
	n := 0
	for i := range c.Problems {
		if c.Problems[i].Severity == ingest.Warning {
			n++
		}
	}
	return n
}
