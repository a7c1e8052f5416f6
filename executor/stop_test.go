package executor_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/msads"
)

// TestThrottlingForEverHoldsTheRest ends a run when the client has waited as
// long as it does: the calls after it are not sent to wait as long again.
func TestThrottlingForEverHoldsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{answer: func(n int, _ string, _ []string) (int, string) {
			if n > 2 {
				return 429, "busy"
			}
			return 200, `{"PartialErrors":null}`
		}}
		got, start := collect(t), time.Now()
		err := s.executor(t, 4).Run(t.Context(), adds(1000, 200), got.emit)
		ce, ok := errors.AsType[*msads.CallError](err)
		if !ok || ce.Class() != msads.ClassThrottled {
			t.Errorf("stopped by %v", err)
		}
		if n := got.count(); n[executor.Done] != 20 || n[executor.Failed] != 10 || n[executor.Held] != 170 {
			t.Errorf("outcomes %v", n)
		}
		if d := time.Since(start); d < 2*time.Hour || d > 2*time.Hour+2*time.Minute {
			t.Errorf("ended after %v", d)
		}
		for _, r := range got.got {
			if r.Outcome == executor.Failed && !strings.Contains(r.NextStep, "run it again later") {
				t.Errorf("step %d: next step %q", r.Step, r.NextStep)
			}
		}
	})
}

// TestNoCallThatWaitsIsSentAfterAFatalError takes back what waits at the gate:
// it was recorded, and the record says that it was held.
func TestNoCallThatWaitsIsSentAfterAFatalError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{}
		s.answer = func(n int, _ string, _ []string) (int, string) {
			switch n {
			case 1: // under way while the others are throttled
				time.Sleep(10 * time.Second)
				return 400, `{"Type":"AdApiFaultDetail","Errors":[{"Code":108}]}`
			default:
				return 429, ""
			}
		}
		got, start := collect(t), time.Now()
		e, journal := s.executor(t, 4), &memory{}
		e.Journal = journal
		err := e.Run(t.Context(), adds(1000, 100), got.emit)
		if err == nil || !strings.Contains(err.Error(), "108") {
			t.Errorf("stopped by %v", err)
		}
		if d := time.Since(start); d != 10*time.Second || len(s.calls) > 4 || journal.under() != 0 {
			t.Errorf("ended after %v and %d calls, %d in flight", d, len(s.calls), journal.under())
		}
		if n := got.count(); n[executor.Failed] != 10 || n[executor.Held] != 90 {
			t.Errorf("outcomes %v", n)
		}
		for _, r := range got.got {
			if r.Outcome == executor.Held && !strings.Contains(r.Reason, "not sent: AddClientLinks: HTTP 400: 108") {
				t.Errorf("step %d: %s", r.Step, r.Reason)
			}
		}
	})
}

// TestAnErrorOfEmitStopsTheRun: the calls in flight are finished, and what they
// show is emitted; the others are held with the error.
func TestAnErrorOfEmitStopsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{answer: func(n int, _ string, _ []string) (int, string) {
			time.Sleep(time.Duration(n) * time.Second)
			return 200, `{"PartialErrors":null}`
		}}
		got, enough := collect(t), errors.New("enough")
		err := s.executor(t, 2).Run(t.Context(), adds(1000, 100), func(answers []executor.Answer) error {
			got.emit(answers)
			return enough
		})
		if err != enough || len(s.calls) != 2 {
			t.Errorf("%v after %d calls", err, len(s.calls))
		}
		if n := got.count(); n[executor.Done] != 20 || n[executor.Held] != 80 {
			t.Errorf("outcomes %v", n)
		}
		for _, r := range got.got {
			if r.Outcome == executor.Held && r.Reason != "not sent: enough" {
				t.Errorf("step %d: %s", r.Step, r.Reason)
			}
		}
	})
}
