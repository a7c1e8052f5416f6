package run

import (
	"fmt"
	"slices"
	"strings"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Limits are what the plan of a whole run must keep to before anything of it is
// sent. Each is raised on its own; nothing raises all of them. A number of
// [Unlimited] is no limit, and 0 allows none.
type Limits struct {
	MaxUnlinks   int  // unlinks and cancels
	BillingPause bool // allow unlinks where the agency pays, which pause the client's ads for up to three hours
	MaxAdds      int  // invitations
	MaxInvalid   int  // rows that cannot be understood

	Require []Account          // that the roster must name
	Skipped []ingest.Protected // accounts that it names in lines that are not rows of the plan
}

// Unlimited is a number above which nothing is.
const Unlimited = -1

// Account is an account by its id, its number, or both where a number has only
// digits: either of them may be meant.
type Account struct {
	ID     msads.ID
	Number string // upper case
}

// String is the account as a person names it.
func (a Account) String() string {
	if a.Number != "" {
		return a.Number
	}
	return a.ID.String()
}

// The guards, by the names that they have in a [planner.Tripped].
const (
	MaxUnlinks     = "max-unlinks"
	BillingPause   = "billing-pause"
	MaxAdds        = "max-adds"
	MaxInvalid     = "max-invalid"
	RequireAccount = "require-account"
	Prune          = "prune"
)

// counted is a guard that counts steps.
type counted struct {
	guard  string
	counts func(*planner.Step) bool
	limit  func(*Limits) int
	words  func(n int, limit string) string // limit is "at most 10 are allowed"
	flag   func(n int) string
	holds  bool // what it counts can be held while the rest goes; else the roster as a whole is in doubt
}

// guards are all that count steps, in the order of their risk.
var guards = []counted{
	{
		MaxUnlinks, ends, func(l *Limits) int { return l.MaxUnlinks },
		func(n int, limit string) string {
			return plural(n, "unlink or cancel", "unlinks and cancels") + ", and " + limit
		},
		func(n int) string { return fmt.Sprintf("--max-unlinks %d", n) }, true,
	},
	{
		BillingPause, (*planner.Step).PausesAds, func(l *Limits) int {
			if l.BillingPause {
				return Unlimited
			}
			return 0
		},
		func(n int, _ string) string {
			return plural(n, "unlink", "unlinks") + " where the agency pays (or may pay), which can pause the client's ads for up to three hours"
		},
		func(int) string { return "--allow-billing-pause" }, true,
	},
	{
		MaxAdds, invites, func(l *Limits) int { return l.MaxAdds },
		func(n int, limit string) string { return plural(n, "invitation", "invitations") + ", and " + limit },
		func(n int) string { return fmt.Sprintf("--max-adds %d", n) }, true,
	},
	{
		MaxInvalid, func(s *planner.Step) bool { return s.Op == planner.OpReject }, func(l *Limits) int { return l.MaxInvalid },
		func(n int, limit string) string { return plural(n, "invalid row", "invalid rows") + ", and " + limit },
		func(n int) string { return fmt.Sprintf("--max-invalid %d", n) }, false,
	},
}

func ends(s *planner.Step) bool    { return s.Op == planner.OpUnlink || s.Op == planner.OpCancel }
func invites(s *planner.Step) bool { return s.Op == planner.OpAdd }

// Check returns all guards that a plan trips, in the order of their risk. The
// plan of a run that is resumed holds what its earlier parts did too. Rows that
// repeat another count once, and those that are held anyway do not count.
func (l *Limits) Check(p *planner.Plan) (tripped []planner.Tripped) {
	for _, g := range guards {
		n, limit := 0, g.limit(l)
		for i := range p.Steps {
			if s := &p.Steps[i]; s.SameAs < 0 && s.Held == "" && g.counts(s) {
				n++
			}
		}
		if limit != Unlimited && n > limit {
			tripped = append(tripped, planner.Tripped{Guard: g.guard, Limit: limit, Wanted: n, Text: g.words(n, allowed(limit)), Flag: g.flag(n)})
		}
	}
	if missing := l.missing(p); len(missing) > 0 {
		tripped = append(tripped, planner.Tripped{
			Guard: RequireAccount, Wanted: len(missing), Text: "the roster does not name " + strings.Join(missing, ", "),
		})
	}
	if len(p.Refusals) > 0 {
		tripped = append(tripped, refusedToPrune(p))
	}
	return tripped
}

// allowed is a limit in words.
func allowed(limit int) string {
	if limit == 0 {
		return "none is allowed"
	}
	return "at most " + plural(limit, "is", "are") + " allowed"
}

// missing are the required accounts that the roster does not name, in a row or
// in a line that is not one. A row that is invalid names its account too: the
// question is whether this is the right roster, and all of it.
func (l *Limits) missing(p *planner.Plan) (missing []string) {
	if len(l.Require) == 0 {
		return nil
	}
	named := make(map[Account]bool)
	name := func(id msads.ID, number string) {
		named[Account{ID: id}], named[Account{Number: strings.ToUpper(number)}] = true, true
	}
	for i := range p.Steps {
		if s := &p.Steps[i]; s.Row.Number > 0 { // else it stands for a link that no row names
			name(s.Key.EntityID, s.Key.Number)
			name(s.Before.EntityID, s.Before.Number)
			name(msads.ID(s.Row.AccountID), s.Row.AccountNumber)
		}
	}
	for _, s := range l.Skipped {
		name(msads.ID(s.AccountID), s.AccountNumber)
	}
	for _, a := range l.Require {
		byID, byNumber := a.ID != 0 && named[Account{ID: a.ID}], a.Number != "" && named[Account{Number: a.Number}]
		if !byID && !byNumber {
			missing = append(missing, a.String())
		}
	}
	return missing
}

// Holdable reports whether the rest of a plan can be sent while the steps that
// the guards are about are held. A guard that is about the roster as a whole
// leaves no rest.
func Holdable(tripped []planner.Tripped) bool {
	return !slices.ContainsFunc(tripped, func(t planner.Tripped) bool { return heldBy(t.Guard) == nil })
}

// heldBy tells the steps that a guard can hold; nil if it is about the roster as a
// whole.
func heldBy(guard string) func(*planner.Step) bool {
	if guard == Prune {
		return prunes
	}
	for _, g := range guards {
		if g.guard == guard && g.holds {
			return g.counts
		}
	}
	return nil
}

// Hold keeps back what the guards are about, all of it, of the steps that wait to
// be sent; what is left is sent as if those rows were not there. Each step says
// in Held which guard it was.
func (r *Run) Hold(tripped []planner.Tripped) {
	r.hold(func(s *planner.Step) string {
		var why []string
		for _, t := range tripped {
			if holds := heldBy(t.Guard); holds != nil && holds(s) {
				figures := fmt.Sprintf("%s (%d, and %d allowed)", t.Guard, t.Wanted, t.Limit)
				if t.Guard == Prune {
					figures = t.Guard + ": " + t.Text
				}
				why = append(why, figures)
			}
		}
		if len(why) == 0 {
			return ""
		}
		return "held by " + strings.Join(why, " and ")
	})
}

// hold keeps back the steps that wait to be sent and that why has a reason for.
func (r *Run) hold(why func(*planner.Step) string) {
	held := func(w *work) bool {
		i, reason := w.step.Index, why(w.step)
		if reason == "" {
			return false
		}
		r.plan.Steps[i].Held = reason
		r.end(w, executor.Held, reason)
		r.results[i].NextStep = nextHeld
		if r.before == nil || r.before.open[i] == nil { // else what was recorded of the row is replaced
			delete(r.open, i)
		}
		return true
	}
	r.now, r.later = slices.DeleteFunc(r.now, held), slices.DeleteFunc(r.later, held)
}

// plural is "1 row" or "2 rows".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
