package report

import (
	"encoding/csv"
	"io"
	"strconv"
)

// invitationJSON is one invitation. Its keys are the columns of the CSV form.
type invitationJSON struct {
	AccountID          *string `json:"account_id"`
	AccountNumber      *string `json:"account_number"`
	CustomerNumber     *string `json:"customer_number"`
	ClientName         *string `json:"client_name"`
	Type               string  `json:"type"`
	Permission         *string `json:"permission"`
	BillToClient       *bool   `json:"bill_to_client"`
	StartDate          *string `json:"start_date"`
	ManagingCustomerID *string `json:"managing_customer_id"`
	Invited            *string `json:"invited"`
	Expires            *string `json:"expires"`
	AgeDays            *int    `json:"age_days"`
	DaysLeft           *int    `json:"days_left"`
	File               *string `json:"file"`
}

// json is an invitation of the list; names and numbers are as the service has them.
func (p *Pending) json(n int) invitationJSON {
	i := p.Waiting[n]
	l := &i.Link
	return invitationJSON{
		AccountID:          blank(l.ClientEntityID.String()),
		AccountNumber:      blank(l.ClientEntityNumber),
		CustomerNumber:     blank(l.ClientEntityCustomerNumber),
		ClientName:         blank(l.ClientEntityName),
		Type:               string(l.Type),
		Permission:         blank(l.CustomerLinkPermission),
		BillToClient:       l.IsBillToClient,
		StartDate:          blank(instant(p.starts(i))),
		ManagingCustomerID: blank(l.ManagingCustomerID.String()),
		Invited:            blank(instant(i.Invited)),
		Expires:            blank(instant(i.Expires)),
		AgeDays:            p.age(i),
		DaysLeft:           p.left(i),
		File:               blank(p.file(n)),
	}
}

// JSON writes the list as one JSON object: format_version, endpoint,
// managing_customer_id, as_of and invitations, in the order given. Blanks are
// null and identifiers are strings.
func (p *Pending) JSON(w io.Writer) error {
	d := newDocument(w)
	d.field("format_version", FormatVersion)
	d.field("endpoint", blank(p.Endpoint))
	d.field("managing_customer_id", blank(p.ManagingCustomerID))
	d.field("as_of", instant(p.AsOf))
	d.array("invitations", len(p.Waiting), func(n int) any { return p.json(n) })
	return d.close()
}

// CSV writes the list as CSV, of the form that reports have, with
// the keys of the JSON form as columns; file is there with a pack only. It is a
// roster: its first nine columns are those of one. Names are on one line, since
// no cell of a roster may hold control characters.
func (p *Pending) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	header := []string{
		"account_id", "account_number", "customer_number", "client_name", "type", "permission", "bill_to_client", "start_date",
		"managing_customer_id", "invited", "expires", "age_days", "days_left",
	}
	if p.Files != nil {
		header = append(header, "file")
	}
	if err := out.Write(header); err != nil {
		return err
	}
	for n := range p.Waiting {
		j := p.json(n)
		record := []string{
			cellOf(j.AccountID), cellOf(j.AccountNumber), cellOf(j.CustomerNumber), cellOf(j.ClientName), j.Type, cellOf(j.Permission),
			"", cellOf(j.StartDate), cellOf(j.ManagingCustomerID), cellOf(j.Invited), cellOf(j.Expires), numberOf(j.AgeDays), numberOf(j.DaysLeft),
		}
		if j.BillToClient != nil {
			record[6] = strconv.FormatBool(*j.BillToClient)
		}
		if p.Files != nil {
			record = append(record, p.Files[n])
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// cellOf is text as a cell that no spreadsheet runs, and that a roster may have.
func cellOf(s *string) string {
	if s == nil {
		return ""
	}
	return neutral(oneLine(*s))
}

// numberOf is a number of the JSON form as a cell.
func numberOf(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
