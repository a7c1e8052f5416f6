package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// The stored forms of a row, a step and a result are JSON with members of
// their own, so that a field can be renamed in Go and an old ledger can still
// be read. A member never changes its meaning; a new one is absent in old
// records and reads as zero. omitzero leaves out nil and keeps an empty list, so
// that what is read is what was written.

type storedRow struct {
	Sheet    string    `json:"sheet,omitzero"`
	Number   int       `json:"row,omitzero"`    // schema 1 alone
	Offset   *int      `json:"offset,omitzero"` // Number less the row's place in the roster
	Cells    []string  `json:"cells,omitzero"`
	ID       int64     `json:"id,omitzero"`
	Account  string    `json:"number,omitzero"`
	Customer string    `json:"customer,omitzero"`
	Managing int64     `json:"managing,omitzero"`
	Action   string    `json:"action,omitzero"`
	Client   string    `json:"client,omitzero"`
	Type     string    `json:"type,omitzero"`
	Permit   string    `json:"permission,omitzero"`
	Bill     *bool     `json:"bill,omitzero"`
	Start    time.Time `json:"start,omitzero"`
	HasTime  bool      `json:"time,omitzero"`
	Name     string    `json:"name,omitzero"`
	Note     string    `json:"note,omitzero"`
	Suppress *bool     `json:"suppress,omitzero"`
	Profile  string    `json:"profile,omitzero"`
	End      time.Time `json:"end,omitzero"`
	Ref      string    `json:"reference,omitzero"`
}

type storedStep struct {
	Intent   string     `json:"intent,omitzero"`
	Side     string     `json:"side,omitzero"`
	Op       string     `json:"op,omitzero"`
	Reason   string     `json:"reason,omitzero"`
	Warnings []string   `json:"warnings,omitzero"`
	Profile  string     `json:"profile,omitzero"`
	Key      storedKey  `json:"key,omitzero"`
	Before   storedSeen `json:"before,omitzero"`
	Sent     time.Time  `json:"sent,omitzero"` // by the service's clock
	Same     int        `json:"same,omitzero"` // SameAs + 1: schema 1, and links sent under it
	Twin     *int       `json:"twin,omitzero"` // SameAs less Index; nil = none
	Deferred bool       `json:"deferred,omitzero"`

	Add    *storedAdd   `json:"add,omitzero"`    // of an add
	Former *storedTerms `json:"former,omitzero"` // of a link that is cancelled or unlinked; older records lack them

	Due   time.Time `json:"due,omitzero"`
	Ended bool      `json:"ended,omitzero"`
	Held  string    `json:"held,omitzero"`
}

// storedAdd is what an add asks for beyond its key: who pays is worth
// remembering, and reports show it.
type storedAdd struct {
	Bill     *bool     `json:"bill,omitzero"`
	Suppress bool      `json:"suppress,omitzero"`
	Name     string    `json:"name,omitzero"`
	Note     string    `json:"note,omitzero"`
	Start    time.Time `json:"start,omitzero"`
	Customer string    `json:"customer,omitzero"`
	Permit   string    `json:"permission,omitzero"`
}

type storedTerms struct {
	Name           string `json:"name,omitzero"`
	Note           string `json:"note,omitzero"`
	CustomerNumber string `json:"customer,omitzero"`
	Permission     string `json:"permission,omitzero"`
}

type storedKey struct {
	Managing int64  `json:"managing,omitzero"`
	Type     string `json:"type,omitzero"`
	ID       int64  `json:"id,omitzero"`
	Number   string `json:"number,omitzero"`
}

type storedSeen struct {
	Status   string    `json:"status,omitzero"`
	Modified time.Time `json:"modified,omitzero"`
	ID       int64     `json:"id,omitzero"`
	Number   string    `json:"number,omitzero"`
	Name     string    `json:"name,omitzero"`
	Bill     *bool     `json:"bill,omitzero"`
	Start    time.Time `json:"start,omitzero"`
	Others   bool      `json:"others,omitzero"` // another agency has a live link
}

type storedResult struct {
	Ops      []planner.Op  `json:"ops,omitzero"`
	Outcome  string        `json:"outcome,omitzero"`
	Reason   string        `json:"reason,omitzero"`
	Warnings []string      `json:"warnings,omitzero"`
	After    string        `json:"after,omitzero"`
	Modified time.Time     `json:"modified,omitzero"` // of the link, as After
	ID       int64         `json:"id,omitzero"`
	Name     string        `json:"name,omitzero"`
	Errors   []storedError `json:"errors,omitzero"`
	Next     string        `json:"next,omitzero"`
	Tracking string        `json:"tracking,omitzero"`
	Call     int           `json:"call,omitzero"`
	Attempts int           `json:"attempts,omitzero"`
	At       time.Time     `json:"at,omitzero"`
	Whole    bool          `json:"whole,omitzero"` // of an answer
}

type storedError struct {
	Code      int    `json:"code,omitzero"`
	ErrorCode string `json:"symbol,omitzero"`
	Message   string `json:"message,omitzero"`
	Details   string `json:"details,omitzero"`
}

type storedProgress struct {
	Result storedResult `json:"result"`
	Done   []planner.Op `json:"done,omitzero"`
	Whole  int          `json:"whole,omitzero"`
	Sent   time.Time    `json:"sent,omitzero"`
	Step   *storedStep  `json:"step,omitzero"`
}

// encode returns the JSON of a stored form. Text is UTF-8, as it comes from
// ingest and the service.
func encode(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("%w: %w", errEncoding, err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// decode reads a stored form. What it cannot read is damage, even though the sum
// of its record was right.
func decode[T any](payload string) (v T, err error) {
	if err := json.Unmarshal([]byte(payload), &v); err != nil {
		return v, &damage{fmt.Sprintf("a record cannot be decoded: %v", err)}
	}
	return v, nil
}

// encodeRow encodes the row at a place of its roster. Its number is relative to
// that, so that a row which is added above changes none below.
func encodeRow(r *ingest.Row, place int) (string, error) {
	return encode(&storedRow{
		r.Sheet, 0, new(r.Number - place), r.Cells, r.AccountID, r.AccountNumber, r.CustomerNumber, r.ManagingCustomerID,
		string(r.Action), r.ClientName, r.Type, r.Permission, r.BillToClient, r.StartDate.UTC(), r.StartDate.HasTime,
		r.Name, r.Note, r.SuppressNotification, r.ClientProfile, r.EndDate.UTC(), r.Reference,
	})
}

func decodeRow(payload string, place int) (ingest.Row, error) {
	s, err := decode[storedRow](payload)
	if s.Offset != nil {
		s.Number = place + *s.Offset
	}
	return ingest.Row{
		Sheet: s.Sheet, Number: s.Number, Cells: s.Cells, AccountID: s.ID, AccountNumber: s.Account,
		CustomerNumber: s.Customer, ManagingCustomerID: s.Managing, Action: ingest.Intent(s.Action),
		ClientName: s.Client, Type: s.Type, Permission: s.Permit, BillToClient: s.Bill,
		StartDate: ingest.Date{Time: s.Start, HasTime: s.HasTime}, Name: s.Name, Note: s.Note,
		SuppressNotification: s.Suppress, ClientProfile: s.Profile,
		EndDate: ingest.Date{Time: s.End}, Reference: s.Ref,
	}, err
}

func encodeStep(s *planner.Step) (string, error) { return encode(storeStep(s)) }

func storeStep(s *planner.Step) *storedStep {
	k, b := s.Key, s.Before
	var twin *int
	if s.SameAs != -1 {
		twin = new(s.SameAs - s.Index)
	}
	return &storedStep{
		string(s.Intent), string(s.Side), string(s.Op), s.Reason, s.Warnings, s.Profile,
		storedKey{int64(k.ManagingCustomerID), string(k.Type), int64(k.EntityID), k.Number},
		storedSeen{string(b.Status), b.LastModified.UTC(), int64(b.EntityID), b.Number, b.Name, b.IsBillToClient, b.StartDate.UTC(), b.OtherAgency},
		s.Sent.UTC(), 0, twin, s.Deferred, storeAdd(s), (*storedTerms)(s.Former), s.Due.UTC(), s.Ended, s.Held,
	}
}

func storeAdd(s *planner.Step) *storedAdd {
	if s.Op != planner.OpAdd || s.Send == nil {
		return nil
	}
	return &storedAdd{s.Send.IsBillToClient, s.Send.SuppressNotification, s.Send.Name, s.Send.Note, s.Send.StartDate.UTC(),
		s.Send.ClientEntityCustomerNumber, s.Send.CustomerLinkPermission}
}

// link is the new link of an add, as far as it is stored: to be shown, not sent.
func (a *storedAdd) link(k planner.Key) *msads.ClientLink {
	if a == nil {
		return nil
	}
	return &msads.ClientLink{
		Type: k.Type, ManagingCustomerID: k.ManagingCustomerID, ClientEntityID: k.EntityID, ClientEntityNumber: k.Number,
		IsBillToClient: a.Bill, SuppressNotification: a.Suppress, Name: a.Name, Note: a.Note, StartDate: a.Start,
		ClientEntityCustomerNumber: a.Customer, CustomerLinkPermission: a.Permit,
	}
}

// decodeStep reads a step. Its index and row are stored elsewhere.
func decodeStep(payload string, index int, row ingest.Row) (planner.Step, error) {
	s, err := decode[storedStep](payload)
	return s.step(index, row), err
}

func (s *storedStep) step(index int, row ingest.Row) planner.Step {
	same := s.Same
	if s.Twin != nil {
		same = index + *s.Twin + 1
	}
	b := s.Before
	k := planner.Key{ManagingCustomerID: msads.ID(s.Key.Managing), Type: msads.LinkType(s.Key.Type), EntityID: msads.ID(s.Key.ID), Number: s.Key.Number}
	return planner.Step{
		Index: index, Row: row, Intent: ingest.Intent(s.Intent), Side: planner.Side(s.Side), Op: planner.Op(s.Op),
		Reason: s.Reason, Warnings: s.Warnings, Profile: s.Profile, Key: k, Send: s.Add.link(k), Former: (*planner.Terms)(s.Former),
		Before: planner.Seen{
			Status: msads.Status(b.Status), LastModified: b.Modified, EntityID: msads.ID(b.ID),
			Number: b.Number, Name: b.Name, IsBillToClient: b.Bill, StartDate: b.Start, OtherAgency: b.Others,
		},
		Sent: s.Sent, SameAs: same - 1, Deferred: s.Deferred, Due: s.Due, Ended: s.Ended, Held: s.Held,
	}
}

func storeResult(r *executor.Result) storedResult {
	return storedResult{
		r.Ops, string(r.Outcome), r.Reason, r.Warnings, string(r.StatusAfter), r.ModifiedAfter.UTC(), int64(r.EntityID), r.EntityName,
		storeErrors(r.Errors), r.NextStep, r.TrackingID, r.Call, r.Attempts, r.At.UTC(), false,
	}
}

// storeAnswer stores an answer as the result of one call. Replies that were
// recorded before there were answers have the op and one attempt besides.
func storeAnswer(a *executor.Answer) storedResult {
	return storedResult{
		Outcome: string(a.Outcome), Reason: a.Reason, Errors: storeErrors(a.Errors), Next: a.NextStep,
		Tracking: a.TrackingID, Call: a.Call, At: a.At.UTC(), Whole: a.Whole,
	}
}

func storeErrors(errs []msads.OperationError) (stored []storedError) {
	if errs != nil {
		stored = make([]storedError, len(errs))
	}
	for i, e := range errs {
		stored[i] = storedError(e)
	}
	return stored
}

func (s *storedResult) result(step int) executor.Result {
	return executor.Result{
		Step: step, Ops: s.Ops, Outcome: executor.Outcome(s.Outcome), Reason: s.Reason, Warnings: s.Warnings,
		StatusAfter: msads.Status(s.After), ModifiedAfter: s.Modified, EntityID: msads.ID(s.ID), EntityName: s.Name, Errors: s.errors(), NextStep: s.Next,
		TrackingID: s.Tracking, Call: s.Call, Attempts: s.Attempts, At: s.At,
	}
}

func (s *storedResult) answer(step int) executor.Answer {
	return executor.Answer{
		Step: step, Outcome: executor.Outcome(s.Outcome), Reason: s.Reason, Errors: s.errors(), Whole: s.Whole, NextStep: s.Next,
		TrackingID: s.Tracking, Call: s.Call, At: s.At,
	}
}

func (s *storedResult) errors() (errs []msads.OperationError) {
	if s.Errors != nil {
		errs = make([]msads.OperationError, len(s.Errors))
	}
	for i, e := range s.Errors {
		errs[i] = msads.OperationError(e)
	}
	return errs
}

func encodeProgress(p *Progress) (string, error) {
	stored := storedProgress{Result: storeResult(&p.Result), Done: p.Done, Whole: p.Whole, Sent: p.Sent.UTC()}
	if p.Step != nil {
		stored.Step = storeStep(p.Step)
	}
	return encode(&stored)
}

// decodeProgress reads what is known of a step. The row of its Step is stored
// elsewhere.
func decodeProgress(payload string, step int) (Progress, error) {
	s, err := decode[storedProgress](payload)
	if err == nil && (s.Whole < 0 || s.Whole > len(s.Result.Errors)) {
		err = &damage{fmt.Sprintf("%d of the %d errors of a row are said to be of a whole call", s.Whole, len(s.Result.Errors))}
	}
	p := Progress{Result: s.Result.result(step), Done: s.Done, Whole: s.Whole, Sent: s.Sent}
	if s.Step != nil {
		p.Step = new(s.Step.step(step, ingest.Row{}))
	}
	return p, err
}

// nanos is the form in which a column holds a time.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func moment(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}
