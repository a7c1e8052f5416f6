package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"linkbatch/planner"
)

// guards are the limits that a plan must keep to before anything of it is
// written. Each has the flag that would allow more; there is no flag for all.
type guards struct {
	maxUnlinks   string
	billingPause bool
	maxInvalid   int
}

func (g *guards) add(fs *pflag.FlagSet) {
	fs.StringVar(&g.maxUnlinks, "max-unlinks", "10", "unlinks and cancels at most: a `number`, or N% of the live links found")
	fs.BoolVar(&g.billingPause, "allow-billing-pause", false, "allow unlinks where the agency pays, which pause the client's ads for up to three hours")
	fs.IntVar(&g.maxInvalid, "max-invalid", -1, "write nothing if more than this `number` of rows is invalid (default: no limit)")
	fs.Lookup("max-invalid").DefValue = "0" // which help leaves out
}

// limit is --max-unlinks for a plan.
func (g *guards) limit(p *planner.Plan) (int, error) {
	text, percent := strings.CutSuffix(strings.TrimSpace(g.maxUnlinks), "%")
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || percent && n > 100 {
		return 0, &usageError{fmt.Errorf("--max-unlinks %q: want a number such as 10, or a share such as 5%%", g.maxUnlinks), ""}
	}
	if percent {
		n = p.Live * n / 100
	}
	return n, nil
}

// check returns a [*guardError] for the first guard that trips. The plan of a run
// that is gone on with holds what its earlier parts did too.
func (g *guards) check(p *planner.Plan, resumed bool) error {
	limit, err := g.limit(p)
	if err != nil {
		return err
	}
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
	case g.maxInvalid >= 0 && invalid > g.maxInvalid:
		return &guardError{
			fmt.Sprintf("%d rows are invalid, and at most %d are allowed; %s", invalid, g.maxInvalid, written),
			fmt.Sprintf("mend the rows that linkbatch check lists, or add --max-invalid %d", invalid),
		}
	}
	return nil
}
