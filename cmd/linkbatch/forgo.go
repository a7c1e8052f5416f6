package main

import (
	"context"
	"errors"

	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/internal/run"
	"linkbatch/report"
)

// forgo ends a run that was stopped before anything was sent. It is recorded with
// the reason, and programs get its plan; what is returned is stop.
func (j *job) forgo(turn *run.Turn, r *run.Run, stop error) error {
	id, err := turn.Forgo(r, j.record(), reasonOf(stop))
	if err != nil {
		j.say("warning: that this run was not started is not recorded: %v", err)
	}
	if !j.roster.output.JSON() {
		return stop
	}
	results, err := report.New(j.head(id), j.plan, r.Results())
	if err == nil {
		err = shown(results.NotStartedJSON(j.out, diagnose(stop).error()))
	}
	return errors.Join(stop, err)
}

// reasonOf is what stopped a run, in a few words, as the ledger keeps it.
func reasonOf(stop error) string {
	if e, ok := errors.AsType[*trippedError](stop); ok {
		return e.why()
	}
	if e, ok := errors.AsType[*unconfirmedError](stop); ok {
		return e.why
	}
	if errors.Is(stop, context.Canceled) {
		return "interrupted before it was confirmed"
	}
	return stop.Error()
}

// forgoSignIn records a run whose profile could not sign in: nobody knows of its
// rows, or of whose links they are.
func (j *job) forgoSignIn(stop error) {
	if !j.writes || diagnose(stop).code != exitSignIn {
		return
	}
	options, err := j.sessionOptions()
	if err != nil {
		return
	}
	record := j.record()
	record.Path, record.Digest, record.Purpose = j.source.path, j.source.digest, j.source.purpose
	record.Scope = ledger.Scope{Endpoint: options.Place(), ManagingCustomerID: msads.ID(j.managingCustomer)}
	if err := run.Forgone(j.ledger, record, "sign-in failed: "+stop.Error()); err != nil {
		j.say("warning: that this run was not started is not recorded: %v", err)
	}
}
