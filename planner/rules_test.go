package planner

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var (
	intents  = []ingest.Intent{ingest.Link, ingest.Add, ingest.Accept, ingest.Unlink, ingest.Cancel, ingest.Decline, ingest.Keep}
	tabled   = append(slices.Clip(intents), prune) // those of the decision table
	statuses = []msads.Status{"", msads.LinkPending, msads.LinkAccepted, msads.LinkDeclined, msads.LinkCanceled, msads.LinkExpired,
		msads.LinkInProgress, msads.Active, msads.LinkFailed, msads.UnlinkRequested, msads.UnlinkPending, msads.UnlinkInProgress,
		msads.UnlinkFailed, msads.UnlinkCanceled, msads.Inactive, "LinkSleeping"}
	every    = reinvite("all")
	some     = reinvite("declined,expired")
	policies = []Options{{}, {Unattended: true}, {Reinvite: every}, {Reinvite: some}, {Unattended: true, Reinvite: some}}
)

var allGroups = []group{free, refusing, pending, linking, linked, unlinking, unrecognised}

// TestDecisions holds every cell of the table against testdata: a change of a
// decision or of its words is a change that a user sees. Run with -update to
// rewrite it, and read the difference.
func TestDecisions(t *testing.T) {
	var b strings.Builder
	for _, intent := range tabled {
		for _, side := range []Side{Agency, Client} {
			for _, profile := range []string{"", "north"} {
				decided := map[string]string{} // what is decided: under which policies
				var order []string
				for _, policy := range policies {
					got := decisions(ingest.Row{Action: intent, ClientProfile: profile}, side, policy)
					if decided[got] == "" {
						order = append(order, got)
					}
					decided[got] += "; " + policyName(policy)
				}
				if len(order) == 1 {
					decided[order[0]] = "; always"
				}
				for _, got := range order {
					fmt.Fprintf(&b, "%s, %s side, client_profile %q: %s\n%s", intent, side, profile, decided[got][2:], got)
				}
			}
		}
	}
	golden(t, "testdata/decisions.golden", b.String())
}

// golden compares decisions with a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("decisions differ (-want +got):\n%s", diff)
	}
}

// TestDatedDecisions holds what dates make of the table: a row whose day has not
// come waits for it, whatever its link is, and a row whose link the roster has
// ended is decided as an unlink is.
func TestDatedDecisions(t *testing.T) {
	var b strings.Builder
	for _, intent := range []ingest.Intent{ingest.Unlink, ingest.Cancel, ingest.Decline} {
		for _, side := range []Side{Agency, Client} {
			row := ingest.Row{Action: intent, StartDate: day(someDay.AddDate(0, 0, 1)), ClientProfile: "north"}
			fmt.Fprintf(&b, "%s, %s side, due tomorrow\n%s", intent, side, decisions(row, side, Options{}))
		}
	}
	for _, intent := range []ingest.Intent{ingest.Link, ingest.Add} {
		for _, ends := range []int{0, -1} {
			row := ingest.Row{Action: intent, EndDate: day(someDay.AddDate(0, 0, ends)), ClientProfile: "north"}
			fmt.Fprintf(&b, "%s, agency side, ended %d days ago\n%s", intent, -ends, decisions(row, Agency, Options{}))
		}
	}
	golden(t, "testdata/dated.golden", b.String())
}

// day is a date without a time.
func day(t time.Time) ingest.Date { return ingest.Date{Time: t.Truncate(24 * time.Hour)} }

// policyName is a policy in words.
func policyName(o Options) string {
	name := "attended"
	if o.Unattended {
		name = "unattended"
	}
	if len(o.Reinvite) > 0 {
		name += " --reinvite=" + o.Reinvite.String()
	}
	return name
}

// decisions are those of one row for every status of its link, a line each.
func decisions(row ingest.Row, side Side, policy Options) string {
	p := &Planner{
		Main:    Login{Profile: "main", CustomerID: agencyID},
		Clients: map[string]Login{"north": {Profile: "north", CustomerID: clientID}},
		Options: policy,
	}
	p.BillToClient, p.ManagingCustomerID, p.Now = new(true), agencyID, someDay
	if side == Client {
		p.Main.CustomerID = clientID
	}
	row.Number, row.AccountID, row.CustomerNumber = 2, 1234, "C000000001"
	var b strings.Builder
	for _, status := range statuses {
		var now Sight
		if status != "" {
			now.Link = new(link(1234, status))
		}
		step := p.Decide(Step{Row: row, SameAs: -1}, now)
		by := ""
		if step.Profile != "" {
			by = " by " + step.Profile
		}
		warnings := ""
		if len(step.Warnings) > 0 {
			warnings = " (" + strings.Join(step.Warnings, "; ") + ")"
		}
		fmt.Fprintf(&b, "  %-16s %s%s: %s%s\n", now, step.Op, by, step.Reason, warnings)
	}
	return b.String()
}

func TestRulesAreComplete(t *testing.T) {
	for _, intent := range tabled {
		for _, group := range allGroups {
			side := Agency
			if intent == ingest.Accept || intent == ingest.Decline {
				side = Client
			}
			rule, ok := find(intent, side, group, facts{})
			if !ok || rule.op == "" || rule.reason == "" {
				t.Errorf("%s × %s: no rule", intent, group)
			}
		}
	}
	for _, status := range statuses {
		n := 0
		for _, group := range groups {
			if slices.Contains(group.statuses, status) {
				n++
			}
		}
		if known := status != msads.UnlinkCanceled && status != "LinkSleeping"; known != (n == 1) {
			t.Errorf("status %q is in %d groups", status, n)
		}
	}
}

// TestRulesPrintPlainly holds that no placeholder reaches the printed table.
func TestRulesPrintPlainly(t *testing.T) {
	for _, rule := range Rules(true) {
		if strings.ContainsAny(rule.Reason, "[]{}") {
			t.Errorf("%s × %s: %q", rule.Intent, rule.Statuses, rule.Reason)
		}
	}
}

// TestRulesPromiseOnlyWhatIsDone: the table that is printed for a kind of run has
// every rule that can decide a row of such a run, and no other.
func TestRulesPromiseOnlyWhatIsDone(t *testing.T) {
	for _, unattended := range []bool{false, true} {
		type line struct {
			intent ingest.Intent
			side   Side
			group  group
			when   condition
		}
		used := map[line]bool{}
		for i := range 1 << 5 {
			bit := func(n int) bool { return i>>n&1 == 1 }
			f := facts{former: bit(0), reinvited: bit(1), unattended: unattended, profile: bit(2), notDue: bit(3), ended: bit(4)}
			for _, intent := range tabled {
				for _, side := range []Side{Agency, Client} {
					for _, group := range append(allGroups, anyStatus) {
						if r, ok := find(intent, side, group, f); ok {
							used[line{r.intent, r.side, r.group, r.when}] = true
						}
					}
				}
			}
		}
		if got := Rules(unattended); len(got) != len(used) {
			t.Errorf("unattended %v: %d rules are printed, %d can decide", unattended, len(got), len(used))
		}
	}
}

// reinvite is a list that is known to be right.
func reinvite(list string) (r Reinvite) {
	if err := r.Set(list); err != nil {
		panic(err)
	}
	return r
}

func TestReinvite(t *testing.T) {
	for text, want := range map[string]string{
		"": "", " ": "", "all": "all", "declined": "declined", "failed, declined,failed": "declined,failed", "declined,all": "all",
		"expired,canceled,inactive,declined,failed": "all",
	} {
		var got Reinvite
		if err := got.Set(text); err != nil || got.String() != want {
			t.Errorf("%q: %q, %v, want %q", text, got.String(), err, want)
		}
	}
	for _, text := range []string{"true", "Declined", "declined,", "LinkDeclined", "declined expired"} {
		var got Reinvite
		if err := got.Set(text); err == nil {
			t.Errorf("%q: %q", text, got.String())
		}
	}
}

func TestReasonsAreDatedWhereTheServiceGivesADate(t *testing.T) {
	tests := []struct {
		reason string
		seen   Seen
		want   string
	}{
		{already, Seen{Status: msads.LinkPending, LastModified: someDay}, "already invited, expires on 2026-12-20"},
		{already, Seen{Status: msads.LinkPending}, "already invited"},
		{"{past}; write add to ask again", Seen{Status: msads.LinkDeclined, LastModified: someDay}, "declined on 2026-11-20; write add to ask again"},
		{"{past}; write add to ask again", Seen{Status: msads.LinkFailed}, "linking failed; write add to ask again"},
		{notAgain, Seen{Status: msads.LinkExpired, LastModified: someDay}, "expired on 2026-11-20; --reinvite=expired invites again"},
		{formerly(msads.Inactive).how, Seen{Status: msads.Inactive, LastModified: someDay.In(time.FixedZone("", -10*3600))}, "was linked until 2026-11-20"},
		{formerly(msads.Inactive).how, Seen{Status: msads.Inactive}, "was linked"},
		{strange, Seen{Status: "LinkSleeping"}, `status "LinkSleeping" is not known to linkbatch`},
	}
	for _, tt := range tests {
		if got := render(tt.reason, tt.seen); got != tt.want {
			t.Errorf("render(%q) = %q, want %q", tt.reason, got, tt.want)
		}
	}
}

func TestLive(t *testing.T) {
	want := []msads.Status{msads.LinkPending, msads.LinkAccepted, msads.LinkInProgress, msads.Active, msads.UnlinkRequested,
		msads.UnlinkPending, msads.UnlinkInProgress, msads.UnlinkFailed}
	for _, status := range statuses {
		if got := live(status); got != slices.Contains(want, status) {
			t.Errorf("live(%q) = %v", status, got)
		}
	}
}
