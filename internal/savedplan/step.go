package savedplan

import (
	"fmt"
	"time"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// The written forms have members of their own, so that a field can be renamed in
// Go and the published form stays. Blanks are null, identifiers are strings.

type stepForm struct {
	Row      *rowForm  `json:"row"` // null for a link that no row names
	Intent   string    `json:"wanted"`
	Op       string    `json:"op"`
	Reason   string    `json:"reason"`
	Warnings []string  `json:"warnings"`
	Side     string    `json:"side"`
	Profile  *string   `json:"profile"`
	Link     keyForm   `json:"link"`
	Now      *seenForm `json:"now"`  // as searched; null = no link, or none was searched
	Send     *sendForm `json:"send"` // null unless op changes something
	Due      time.Time `json:"due,omitzero"`
	Ended    bool      `json:"ended,omitzero"`
	Deferred bool      `json:"deferred,omitzero"`
	SameAs   *int      `json:"same_as,omitzero"` // place in steps, from 0
}

type rowForm struct {
	Sheet    *string       `json:"sheet"`
	Number   int           `json:"row"`
	Cells    []string      `json:"cells"`
	ID       msads.ID      `json:"account_id"`
	Account  *string       `json:"account_number"`
	Customer *string       `json:"customer_number"`
	Managing msads.ID      `json:"managing_customer_id"`
	Action   *string       `json:"action"`
	Client   *string       `json:"client_name"`
	Type     *string       `json:"type"`
	Permit   *string       `json:"permission"`
	Bill     *bool         `json:"bill_to_client"`
	Start    *string       `json:"start_date"`
	End      *string       `json:"end_date"`
	Ref      *string       `json:"reference"`
	Name     *string       `json:"name"`
	Note     *string       `json:"note"`
	Suppress *bool         `json:"suppress_notification"`
	Profile  *string       `json:"client_profile"`
	Problems []problemForm `json:"problems"`
}

// problemForm has no place, which would name the file: a plan of the same bytes
// under another name is the same.
type problemForm struct {
	Column   string `json:"column"`
	Value    string `json:"value"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Hint     string `json:"hint"`
}

type keyForm struct {
	Managing msads.ID `json:"managing_customer_id"`
	Type     string   `json:"type"`
	ID       msads.ID `json:"entity_id"`
	Number   *string  `json:"entity_number"`
}

type seenForm struct {
	Status   string    `json:"status"`
	Modified time.Time `json:"last_modified,omitzero"`
	ID       msads.ID  `json:"entity_id"`
	Number   *string   `json:"entity_number"`
	Name     *string   `json:"entity_name"`
	Bill     *bool     `json:"bill_to_client"`
	Start    time.Time `json:"start_date,omitzero"`
	Others   bool      `json:"other_agency,omitzero"`
}

// sendForm has the service's own names. Of an update, which echoes the link as a
// fresh search shows it, it is what names the link and what changes in it.
type sendForm struct {
	Type       string    `json:"Type"`
	Managing   msads.ID  `json:"ManagingCustomerId"`
	ID         msads.ID  `json:"ClientEntityId"`
	Number     *string   `json:"ClientEntityNumber"`
	Customer   *string   `json:"ClientEntityCustomerNumber,omitzero"`
	Name       *string   `json:"Name,omitzero"`
	Note       *string   `json:"Note,omitzero"`
	Bill       *bool     `json:"IsBillToClient,omitzero"`
	Start      time.Time `json:"StartDate,omitzero"`
	Suppress   *bool     `json:"SuppressNotification,omitzero"`
	Permission *string   `json:"CustomerLinkPermission,omitzero"`
	Status     *string   `json:"Status,omitzero"`
}

// newStep is a step as it is written. What a run adds to a step (Sent, Held) is no
// part of a decision.
func newStep(s *planner.Step) stepForm {
	f := stepForm{
		Intent: string(s.Intent), Op: string(s.Op), Reason: s.Reason, Warnings: orEmpty(s.Warnings), Side: string(s.Side), Profile: blank(s.Profile),
		Link: keyForm{s.Key.ManagingCustomerID, string(s.Key.Type), s.Key.EntityID, blank(s.Key.Number)},
		Now:  newSeen(s.Before), Send: newSend(s), Due: s.Due.UTC(), Ended: s.Ended, Deferred: s.Deferred,
	}
	if s.Row.Number > 0 {
		f.Row = newRow(&s.Row)
	}
	if s.SameAs >= 0 {
		f.SameAs = &s.SameAs
	}
	return f
}

func newRow(r *ingest.Row) *rowForm {
	f := &rowForm{
		Sheet: blank(r.Sheet), Number: r.Number, Cells: orEmpty(r.Cells), ID: msads.ID(r.AccountID), Account: blank(r.AccountNumber),
		Customer: blank(r.CustomerNumber), Managing: msads.ID(r.ManagingCustomerID), Action: blank(string(r.Action)),
		Client: blank(r.ClientName), Type: blank(r.Type), Permit: blank(r.Permission), Bill: r.BillToClient,
		Start: blank(r.StartDate.String()), End: blank(r.EndDate.String()), Ref: blank(r.Reference),
		Name: blank(r.Name), Note: blank(r.Note), Suppress: r.SuppressNotification, Profile: blank(r.ClientProfile),
		Problems: make([]problemForm, len(r.Problems)),
	}
	for i, p := range r.Problems {
		f.Problems[i] = problemForm{p.Column, p.Value, string(p.Severity), p.Message, p.Hint}
	}
	return f
}

func newSeen(s planner.Seen) *seenForm {
	if !s.Found() {
		return nil
	}
	return &seenForm{string(s.Status), s.LastModified.UTC(), s.EntityID, blank(s.Number), blank(s.Name), s.IsBillToClient, s.StartDate.UTC(), s.OtherAgency}
}

func newSend(s *planner.Step) *sendForm {
	if s.Send == nil {
		return nil
	}
	l := s.Send
	f := &sendForm{Type: string(l.Type), Managing: l.ManagingCustomerID, ID: l.ClientEntityID, Number: blank(l.ClientEntityNumber)}
	if s.Op != planner.OpAdd {
		f.Status = blank(string(l.Status))
		if s.Row.Note != "" { // else it is the link's own
			f.Note = blank(l.Note)
		}
		return f
	}
	f.Customer, f.Name, f.Note, f.Bill = blank(l.ClientEntityCustomerNumber), blank(l.Name), blank(l.Note), l.IsBillToClient
	f.Start, f.Suppress, f.Permission = l.StartDate.UTC(), &l.SuppressNotification, blank(l.CustomerLinkPermission)
	return f
}

// step is the step at a place of a plan.
func (f *stepForm) step(index int) (planner.Step, error) {
	s := planner.Step{
		Index: index, Intent: ingest.Intent(f.Intent), Op: planner.Op(f.Op), Reason: f.Reason, Side: planner.Side(f.Side), Profile: value(f.Profile),
		Key:    planner.Key{ManagingCustomerID: f.Link.Managing, Type: msads.LinkType(f.Link.Type), EntityID: f.Link.ID, Number: value(f.Link.Number)},
		Before: f.Now.seen(), Send: f.Send.link(), Due: f.Due.UTC(), Ended: f.Ended, Deferred: f.Deferred, SameAs: -1,
	}
	if len(f.Warnings) > 0 {
		s.Warnings = f.Warnings
	}
	if f.SameAs != nil {
		s.SameAs = *f.SameAs
	}
	if f.Row == nil {
		s.Row = planner.UnnamedRow(s.Key)
		return s, nil
	}
	var err error
	s.Row, err = f.Row.row()
	return s, err
}

func (f *rowForm) row() (ingest.Row, error) {
	r := ingest.Row{
		Sheet: value(f.Sheet), Number: f.Number, Cells: f.Cells, AccountID: int64(f.ID), AccountNumber: value(f.Account),
		CustomerNumber: value(f.Customer), ManagingCustomerID: int64(f.Managing), Action: ingest.Intent(value(f.Action)),
		ClientName: value(f.Client), Type: value(f.Type), Permission: value(f.Permit), BillToClient: f.Bill,
		Reference: value(f.Ref), Name: value(f.Name), Note: value(f.Note), SuppressNotification: f.Suppress, ClientProfile: value(f.Profile),
	}
	for _, p := range f.Problems {
		r.Problems = append(r.Problems, ingest.Problem{
			Place: fmt.Sprintf("row %d", f.Number), Row: f.Number, Column: p.Column, Value: p.Value, Severity: ingest.Severity(p.Severity), Message: p.Message, Hint: p.Hint,
		})
	}
	var err error
	if r.StartDate, err = date(f.Start); err == nil {
		r.EndDate, err = date(f.End)
	}
	return r, err
}

func (f *seenForm) seen() planner.Seen {
	if f == nil {
		return planner.Seen{}
	}
	return planner.Seen{
		Status: msads.Status(f.Status), LastModified: f.Modified, EntityID: f.ID, Number: value(f.Number), Name: value(f.Name),
		IsBillToClient: f.Bill, StartDate: f.Start, OtherAgency: f.Others,
	}
}

func (f *sendForm) link() *msads.ClientLink {
	if f == nil {
		return nil
	}
	return &msads.ClientLink{
		Type: msads.LinkType(f.Type), ManagingCustomerID: f.Managing, ClientEntityID: f.ID, ClientEntityNumber: value(f.Number),
		ClientEntityCustomerNumber: value(f.Customer), Name: value(f.Name), Note: value(f.Note), IsBillToClient: f.Bill,
		StartDate: f.Start, SuppressNotification: f.Suppress != nil && *f.Suppress, CustomerLinkPermission: value(f.Permission),
		Status: msads.Status(value(f.Status)),
	}
}

// date reads what [ingest.Date.String] writes.
func date(text *string) (d ingest.Date, err error) {
	if text == nil {
		return d, nil
	}
	if d.Time, err = time.Parse(time.DateOnly, *text); err == nil {
		return d, nil
	}
	d.HasTime = true
	d.Time, err = time.Parse("2006-01-02T15:04:05", *text)
	return d, err
}

// blank is null for the empty text.
func blank(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// value is the empty text for null.
func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// orEmpty is a list that is written as [] and never as null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
