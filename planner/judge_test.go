package planner

import (
	"testing"
	"time"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

func TestJudge(t *testing.T) {
	before := func(status msads.Status) Seen { return Seen{Status: status, LastModified: someDay} }
	after := func(status msads.Status, by time.Duration) Sight {
		return Sight{Link: new(with(link(1001, status), func(l *msads.ClientLink) { l.LastModifiedDateTime = someDay.Add(by) }))}
	}
	tests := []struct {
		op     Op
		before Seen
		now    Sight
		want   Verdict
	}{
		{OpAdd, Seen{}, Sight{}, AsBefore},
		{OpAdd, Seen{}, after(msads.LinkPending, second), Applied},
		{OpAdd, Seen{}, after(msads.Active, second), Applied},
		{OpAdd, Seen{}, after("LinkSleeping", second), Elsewhere},
		{OpAdd, Seen{}, Sight{Doubt: "no number"}, Elsewhere},
		{OpAdd, before(msads.Inactive), after(msads.Inactive, 0), AsBefore},
		{OpAdd, before(msads.Inactive), after(msads.LinkPending, second), Applied},
		{OpAdd, before(msads.Inactive), after(msads.Active, -second), Elsewhere},
		{OpAdd, before(msads.Inactive), Sight{}, Elsewhere},
		{OpAccept, before(msads.LinkPending), after(msads.LinkPending, 0), AsBefore},
		{OpAccept, before(msads.LinkPending), after(msads.LinkPending, second), Elsewhere},
		{OpAccept, before(msads.LinkPending), after(msads.LinkAccepted, second), Applied},
		{OpAccept, before(msads.LinkPending), after(msads.LinkInProgress, second), Applied},
		{OpAccept, before(msads.LinkPending), after(msads.Active, second), Applied},
		{OpAccept, before(msads.LinkPending), after(msads.LinkFailed, second), Applied},
		{OpAccept, before(msads.LinkPending), after(msads.LinkCanceled, second), Elsewhere},
		{OpAccept, before(msads.LinkPending), Sight{}, Elsewhere},
		{OpDecline, before(msads.LinkPending), after(msads.LinkDeclined, second), Applied},
		{OpDecline, before(msads.LinkPending), after(msads.LinkInProgress, second), Elsewhere},
		{OpCancel, before(msads.LinkPending), after(msads.LinkCanceled, second), Applied},
		{OpCancel, before(msads.LinkPending), after(msads.LinkExpired, second), Elsewhere},
		{OpCancel, before(msads.LinkPending), after(msads.Active, second), Elsewhere},
		{OpUnlink, before(msads.Active), after(msads.Active, 0), AsBefore},
		{OpUnlink, before(msads.Active), after(msads.Active, second), Elsewhere},
		{OpUnlink, before(msads.Active), after(msads.UnlinkRequested, second), Applied},
		{OpUnlink, before(msads.Active), after(msads.UnlinkPending, second), Applied},
		{OpUnlink, before(msads.Active), after(msads.Inactive, second), Applied},
		{OpUnlink, before(msads.Active), after(msads.UnlinkFailed, second), Applied},
		{OpUnlink, before(msads.UnlinkFailed), after(msads.Active, second), Elsewhere},
		{OpUnlink, before(msads.UnlinkFailed), after(msads.UnlinkFailed, 0), AsBefore},
	}
	for _, tt := range tests {
		for _, sent := range []time.Time{{}, someDay.Add(second / 2)} { // the service may not state its time
			step := &Step{Op: tt.op, Before: tt.before, Sent: sent}
			if got := step.Judge(tt.now); got != tt.want {
				t.Errorf("%s, before %q, now %v, sent %v: %s, want %s", tt.op, tt.before.Status, tt.now, sent, got, tt.want)
			}
		}
	}
}

// TestJudgeByTheServicesClock: what a link's last change shows depends on
// whether it came before or after the call. A link that ended before an add was
// sent is none of it, though the search that the step was decided from did not
// show it yet; what somebody else did to a link before an update was sent is not
// the update.
func TestJudgeByTheServicesClock(t *testing.T) {
	const long, short = time.Hour, time.Second
	ended := []msads.Status{msads.LinkDeclined, msads.LinkCanceled, msads.LinkExpired, msads.Inactive, msads.LinkFailed}
	type row struct {
		op     Op
		before msads.Status
		now    []msads.Status
		by     time.Duration // from the sending to the link's last change
		want   Verdict
		blind  Verdict // where the service states no time, or the link has none
	}
	tests := []row{
		{OpAdd, "", ended, long, Applied, Elsewhere},
		{OpAdd, "", ended, 0, Applied, Elsewhere},
		{OpAdd, "", ended, -short, Elsewhere, Elsewhere},
		{OpAdd, "", ended, -long, AsBefore, Elsewhere},
		{OpAdd, msads.Inactive, []msads.Status{msads.LinkDeclined, msads.LinkCanceled}, long, Applied, Elsewhere},
		{OpAdd, msads.Inactive, []msads.Status{msads.LinkDeclined, msads.LinkCanceled}, -long, AsBefore, Elsewhere},
		{OpAdd, "", []msads.Status{msads.LinkPending, msads.Active, msads.UnlinkPending}, -long, Applied, Applied},
		{OpAccept, msads.LinkPending, []msads.Status{msads.LinkInProgress, msads.Active}, -long, AsBefore, Applied},
		{OpAccept, msads.LinkPending, []msads.Status{msads.LinkInProgress, msads.Active}, -short, Applied, Applied},
		{OpDecline, msads.LinkPending, []msads.Status{msads.LinkDeclined}, -long, AsBefore, Applied},
		{OpCancel, msads.LinkPending, []msads.Status{msads.LinkCanceled}, -long, AsBefore, Applied},
		{OpCancel, msads.LinkPending, []msads.Status{msads.LinkPending, msads.LinkDeclined}, -long, AsBefore, Elsewhere},
		{OpUnlink, msads.Active, []msads.Status{msads.UnlinkPending, msads.Inactive}, -long, AsBefore, Applied},
		{OpUnlink, msads.Active, []msads.Status{msads.UnlinkPending, msads.Inactive}, long, Applied, Applied},
	}
	for _, tt := range tests {
		for _, status := range tt.now {
			sent := someDay.AddDate(0, 1, 0)
			step := &Step{Op: tt.op, Before: Seen{Status: tt.before, LastModified: someDay}, Sent: sent}
			now := Sight{Link: &msads.ClientLink{Status: status, LastModifiedDateTime: sent.Add(tt.by)}}
			if got := step.Judge(now); got != tt.want {
				t.Errorf("%s, before %q, now %s, changed %v after the sending: %s, want %s", tt.op, tt.before, status, tt.by, got, tt.want)
			}
			step.Sent = time.Time{}
			if got := step.Judge(now); got != tt.blind {
				t.Errorf("%s, before %q, now %s, sent nobody knows when: %s, want %s", tt.op, tt.before, status, got, tt.blind)
			}
			undated := &Step{Op: tt.op, Before: Seen{Status: tt.before}, Sent: sent}
			now.Link.LastModifiedDateTime = time.Time{}
			want := tt.blind
			if status == tt.before {
				want = AsBefore
			}
			if got := undated.Judge(now); got != want {
				t.Errorf("%s, before %q, now %s without a date: %s, want %s", tt.op, tt.before, status, got, want)
			}
		}
	}
}

// TestJudgeNeverTakesAnOpsOwnStartForItsResult holds over every status: what
// the table lets an op start from never counts as applied by itself.
func TestJudgeNeverTakesAnOpsOwnStartForItsResult(t *testing.T) {
	for _, rule := range rules {
		if !rule.op.Writes() {
			continue
		}
		for _, status := range rule.group.statuses() {
			step := &Step{Op: rule.op, Before: Seen{Status: status, LastModified: someDay}}
			now := step.Before.Sight()
			if got := step.Judge(now); got != AsBefore {
				t.Errorf("%s from %q, unchanged: %s", rule.op, status, got)
			}
		}
	}
}

func TestMismatch(t *testing.T) {
	step := &Step{Key: Key{agencyID, msads.AccountLink, 1001, "X0001001"}}
	tests := []struct {
		id     msads.ID
		number string
		want   string
	}{
		{1001, "X0001001", ""},
		{1001, "x0001001", ""},
		{1001, "", ""},
		{0, "X0001001", ""},
		{1001, "X0001002", `account_number "X0001001" does not match: the service has "X0001002" for account_id 1001`},
		{1002, "X0001001", `account_id "1001" does not match: the service has 1002 for account_number "X0001001"`},
	}
	for _, tt := range tests {
		if got := step.Mismatch(Sight{Link: &msads.ClientLink{ClientEntityID: tt.id, ClientEntityNumber: tt.number}}); got != tt.want {
			t.Errorf("%d %s: %q, want %q", tt.id, tt.number, got, tt.want)
		}
	}
	if got := step.Mismatch(Sight{}); got != "" {
		t.Errorf("no link: %q", got)
	}
}

func TestWrongName(t *testing.T) {
	step := Step{Row: ingest.Row{ClientName: "Anvil"}, Key: Key{Type: msads.CustomerLink}}
	for name, want := range map[string]string{
		"":        "",
		"Anvil 2": "",
		"Kettle":  `client_name "Anvil": the service calls this customer "Kettle"`,
	} {
		if got := step.WrongName(Sight{Link: &msads.ClientLink{ClientEntityName: name}}); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
	if got := step.WrongName(Sight{}); got != "" {
		t.Errorf("no link: got %q", got)
	}
}
