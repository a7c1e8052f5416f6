package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"linkbatch/planner"
)

// guards are the limits that a plan must keep to before anything of it is
// written. Each has the flag that would allow more; there is no flag for all.
type guards struct {
	maxUnlinks   share
	billingPause bool
	maxInvalid   number
}

func (g *guards) add(fs *pflag.FlagSet) {
	g.maxUnlinks, g.maxInvalid = share{n: 10}, number{value: unlimited}
	fs.Var(&g.maxUnlinks, "max-unlinks", "maximum number of unlinks and cancels: `N`, or N% of the live links found")
	fs.BoolVar(&g.billingPause, "allow-billing-pause", false, "allow unlinks where the agency pays, which pause the client's ads for up to three hours")
	fs.Var(&g.maxInvalid, "max-invalid", "change nothing if more than `N` rows are invalid (default: no limit)")
	fs.Lookup("max-invalid").DefValue = "0" // which help leaves out
}

// unlimited is a number that no flag can give.
const unlimited = -1

// check returns a [*guardError] for the first guard that trips. The plan of a resumed
// run holds what its earlier parts did too.
func (g *guards) check(p *planner.Plan, resumed bool) error {
	limit := g.maxUnlinks.of(p.Live)
	var removals, pauses, invalid int
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.SameAs >= 0 {
			continue
		}
		switch s.Op {
		case planner.OpReject:
			invalid++
		case planner.OpUnlink:
			removals++
			if s.PausesAds() {
				pauses++
			}
		case planner.OpCancel:
			removals++
		}
	}
	what, written := "the plan", "nothing was changed"
	if resumed {
		what, written = "the run, with what it has done already,", "nothing else was changed"
	}
	switch {
	case removals > limit:
		return &guardError{
			fmt.Sprintf("%s unlinks or cancels %d links, and at most %d are allowed; %s", what, removals, limit, written),
			fmt.Sprintf("look at every unlink in the plan; if all are meant, add --max-unlinks %d", removals),
		}
	case pauses > 0 && !g.billingPause:
		return &guardError{
			fmt.Sprintf("unlinks of accounts that the agency pays for: %d; each pauses the client's ads for up to three hours; %s", pauses, written),
			"if that is meant, add --allow-billing-pause",
		}
	case g.maxInvalid.value != unlimited && invalid > g.maxInvalid.value:
		return &guardError{
			fmt.Sprintf("%d rows are invalid, and at most %d are allowed; %s", invalid, g.maxInvalid.value, written),
			fmt.Sprintf("fix the rows that linkbatch check lists, or add --max-invalid %d", invalid),
		}
	}
	return nil
}
