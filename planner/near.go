package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"linkbatch/ingest"
	"linkbatch/planner/internal/clientname"
)

// Slip is two rows of a roster whose identifiers are so alike that one of them
// may be a slip of the hand, or alike under the names of two clients. Of each
// pair of values the first is the earlier row's.
type Slip struct {
	Index  [2]int // of the rows in the order of Add, from 0
	Row    [2]int // their numbers, as a person sees them
	Column string // account_id or account_number
	Value  [2]string

	kind   slipKind
	client [2]string
}

// slipKind is how the identifiers of two rows differ.
type slipKind int8

const (
	nothingDiffers slipKind = iota // one identifier, two clients
	twoSwapped
	oneMore
	oneChanged
	sameName slipKind = 4 // added where the rows name one client
)

// Message says of one of the two rows, 0 or 1, what is strange about its value.
func (s Slip) Message(of int) string {
	other := 1 - of
	unit := "character"
	if s.Column == "account_id" {
		unit = "digit"
	}
	row := "row " + strconv.Itoa(s.Row[other])
	how := ""
	switch s.kind &^ sameName {
	case nothingDiffers:
		return fmt.Sprintf("stands in %s too, where the client is %q and not %q", row, s.client[other], s.client[of])
	case twoSwapped:
		how = "by two swapped " + unit + "s"
	case oneMore:
		how = "by one " + unit + " more"
		if len(s.Value[of]) < len(s.Value[other]) {
			how = "by one " + unit + " less"
		}
	case oneChanged:
		how = "in one " + unit
	}
	if s.kind&sameName != 0 {
		how += ", and the client is the same"
	}
	return fmt.Sprintf("differs from %q in %s only %s", s.Value[other], row, how)
}

// Near finds identifiers of a roster that are one edit apart, without searching:
// a digit or letter changed, left out or added, or two neighbours swapped. What
// counts is said under "Identifiers that are nearly alike" in the package
// comment. Its time grows with the number of rows, not of pairs; it keeps some
// 150 bytes for each row and not the row.
type Near struct {
	rows []nearRow
}

// nearRow is what is kept of one row.
type nearRow struct {
	number int
	kind   string    // AccountLink or CustomerLink, whose identifiers are apart
	values [2]string // by column, as in nearColumns
	client string
	key    string // of the client's name, once it was asked for
}

var nearColumns = [2]string{"account_id", "account_number"}

// Add takes the next row of the roster. Rows with errors take part with the
// identifiers that could be read.
func (n *Near) Add(row *ingest.Row) {
	r := nearRow{
		number: row.Number, kind: cmp.Or(row.Type, "AccountLink"),
		values: [2]string{"", strings.Clone(row.AccountNumber)}, client: strings.Clone(row.ClientName),
	}
	if row.AccountID != 0 {
		r.values[0] = strconv.FormatInt(row.AccountID, 10)
	}
	n.rows = append(n.rows, r)
}

// manyPairs is how many pairs of one kind are told at most. More than that are
// how the identifiers of a roster are, and no slips.
const manyPairs = 20

// All returns the pairs that a person should look at, by their later rows. Call
// it after the last Add.
func (n *Near) All() []Slip {
	var all []Slip
	for column := range nearColumns {
		for _, kind := range []string{"AccountLink", "CustomerLink"} {
			all = append(all, n.look(column, kind)...)
		}
	}
	slices.SortStableFunc(all, func(a, b Slip) int {
		return cmp.Or(cmp.Compare(a.Index[1], b.Index[1]), cmp.Compare(a.Index[0], b.Index[0]))
	})
	return slices.CompactFunc(all, func(a, b Slip) bool { return a.Index == b.Index })
}

// look compares the identifiers of one column and type.
func (n *Near) look(column int, kind string) []Slip {
	p := newNearPairs(n, column, kind)
	if p.bothFilled() {
		return p.slips
	}
	p.swapped()
	p.lengthened()
	p.changed()
	count := map[slipKind]int{}
	for _, s := range p.found() {
		count[s.kind]++
		p.slips = append(p.slips, s)
	}
	return slices.DeleteFunc(p.slips, func(s Slip) bool { return count[s.kind] > manyPairs })
}

// slip is the pair of two rows.
func (n *Near) slip(column int, a, b int32, kind slipKind) Slip {
	if a > b {
		a, b = b, a
	}
	x, y := &n.rows[a], &n.rows[b]
	return Slip{
		Index: [2]int{int(a), int(b)}, Row: [2]int{x.number, y.number}, Column: nearColumns[column],
		Value: [2]string{x.values[column], y.values[column]}, kind: kind, client: [2]string{x.client, y.client},
	}
}

// oneClient reports whether two rows name the same client, not just names that
// can mean one.
func (n *Near) oneClient(a, b int32) bool {
	x, y := &n.rows[a], &n.rows[b]
	if x.client == "" || y.client == "" {
		return false
	}
	for _, r := range []*nearRow{x, y} {
		if r.key == "" {
			r.key = cmp.Or(clientname.Key(r.client), r.client)
		}
	}
	return x.key == y.key
}

// warnNear writes what Near finds into the steps of both rows.
func warnNear(steps []Step) {
	var near Near
	for i := range steps {
		near.Add(&steps[i].Row)
	}
	for _, s := range near.All() {
		for of, i := range s.Index {
			steps[i].warn(fmt.Sprintf("%s %q: %s", s.Column, s.Value[of], s.Message(of)))
		}
	}
}
