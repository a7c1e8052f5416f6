package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/report"
)

func newHistoryCommand(a *app) *cobra.Command {
	f := recordFlags{app: a}
	cmd := &cobra.Command{
		Use:   "history ACCOUNT",
		Short: "Show everything recorded about an account",
		Long: `history prints every decision, call, reply and status recorded about an account or
customer, oldest first. The service itself keeps only the latest link. ACCOUNT is
an id (whole number) or a number (X1234567).`,
		Args: oneArgument,
		RunE: func(_ *cobra.Command, args []string) error { return runHistory(&f, args[0]) },
	}
	f.add(cmd.Flags())
	return cmd
}

func runHistory(f *recordFlags, account string) error {
	l, err := f.read()
	if err != nil {
		return err
	}
	defer l.Close()
	// Numbers have letters, most of the time; a number of digits alone is looked
	// for as both.
	number := strings.ToUpper(strings.TrimSpace(account))
	id, err := msads.ParseID(number)
	if err != nil {
		id = 0
	}
	events, err := l.History(id, number)
	if err != nil {
		return err
	}
	out := f.out
	if f.json() {
		list := make([]eventJSON, len(events))
		for i, e := range events {
			list[i] = newEventJSON(e)
		}
		return shown(encode(out, map[string]any{"format_version": report.FormatVersion, "account": account, "events": list}))
	}
	if len(events) == 0 {
		_, err := fmt.Fprintf(out, "nothing is recorded about account %s\n", account)
		return shown(err)
	}
	t := report.Table{Width: width(out), Columns: []report.Column{
		{Name: "at (UTC)"}, {Name: "run"}, {Name: "row", Right: true}, {Name: "what"}, {Name: "op"}, {Name: "status"}, {Name: "outcome"},
		{Name: "more", Prose: true},
	}}
	for _, e := range events {
		t.Row(e.At.UTC().Format(time.DateTime), e.Run, strconv.Itoa(e.Row), e.Kind, string(e.Op), report.Visible(string(e.Status)), string(e.Outcome), more(e))
	}
	return shown(t.Write(out))
}

// more is what an event has beyond the columns.
func more(e ledger.Event) string {
	var parts []string
	if e.Call > 0 {
		parts = append(parts, fmt.Sprintf("call %d", e.Call))
	}
	if e.Kind == "call" && e.UserID != 0 {
		parts = append(parts, fmt.Sprintf("by user %s", e.UserID))
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
	return report.Visible(strings.Join(parts, "; "))
}

// eventJSON is an event as programs read it.
type eventJSON struct {
	At         time.Time   `json:"at"`
	Run        string      `json:"run"`
	Sheet      string      `json:"sheet,omitempty"`
	Row        int         `json:"row"`
	Event      string      `json:"event"`
	AccountID  string      `json:"account_id,omitempty"`
	Number     string      `json:"account_number,omitempty"`
	Op         string      `json:"op,omitempty"`
	Status     string      `json:"status,omitempty"`
	Outcome    string      `json:"outcome,omitempty"`
	Reason     string      `json:"reason,omitempty"`
	Warnings   []string    `json:"warnings,omitempty"`
	Errors     []errorJSON `json:"errors,omitempty"`
	Call       int         `json:"call,omitempty"`
	TrackingID string      `json:"tracking_id,omitempty"`
	UserID     string      `json:"user_id"`
	Profile    string      `json:"profile,omitempty"`
	Version    string      `json:"version"`
	Digest     string      `json:"digest"`
}

// errorJSON is an error of the service, as reports have it.
type errorJSON struct {
	Code    int    `json:"code"`
	Symbol  string `json:"symbol,omitempty"`
	Message string `json:"message,omitempty"`
	Details string `json:"details,omitempty"`
}

func newEventJSON(e ledger.Event) eventJSON {
	var errs []errorJSON
	for _, err := range e.Errors {
		errs = append(errs, errorJSON{err.Code, err.ErrorCode, err.Message, err.Details})
	}
	return eventJSON{
		At: e.At, Run: e.Run, Sheet: e.Sheet, Row: e.Row, Event: e.Kind, AccountID: e.EntityID.String(), Number: e.Number,
		Op: string(e.Op), Status: string(e.Status), Outcome: string(e.Outcome), Reason: e.Reason, Warnings: e.Warnings, Errors: errs,
		Call: e.Call, TrackingID: e.TrackingID, UserID: e.UserID.String(), Profile: e.Profile, Version: e.Version, Digest: e.Digest,
	}
}
