package planner

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// TestRepeats plans rows over existing links. Row numbers begin at 2, as below
// a header.
func TestRepeats(t *testing.T) {
	active := []msads.ClientLink{link(1001, msads.Active), link(1002, msads.Active)}
	tests := []struct {
		name  string
		rows  []string
		links []msads.ClientLink
		want  []string
	}{
		{"same twice", []string{"unlink id=1001", "unlink id=1001"}, active,
			[]string{"unlink by agency: linked", "none same as step 0: same as row 2"}},
		{"a blank cell is its default", []string{"link id=1001 bill=true", "id=1001"}, active,
			[]string{"none: already linked", "none same as step 0: same as row 2"}},
		{"another action", []string{"unlink id=1001", "keep id=1001"}, active,
			[]string{"reject: contradicts row 3, which says keep", "reject: contradicts row 2, which says unlink"}},
		{"another payer and name", []string{"add id=1001 bill=true", "add id=1001 bill=false name=N"}, nil,
			[]string{"reject: contradicts row 3: different bill_to_client, name for the same link", "reject: contradicts row 2: different bill_to_client, name for the same link"}},
		{"the client's name is for people", []string{"unlink id=1001 client=A", "unlink id=1001 client=account"}, active,
			[]string{"unlink by agency: linked", "none same as step 0: same as row 2"}},
		{"two of three agree", []string{"unlink id=1001", "keep id=1002", "unlink id=1001", "keep id=1001"}, active,
			[]string{"reject: contradicts row 5, which says keep", "none: kept", "reject: contradicts row 5, which says keep", "reject: contradicts row 2, which says unlink"}},
		{"three agree", []string{"keep id=1001", "keep id=1001", "keep id=1001"}, active,
			[]string{"none: kept", "none same as step 0: same as row 2", "none same as step 0: same as row 2"}},
		{"another managing customer is another link", []string{"unlink id=1001", "unlink id=1001 manager=9002"}, active,
			[]string{"unlink by agency: linked", "blocked: a client's login can only accept or decline: sign in as the managing customer"}},
		{"the default managing customer named", []string{"unlink id=1001", "unlink id=1001 manager=9001"}, active,
			[]string{"unlink by agency: linked", "none same as step 0: same as row 2"}},
		{"another type is another link", []string{"keep id=1001", "keep id=1001 type=CustomerLink"}, active,
			[]string{"none: kept", "none: kept"}},
		{"an invalid row takes no part", []string{"unlink id=1001", "keep id=1001 broken=X"}, active,
			[]string{"unlink by agency: linked", `reject: account_id "X": is not a whole number`}},

		{"tied by a third row", []string{"add id=1005", "add no=X0001005", "add id=1005 no=X0001005"}, nil,
			[]string{"add by agency: not linked", "none same as step 0: same as row 2", "none same as step 0: same as row 2"}},
		{"contradiction through a third row", []string{"add id=1005", "keep no=X0001005", "add id=1005 no=X0001005"}, nil,
			[]string{"reject: contradicts row 3, which says keep", "reject: contradicts row 2, which says add", "reject: contradicts row 3, which says keep"}},
		{"two numbers for one id", []string{"keep id=1001", "keep id=1001 no=X0001001", "keep id=1001 no=X0001002"}, active,
			[]string{"reject: rows 3 and 4 contradict each other about this link", "reject: contradicts row 4: another account_number for the same account_id", "reject: contradicts row 3: another account_number for the same account_id"}},
		{"two ids for one number", []string{"keep id=1001 no=X0001001", "keep id=1002 no=X0001001"}, active,
			[]string{"reject: contradicts row 3: another account_id for the same account_number", "reject: contradicts row 2: another account_id for the same account_number"}},

		{"tied by the search", []string{"unlink id=1001", "unlink no=X0001001"}, active,
			[]string{"unlink by agency: linked", "none same as step 0: same as row 2"}},
		{"tied by the search, number first", []string{"unlink no=x0001001", "unlink id=1001"}, active,
			[]string{"unlink by agency: linked", "none same as step 0: same as row 2"}},
		{"contradiction that the search shows", []string{"unlink id=1001", "keep no=X0001001", "keep id=1002"}, active,
			[]string{"reject: contradicts row 3, which says keep", "reject: contradicts row 2, which says unlink", "none: kept"}},
		{"a wrong number is its own row's fault", []string{"unlink id=1001", "unlink id=1001 no=X9"}, active,
			[]string{"unlink by agency: linked", `reject: account_number "X9" does not match: the service has "X0001001" for account_id 1001`}},
		{"the other row has the customer's number", []string{"add type=CustomerLink id=3003", "add type=CustomerLink id=3003 no=C000003003"}, nil,
			[]string{"add by agency: not linked", "none same as step 0: same as row 2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, _, _ := agency(t, tt.links...)
			var got []string
			for _, step := range plan(t, p, rows(t, tt.rows...)).Steps {
				got = append(got, said(&step))
				if step.SameAs >= 0 && (step.Op != OpNone || step.Send != nil) || step.Op == OpReject && step.SameAs >= 0 {
					t.Errorf("step %d does something: %+v", step.Index, step)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheOtherRowsIDUnblocksAClientsRow(t *testing.T) {
	p, _, _ := agency(t, link(1001, msads.LinkPending))
	asClient(p)
	got := plan(t, p, rows(t, "accept no=X0001001 manager=9001", "accept id=1001 no=X0001001 manager=9001"))
	if text := said(&got.Steps[0]); text != "accept by agency: invited, expires on 2026-12-20" {
		t.Error(text)
	}
	if text := said(&got.Steps[1]); text != "none same as step 0: same as row 2" {
		t.Error(text)
	}
}

// TestRepeatsOffline uses repeats alone, as a check of the roster does.
func TestRepeatsOffline(t *testing.T) {
	r := newRepeats(Options{DefaultAction: ingest.Add})
	for _, row := range rows(t, "add id=7", "id=8", "id=7", "cancel id=8", "id=8 broken=1") {
		r.add(&row)
	}
	want := []repeat{
		{index: 1, row: 3, other: 3, conflict: true, reason: "contradicts row 5, which says cancel"},
		{index: 2, row: 4, other: 0, reason: "same as row 2"},
		{index: 3, row: 5, other: 1, conflict: true, reason: "contradicts row 3, which says add"},
	}
	if diff := cmp.Diff(want, r.all(), cmp.AllowUnexported(repeat{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRepeatsAgainstPairs ties random rows and compares with what follows from
// looking at every pair until nothing changes.
func TestRepeatsAgainstPairs(t *testing.T) {
	for seed := range uint64(500) {
		rnd := rand.New(rand.NewPCG(seed, 11))
		var roster []ingest.Row
		for i := range 2 + rnd.IntN(12) {
			row := ingest.Row{Number: i + 2, Action: ingest.Keep}
			if rnd.IntN(3) > 0 {
				row.AccountID = int64(1 + rnd.IntN(5))
			}
			if row.AccountID == 0 || rnd.IntN(3) == 0 {
				row.AccountNumber = fmt.Sprintf("X%07d", 1+rnd.IntN(5))
			}
			if rnd.IntN(8) == 0 {
				row.Action = ingest.Unlink
			}
			roster = append(roster, row)
		}
		r := newRepeats(Options{})
		for i := range roster {
			r.add(&roster[i])
		}
		got := make([]string, len(roster))
		for _, repeat := range r.all() {
			got[repeat.index] = strings.Fields(repeat.reason)[0]
			if repeat.conflict {
				got[repeat.index] = "conflict"
			}
		}
		if diff := cmp.Diff(pairs(roster), got); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s\n%+v", seed, diff, roster)
		}
	}
}

// pairs finds for each row whether it is alone or first (empty), the same as
// an earlier one, or in conflict, by brute force.
func pairs(roster []ingest.Row) []string {
	group := make([]int, len(roster))
	for i := range group {
		group[i] = i
	}
	for range roster {
		for i, a := range roster {
			for j, b := range roster {
				if a.AccountID != 0 && a.AccountID == b.AccountID || a.AccountNumber != "" && a.AccountNumber == b.AccountNumber {
					group[i] = min(group[i], group[j])
				}
			}
		}
	}
	out := make([]string, len(roster))
	for i, a := range roster {
		if group[i] != i {
			out[i] = "same"
		}
		for j := range roster {
			for k, b := range roster {
				c := roster[j]
				differ := b.Action != c.Action || b.AccountID*c.AccountID != 0 && b.AccountID != c.AccountID ||
					b.AccountNumber != "" && c.AccountNumber != "" && b.AccountNumber != c.AccountNumber
				if group[j] == group[i] && group[k] == group[i] && differ && a.Number > 0 {
					out[i] = "conflict"
				}
			}
		}
	}
	return out
}
