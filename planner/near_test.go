package planner

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// nearOf is what near says of rows written as "id number client", with "-" for a
// blank, numbered from 2.
func nearOf(lines ...string) []string {
	var n near
	for i, line := range lines {
		cells := append(strings.SplitN(line, " ", 3), "-", "-")
		for j := range cells {
			cells[j] = strings.TrimPrefix(cells[j], "-")
		}
		id, _ := strconv.ParseInt(cells[0], 10, 64)
		n.add(&ingest.Row{Number: i + 2, AccountID: id, AccountNumber: cells[1], ClientName: cells[2]})
	}
	var said []string
	for _, s := range n.all() {
		said = append(said, fmt.Sprintf("%d: %s %q: %s", s.row[1], s.column, s.value[1], s.message(1)))
	}
	return said
}

func TestNear(t *testing.T) {
	for name, test := range map[string]struct {
		rows []string
		want []string
	}{
		"swapped": {[]string{"185433012", "185433021"},
			[]string{`3: account_id "185433021": differs from "185433012" in row 2 only by two swapped digits`}},
		"swapped, other clients": {[]string{"185433012 - Harbour Bakery", "185430312 - Copper Kettle"},
			[]string{`3: account_id "185430312": differs from "185433012" in row 2 only by two swapped digits`}},
		"a digit less": {[]string{"185433012", "18543312"},
			[]string{`3: account_id "18543312": differs from "185433012" in row 2 only by one missing digit`}},
		"a digit more": {[]string{"185433012", "1854333012"},
			[]string{`3: account_id "1854333012": differs from "185433012" in row 2 only by one extra digit`}},
		"the last digit": {[]string{"185433012", "185433013"}, nil},
		"the last digit, one client": {[]string{"185433012 - Harbour Bakery", "185433013 - HARBOUR BAKERY Ltd"},
			[]string{`3: account_id "185433013": differs from "185433012" in row 2 only in one digit, and the client is the same`}},
		"a digit in the middle": {[]string{"185433012", "185833012"},
			[]string{`3: account_id "185833012": differs from "185433012" in row 2 only in one digit`}},
		"a digit in the middle, other clients": {[]string{"185433012 - Harbour Bakery", "185833012 - Copper Kettle"}, nil},
		"numbers": {[]string{"- X1234567", "- X1243567", "- X7654321 Anvil", "- X7654327 Anvil"}, []string{
			`3: account_number "X1243567": differs from "X1234567" in row 2 only by two swapped characters`,
			`5: account_number "X7654327": differs from "X7654321" in row 4 only in one character, and the client is the same`,
		}},
		"two identifiers":     {[]string{"185433012 X1234567", "185433021 XA4FD12H"}, nil},
		"one has both":        {[]string{"185433012 X1234567", "185433021"}, []string{`3: account_id "185433021": differs from "185433012" in row 2 only by two swapped digits`}},
		"said once":           {[]string{"185433012", "185433021", "185433012", "185433021"}, []string{`3: account_id "185433021": differs from "185433012" in row 2 only by two swapped digits`}},
		"a series":            {[]string{"185433012", "185433021", "185433022"}, nil},
		"a client's series":   {[]string{"185433012 - Anvil", "185433013 - Anvil", "185433014 - Anvil"}, nil},
		"short":               {[]string{"10012", "10021", "1001"}, nil},
		"repeats":             {[]string{"185433012", "185433012"}, nil},
		"repeats, one client": {[]string{"185433012 - Anvil", "185433012 - Anvil GmbH"}, nil},
		"one account, two clients": {[]string{"185433012 - Harbour Bakery", "185433012 - Copper Kettle"},
			[]string{`3: account_id "185433012": is also in row 2, where the client is "Harbour Bakery", not "Copper Kettle"`}},
	} {
		if diff := cmp.Diff(test.want, nearOf(test.rows...)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func TestNearKeepsQuietAboutSeries(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	rosters := map[string]func(i int) string{
		"sequential":                     func(i int) string { return strconv.Itoa(180000000+i) + " - Client " + strconv.Itoa(i) },
		"sequential, one client":         func(i int) string { return strconv.Itoa(180000000+i) + " - Anvil" },
		"sequential, two of each client": func(i int) string { return strconv.Itoa(180000000+i) + " - Client " + strconv.Itoa(i/2) },
		"sequential numbers":             func(i int) string { return fmt.Sprintf("- X%07d", i) },
		"by chance":                      func(i int) string { return strconv.Itoa(180000000 + r.IntN(10_000_000)) },
	}
	for name, line := range rosters {
		var lines []string
		for i := range 20_000 {
			lines = append(lines, line(i))
		}
		if said := nearOf(lines...); len(said) > 2*manyPairs {
			t.Errorf("%s: %d pairs told, such as %s", name, len(said), said[0])
		}
	}
}

// A plan warns at both rows of a pair, and at a row that shares another's outcome
// under a name that is neither that row's nor the service's.
func TestPlanTellsOfSlipsAndNames(t *testing.T) {
	p, _, _ := agency(t, link(185433012, msads.Active))
	got := plan(t, p, rows(t,
		"unlink id=185433012 client=Account-185433012",
		"keep id=185433021",
		"unlink id=185433012 client=Northwind",
		"explode id=185999999 client=Northwind",
	))
	want := [][]string{
		{
			`account_id "185433012": differs from "185433021" in row 3 only by two swapped digits`,
			`account_id "185433012": is also in row 4, where the client is "Northwind", not "Account-185433012"`,
		},
		{`account_id "185433021": differs from "185433012" in row 2 only by two swapped digits`},
		{
			`client_name "Northwind": the service calls this account "Account 185433012"`,
			`account_id "185433012": is also in row 2, where the client is "Account-185433012", not "Northwind"`,
		},
		nil,
	}
	for i := range got.Steps {
		if diff := cmp.Diff(want[i], got.Steps[i].Warnings); diff != "" {
			t.Errorf("row %d: (-want +got)\n%s", got.Steps[i].Row.Number, diff)
		}
	}
}
