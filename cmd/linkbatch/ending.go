package main

import (
	"context"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/internal/run"
)

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
	case n[executor.Done]+n[executor.Unchanged] < len(results):
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
