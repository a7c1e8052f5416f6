package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/auth"
	"linkbatch/internal/doctor"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/internal/part"
	"linkbatch/internal/run"
	"linkbatch/internal/savedplan"
	"linkbatch/internal/session"
	"linkbatch/report"
)

// The exit codes, which users script against.
const (
	exitRun         = 1
	exitChanges     = 2
	exitRows        = 3
	exitSignIn      = 4
	exitGuard       = 5
	exitPlan        = 6
	exitLocked      = 7
	exitUnsettled   = 8
	exitUsage       = 64
	exitRoster      = 65
	exitTryLater    = 75
	exitConfig      = 78
	exitInterrupted = 130
)

const exitHelp = `Exit codes:
    0  done, or nothing to do
    1  the run failed
    2  changes are pending (plan --detailed-exitcode only)
    3  finished; some rows are refused, failed, blocked, invalid or held
    4  sign-in or permission
    5  a guard tripped (plan: would trip), confirmation is missing, or you answered no
    6  the plan is used, expired, altered or not the expected one; nothing was changed
    7  another run for this agency is in progress; nothing was changed
    8  finished; some rows are unknown, or waiting (--wait only)
   64  usage
   65  the roster cannot be read, or no row of it can be used
   75  nothing was changed, and trying later may work
   78  configuration
  130  interrupted; the report is accurate`

// failure is how an error ends the program.
type failure struct {
	message, hint string
	code          int
}

// error is the failure as programs read it.
func (f failure) error() report.Error {
	return report.Error{Message: f.message, Hint: f.hint, Code: f.code}
}

// diagnose turns an error into what a person reads and the exit code.
func diagnose(err error) failure {
	if e, ok := errors.AsType[*rowsError](err); ok {
		return failure{code: e.code} // the output has said everything
	}
	f := failure{message: err.Error(), code: exitRun}
	for _, known := range endings {
		if end, ok := known(err); ok {
			f = failure{cmp.Or(end.message, f.message), cmp.Or(end.hint, session.Hint(err)), end.code}
			break
		}
	}
	if e, ok := errors.AsType[*stoppedError](err); ok && e.written && f.code == exitTryLater {
		f.code = exitRun // something was changed
	}
	return f
}

// endings is the one table from errors to hints and exit codes; the first that
// knows an error decides. A blank message is the error's own, a blank hint what
// the session says of it.
var endings = []func(error) (failure, bool){
	is(errInterrupted, failure{"interrupted", "", exitInterrupted}),
	is(context.Canceled, failure{"interrupted; nothing was changed", "", exitInterrupted}),
	when(func(e *usageError) failure { return failure{code: exitUsage, hint: e.hint} }),
	when(func(e *configError) failure { return failure{code: exitConfig, hint: e.hint} }),
	when(func(e *unconfirmedError) failure { return failure{code: exitGuard, hint: e.hint} }),
	when(func(e *trippedError) failure { return failure{code: exitGuard, hint: e.hint()} }),
	when(func(e *savedplan.RefusedError) failure { return failure{code: exitPlan, hint: e.Hint} }),
	when(func(*run.UsedError) failure {
		return failure{code: exitPlan, hint: "a plan is applied once: plan again; linkbatch report RUN writes what that run did"}
	}),
	when(func(e *part.Error) failure { return failure{code: exitUsage, hint: e.Hint} }),
	when(func(e *ingest.FileError) failure { return failure{code: exitRoster, hint: e.Hint} }),
	when(func(*templateExistsError) failure {
		return failure{code: exitRun, hint: "name another file, or delete that one first"}
	}),
	when(func(e *formerRunError) failure { return failure{code: exitRun, hint: e.hint} }),
	when(func(*reportError) failure { return failure{code: exitRun, hint: reportAgain} }),
	is(errNoRows, failure{"", "fix the rows as described above; linkbatch check ROSTER lists what can be checked offline", exitRoster}),
	when(func(*session.Error) failure { return failure{code: exitConfig} }),
	when(func(e *doctor.Error) failure { return failure{code: causeCodes[e.Cause], hint: e.Next} }),
	when(func(*session.MissingError) failure { return failure{code: exitSignIn} }),
	when(func(*auth.Error) failure { return failure{code: exitSignIn} }),
	when(func(*auth.RedirectError) failure { return failure{code: exitSignIn} }),
	when(func(*auth.UnreachableError) failure { return failure{code: exitTryLater} }),
	when(func(e *msads.CallError) failure { return failure{code: callCode(e)} }),
	is(run.ErrTooMany, failure{"", "look at the reasons, then run the same command again: it sends what is left; --max-failed allows more", exitRun}),
	is(run.ErrCanary, failure{"", "look at the reasons, then run the same command again: it sends what is left", exitRun}),
	is(executor.ErrBreaker, failure{"", "", exitTryLater}),
	when(func(*ledger.LockedError) failure {
		return failure{code: exitLocked, hint: "wait for it, or pass --lock-timeout"}
	}),
	when(func(*noLedgerError) failure {
		return failure{code: exitRun, hint: "apply records each run; if its record is elsewhere, name the folder with --state-dir"}
	}),
	when(func(*copyError) failure {
		return failure{code: exitRun, hint: "nothing was changed; restore another copy"}
	}),
	is(ledger.ErrMissing, failure{"", "put ledger.db back beside ledger.db-wal, or move ledger.db-wal away to start a new ledger", exitRun}),
	is(ledger.ErrUnsettled, failure{"", "resume the run with apply, or close it with apply --fresh; a minute later, run the same command again", exitRun}),
	is(ledger.ErrDamaged, failure{"", "move ledger.db and ledger.db-wal away to start a new ledger, or restore a copy with linkbatch state restore; linkbatch plan shows the current links", exitRun}),
	is(ledger.ErrNewer, failure{"", "use the newer linkbatch, or another --state-dir", exitRun}),
	is(ledger.ErrGone, failure{"", "keep the state folder where nothing else removes files, then run the same command again; linkbatch plan shows the current links", exitRun}),
	is(ledger.ErrUnwritable, failure{"", "free some disk space, or pass a writable folder with --state-dir", exitRun}),
	is(ledger.ErrNoRun, failure{"", "linkbatch runs lists the runs", exitRun}),
}

// causeCodes are the exit codes of what the doctor finds by itself.
var causeCodes = map[doctor.Cause]int{doctor.Setup: exitConfig, doctor.Permission: exitSignIn, doctor.Unreachable: exitTryLater}

// is knows an error by its value.
func is(target error, end failure) func(error) (failure, bool) {
	return func(err error) (failure, bool) { return end, errors.Is(err, target) }
}

// when knows the errors of a type.
func when[E error](end func(E) failure) func(error) (failure, bool) {
	return func(err error) (failure, bool) {
		e, ok := errors.AsType[E](err)
		if !ok {
			return failure{}, false
		}
		return end(e), true
	}
}

// callCode is the exit code of a call that failed finally.
func callCode(e *msads.CallError) int {
	switch e.Class() {
	case msads.ClassSignIn, msads.ClassPermission, msads.ClassTokenExpired:
		return exitSignIn
	case msads.ClassTransient, msads.ClassThrottled, msads.ClassLater:
		return exitTryLater
	}
	return exitRun
}

// usageError is a command line that cannot be understood.
type usageError struct {
	err  error
	hint string // blank = the help of the command
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// usage is a [usageError] in words.
func usage(format string, args ...any) error {
	return &usageError{err: fmt.Errorf(format, args...)}
}

// configError is a setting that cannot be used.
type configError struct {
	err  error
	hint string
}

func (e *configError) Error() string { return e.err.Error() }
func (e *configError) Unwrap() error { return e.err }

// unconfirmedError is a change that nobody said yes to. Nothing was changed.
type unconfirmedError struct{ why, hint string }

func (e *unconfirmedError) Error() string { return e.why + "; nothing was changed" }

// reportError is a report that could not be written, or is not where it should be.
// The run is recorded.
type reportError struct{ err error }

func (e *reportError) Error() string { return e.err.Error() }
func (e *reportError) Unwrap() error { return e.err }

// reportAgain is what to do about it.
const reportAgain = "the run is recorded: linkbatch report last --report FILE writes its report again"

// rowsError ends a command that did its work with an exit code that is about
// what it found. The output has said everything already.
type rowsError struct{ code int }

func (e *rowsError) Error() string {
	return fmt.Sprintf("some rows need attention (exit code %d)", e.code)
}

// errInterrupted ends a run whose rows say how far it came. Elsewhere an
// interrupt comes before anything is changed.
var errInterrupted = fmt.Errorf("interrupted: %w", context.Canceled)

// errNoRows is a roster in which no row can be used.
var errNoRows = errors.New("no row of the roster can be used")

// stoppedError is a run that ended before all of its steps were sent.
type stoppedError struct {
	err     error
	written bool // something was or may have been applied
}

func (e *stoppedError) Error() string { return "the run was stopped: " + e.err.Error() }
func (e *stoppedError) Unwrap() error { return e.err }

// ending is how a run ends, by its worst news: interrupted, stopped, refused
// for want of permission, rows unknown or waiting, rows that need attention.
func ending(ctx context.Context, results []executor.Result, stop error) error {
	n := run.Tally(results)
	sent, forbidden := 0, 0
	for i := range results {
		if results[i].Attempts > 0 {
			sent++
		}
		if wantsPermission(&results[i]) {
			forbidden++
		}
	}
	written := n[executor.Done]+n[executor.Unknown]+n[executor.Waiting] > 0
	switch {
	case ctx.Err() != nil:
		return errInterrupted
	case stop != nil:
		return &stoppedError{stop, written}
	case sent > 0 && forbidden == sent:
		return &rowsError{exitSignIn}
	case n[executor.Unknown]+n[executor.Waiting] > 0:
		return &rowsError{exitUnsettled}
	case sent > 0 && !written && n[executor.Failed] == sent:
		return &rowsError{exitTryLater}
	case n[executor.Done]+n[executor.Unchanged]+n[executor.Scheduled] < len(results):
		return &rowsError{exitRows}
	}
	return nil
}

// wantsPermission reports whether the last call of a row was refused because the
// credentials may not do what it asked for.
func wantsPermission(res *executor.Result) bool {
	last := res.Errors[max(0, len(res.Errors)-1):]
	return res.Attempts > 0 && res.Outcome == executor.Refused && msads.WorstClass(last) == msads.ClassPermission
}
