package savedplan

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"linkbatch/internal/msads"
	"linkbatch/planner"
)

func none(int) bool { return false }

func TestNothingIsHeldWhileNothingChanges(t *testing.T) {
	now := planIn(t, statuses)
	drifts, err := saved(planIn(t, statuses)).Meet(now, none)
	if err != nil || len(drifts) != 0 {
		t.Errorf("drifts: %v, %v", drifts, err)
	}
	for i := range now.Steps {
		if now.Steps[i].Held != "" {
			t.Errorf("row %d is held: %s", now.Steps[i].Row.Number, now.Steps[i].Held)
		}
	}
}

// A row whose link has changed is held with what was planned, what is, and what the
// row wants; every other row is as it was planned.
func TestRowsOfChangedLinksAreHeld(t *testing.T) {
	for name, c := range map[string]struct {
		account int // index in statuses
		now     msads.Status
		held    string // its op as reported; empty = nothing is to be held
		why     string
	}{
		"an add is not needed any more": {0, msads.LinkPending, "add", "planned add on no link; now LinkPending as of ; wanted link"},
		"an add has become doubtful":    {0, msads.LinkDeclined, "add", "planned add on no link; now LinkDeclined as of ; wanted link"},
		"an unlink was done":            {2, msads.Inactive, "unlink", "planned unlink on Active as of ; now Inactive as of ; wanted unlink"},
		"an unlink is still an unlink":  {2, msads.UnlinkFailed, "unlink", "planned unlink on Active as of ; now UnlinkFailed as of ; wanted unlink"},
		"an unlink is blocked":          {2, msads.LinkInProgress, "unlink", "planned unlink on Active as of ; now LinkInProgress as of ; wanted unlink"},
		"a link was lost":               {4, "", "add", "planned none (already linked) on Active as of ; now no link; wanted link"},
		"nothing was planned, and is":   {4, msads.LinkPending, "", ""},
	} {
		world := slices.Clone(statuses)
		world[c.account] = c.now
		now := planIn(t, world)
		drifts, err := saved(planIn(t, statuses)).Meet(now, none)
		if err != nil {
			t.Fatal(err)
		}
		var held []*planner.Step
		for i := range now.Steps {
			if now.Steps[i].Held != "" {
				held = append(held, &now.Steps[i])
			}
		}
		if c.held == "" {
			if len(held) > 0 || len(drifts) > 0 {
				t.Errorf("%s: held: %s", name, held[0].Held)
			}
			continue
		}
		if len(held) != 1 || len(drifts) != 1 || drifts[0].Step != held[0] {
			t.Errorf("%s: %d steps are held, of %d drifts", name, len(held), len(drifts))
			continue
		}
		got := held[0]
		if string(got.Op) != c.held || got.Key.EntityID != msads.ID(1000001+c.account) || got.Before.Status != c.now {
			t.Errorf("%s: held %s of account %s with the status %q", name, got.Op, got.Key.EntityID, got.Before.Status)
		}
		if text := undated(got.Held); !strings.HasPrefix(text, c.why) {
			t.Errorf("%s: %s, want %s", name, text, c.why)
		}
	}
}

// undated is a text without the moments in it.
func undated(text string) string {
	var b strings.Builder
	for text != "" {
		before, after, found := strings.Cut(text, " as of ")
		b.WriteString(before)
		if !found {
			break
		}
		b.WriteString(" as of ")
		_, text, _ = strings.Cut(after, " UTC")
	}
	return b.String()
}

// The day of a row has come since the plan was made, which did not send it.
func TestAnotherOpIsHeld(t *testing.T) {
	was, now := planIn(t, statuses), planIn(t, statuses)
	was.Steps[3].Op, was.Steps[3].Reason = planner.OpNone, "due on 2026-12-02"
	drifts, err := saved(was).Meet(now, none)
	const want = "planned none (due on 2026-12-02) on Active as of ; now it would be unlink: linked; wanted unlink"
	if err != nil || len(drifts) != 1 || undated(drifts[0].Why) != want || now.Steps[3].Held != drifts[0].Why {
		t.Errorf("drifts: %v, %v", drifts, err)
	}
}

func TestOtherFieldsAreHeld(t *testing.T) {
	now := planIn(t, statuses)
	now.Steps[0].Send.IsBillToClient, now.Steps[0].Send.Note = new(false), "another"
	drifts, err := saved(planIn(t, statuses)).Meet(now, none)
	if err != nil || len(drifts) != 1 || drifts[0].Why != "planned add with other fields: Note, IsBillToClient" {
		t.Errorf("drifts: %v, %v", drifts, err)
	}
}

// What a run has sent already has changed for that reason.
func TestRowsThatWereSentAreNotHeld(t *testing.T) {
	world := slices.Clone(statuses)
	world[0], world[2] = msads.LinkPending, msads.Inactive
	now := planIn(t, world)
	drifts, err := saved(planIn(t, statuses)).Meet(now, func(i int) bool { return i == 0 })
	if err != nil || len(drifts) != 1 || drifts[0].Step.Key.EntityID != 1000003 || now.Steps[0].Held != "" {
		t.Errorf("drifts: %v, %v", drifts, err)
	}
}

func TestALinkThatNoRowNamesIsHeldUnlessItWasPlanned(t *testing.T) {
	pruned := func(id msads.ID) planner.Step {
		return planner.Step{Op: planner.OpUnlink, SameAs: -1, Key: planner.Key{EntityID: id}, Before: planner.Seen{Status: msads.Active, EntityID: id}}
	}
	was, now := &planner.Plan{Steps: []planner.Step{pruned(1), pruned(2)}}, &planner.Plan{Steps: []planner.Step{pruned(2), pruned(3)}}
	drifts, err := saved(was).Meet(now, none)
	if err != nil || len(drifts) != 1 || drifts[0].Step != &now.Steps[1] || now.Steps[1].Held != "not in the plan: the link is Active, and no row names it" {
		t.Errorf("drifts: %v, %v", drifts, err)
	}
}

func TestAPlanOfOtherRowsIsRefused(t *testing.T) {
	now := planIn(t, statuses)
	for name, other := range map[string][]planner.Step{"a row less": now.Steps[1:], "a row less at the end": now.Steps[:len(now.Steps)-1]} {
		_, err := saved(planIn(t, statuses)).Meet(&planner.Plan{Steps: other}, none)
		if _, ok := errors.AsType[*RefusedError](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestARefusalNamesTheRows(t *testing.T) {
	drifts := make([]Drift, 23)
	for i := range drifts {
		drifts[i] = Drift{Step: &planner.Step{}, Why: "planned add"}
		drifts[i].Step.Row.Number, drifts[i].Step.Key.EntityID = i+2, 7
	}
	text := Refusal(drifts, "plan again").Error()
	if !strings.HasPrefix(text, "23 rows have changed since the plan was made; nothing was changed\n  row 2 (account 7): planned add\n") || !strings.HasSuffix(text, "\n  and 3 more") {
		t.Error(text)
	}
}
