package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"linkbatch/internal/flagvalue"
	"linkbatch/internal/run"
	"linkbatch/planner"
	"linkbatch/report"
)

// guards are the limits that a plan must keep to before anything of it is
// changed. Each has the flag that would allow more; no flag allows everything.
type guards struct {
	maxUnlinks   flagvalue.Share
	billingPause bool
	maxAdds      flagvalue.Share
	maxInvalid   flagvalue.Share
	require      flagvalue.Accounts
	onGuard      flagvalue.Word
	prune        bool
	allowShrink  bool
}

// unlimited is a number that no flag can give.
const unlimited = run.Unlimited

// The words of --on-guard.
const (
	onGuardStop = "stop"
	onGuardHold = "hold"
)

func (g *guards) add(fs *pflag.FlagSet) {
	g.addLimits(fs)
	fs.Var(&g.require, "require-account", "change nothing unless the roster names `ACCOUNT`, by id or number, as a check that it is the right roster and all of it (repeatable)")
	fs.BoolVar(&g.prune, "prune", false, "unlink or cancel the agency's links that no row names, of the types that are in the roster")
	fs.BoolVar(&g.allowShrink, "allow-shrink", false, "prune by a roster with less than half of the accounts of its last good run, or without such a run")
}

// addLimits adds the flags of the guards that do not ask for a roster as a whole.
func (g *guards) addLimits(fs *pflag.FlagSet) {
	g.maxUnlinks, g.maxAdds, g.maxInvalid = flagvalue.Share{N: 10}, flagvalue.Share{N: unlimited}, flagvalue.Share{N: unlimited}
	g.onGuard = flagvalue.OneOf(onGuardStop, onGuardStop, onGuardHold)
	fs.Var(&g.maxUnlinks, "max-unlinks", "maximum number of unlinks and cancels: `N`, or N% of the live links found")
	fs.BoolVar(&g.billingPause, "allow-billing-pause", false, "allow unlinks where the agency pays, which pause the client's ads for up to three hours")
	fs.Var(&g.maxAdds, "max-adds", "maximum number of invitations: `N`, or N% of the rows (default: no limit)")
	fs.Var(&g.maxInvalid, "max-invalid", "change nothing if more than `N` rows, or N% of the rows, are invalid (default: no limit)")
	fs.Var(&g.onGuard, "on-guard", "what a guard does that trips: `WORD`, stop to change nothing, or hold to leave out all unlinks and cancels, or all invitations, and send the rest")
	for _, name := range []string{"max-adds", "max-invalid"} {
		fs.Lookup(name).DefValue = "0" // which help leaves out
	}
}

// limits are those for the plan of a run. A share of the rows is one of the
// roster's own.
func (j *job) limits(p *planner.Plan) *run.Limits {
	g, rows := &j.guards, 0
	for i := range p.Steps {
		if p.Steps[i].Row.Number > 0 {
			rows++
		}
	}
	limits := &run.Limits{
		MaxUnlinks: g.maxUnlinks.Of(p.Live), BillingPause: g.billingPause, MaxAdds: g.maxAdds.Of(rows), MaxInvalid: g.maxInvalid.Of(rows),
		Skipped: j.source.named(),
	}
	for _, account := range g.require {
		id, number := identifiersOf(account)
		limits.Require = append(limits.Require, run.Account{ID: id, Number: number})
	}
	return limits
}

// judge holds the plan of a run against the guards: it notes in the plan which of
// them trip and, with --on-guard=hold, holds what they are about. It returns what
// stops the run, if anything does. A plan without a usable row has nothing to guard.
func (j *job) judge(r *run.Run, ahead, resumed bool) error {
	p := r.Plan()
	if j.unusable() != nil {
		return nil
	}
	if p.Tripped = j.limits(p).Check(p); len(p.Tripped) == 0 {
		return nil
	}
	if j.onGuard.Value == onGuardHold && run.Holdable(p.Tripped) {
		r.Hold(p.Tripped)
		return nil
	}
	return &trippedError{p.Tripped, ahead, resumed}
}

// judgeAhead judges what apply would carry out: the plan, and what the run that it
// would resume has done already. The plan itself shows links as they are now.
func (j *job) judgeAhead(turn *run.Turn) error {
	whole := *j.plan
	whole.Steps = slices.Clone(j.plan.Steps)
	stop := j.judge(turn.Join(&whole), true, turn.Resumed())
	j.plan.Tripped = whole.Tripped
	for i := range whole.Steps {
		j.plan.Steps[i].Held = whole.Steps[i].Held
	}
	return stop
}

// mentionHeld says, under a plan that is shown, what the guards hold, if they do,
// and what would allow it.
func (j *job) mentionHeld() {
	for _, t := range j.plan.Tripped {
		j.say("held by %s: %s", t.Guard, t.Text)
	}
	if len(j.plan.Tripped) > 0 {
		j.say("hint: %s", allowing(j.plan.Tripped))
	}
}

// trippedError is a plan that guards stop.
type trippedError struct {
	guards  []planner.Tripped // at least one
	ahead   bool              // it is a plan that apply would stop
	resumed bool              // the run has done some of it already
}

// Error has a line for each guard.
func (e *trippedError) Error() string {
	text := "stopped by "
	if e.ahead {
		text = "apply would stop: it would trip "
	}
	text += report.Plural(len(e.guards), "guard")
	switch {
	case e.resumed && e.ahead:
		text += ", counting what the run has done already"
	case e.resumed:
		text += ", counting what the run has done already; nothing else was changed"
	case !e.ahead:
		text += "; nothing was changed"
	}
	for _, t := range e.guards {
		text += fmt.Sprintf("\n  %s: %s", t.Guard, t.Text)
	}
	return text
}

// why is the error as the ledger keeps it, on one line.
func (e *trippedError) why() string {
	texts := make([]string, len(e.guards))
	for i, t := range e.guards {
		texts[i] = t.Text
	}
	return "stopped by " + report.Plural(len(e.guards), "guard") + ": " + strings.Join(texts, "; ")
}

func (e *trippedError) hint() string { return allowing(e.guards) }

// allowing says which flags would allow what guards stop, in one line to copy.
func allowing(tripped []planner.Tripped) string {
	var flags, hints []string
	for _, t := range tripped {
		switch {
		case t.Flag != "":
			flags = append(flags, t.Flag)
		case t.Guard == run.RequireAccount:
			hints = append(hints, "check that this is the right roster, and all of it")
		case t.Guard == run.Prune:
			hints = append(hints, "fix what keeps it from pruning, or leave --prune out")
		}
	}
	if len(flags) > 0 {
		hints = append(hints, "look at each of these rows in the plan; if all of them are meant, add "+strings.Join(flags, " "))
	}
	return strings.Join(hints, "; ")
}
