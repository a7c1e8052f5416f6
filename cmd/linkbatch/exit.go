package main

import (
	"context"
	"errors"
	"fmt"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/auth"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
)

// The exit codes, which users script against.
const (
	exitRun         = 1
	exitChanges     = 2
	exitRows        = 3
	exitSignIn      = 4
	exitGuard       = 5
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
    1  the run could not be done
    2  changes are pending (plan --detailed-exitcode only)
    3  finished; some rows are refused, failed, blocked, invalid or held
    4  sign-in or permission
    5  a guard tripped, confirmation is missing, or the answer was no
    7  another run of this agency is going on; nothing was changed
    8  finished; some rows are unknown, or waiting (--wait only)
   64  usage
   65  the roster cannot be read, or no row of it can be used
   75  nothing was changed, and trying later may work
   78  configuration
  130  interrupted; what is reported is true`

// usageError is a command line that cannot be understood.
type usageError struct {
	err     error
	command string // whose --help explains it; empty = linkbatch
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// configError is a setting that cannot be used.
type configError struct {
	err  error
	hint string
}

func (e *configError) Error() string { return e.err.Error() }
func (e *configError) Unwrap() error { return e.err }

// guardError is a plan that a guard keeps from being carried out. Nothing was
// written; the hint names the flag that would allow it.
type guardError struct{ message, hint string }

func (e *guardError) Error() string { return e.message }

// rowsError ends a command that did its work, for the rows' sake: the output
// has said everything already.
type rowsError struct{ code int }

func (e *rowsError) Error() string {
	return fmt.Sprintf("some rows need attention (exit code %d)", e.code)
}

// errInterrupted ends a run whose rows say how far it came.
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

// failure is how an error ends the program.
type failure struct {
	message, hint string
	code          int
}

// diagnose is the one table from errors to messages, hints and exit codes.
func diagnose(err error) failure {
	f := failure{message: err.Error(), code: exitRun}
	if rows, ok := errors.AsType[*rowsError](err); ok {
		return failure{code: rows.code}
	}
	if errors.Is(err, context.Canceled) {
		f.message, f.code = "interrupted; nothing was changed", exitInterrupted
		if errors.Is(err, errInterrupted) {
			f.message = "interrupted"
		}
		return f
	}
	if e, ok := errors.AsType[*usageError](err); ok {
		name := e.command
		if name == "" {
			name = "linkbatch"
		}
		f.code, f.hint = exitUsage, name+" --help shows the flags and arguments"
	} else if e, ok := errors.AsType[*configError](err); ok {
		f.code, f.hint = exitConfig, e.hint
	} else if e, ok := errors.AsType[*guardError](err); ok {
		f.code, f.hint = exitGuard, e.hint
	} else if e, ok := errors.AsType[*ingest.FileError](err); ok {
		f.code, f.hint = exitRoster, e.Hint
	} else if _, ok := errors.AsType[*templateExistsError](err); ok {
		f.hint = "name another file, or delete that one first"
	} else if errors.Is(err, errNoRows) {
		f.code, f.hint = exitRoster, "mend the rows as their reasons say; linkbatch check ROSTER shows what can be seen offline"
	} else if e, ok := errors.AsType[*noCredentialsError](err); ok {
		f.code, f.hint = exitSignIn, e.hint()
	} else if e, ok := errors.AsType[*auth.Error](err); ok {
		f.code, f.hint = exitSignIn, e.Next
	} else if e, ok := errors.AsType[*auth.RedirectError](err); ok {
		f.code, f.hint = exitSignIn, e.Next
	} else if _, ok := errors.AsType[*auth.UnreachableError](err); ok {
		f.code, f.hint = exitTryLater, "check the network and --token-url, then run the same command again"
	} else if e, ok := errors.AsType[*msads.CallError](err); ok {
		f.code, f.hint = diagnoseCall(e)
	} else if errors.Is(err, executor.ErrBreaker) {
		f.code = exitTryLater
	} else if _, ok := errors.AsType[*ledger.LockedError](err); ok {
		f.code, f.hint = exitLocked, "wait for it, or pass --lock-timeout"
	} else if _, ok := errors.AsType[*noLedgerError](err); ok {
		f.hint = "apply records runs; if your ledger is elsewhere, pass its folder with --state-dir"
	} else if _, ok := errors.AsType[*ledger.Error](err); ok || errors.Is(err, ledger.ErrNoRun) {
		f.hint = ledgerHint(err)
	}
	if e, ok := errors.AsType[*profileError](err); ok {
		f.hint = e.hint(f.hint)
	}
	if stopped, ok := errors.AsType[*stoppedError](err); ok && f.code == exitTryLater && stopped.written {
		f.code = exitRun
	}
	return f
}

// ledgerHint says what to do about a ledger that cannot be used.
func ledgerHint(err error) string {
	switch {
	case errors.Is(err, ledger.ErrDamaged):
		return "move ledger.db and ledger.db-wal away to start a new ledger; linkbatch plan shows the current links"
	case errors.Is(err, ledger.ErrNewer):
		return "use the newer linkbatch, or another --state-dir"
	case errors.Is(err, ledger.ErrGone):
		return "keep the state folder where nothing else removes files, then run the same command again; linkbatch plan shows the current links"
	case errors.Is(err, ledger.ErrUnwritable):
		return "free some disk space, or pass a writable folder with --state-dir"
	case errors.Is(err, ledger.ErrNoRun):
		return "linkbatch runs lists the runs"
	}
	return ""
}

// diagnoseCall reads a call that failed for good.
func diagnoseCall(e *msads.CallError) (code int, hint string) {
	switch e.Class() {
	case msads.ClassSignIn, msads.ClassPermission, msads.ClassTokenExpired:
		code = exitSignIn
	case msads.ClassTransient, msads.ClassThrottled, msads.ClassLater:
		code = exitTryLater
	default:
		code = exitRun
	}
	return code, e.Advice()
}
