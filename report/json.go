package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strconv"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// JSON writes the plan as one JSON object: format_version, roster,
// endpoint, managing_customer_id, steps (one for each row, in order), counts
// (steps by op; they add up to the steps) and guards (those that the plan trips). Blanks are null and identifiers are
// strings. Steps are written one by one.
func (p *Plan) JSON(w io.Writer) error {
	d := newDocument(w)
	d.plan(p)
	return d.close()
}

// JSON writes a run as one JSON object: run, then what [Plan.JSON] writes, then
// outcomes (rows by outcome; they add up to the rows) and results, one for each
// step in the same order, with the columns of the report.
func (r *Run) JSON(w io.Writer) error { return r.json(w, nil) }

// NotStartedJSON writes the same of a run that was not started, with the error
// that came first in place of an outcome.
func (r *Run) NotStartedJSON(w io.Writer, why Error) error { return r.json(w, &why) }

// Error is how an error ends a command whose output programs read.
type Error struct {
	Message string
	Hint    string // empty = none
	Code    int    // that the command exits with
}

// JSON writes the error of a command that has nothing else to print as one JSON
// object.
func (e Error) JSON(w io.Writer) error {
	d := newDocument(w)
	d.field("format_version", FormatVersion)
	d.failure(&e)
	return d.close()
}

// failure writes the member error.
func (d *document) failure(e *Error) {
	d.field("error", struct {
		Message string  `json:"message"`
		Hint    *string `json:"hint"`
		Code    int     `json:"code"`
	}{e.Message, blank(e.Hint), e.Code})
}

func (r *Run) json(w io.Writer, why *Error) error {
	d := newDocument(w)
	d.field("run", blank(r.plan.head.Run))
	d.plan(r.plan)
	d.field("outcomes", tally(executor.Outcomes, len(r.results), func(i int) executor.Outcome { return r.results[i].Outcome }))
	d.array("results", len(r.results), func(i int) any { return r.layout.record(r.line(i)) })
	if why != nil {
		d.failure(why)
	}
	return d.close()
}

// writeJSONL writes one object a line for each row.
func (r *Run) writeJSONL(w io.Writer) error {
	buffer := bufio.NewWriterSize(w, 64<<10) // else each row is a write of its own
	out := json.NewEncoder(buffer)
	out.SetEscapeHTML(false)
	for i := range r.results {
		record := r.layout.record(r.line(i))
		record.FormatVersion = FormatVersion
		if err := out.Encode(record); err != nil {
			return err
		}
	}
	return buffer.Flush()
}

// plan writes the members that describe the plan.
func (d *document) plan(p *Plan) {
	head := &p.head
	d.field("format_version", FormatVersion)
	d.field("roster", rosterJSON{blank(head.File), blank(head.Sheet), blank(head.Digest)})
	d.field("endpoint", blank(head.Endpoint))
	d.field("managing_customer_id", blank(head.ManagingCustomerID))
	d.field("digest", blank(head.PlanDigest))
	d.array("steps", len(p.steps), func(i int) any { return newStepJSON(&p.steps[i]) })
	d.field("counts", tally(ops, len(p.steps), func(i int) planner.Op { return p.steps[i].Op }))
	d.array("guards", len(p.tripped), func(i int) any { return newGuardJSON(&p.tripped[i]) })
}

// rosterJSON names what was read, so that a program can tell whether it has
// changed since.
type rosterJSON struct {
	File   *string `json:"file"`
	Sheet  *string `json:"sheet"`
	Digest *string `json:"digest"`
}

// guardJSON is a guard that the plan trips.
type guardJSON struct {
	Name   string  `json:"name"`
	Limit  int     `json:"limit"`
	Wanted int     `json:"wanted"`
	Flag   *string `json:"flag"` // that would allow it, with its value; null if there is none
	Text   string  `json:"text"`
}

func newGuardJSON(t *planner.Tripped) guardJSON {
	return guardJSON{t.Guard, t.Limit, t.Wanted, blank(t.Flag), t.Text}
}

// stepJSON is one step of a plan.
type stepJSON struct {
	Sheet         *string  `json:"sheet"`
	Row           *int     `json:"row"` // null for a link that no row names
	AccountID     *string  `json:"account_id"`
	AccountNumber *string  `json:"account_number"`
	Action        *string  `json:"action"`
	Op            string   `json:"op"`
	Status        *string  `json:"status"`
	Reason        *string  `json:"reason"`
	Warnings      []string `json:"warnings"`

	// What an add carries besides; null for every other op.
	BillToClient         *bool   `json:"bill_to_client"`
	StartDate            *string `json:"start_date"` // of a row that is not due, its day
	SuppressNotification *bool   `json:"suppress_notification"`

	EndDate   *string `json:"end_date"`
	Due       *string `json:"due"`  // of a row that is not due, when it will be; else null
	Held      *string `json:"held"` // why a step that writes is not sent; null if it is
	Reference *string `json:"reference"`

	Impact *impactJSON `json:"impact"` // of an unlink; null for every other op
}

// impactJSON is what an unlink brings with it.
type impactJSON struct {
	Payer          *string `json:"payer"`             // client or agency; null where the service does not say, and of a customer link
	AdsPauseHours  int     `json:"ads_pause_hours"`   // for how long, at most, ads can pause; 0 = they do not
	ClientToPay    bool    `json:"client_to_pay"`     // the client becomes the payer, or may
	OtherAgency    bool    `json:"other_agency_seen"` // a live link of another one to the account
	CanBeTakenBack bool    `json:"can_be_taken_back"` // never: a new link takes a new invitation, which the client must accept
}

func newImpactJSON(i *planner.Impact) *impactJSON {
	if i == nil {
		return nil
	}
	hours := 0
	if i.AdsCanPause {
		hours = planner.AdsPauseHours
	}
	return &impactJSON{blank(payer(i.ClientPays)), hours, i.ClientToPay, i.OtherAgency, false}
}

// newStepJSON has what a person would check before saying yes: of an add also the
// terms, which no later update can change.
func newStepJSON(s *planner.Step) stepJSON {
	id, number := account(s)
	step := stepJSON{
		Sheet:         blank(s.Row.Sheet),
		Row:           blank(s.Row.Number),
		AccountID:     blank(id),
		AccountNumber: blank(number),
		Action:        blank(string(s.Intent)),
		Op:            string(s.Op),
		Status:        blank(string(s.Before.Status)),
		Reason:        blank(s.Reason),
		Warnings:      orEmpty(s.Warnings),
		EndDate:       blank(s.Row.EndDate.String()),
		Due:           blank(instant(s.Due)),
		Held:          blank(s.Held),
		Reference:     blank(s.Row.Reference),
		Impact:        newImpactJSON(s.Impact()),
	}
	if s.Op == planner.OpAdd && s.Send != nil {
		step.BillToClient, step.SuppressNotification = s.Send.IsBillToClient, &s.Send.SuppressNotification
	}
	if s.Op == planner.OpAdd || !s.Due.IsZero() {
		step.StartDate = blank(s.Row.StartDate.String())
	}
	return step
}

// recordJSON is one row of a report. Its keys after columns are the report's
// own columns by their plain names; errors has every error whole, error all of
// them in words, error_code the code of the last.
type recordJSON struct {
	FormatVersion int             `json:"format_version,omitzero"` // in JSON Lines only
	Sheet         *string         `json:"sheet"`
	Row           *int            `json:"row"` // null for a link that no row names
	Columns       json.RawMessage `json:"columns"`
	Outcome       string          `json:"outcome"`
	Op            string          `json:"op"`
	Reason        *string         `json:"reason"`
	Warnings      []string        `json:"warnings"`
	StatusBefore  *string         `json:"status_before"`
	StatusAfter   *string         `json:"status_after"`
	Payer         *string         `json:"payer"`
	EntityID      *string         `json:"entity_id"`
	EntityName    *string         `json:"entity_name"`
	ErrorCode     *int            `json:"error_code"`
	Error         *string         `json:"error"`
	Errors        []errorJSON     `json:"errors"`
	NextStep      *string         `json:"next_step"`
	TrackingID    *string         `json:"tracking_id"`
	Call          *int            `json:"call"`
	Attempts      int             `json:"attempts"`
	At            *string         `json:"at"`
}

// errorJSON is one error of the service, whole.
type errorJSON struct {
	Code      int     `json:"code"`
	ErrorCode *string `json:"symbol"`
	Message   *string `json:"message"`
	Details   *string `json:"details"`
}

// record is a row in the order of its keys.
func (l *layout) record(row line) recordJSON {
	r := row.result
	record := recordJSON{
		Sheet:        blank(row.step.Row.Sheet),
		Row:          blank(row.step.Row.Number),
		Columns:      l.columns(row.step.Row.Cells),
		Outcome:      string(r.Outcome),
		Op:           joinOps(row.ops()),
		Reason:       blank(row.reason()),
		Warnings:     orEmpty(row.warnings()),
		StatusBefore: blank(string(row.step.Before.Status)),
		StatusAfter:  blank(string(r.StatusAfter)),
		Payer:        blank(payer(agreedPayer(row.step))),
		EntityID:     blank(row.entityID()),
		EntityName:   blank(row.entityName()),
		Error:        blank(joinErrors(r.Errors, errorText)),
		Errors:       errorsJSON(r.Errors),
		NextStep:     blank(r.NextStep),
		TrackingID:   blank(r.TrackingID),
		Call:         blank(r.Call),
		Attempts:     r.Attempts,
		At:           blank(instant(r.At)),
	}
	if n := len(r.Errors); n > 0 {
		record.ErrorCode = &r.Errors[n-1].Code
	}
	return record
}

// errorsJSON are the service's errors, whole.
func errorsJSON(errs []msads.OperationError) []errorJSON {
	list := make([]errorJSON, len(errs))
	for i, e := range errs {
		list[i] = errorJSON{e.Code, blank(e.ErrorCode), blank(e.Message), blank(e.Details)}
	}
	return list
}

// columns is the object of the roster's own cells, in roster order, which a
// map would lose.
func (l *layout) columns(cells []string) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for n, i := range l.own {
		if n > 0 {
			b.WriteByte(',')
		}
		b.Write(compact(l.keys[n]))
		b.WriteByte(':')
		b.Write(compact(blank(cell(cells, i))))
	}
	b.WriteByte('}')
	return b.Bytes()
}

// blank is null for the zero value.
func blank[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}

// orEmpty is a list that JSON writes as [] and never as null.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// account is what names the link of a step: what a search or the row said.
func account(s *planner.Step) (id, number string) {
	id, number = s.Key.EntityID.String(), s.Key.Number
	if id == "" && s.Row.AccountID > 0 {
		id = strconv.FormatInt(s.Row.AccountID, 10)
	}
	for _, n := range []string{s.Row.AccountNumber, s.Before.Number} {
		if number == "" {
			number = n
		}
	}
	return id, number
}
