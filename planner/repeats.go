package planner

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// Repeat is a row about a link that another row is about too.
type Repeat struct {
	Index    int  // of the row in the order of Add, from 0
	Row      int  // its number, as a person sees it
	Other    int  // index of the row that it repeats, which comes before it, or contradicts
	Conflict bool // the rows ask different things: none of them can be followed
	Reason   string
}

// Repeats finds the rows of a roster that are about one link, without
// searching. Rows are tied by (managing customer, type, id) and by (managing
// customer, type, number), also through a third row that has both. It keeps
// some 200 bytes for each row and not the row.
//
// Rows that ask the same in every column that matters repeat each other; if
// one of them differs, or an id comes with two numbers, all of them are in
// conflict. A row with an error takes no part: what it asks is not known. The
// client's name and columns that are carried through do not matter.
type Repeats struct {
	defaults Options
	rows     []ask
	holders  []holder
	places   map[holder]int32     // in holders
	byID     map[heldID]int32     // first row with the id
	byNumber map[heldNumber]int32 // first row with the number
}

// holder is what the links of a roster have in common, mostly: a row keeps its
// place in Repeats.holders.
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

// NewRepeats returns a Repeats for rows whose blank cells take these defaults.
// Offline the managing customer of the login is not known: rows without one
// are then taken for one managing customer's, and for another's than rows that
// name one.
func NewRepeats(defaults Options) *Repeats {
	return &Repeats{defaults: defaults, places: map[holder]int32{}, byID: map[heldID]int32{}, byNumber: map[heldNumber]int32{}}
}

// ask is what is kept of one row.
type ask struct {
	row    int32 // its number
	parent int32 // of the union-find forest
	holder int32 // in Repeats.holders
	id     msads.ID
	number string
	intent ingest.Intent
	sum    [16]byte            // of intent and fields
	parts  [len(fields)]uint16 // of each field, to name the one that differs
}

// fields are the columns that two rows for one link must agree on.
var fields = [...]string{
	"permission", "bill_to_client", "start_date", "name", "note", "suppress_notification", "client_profile", "customer_number",
}

func (o *Options) values(row *ingest.Row) [len(fields)]string {
	start := ""
	if !row.StartDate.IsZero() {
		start = row.StartDate.UTC().Format("2006-01-02T15:04:05.999999999")
	}
	return [...]string{
		row.Permission, truth(row.BillToClient, o.BillToClient), start, cmp.Or(row.Name, o.Name), cmp.Or(row.Note, o.Note),
		truth(row.SuppressNotification, o.SuppressNotification), row.ClientProfile, strings.ToUpper(row.CustomerNumber),
	}
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

// Add takes the next row of the roster.
func (r *Repeats) Add(row *ingest.Row) {
	i := int32(len(r.rows))
	a := ask{row: int32(row.Number), parent: i, intent: r.defaults.intent(row)}
	if !row.Invalid() {
		key := r.defaults.key(row)
		a.holder, a.id, a.number = r.holder(key), key.EntityID, strings.Clone(key.Number)
		whole := fnv.New128a()
		fmt.Fprintf(whole, "%s\x00", a.intent)
		for f, value := range r.defaults.values(row) {
			fmt.Fprintf(whole, "%d\x00%s", len(value), value)
			part := fnv.New32a()
			part.Write([]byte(value))
			a.parts[f] = uint16(part.Sum32()>>16 ^ part.Sum32())
		}
		whole.Sum(a.sum[:0])
	}
	r.rows = append(r.rows, a)
	r.join(i)
}

// holder is the place of a key's managing customer and type in holders.
func (r *Repeats) holder(key Key) int32 {
	h := holder{key.ManagingCustomerID, key.Type}
	at, ok := r.places[h]
	if !ok {
		at = int32(len(r.holders))
		r.places[h], r.holders = at, append(r.holders, h)
	}
	return at
}

// key is every identifier that a row has.
func (r *Repeats) key(a *ask) Key {
	h := r.holders[a.holder]
	return Key{ManagingCustomerID: h.manager, Type: h.kind, EntityID: a.id, Number: a.number}
}

// tie adds what a search has shown: the row is about this id.
func (r *Repeats) tie(index int, id msads.ID) {
	r.rows[index].id = id
	r.join(int32(index))
}

// join puts a row into the groups of its identifiers.
func (r *Repeats) join(i int32) {
	a := &r.rows[i]
	if a.id != 0 {
		unite(r, r.byID, heldID{a.holder, a.id}, i)
	}
	if a.number != "" {
		unite(r, r.byNumber, heldNumber{a.holder, a.number}, i)
	}
}

func unite[K comparable](r *Repeats, first map[K]int32, key K, i int32) {
	j, ok := first[key]
	if !ok {
		first[key] = i
		return
	}
	// The earlier row becomes the root, so that a root is its group's first row.
	a, b := r.root(i), r.root(j)
	r.rows[max(a, b)].parent = min(a, b)
}

func (r *Repeats) root(i int32) int32 {
	for r.rows[i].parent != i {
		r.rows[i].parent = r.rows[r.rows[i].parent].parent
		i = r.rows[i].parent
	}
	return i
}
