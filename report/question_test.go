package report

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// TestQuestion says what is about to be sent, what comes of it, and what to type.
func TestQuestion(t *testing.T) {
	add := func(toClient *bool, quiet bool, before msads.Status) *planner.Step {
		return &planner.Step{Op: planner.OpAdd, Before: planner.Seen{Status: before}, Send: &msads.ClientLink{IsBillToClient: toClient, SuppressNotification: quiet}}
	}
	unlink := func(toClient *bool, others bool) *planner.Step {
		return &planner.Step{Op: planner.OpUnlink, Before: planner.Seen{Status: msads.Active, IsBillToClient: toClient, OtherAgency: others}}
	}
	const yes = "\nType \"yes\" to continue: "
	for _, c := range []struct {
		name, agency string
		todo         []*planner.Step
		text, want   string
	}{
		{"one invitation", "", []*planner.Step{add(new(true), false, "")},
			"About to add 1 link for agency 4183052 (sandbox), from r.csv.\n  1 invitation: 1 by e-mail, the client pays for 1" + yes, "yes"},
		{"invitations", "Lantern\x1b Media", []*planner.Step{add(new(true), true, ""), add(new(false), true, msads.Inactive), add(nil, true, msads.LinkDeclined)},
			"About to add 3 links for agency Lantern\\x1b Media (4183052, sandbox), from r.csv.\n" +
				"  3 invitations: none by e-mail, the client pays for 1, the agency pays for 1, 2 to clients who were linked or invited before" + yes, "yes"},
		{"nothing to count", "", []*planner.Step{{Op: planner.OpAccept}, {Op: planner.OpCancel}, {Op: planner.OpDecline}},
			"About to accept 1, decline 1 and cancel 1 links for agency 4183052 (sandbox), from r.csv." + yes, "yes"},
		{"unlinks", "Lantern Media", []*planner.Step{unlink(new(true), false), unlink(new(false), true), unlink(nil, false), {Op: planner.OpCancel}},
			"About to cancel 1 and unlink 3 links for agency Lantern Media (4183052, sandbox), from r.csv.\n" +
				"  2 unlinks where the agency pays (or may pay): the clients' ads can pause for up to three hours, and the clients pay from then on\n" +
				"  1 unlink where another agency is linked too: its link stays\n" +
				"  3 unlinks cannot be taken back: a new link takes a new invitation, which the client must accept\n" +
				"Type 3, the number of unlinks, to continue: ", "3"},
	} {
		p, err := NewPlan(Head{ManagingCustomerID: "4183052"}, &planner.Plan{Agency: c.agency})
		if err != nil {
			t.Fatal(err)
		}
		text, want := p.Question(c.todo, "sandbox", "r.csv")
		if d := cmp.Diff(c.text, text); d != "" || want != c.want {
			t.Errorf("%s: answer %q (-want +got)\n%s", c.name, want, d)
		}
	}
}

// TestNotStartedJSON: the object of a run that a guard stopped has its plan, the
// guards, its rows as held, and the error.
func TestNotStartedJSON(t *testing.T) {
	plan := &planner.Plan{
		Steps: []planner.Step{{Op: planner.OpUnlink, SameAs: -1, Held: "not sent: stopped"}},
		Tripped: []planner.Tripped{
			{Guard: "max-unlinks", Limit: 0, Wanted: 1, Text: "1 unlink or cancel, and none is allowed", Flag: "--max-unlinks 1"},
			{Guard: "require-account", Wanted: 1, Text: "the roster does not name 5"},
		},
	}
	run, err := New(Head{Run: "one"}, plan, []executor.Result{{Outcome: executor.Held, Reason: "not sent: stopped"}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := run.NotStartedJSON(&b, Error{Message: "stopped by 2 guards", Code: 5}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Run      string
		Guards   []map[string]any
		Outcomes map[string]int
		Error    map[string]any
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"name": "max-unlinks", "limit": 0., "wanted": 1., "flag": "--max-unlinks 1", "text": "1 unlink or cancel, and none is allowed"},
		{"name": "require-account", "limit": 0., "wanted": 1., "flag": nil, "text": "the roster does not name 5"},
	}
	if d := cmp.Diff(want, got.Guards); d != "" || got.Run != "one" || got.Outcomes["held"] != 1 {
		t.Errorf("%s, %v (-want +got)\n%s", got.Run, got.Outcomes, d)
	}
	if d := cmp.Diff(map[string]any{"message": "stopped by 2 guards", "hint": nil, "code": 5.}, got.Error); d != "" {
		t.Errorf("error (-want +got)\n%s", d)
	}
}
