package main

import (
	"cmp"
	"fmt"

	"linkbatch/internal/ledger"
)

// formerRun is the run that undo or retry is about.
type formerRun struct {
	*ledger.Record
	meet func(sent func(step int) bool) error // holds what was planned against the run; nil = nothing is to be held
	save func() error                         // writes what was planned as a roster; nil = that is not wished
}

// formerRunError refuses to take a run back, or to try it again.
type formerRunError struct{ message, hint string }

func (e *formerRunError) Error() string { return e.message }

// openFormer reads the run that a name stands for from the ledger. "last" is the
// newest that was started: one that a guard or a no has stopped has done nothing.
func (j *job) openFormer(name string) (*ledger.Record, error) {
	l, err := j.existing(j.stateDir, ledger.Read)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	if name == "last" {
		runs, err := l.Runs()
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			if r.State != ledger.NotStarted {
				name = r.ID
				break
			}
		}
	}
	found, err := l.Find(name)
	if err != nil {
		return nil, err
	}
	return l.Load(found.ID)
}

// samePlace refuses a run of another server or agency.
func (f *formerRun) samePlace(here ledger.Scope) error {
	if f.Scope == here {
		return nil
	}
	what, flag, then, now := "agency", "--managing-customer or --profile", f.ManagingCustomerID.String(), here.ManagingCustomerID.String()
	if f.Endpoint != here.Endpoint {
		what, flag, then, now = "server", "--env or --endpoint", f.Endpoint, here.Endpoint
	}
	return &formerRunError{
		fmt.Sprintf("run %s is of the %s %s, and this is %s; nothing was changed", f.ID, what, then, now),
		"name the " + what + " of the run with " + flag,
	}
}

// metFormer holds a plan against the run that it is about, if it is about one.
func (j *job) metFormer(sent func(step int) bool) error {
	if j.source.former == nil || j.source.former.meet == nil {
		return nil
	}
	return j.source.former.meet(sent)
}

// saveFormer writes the plan as a roster if that is wished.
func (j *job) saveFormer() error {
	if j.source.former == nil || j.source.former.save == nil {
		return nil
	}
	return j.source.former.save()
}

// unfinished refuses a run of which something is left to be sent, or that was never
// started.
func unfinished(r *ledger.Run) error {
	again := "linkbatch apply " + cmp.Or(r.File, "ROSTER")
	switch {
	case r.Undoes != "":
		again = "linkbatch undo " + r.Undoes
	case r.Retries != "":
		again = "linkbatch retry " + r.Retries
	}
	if r.Part != "" {
		again += " " + r.Part
	}
	switch r.State {
	case ledger.NotStarted:
		return &formerRunError{fmt.Sprintf("run %s was not started: it has done nothing", r.ID), "start it again: " + again}
	case ledger.Running:
		return &formerRunError{
			fmt.Sprintf("run %s has not ended; nothing was changed", r.ID), "wait for it or, if its process is gone, resume it: " + again,
		}
	case ledger.Interrupted, ledger.Stopped:
		return &formerRunError{
			fmt.Sprintf("run %s is not finished; nothing was changed", r.ID), "resume it, which first checks what is not known: " + again,
		}
	}
	return nil
}
