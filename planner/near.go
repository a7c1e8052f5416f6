package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"linkbatch/ingest"
	"linkbatch/planner/internal/clientname"
	"linkbatch/planner/internal/nearly"
)

// near finds identifiers of a roster that are nearly alike, without searching.
// What counts is said under "Identifiers that are nearly alike" in the package
// comment. It keeps some 100 bytes for each row and not the row.
type near struct {
	rows []nearRow
}

// nearRow is what is kept of one row.
type nearRow struct {
	number int
	kind   string    // AccountLink or CustomerLink, whose identifiers are apart
	values [2]string // by column, as in nearColumns
	client string
}

var nearColumns = [2]string{"account_id", "account_number"}

// add takes the next row of the roster. Rows with errors take part with the
// identifiers that could be read.
func (n *near) add(row *ingest.Row) {
	r := nearRow{
		number: row.Number, kind: cmp.Or(row.Type, "AccountLink"),
		values: [2]string{"", strings.Clone(row.AccountNumber)}, client: strings.Clone(row.ClientName),
	}
	if row.AccountID != 0 {
		r.values[0] = strconv.FormatInt(row.AccountID, 10)
	}
	n.rows = append(n.rows, r)
}

// slip is two rows of a roster whose identifiers are so alike that one of them
// may be a typo, or alike under the names of two clients. Of each
// pair of values the first is the earlier row's.
type slip struct {
	index  [2]int // of the rows in the order of add, from 0
	row    [2]int // their numbers, as a person sees them
	column string // account_id or account_number
	value  [2]string
	client [2]string

	edit    nearly.Edit // 0 = one identifier, two clients
	oneName bool
}

// manyPairs is the number of pairs of one kind above which they are taken for
// the roster's numbering, not for typos, and not reported.
const manyPairs = 20

// all returns the pairs that a person should look at, by their later rows. Call
// it after the last add.
func (n *near) all() []slip {
	var all []slip
	for column := range nearColumns {
		for _, kind := range []string{"AccountLink", "CustomerLink"} {
			all = append(all, n.twoClients(column, kind)...)
			all = append(all, n.alike(column, kind)...)
		}
	}
	slices.SortStableFunc(all, func(a, b slip) int {
		return cmp.Or(cmp.Compare(a.index[1], b.index[1]), cmp.Compare(a.index[0], b.index[0]))
	})
	return slices.CompactFunc(all, func(a, b slip) bool { return a.index == b.index })
}

// twoClients pairs the rows with one identifier under the names of two clients,
// each with the first row that has it.
func (n *near) twoClients(column int, kind string) (slips []slip) {
	first := map[string]int{}
	for i := range n.rows {
		r := &n.rows[i]
		if r.kind != kind || r.values[column] == "" {
			continue
		}
		if at, known := first[r.values[column]]; !known {
			first[r.values[column]] = i
		} else if !clientname.Same(n.rows[at].client, r.client) {
			slips = append(slips, n.slip(column, at, i))
		}
	}
	return slips
}

// alike pairs the rows whose identifiers are one edit apart, unless both have
// the other identifier too: then they are two accounts, or a contradiction that
// repeats finds.
func (n *near) alike(column int, kind string) (slips []slip) {
	values, names := make([]string, len(n.rows)), make([]string, len(n.rows))
	alone := false
	for i := range n.rows {
		if r := &n.rows[i]; r.kind == kind && r.values[column] != "" {
			values[i], names[i] = r.values[column], r.client
			alone = alone || r.values[1-column] == ""
		}
	}
	if !alone {
		return nil
	}
	type sort struct {
		edit    nearly.Edit
		oneName bool
	}
	count := map[sort]int{}
	for _, p := range nearly.Pairs(values, names) {
		if n.rows[p.A].values[1-column] != "" && n.rows[p.B].values[1-column] != "" {
			continue
		}
		s := n.slip(column, p.A, p.B)
		s.edit, s.oneName = p.Edit, p.OneName
		slips = append(slips, s)
		count[sort{s.edit, s.oneName}]++
	}
	return slices.DeleteFunc(slips, func(s slip) bool { return count[sort{s.edit, s.oneName}] > manyPairs })
}

// slip is the pair of two rows.
func (n *near) slip(column, a, b int) slip {
	x, y := &n.rows[a], &n.rows[b]
	return slip{
		index: [2]int{a, b}, row: [2]int{x.number, y.number}, column: nearColumns[column],
		value: [2]string{x.values[column], y.values[column]}, client: [2]string{x.client, y.client},
	}
}

// message says about one of the two rows, 0 or 1, what is strange about its value.
func (s slip) message(of int) string {
	other := 1 - of
	row := "row " + strconv.Itoa(s.row[other])
	if s.edit == 0 {
		return fmt.Sprintf("is also in %s, where the client is %q, not %q", row, s.client[other], s.client[of])
	}
	unit := "character"
	if s.column == "account_id" {
		unit = "digit"
	}
	how := "in one " + unit
	switch {
	case s.edit == nearly.Swapped:
		how = "by two swapped " + unit + "s"
	case s.edit == nearly.Longer && len(s.value[of]) < len(s.value[other]):
		how = "by one missing " + unit
	case s.edit == nearly.Longer:
		how = "by one extra " + unit
	}
	if s.oneName {
		how += ", and the client is the same"
	}
	return fmt.Sprintf("differs from %q in %s only %s", s.value[other], row, how)
}

// warnNear writes what near finds into the steps of both rows.
func warnNear(steps []Step) {
	var n near
	for i := range steps {
		n.add(&steps[i].Row)
	}
	for _, s := range n.all() {
		for of, i := range s.index {
			steps[i].warn(fmt.Sprintf("%s %q: %s", s.column, s.value[of], s.message(of)))
		}
	}
}
