package planner

import (
	"iter"
	"slices"

	"linkbatch/ingest"
)

// Checked is what a check of a roster has found.
type Checked struct {
	Roster   *ingest.Roster   // read to its end
	Problems []ingest.Problem // of the file, then of all rows in their order
	Usable   []bool           // by row, in order: whether it can be used
	Invalid  int              // rows that cannot
	Dates    Dates            // what is to come by the roster, as of the time in the options
}

// Check reads rows of a roster, all of them or a part, without searching anything
// and returns every problem of them and of the file: those of reading, rows that
// repeat or contradict each other, identifiers that are nearly alike, and rows that
// do not say who pays. Blank cells take the defaults; of the options only those for
// rows count.
//
// each, which may be nil, is given every row as it is read. Whether the row is
// usable may show only when the last one was read. The error is that of rows or of
// each.
func Check(roster *ingest.Roster, rows iter.Seq2[ingest.Row, error], defaults Options, each func(*ingest.Row) error) (*Checked, error) {
	c := &Checked{Roster: roster, Problems: slices.Clone(roster.Problems)}
	repeats := newRepeats(defaults)
	var near near
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		repeats.add(&row)
		near.add(&row)
		c.row(&row, &defaults)
		if each == nil {
			continue
		}
		if err := each(&row); err != nil {
			return nil, err
		}
	}
	c.compared(repeats.all(), near.all())
	slices.SortStableFunc(c.Problems, func(a, b ingest.Problem) int { return a.Row - b.Row })
	for _, usable := range c.Usable {
		if !usable {
			c.Invalid++
		}
	}
	return c, nil
}

// row adds what one row shows by itself.
func (c *Checked) row(row *ingest.Row, defaults *Options) {
	usable := !row.Invalid()
	c.Problems = append(c.Problems, row.Problems...)
	if defaults.lacksPayer(row) {
		c.Problems = append(c.Problems, missingPayer(c.Roster.CellPlace(row.Number, "bill_to_client"), row.Number))
	}
	switch intent := defaults.intent(row); {
	case !usable:
	case !row.EndDate.IsZero() && !endsLinks(intent):
		usable = false
		c.Problems = append(c.Problems, ingest.Problem{
			Place: c.Roster.CellPlace(row.Number, "end_date"), Row: row.Number, Column: "end_date", Value: row.EndDate.Words(),
			Severity: ingest.Error, Message: strayEnd, Hint: strayEndHint,
		})
	case defaults.later(row):
		c.Dates.due(row)
	case endsLinks(intent) && !row.EndDate.IsZero() && !defaults.over(row):
		c.Dates.end(row)
	}
	c.Usable = append(c.Usable, usable)
}

// compared adds what shows only when rows are compared: repeats, and identifiers
// that are nearly alike, once for each pair, at its later row.
func (c *Checked) compared(repeats []repeat, slips []slip) {
	for _, r := range repeats {
		p := ingest.Problem{Place: c.Roster.Place(r.row), Row: r.row, Severity: ingest.Warning, Message: r.reason}
		if r.conflict {
			p.Severity, c.Usable[r.index] = ingest.Error, false
		}
		c.Problems = append(c.Problems, p)
	}
	for _, s := range slips {
		c.Problems = append(c.Problems, ingest.Problem{
			Place: c.Roster.CellPlace(s.row[1], s.column), Row: s.row[1], Column: s.column, Value: s.value[1],
			Severity: ingest.Warning, Message: s.message(1), Hint: "one of the two rows may have a typo: compare both with the source",
		})
	}
}

// lacksPayer reports whether a row would be rejected if it turned out to need an
// add, since it does not say who pays.
func (o *Options) lacksPayer(row *ingest.Row) bool {
	intent := o.intent(row)
	adds := intent == ingest.Link || intent == ingest.Add
	return adds && row.BillToClient == nil && o.BillToClient == nil && row.Type != "CustomerLink" && !row.Invalid()
}

func missingPayer(place string, row int) ingest.Problem {
	return ingest.Problem{
		Place: place, Row: row, Column: "bill_to_client", Severity: ingest.Warning,
		Message: "is missing; the row will be invalid if it turns out to need an add",
		Hint:    "enter who pays: true for the client, false for the agency; or pass --bill-to-client",
	}
}
