package run

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// planOf is a plan of these ops, row after row; "!" after one is an unlink where
// the agency pays, "?" one where the service does not say who pays.
func planOf(ops ...string) *planner.Plan {
	p := &planner.Plan{}
	for i, op := range ops {
		name, mark := strings.TrimRight(op, "!?"), strings.TrimLeft(op, "acdeijklnopru")
		s := planner.Step{Index: i, SameAs: -1, Op: planner.Op(name), Row: ingest.Row{Number: i + 2, AccountID: int64(1001 + i)}}
		s.Key = planner.Key{Type: msads.AccountLink, EntityID: msads.ID(1001 + i)}
		s.Before.IsBillToClient = new(mark == "")
		if mark == "?" {
			s.Before.IsBillToClient = nil
		}
		p.Steps = append(p.Steps, s)
	}
	return p
}

// open allows everything.
func open() *Limits {
	return &Limits{MaxUnlinks: Unlimited, MaxAdds: Unlimited, MaxInvalid: Unlimited, BillingPause: true}
}

func limits(change func(*Limits)) *Limits {
	l := open()
	change(l)
	return l
}

// TestGuardsCount goes through what each guard counts, and says.
func TestGuardsCount(t *testing.T) {
	twice := planOf("unlink", "none")
	twice.Steps[1].SameAs = 0
	held := planOf("unlink", "unlink")
	held.Steps[1].Held = "the link has changed"
	byNumber := planOf("keep")
	byNumber.Steps[0].Row, byNumber.Steps[0].Key = ingest.Row{Number: 2, AccountNumber: "X0000001"}, planner.Key{Number: "X0000001"}
	byNumber.Steps[0].Before.EntityID = 1007
	unnamed := planOf("unlink")
	unnamed.Steps[0].Row.Number = 0
	for _, c := range []struct {
		name   string
		plan   *planner.Plan
		limits *Limits
		want   []string
	}{
		{"nothing", planOf(), &Limits{}, nil},
		{"none but what changes nothing", planOf("none", "blocked", "accept", "decline"), &Limits{}, nil},
		{"as many as are allowed", planOf("unlink", "cancel", "add", "reject"), limits(func(l *Limits) { l.MaxUnlinks, l.MaxAdds, l.MaxInvalid = 2, 1, 1 }), nil},
		{"one more", planOf("unlink", "cancel", "unlink"), limits(func(l *Limits) { l.MaxUnlinks = 2 }),
			[]string{"max-unlinks 3/2 --max-unlinks 3: 3 unlinks and cancels, and at most 2 are allowed"}},
		{"none at all", planOf("cancel"), limits(func(l *Limits) { l.MaxUnlinks = 0 }),
			[]string{"max-unlinks 1/0 --max-unlinks 1: 1 unlink or cancel, and none is allowed"}},
		{"the agency pays, or may pay", planOf("unlink!", "unlink?", "unlink", "cancel!", "add!"), limits(func(l *Limits) { l.BillingPause = false }),
			[]string{"billing-pause 2/0 --allow-billing-pause: 2 unlinks where the agency pays (or may pay), which can pause the client's ads for up to three hours"}},
		{"invitations", planOf("add", "add", "unlink"), limits(func(l *Limits) { l.MaxAdds = 1 }),
			[]string{"max-adds 2/1 --max-adds 2: 2 invitations, and at most 1 is allowed"}},
		{"invalid rows", planOf("reject", "add"), limits(func(l *Limits) { l.MaxInvalid = 0 }),
			[]string{"max-invalid 1/0 --max-invalid 1: 1 invalid row, and none is allowed"}},
		{"a repeat counts once", twice, limits(func(l *Limits) { l.MaxUnlinks = 1 }), nil},
		{"what is held anyway does not count", held, limits(func(l *Limits) { l.MaxUnlinks = 1 }), nil},
		{"all at once, by risk", planOf("reject", "add", "unlink!"), &Limits{Require: []Account{{ID: 5}}}, []string{
			"max-unlinks 1/0 --max-unlinks 1: 1 unlink or cancel, and none is allowed",
			"billing-pause 1/0 --allow-billing-pause: 1 unlink where the agency pays (or may pay), which can pause the client's ads for up to three hours",
			"max-adds 1/0 --max-adds 1: 1 invitation, and none is allowed",
			"max-invalid 1/0 --max-invalid 1: 1 invalid row, and none is allowed",
			"require-account 1/0 : the roster does not name 5",
		}},
		{"an account that a row names by id", planOf("none"), limits(func(l *Limits) { l.Require = []Account{{ID: 1001}} }), nil},
		{"an account that an invalid row names", planOf("reject"), limits(func(l *Limits) { l.Require = []Account{{ID: 1001}} }), nil},
		{"an account that a row names by number", byNumber, limits(func(l *Limits) { l.Require = []Account{{Number: "X0000001"}, {ID: 1007}} }), nil},
		{"an account that a skipped line names", planOf(), limits(func(l *Limits) {
			l.Require, l.Skipped = []Account{{Number: "X0000009"}, {ID: 8}}, []ingest.Protected{{Row: 1, AccountNumber: "X0000009"}, {Row: 2, AccountID: 8}}
		}), nil},
		{"a number of digits alone may be an id", planOf("none"), limits(func(l *Limits) { l.Require = []Account{{ID: 1001, Number: "1001"}} }), nil},
		{"a link that no row names does not name its account", unnamed, limits(func(l *Limits) { l.Require = []Account{{ID: 1001}} }),
			[]string{"require-account 1/0 : the roster does not name 1001"}},
	} {
		var got []string
		for _, trip := range c.limits.Check(c.plan) {
			got = append(got, strings.Join([]string{trip.Guard, digits(trip.Wanted) + "/" + digits(trip.Limit), trip.Flag + ": " + trip.Text}, " "))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

func digits(n int) string { return string(rune('0' + n)) }

// TestHoldSaysWhichGuard: a step says in a few words what holds it, and its row
// what to do.
func TestHoldSaysWhichGuard(t *testing.T) {
	p := planOf("unlink!", "unlink", "add")
	r := New(&Engine{}, p, nil)
	tripped := limits(func(l *Limits) { l.MaxUnlinks, l.BillingPause = 1, false }).Check(p)
	if !Holdable(tripped) {
		t.Errorf("%v cannot be held", tripped)
	}
	r.Hold(tripped)
	for i, want := range []string{"held by max-unlinks (2, and 1 allowed) and billing-pause (1, and 0 allowed)", "held by max-unlinks (2, and 1 allowed)", ""} {
		if got := p.Steps[i].Held; got != want {
			t.Errorf("step %d: %q, want %q", i, got, want)
		}
		if res := r.Results()[i]; want != "" && (res.Outcome != executor.Held || res.Reason != want || res.NextStep == "") {
			t.Errorf("result %d: %+v", i, res)
		}
	}
	if todo := r.Todo(); len(todo) != 1 || todo[0].Op != planner.OpAdd {
		t.Errorf("%d steps are to be sent", len(todo))
	}
	for _, guard := range []*Limits{limits(func(l *Limits) { l.Require = []Account{{ID: 1}} }), limits(func(l *Limits) { l.MaxInvalid = 0 })} {
		if tripped := guard.Check(planOf("reject")); len(tripped) != 1 || Holdable(tripped) {
			t.Errorf("%v can be held, and is about the whole roster", tripped)
		}
	}
}

// randomPlan is a plan of some rows, some of which repeat others or are held.
func randomPlan(r *rand.Rand) *planner.Plan {
	ops := []string{"add", "add", "unlink", "unlink", "unlink!", "unlink?", "cancel", "accept", "decline", "none", "blocked", "reject"}
	var chosen []string
	for range r.IntN(30) {
		chosen = append(chosen, ops[r.IntN(len(ops))])
	}
	p := planOf(chosen...)
	for i := range p.Steps {
		switch s := &p.Steps[i]; r.IntN(12) {
		case 0:
			if s.Op.Writes() {
				s.Held = "the link has changed since the plan was made"
			}
		case 1:
			if first := r.IntN(i + 1); first < i && p.Steps[first].SameAs < 0 {
				s.SameAs, s.Op = first, planner.OpNone
			}
		case 2:
			s.Deferred = s.Op == planner.OpAdd
		}
	}
	return p
}

func randomLimits(r *rand.Rand) *Limits {
	some := func() int { return r.IntN(12) - 1 }
	return &Limits{MaxUnlinks: some(), MaxAdds: some(), MaxInvalid: some(), BillingPause: r.IntN(2) == 0}
}

// clone is a plan of its own with the same steps.
func clone(p *planner.Plan) *planner.Plan {
	c := *p
	c.Steps = slices.Clone(p.Steps)
	return &c
}

// sending are the rows of the steps that a run waits to send.
func sending(r *Run) (rows []int) {
	for _, s := range r.Todo() {
		rows = append(rows, s.Row.Number)
	}
	slices.Sort(rows)
	return rows
}

// TestHoldSendsWhatStopAllows: over random plans and limits, a run that holds
// sends what a run that stops would send of the same roster without the rows that
// are held, and that one would not be stopped. A run that no guard stops sends
// everything, whatever the policy.
func TestHoldSendsWhatStopAllows(t *testing.T) {
	stopped, held := 0, 0
	for seed := range uint64(5000) {
		random := rand.New(rand.NewPCG(seed, 11))
		p, l := randomPlan(random), randomLimits(random)
		all := sending(New(&Engine{}, clone(p), nil))
		tripped := l.Check(p)
		if !Holdable(tripped) {
			stopped++
			continue
		}
		r := New(&Engine{}, p, nil)
		r.Hold(tripped)
		got := sending(r)

		rest := &planner.Plan{}
		for _, s := range clone(p).Steps {
			if s.Held == "" && s.SameAs < 0 {
				s.Index = len(rest.Steps)
				rest.Steps = append(rest.Steps, s)
			}
		}
		if again := l.Check(rest); len(again) > 0 {
			t.Fatalf("seed %d: what hold sends trips %v", seed, again)
		}
		if want := sending(New(&Engine{}, rest, nil)); !slices.Equal(got, want) {
			t.Fatalf("seed %d: hold sends %v, stop would %v", seed, got, want)
		}
		if len(tripped) == 0 && !slices.Equal(got, all) {
			t.Fatalf("seed %d: no guard trips, and %v is sent of %v", seed, got, all)
		}
		held += len(all) - len(got)
	}
	if stopped < 300 || held < 5000 {
		t.Errorf("%d plans stopped and %d rows held: the plans are too tame", stopped, held)
	}
}

// TestGuardsCountTheWholeRun: over random runs that are resumed some times, each
// part with limits of its own, all parts together never send more than the last
// limits allowed of what they count.
func TestGuardsCountTheWholeRun(t *testing.T) {
	ended, paused, invited := 0, 0, 0
	for seed := range uint64(3000) {
		random := rand.New(rand.NewPCG(seed, 12))
		whole := randomPlan(random)
		var before *Run
		sent := make(map[int]bool)
		for range 1 + random.IntN(4) {
			plan := clone(whole)
			for i := range plan.Steps {
				if s := &plan.Steps[i]; sent[i] || s.SameAs >= 0 { // a search shows what was done
					s.Op, s.Held = planner.OpNone, ""
				}
			}
			r := &Run{engine: &Engine{}, plan: plan, before: before}
			r.begin()
			l := randomLimits(random)
			if tripped := l.Check(plan); !Holdable(tripped) {
				continue
			} else if len(tripped) > 0 {
				r.Hold(tripped)
			}
			for _, s := range r.Todo() {
				if random.IntN(3) > 0 {
					continue // the part is cut short before it
				}
				sent[s.Index] = true
				w := r.open[s.Index]
				w.done, r.results[s.Index].Attempts = []planner.Op{s.Op}, 1
				r.end(w, executor.Done, "")
				if n := count(whole, sent, ends); l.MaxUnlinks != Unlimited && ends(s) && n > l.MaxUnlinks {
					t.Fatalf("seed %d: %d unlinks and cancels, %d allowed", seed, n, l.MaxUnlinks)
				}
				if n := count(whole, sent, invites); l.MaxAdds != Unlimited && invites(s) && n > l.MaxAdds {
					t.Fatalf("seed %d: %d invitations, %d allowed", seed, n, l.MaxAdds)
				}
				if s.PausesAds() && !l.BillingPause {
					t.Fatalf("seed %d: step %d pauses ads", seed, s.Index)
				}
			}
			before = r
		}
		ended, paused, invited = ended+count(whole, sent, ends), paused+count(whole, sent, (*planner.Step).PausesAds), invited+count(whole, sent, invites)
	}
	if ended < 1000 || paused < 300 || invited < 1000 {
		t.Errorf("%d unlinks and cancels, %d pauses, %d invitations: the runs are too tame", ended, paused, invited)
	}
}

// count is how many of the steps that were sent match.
func count(p *planner.Plan, sent map[int]bool, match func(*planner.Step) bool) (n int) {
	for i := range sent {
		if match(&p.Steps[i]) {
			n++
		}
	}
	return n
}
