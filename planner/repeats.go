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
// some 250 bytes for each row and not the row.
//
// Rows that ask the same in every column that matters repeat each other; if
// one of them differs, or an id comes with two numbers, all of them are in
// conflict. A row with an error takes no part: what it asks is not known. The
// client's name and columns that are carried through do not matter.
type Repeats struct {
	defaults Options
	rows     []ask
	byID     map[Key]int32 // first row with the id; Number is empty
	byNumber map[Key]int32 // first row with the number; EntityID is 0
}

// NewRepeats returns a Repeats for rows whose blank cells take these defaults.
// Offline the managing customer of the login is not known: rows without one
// are then taken for one managing customer's, and for another's than rows that
// name one.
func NewRepeats(defaults Options) *Repeats {
	return &Repeats{defaults: defaults, byID: map[Key]int32{}, byNumber: map[Key]int32{}}
}

// ask is what is kept of one row.
type ask struct {
	number int // of the row
	key    Key
	parent int32 // of the union-find forest
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
	a := ask{number: row.Number, parent: i, intent: r.defaults.intent(row)}
	if !row.Invalid() {
		a.key = r.defaults.key(row)
		a.key.Number = strings.Clone(a.key.Number)
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
	r.join(i, a.key)
}

// tie adds what a search has shown: the row with this key is about this id.
func (r *Repeats) tie(index int, key Key, id msads.ID) {
	key.EntityID = id
	r.rows[index].key.EntityID = id
	r.join(int32(index), key)
}

// join puts a row into the groups of its identifiers.
func (r *Repeats) join(i int32, key Key) {
	if key.EntityID != 0 {
		id := key
		id.Number = ""
		r.unite(r.byID, id, i)
	}
	if key.Number != "" {
		number := key
		number.EntityID = 0
		r.unite(r.byNumber, number, i)
	}
}

func (r *Repeats) unite(first map[Key]int32, key Key, i int32) {
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
