package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"linkbatch/executor"
	"linkbatch/internal/auth"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
)

// TestEndings holds how errors of every room end the program: the exit code,
// and what to do.
func TestEndings(t *testing.T) {
	signIn := &auth.Error{Code: "invalid_grant", Next: "sign in again"}
	throttled := &msads.CallError{Operation: "AddClientLinks", HTTPStatus: http.StatusTooManyRequests}
	for _, c := range []struct {
		err  error
		code int
		hint string
	}{
		{errors.New("anything"), exitRun, ""},
		{usage("--x %q: want y", "z"), exitUsage, ""},
		{fmt.Errorf("plan: %w", context.Canceled), exitInterrupted, ""},
		{errInterrupted, exitInterrupted, ""},
		{signIn, exitSignIn, "sign in again"},
		{&stoppedError{signIn, true}, exitSignIn, "sign in again"},
		{&stoppedError{executor.ErrBreaker, false}, exitTryLater, ""},
		{&stoppedError{executor.ErrBreaker, true}, exitRun, ""},
		{&stoppedError{throttled, false}, exitTryLater, "wait a minute"},
		{&stoppedError{throttled, true}, exitRun, "wait a minute"},
		{fmt.Errorf("show: %w", ledger.ErrNoRun), exitRun, "linkbatch runs"},
		{&rowsError{exitRows}, exitRows, ""},
	} {
		got := diagnose(c.err)
		if got.code != c.code || !strings.Contains(got.hint, c.hint) || (got.message == "") != (c.code == exitRows) {
			t.Errorf("%v: %+v, want %d and a hint with %q", c.err, got, c.code, c.hint)
		}
	}
	if got := diagnose(context.Canceled).message; got != "interrupted; nothing was changed" {
		t.Errorf("an interrupt before anything was sent: %q", got)
	}
	if got := diagnose(errInterrupted).message; got != "interrupted" {
		t.Errorf("an interrupted run: %q", got)
	}
}

// TestEnding holds which of a run's outcomes decides its exit code.
func TestEnding(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	result := func(o executor.Outcome, code int) executor.Result {
		r := executor.Result{Outcome: o}
		if o != executor.Unchanged && o != executor.Scheduled && o != executor.Blocked && o != executor.Invalid {
			r.Attempts = 1
		}
		if code != 0 {
			r.Errors = []msads.OperationError{{Code: code}}
		}
		return r
	}
	for _, c := range []struct {
		ctx     context.Context
		stop    error
		results []executor.Result
		want    int
	}{
		{t.Context(), nil, []executor.Result{result(executor.Done, 0), result(executor.Unchanged, 0), result(executor.Scheduled, 0)}, 0},
		{t.Context(), nil, []executor.Result{result(executor.Scheduled, 0)}, 0},
		{t.Context(), nil, []executor.Result{result(executor.Scheduled, 0), result(executor.Refused, 1471)}, exitRows},
		{t.Context(), nil, []executor.Result{result(executor.Done, 0), result(executor.Blocked, 0)}, exitRows},
		{t.Context(), nil, []executor.Result{result(executor.Waiting, 0), result(executor.Refused, 1471)}, exitUnsettled},
		{t.Context(), nil, []executor.Result{result(executor.Unknown, 0), result(executor.Done, 0)}, exitUnsettled},
		{t.Context(), nil, []executor.Result{result(executor.Failed, 0), result(executor.Failed, 0)}, exitTryLater},
		{t.Context(), nil, []executor.Result{result(executor.Failed, 0), result(executor.Done, 0)}, exitRows},
		{t.Context(), nil, []executor.Result{result(executor.Refused, 106), result(executor.Blocked, 0)}, exitSignIn},
		{t.Context(), nil, []executor.Result{result(executor.Refused, 106), result(executor.Done, 0)}, exitRows},
		{t.Context(), errors.New("disk full"), []executor.Result{result(executor.Unknown, 0)}, exitRun},
		{canceled, errors.New("disk full"), []executor.Result{result(executor.Unknown, 0)}, exitInterrupted},
	} {
		got := 0
		if err := ending(c.ctx, c.results, c.stop); err != nil {
			got = diagnose(err).code
		}
		if got != c.want {
			t.Errorf("%+v, stopped by %v: exit code %d, want %d", c.results, c.stop, got, c.want)
		}
	}
}
