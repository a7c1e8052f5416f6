package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"linkbatch/internal/flagvalue"
	"linkbatch/internal/run"
	"linkbatch/planner"
)

// guards are the limits that a plan must keep to before anything of it is
// changed. Each has the flag that would allow more; no flag allows everything.
type guards struct {
	maxUnlinks   flagvalue.Share
	billingPause bool
	maxInvalid   flagvalue.Number
}

// unlimited is a number that no flag can give.
const unlimited = -1

func (g *guards) add(fs *pflag.FlagSet) {
	g.maxUnlinks, g.maxInvalid = flagvalue.Share{N: 10}, flagvalue.Number{Value: unlimited}
	fs.Var(&g.maxUnlinks, "max-unlinks", "maximum number of unlinks and cancels: `N`, or N% of the live links found")
	fs.BoolVar(&g.billingPause, "allow-billing-pause", false, "allow unlinks where the agency pays, which pause the client's ads for up to three hours")
	fs.Var(&g.maxInvalid, "max-invalid", "change nothing if more than `N` rows are invalid (default: no limit)")
	fs.Lookup("max-invalid").DefValue = "0" // which help leaves out
}

// check returns a [*guardError] for the first guard that the plan of a run
// trips. The plan of a resumed run holds what its earlier parts did too.
func (g *guards) check(p *planner.Plan, resumed bool) error {
	limits := run.Limits{MaxUnlinks: g.maxUnlinks.Of(p.Live), BillingPause: g.billingPause, MaxInvalid: g.maxInvalid.Value}
	tripped := limits.Check(p)
	if len(tripped) == 0 {
		return nil
	}
	what, changed := "the plan", "nothing was changed"
	if resumed {
		what, changed = "the run, with what it has done already,", "nothing else was changed"
	}
	switch t := tripped[0]; t.Guard {
	case run.MaxUnlinks:
		return &guardError{
			fmt.Sprintf("%s unlinks or cancels %d links, and at most %d are allowed; %s", what, t.Wanted, t.Limit, changed),
			fmt.Sprintf("look at every unlink in the plan; if all are meant, add --max-unlinks %d", t.Wanted),
		}
	case run.BillingPause:
		return &guardError{
			fmt.Sprintf("unlinks of accounts that the agency pays for: %d; each pauses the client's ads for up to three hours; %s", t.Wanted, changed),
			"if that is meant, add --allow-billing-pause",
		}
	default:
		return &guardError{
			fmt.Sprintf("%d rows are invalid, and at most %d are allowed; %s", t.Wanted, t.Limit, changed),
			fmt.Sprintf("fix the rows that linkbatch check lists, or add --max-invalid %d", t.Wanted),
		}
	}
}
