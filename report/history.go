package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"linkbatch/internal/ledger"
)

// WriteHistory lists what was recorded about an account, one line an event, in
// the order given. width is that of the terminal in columns, 0 for anything else.
func WriteHistory(w io.Writer, account string, events []ledger.Event, width int) error {
	if len(events) == 0 {
		_, err := fmt.Fprintf(w, "nothing is recorded about account %s\n", Visible(account))
		return err
	}
	t := Table{Width: width, Columns: []Column{
		{Name: "at (UTC)"}, {Name: "run"}, {Name: "row", Right: true}, {Name: "what"}, {Name: "op"}, {Name: "status"}, {Name: "outcome"},
		{Name: "more", Prose: true},
	}}
	for i := range events {
		e := &events[i]
		t.Row(e.At.UTC().Format(time.DateTime), e.Run, cmp.Or(digits(e.Row), "-"), e.Kind, string(e.Op), Visible(string(e.Status)), string(e.Outcome), more(e))
	}
	return t.Write(w)
}

// WriteHistoryJSON writes the same as one JSON object: format_version, account
// and events.
func WriteHistoryJSON(w io.Writer, account string, events []ledger.Event) error {
	d := newDocument(w)
	d.field("format_version", FormatVersion)
	d.field("account", account)
	d.array("events", len(events), func(i int) any { return newEventJSON(&events[i]) })
	return d.close()
}

// more is what an event has beyond the columns.
func more(e *ledger.Event) string {
	var parts []string
	if e.Call > 0 {
		parts = append(parts, fmt.Sprintf("call %d", e.Call))
	}
	if e.Kind == "call" && e.UserID != 0 {
		parts = append(parts, "by user "+e.UserID.String())
	}
	if e.Reason != "" {
		parts = append(parts, e.Reason)
	}
	for _, err := range e.Errors {
		parts = append(parts, fmt.Sprintf("%d %s", err.Code, err.Message))
	}
	if e.TrackingID != "" {
		parts = append(parts, "tracking id "+e.TrackingID)
	}
	return Visible(strings.Join(parts, "; "))
}

// eventJSON is an event as programs read it. What it is not about is null.
type eventJSON struct {
	At         time.Time   `json:"at"`
	Run        string      `json:"run"`
	Sheet      *string     `json:"sheet"`
	Row        *int        `json:"row"` // null for a link that no row names
	Event      string      `json:"event"`
	AccountID  *string     `json:"account_id"`
	Number     *string     `json:"account_number"`
	Op         *string     `json:"op"`
	Status     *string     `json:"status"`
	Outcome    *string     `json:"outcome"`
	Reason     *string     `json:"reason"`
	Warnings   []string    `json:"warnings"`
	Errors     []errorJSON `json:"errors"`
	Call       *int        `json:"call"`
	TrackingID *string     `json:"tracking_id"`
	UserID     string      `json:"user_id"`
	Profile    *string     `json:"profile"`
	Version    string      `json:"version"`
	Digest     string      `json:"digest"`
}

func newEventJSON(e *ledger.Event) eventJSON {
	return eventJSON{
		At: e.At, Run: e.Run, Sheet: blank(e.Sheet), Row: blank(e.Row), Event: e.Kind, AccountID: blank(e.EntityID.String()), Number: blank(e.Number),
		Op: blank(string(e.Op)), Status: blank(string(e.Status)), Outcome: blank(string(e.Outcome)), Reason: blank(e.Reason),
		Warnings: orEmpty(e.Warnings), Errors: errorsJSON(e.Errors), Call: blank(e.Call), TrackingID: blank(e.TrackingID),
		UserID: e.UserID.String(), Profile: blank(e.Profile), Version: e.Version, Digest: e.Digest,
	}
}
