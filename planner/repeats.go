package planner

import (
	"cmp"
	"strconv"
	"strings"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// repeat is a row about a link that another row is about too.
type repeat struct {
	index    int  // of the row in the order of add, from 0
	row      int  // its number, as a person sees it
	other    int  // index of the row that it repeats, which comes before it, or contradicts
	conflict bool // the rows ask different things: none of them can be followed
	reason   string
}

// repeats finds the rows of a roster that are about one link, without
// searching. Rows are tied by (managing customer, type, id) and by (managing
// customer, type, number), also through a third row that has both. It keeps
// some 200 bytes for each row and not the row.
//
// Rows that ask the same in every column that matters repeat each other; if
// one of them differs, or an id comes with two numbers, all of them are in
// conflict. A row with an error takes no part: what it asks is not known. The
// client's name and columns that are carried through do not matter.
type repeats struct {
	defaults Options
	rows     []ask
	holders  []holder
	places   map[holder]int32     // in holders
	byID     map[heldID]int32     // first row with the id
	byNumber map[heldNumber]int32 // first row with the number
}

// holder is what the links of a roster have in common, mostly: a row keeps its
// place in repeats.holders.
type holder struct {
	manager msads.ID
	kind    msads.LinkType
}

type heldID struct {
	holder int32
	id     msads.ID
}

type heldNumber struct {
	holder int32
	number string
}

// newRepeats returns a repeats for rows whose blank cells take these defaults.
// Offline the managing customer of the login is not known: rows without one
// are then taken for one managing customer's, and for another's than rows that
// name one.
func newRepeats(defaults Options) *repeats {
	return &repeats{defaults: defaults, places: map[holder]int32{}, byID: map[heldID]int32{}, byNumber: map[heldNumber]int32{}}
}

// ask is what is kept of one row.
type ask struct {
	row    int32 // its number
	parent int32 // of the union-find forest
	holder int32 // in repeats.holders
	id     msads.ID
	number string
	intent ingest.Intent
	terms  string // empty of a row with an error
}

// fields are the columns that two rows for one link must agree on.
var fields = []string{
	"permission", "bill_to_client", "start_date", "end_date", "name", "note", "suppress_notification", "client_profile", "customer_number",
}

// between joins the cells of fields to the terms of a row: no cell of a roster
// may hold a control character.
const between = "\x00"

// terms is what a row asks for beyond its intent, blank cells filled with their
// defaults.
func (o *Options) terms(row *ingest.Row) string {
	start := ""
	if begins := o.begins(row.StartDate); !begins.IsZero() {
		start = begins.Format("2006-01-02T15:04:05.999999999")
	}
	return strings.Join([]string{
		row.Permission, truth(row.BillToClient, o.BillToClient), start, row.EndDate.String(), cmp.Or(row.Name, o.Name), cmp.Or(row.Note, o.Note),
		truth(row.SuppressNotification, o.SuppressNotification), row.ClientProfile, strings.ToUpper(row.CustomerNumber),
	}, between)
}

// different are the fields in which the terms of two rows differ.
func different(a, b *ask) (names []string) {
	x, y := strings.Split(a.terms, between), strings.Split(b.terms, between)
	for i, name := range fields {
		if x[i] != y[i] {
			names = append(names, name)
		}
	}
	return names
}

// truth writes an optional boolean or its default; empty if there is neither.
func truth(cell, fallback *bool) string {
	if cell == nil {
		cell = fallback
	}
	if cell == nil {
		return ""
	}
	return strconv.FormatBool(*cell)
}

// add takes the next row of the roster.
func (r *repeats) add(row *ingest.Row) {
	i := int32(len(r.rows))
	a := ask{row: int32(row.Number), parent: i, intent: r.defaults.intent(row)}
	if !row.Invalid() {
		key := r.defaults.key(row)
		a.holder, a.id, a.number = r.holder(key), key.EntityID, strings.Clone(key.Number)
		a.terms = r.defaults.terms(row)
	}
	r.rows = append(r.rows, a)
	r.join(i)
}

// differ reports whether two rows ask different things of their link.
func differ(a, b *ask) bool { return a.intent != b.intent || a.terms != b.terms }

// holder is the place of a key's managing customer and type in holders.
func (r *repeats) holder(key Key) int32 {
	h := holder{key.ManagingCustomerID, key.Type}
	at, ok := r.places[h]
	if !ok {
		at = int32(len(r.holders))
		r.places[h], r.holders = at, append(r.holders, h)
	}
	return at
}

// key is every identifier that a row has.
func (r *repeats) key(a *ask) Key {
	h := r.holders[a.holder]
	return Key{ManagingCustomerID: h.manager, Type: h.kind, EntityID: a.id, Number: a.number}
}

// join puts a row into the groups of its identifiers.
func (r *repeats) join(i int32) {
	a := &r.rows[i]
	if a.id != 0 {
		unite(r, r.byID, heldID{a.holder, a.id}, i)
	}
	if a.number != "" {
		unite(r, r.byNumber, heldNumber{a.holder, a.number}, i)
	}
}

// unite joins a row to the group of the first row with its key.
func unite[K comparable](r *repeats, first map[K]int32, key K, i int32) {
	j, ok := first[key]
	if !ok {
		first[key] = i
		return
	}
	// The earlier row becomes the root, so that a root is its group's first row.
	a, b := r.root(i), r.root(j)
	r.rows[max(a, b)].parent = min(a, b)
}

// root is the first row of the group of a row. It shortens the way for the next
// who asks.
func (r *repeats) root(i int32) int32 {
	for r.rows[i].parent != i {
		r.rows[i].parent = r.rows[r.rows[i].parent].parent
		i = r.rows[i].parent
	}
	return i
}
