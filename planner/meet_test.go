package planner

import (
	"fmt"
	"strings"
	"testing"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// TestRowsByIDAndByNumberMeet: wherever there is a link, a row that names its
// account by id and one that names it by number are rows for one link, whatever
// they ask for, whichever comes first, and whether or not the row alone would
// have been searched for: they are merged if they ask the same, and both
// rejected if not.
func TestRowsByIDAndByNumberMeet(t *testing.T) {
	intents := []ingest.Intent{ingest.Link, ingest.Add, ingest.Accept, ingest.Decline, ingest.Unlink, ingest.Cancel, ingest.Keep}
	for _, side := range []Side{Agency, Client} {
		for _, status := range []msads.Status{msads.LinkPending, msads.LinkInProgress, msads.Active, msads.LinkDeclined, msads.Inactive, "LinkSleeping"} {
			for _, profile := range []string{"", " profile=north"} {
				for _, a := range intents {
					for _, b := range intents {
						for _, idFirst := range []bool{true, false} {
							first, second := string(a)+" id=1001", string(b)+" no=X0001001"
							if !idFirst {
								first, second = string(a)+" no=X0001001", string(b)+" id=1001"
							}
							p, main, north := agency(t, link(1001, status))
							if side == Client {
								asClient(p)
							}
							tail := " manager=9001" + profile
							got := plan(t, p, rows(t, first+tail, second+tail)).Steps
							if main.calls()+north.calls() == 0 {
								continue // nothing was searched for
							}
							name := fmt.Sprintf("%s side, %s, %q then %q%s", side, status, first, second, profile)
							checkMet(t, name, got, a == b)
						}
					}
				}
			}
		}
	}
}

func checkMet(t *testing.T, name string, got []Step, same bool) {
	t.Helper()
	one, two := &got[0], &got[1]
	switch {
	case same && (one.SameAs >= 0 || two.SameAs != 0 || two.Op != OpNone || two.Reason != "same as row 2"):
		t.Errorf("%s: %s; %s", name, said(one), said(two))
	case !same && (one.Op != OpReject || two.Op != OpReject || !strings.HasPrefix(one.Reason, "contradicts row 3, which says ") || !strings.HasPrefix(two.Reason, "contradicts row 2, which says ")):
		t.Errorf("%s: %s; %s", name, said(one), said(two))
	case one.Op == "":
		t.Errorf("%s: not decided", name)
	}
}
