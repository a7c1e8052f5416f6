package planner

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// TestStandingOfEveryStatus holds, for what is waited for, where every status
// stands: . settled, ~ settling, ! undone.
func TestStandingOfEveryStatus(t *testing.T) {
	columns := []struct {
		name   string
		op     Op
		intent ingest.Intent
	}{
		{"add", OpAdd, ingest.Link}, {"accept", OpAccept, ingest.Link}, {"unlink", OpUnlink, ingest.Unlink},
		{"cancel", OpCancel, ingest.Unlink}, {"decline", OpDecline, ingest.Decline},
		{"none/add", OpNone, ingest.Add}, {"none/link", OpNone, ingest.Link}, {"none/accept", OpNone, ingest.Accept},
		{"none/unlink", OpNone, ingest.Unlink}, {"none/cancel", OpNone, ingest.Cancel},
		{"none/decline", OpNone, ingest.Decline}, {"none/keep", OpNone, ingest.Keep},
	}
	const want = `
(none)           . ~ ~ . . . . . ~ ~ . .
LinkPending      . ~ . . . . . . . . . .
LinkAccepted     ~ ~ . . . ~ ~ ~ . . . .
LinkDeclined     . . . . . . . . . . . .
LinkCanceled     . . . . . . . . . . . .
LinkExpired      . . . . . . . . . . . .
LinkInProgress   ~ ~ . . . ~ ~ ~ . . . .
Active           . . ! . . . . . ! ! . .
LinkFailed       ! ! . . . ! ! ! . . . .
UnlinkRequested  ~ ~ ~ . . ~ ~ ~ ~ ~ . .
UnlinkPending    ~ ~ ~ . . ~ ~ ~ ~ ~ . .
UnlinkInProgress ~ ~ ~ . . ~ ~ ~ ~ ~ . .
UnlinkFailed     . . ! . . . . . ! ! . .
UnlinkCanceled   . . . . . . . . . . . .
Inactive         . . . . . . . . . . . .
LinkSleeping     . . . . . . . . . . . .
`
	marks := map[course]string{settled: ".", settling: "~", undone: "!"}
	var got strings.Builder
	got.WriteByte('\n')
	for _, status := range statuses {
		name := string(status)
		if name == "" {
			name = "(none)"
		}
		fmt.Fprintf(&got, "%-16s", name)
		for _, c := range columns {
			s := (&Step{Intent: c.intent}).Standing(c.op, status)
			got.WriteString(" " + marks[s.course])
			if s.Reason == "" || (s.NextStep != "") != (s.Undone()) {
				t.Errorf("%s, %q: %+v", c.name, status, s)
			}
		}
		got.WriteByte('\n')
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("standings differ (-want +got):\n%s", diff)
	}
}

// TestStandWaitsForASearchThatLags takes a link that is as it was before the op
// for one that no search shows yet, and the same status after a change for
// what it says.
func TestStandWaitsForASearchThatLags(t *testing.T) {
	at := func(status msads.Status, by time.Duration) Sight {
		return Sight{Link: new(with(link(1001, status), func(l *msads.ClientLink) { l.LastModifiedDateTime = someDay.Add(by) }))}
	}
	tests := []struct {
		op     Op
		before msads.Status
		now    Sight
		want   course
	}{
		{OpUnlink, msads.Active, at(msads.Active, 0), settling},
		{OpUnlink, msads.Active, at(msads.Active, second), undone},
		{OpUnlink, msads.Active, at(msads.UnlinkFailed, second), undone},
		{OpUnlink, msads.UnlinkFailed, at(msads.UnlinkFailed, 0), settling},
		{OpUnlink, msads.Active, at(msads.Inactive, second), settled},
		{OpUnlink, msads.Active, Sight{}, settling},
		{OpAccept, msads.LinkPending, at(msads.LinkPending, 0), settling},
		{OpAccept, msads.LinkPending, at(msads.LinkFailed, second), undone},
		{OpAccept, msads.LinkPending, Sight{Doubt: "no status"}, settling},
		{OpAdd, msads.Inactive, at(msads.Inactive, 0), settling},
		{OpAdd, msads.Inactive, at(msads.LinkPending, second), settled},
		{OpCancel, msads.LinkPending, at(msads.LinkPending, 0), settled},
		{OpNone, msads.LinkInProgress, at(msads.LinkInProgress, 0), settling},
		{OpNone, msads.LinkInProgress, at(msads.Active, second), settled},
	}
	for _, tt := range tests {
		step := &Step{Op: tt.op, Intent: ingest.Link, Before: Seen{Status: tt.before, LastModified: someDay}}
		if got := step.Stand(tt.op, tt.now); got.course != tt.want || got.Reason == "" {
			t.Errorf("%s from %s, now %v: %+v, want %s", tt.op, tt.before, tt.now, got, tt.want)
		}
	}
}

// TestStartsLater goes by the link where there is one, and never waits for a
// start date that the service's own clock has passed.
func TestStartsLater(t *testing.T) {
	now := someDay
	starting := func(start, changed time.Duration) Sight {
		return Sight{Link: &msads.ClientLink{Status: msads.LinkInProgress, StartDate: now.Add(start), LastModifiedDateTime: now.Add(changed)}}
	}
	adding := &Step{Op: OpAdd, Send: &msads.ClientLink{StartDate: now.Add(time.Hour)}, Before: Seen{StartDate: now.Add(-time.Hour)}}
	accepting := &Step{Op: OpAccept, Before: Seen{StartDate: now.Add(time.Hour), LastModified: now.Add(-time.Hour)}}
	tests := []struct {
		name  string
		step  *Step
		sight Sight
		want  bool
	}{
		{"an add that says so", adding, Sight{}, true},
		{"an add that a search could not see", adding, Sight{Doubt: "no status"}, true},
		{"an add at once", &Step{Op: OpAdd, Send: &msads.ClientLink{}}, Sight{}, false},
		{"an invitation", accepting, Sight{}, true},
		{"a link", &Step{}, starting(time.Hour, 0), true},
		{"a link that has begun", accepting, starting(-time.Second, 0), false},
		{"a service ahead of this clock", &Step{}, starting(time.Hour, 2*time.Hour), false},
	}
	for _, tt := range tests {
		if _, got := tt.step.StartsLater(tt.sight, now); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestStages has a place for every live status and for no other.
func TestStages(t *testing.T) {
	for _, status := range statuses {
		if at := Stages.Of(status); at >= 0 != live(status) || at >= len(Stages) {
			t.Errorf("%q: stage %d", status, at)
		}
	}
}
