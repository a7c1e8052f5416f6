package run

import (
	"fmt"
	"strings"

	"linkbatch/planner"
)

// prunes reports whether a step ends a link that no row names.
func prunes(s *planner.Step) bool { return s.Pruned() && ends(s) }

// refusedToPrune is the guard of a plan that must not prune, see
// [planner.Plan.Refusals]. A flag allows it only if it allows all of the reasons.
func refusedToPrune(p *planner.Plan) planner.Tripped {
	t := planner.Tripped{Guard: Prune, Flag: "--allow-shrink"}
	for i := range p.Steps {
		if s := &p.Steps[i]; s.Held == "" && prunes(s) {
			t.Wanted++
		}
	}
	reasons := make([]string, len(p.Refusals))
	for i, r := range p.Refusals {
		reasons[i] = r.Reason
		if !r.Shrink {
			t.Flag = ""
		}
	}
	what := plural(t.Wanted, "link", "links") + " that no row names, and none"
	if t.Wanted == 0 {
		what = "nothing"
	}
	t.Text = fmt.Sprintf("%s may be pruned: %s", what, strings.Join(reasons, "; "))
	return t
}
