package planner

import (
	"fmt"
	"strings"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// warnSpared warns of steps that end the link of an account which a line of the
// roster names that is not a row of the plan, such as a hidden one: what that line
// asks for is not known here, and may be the contrary.
func warnSpared(steps []Step, lines []ingest.Protected) {
	if len(lines) == 0 {
		return
	}
	ids, numbers := make(map[msads.ID]int), make(map[string]int)
	for _, l := range lines {
		ids[msads.ID(l.AccountID)], numbers[strings.ToUpper(l.AccountNumber)] = l.Row, l.Row
	}
	delete(ids, 0)
	delete(numbers, "")
	for i := range steps {
		s := &steps[i]
		if s.Op != OpUnlink && s.Op != OpCancel {
			continue
		}
		row := ids[s.Key.EntityID]
		for _, number := range []string{s.Key.Number, strings.ToUpper(s.Before.Number)} {
			row = max(row, numbers[number])
		}
		if row > 0 {
			s.warn(fmt.Sprintf("row %d, which is skipped or left out, names this account too", row))
		}
	}
}
