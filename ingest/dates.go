package ingest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// dateOrder is the order of day, month and year in dates that are not written
// as ISO 8601 has it: dmy, mdy, ymd, or unknown.
type dateOrder string

const anyOrder dateOrder = ""

// dateOrders are those that can be asked for.
var dateOrders = []dateOrder{"dmy", "mdy", "ymd"}

// setStartDate reads a start date: ISO text, or a cell that a spreadsheet
// shows as a date.
func setStartDate(row *Row, c cell) *fault { return anyOrder.setStartDate(row, c) }

// setEndDate reads the last day of a link.
func setEndDate(row *Row, c cell) *fault { return anyOrder.setEndDate(row, c) }

// setStartDate is that of the column in a roster whose order of dates is known.
func (o dateOrder) setStartDate(row *Row, c cell) (f *fault) {
	row.StartDate, f = parseDate(c, o)
	return f
}

// setEndDate is that of the column in a roster whose order of dates is known. A
// link ends with a day: an hour would be missed by a run that comes once a night.
// The midnight that programs add to a day is none.
func (o dateOrder) setEndDate(row *Row, c cell) *fault {
	c.text = withoutMidnight(c.text)
	date, f := parseDate(c, o)
	switch {
	case f != nil:
		return f
	case date.HasTime:
		return &fault{message: "has a time, but a link ends with a day", hint: dateHint}
	}
	row.EndDate = date
	return nil
}

// withoutMidnight is a date without the midnight after it, as programs write a day
// that know no dates alone. A midnight with a zone may be another day, and stays.
func withoutMidnight(text string) string {
	for _, clock := range []string{" 00:00:00", "T00:00:00", " 00:00:00.000", " 00:00", "T00:00"} {
		if day, ok := strings.CutSuffix(text, clock); ok {
			return day
		}
	}
	return text
}

// orderDates makes the roster's dates be read in the order of the options.
func (r *Roster) orderDates(order string) error {
	o := dateOrder(order)
	if o == anyOrder {
		return nil
	}
	if !slices.Contains(dateOrders, o) {
		return r.in.fault(fmt.Sprintf("--date-order: unknown order %q", order), "the orders are dmy, mdy and ymd")
	}
	for i := range r.fields {
		c := *r.fields[i].column
		switch c.name {
		case "start_date":
			c.set = o.setStartDate
		case "end_date":
			c.set = o.setEndDate
		}
		r.fields[i].column = &c
	}
	return nil
}

// dated judges the dates of a row against each other and against the clock.
func (r *Roster) dated(row *Row, _ *rawRow) (faults []fault) {
	add := func(column string, f *fault) {
		if f != nil {
			i, text := r.cellOf(row, column)
			faults = append(faults, f.in(i, column, text))
		}
	}
	add("start_date", r.badStart(row))
	add("end_date", r.badEnd(row))
	return faults
}

// badStart warns of a start that is over, where the row may add the link. A date
// alone is over when its day is, in UTC.
func (r *Roster) badStart(row *Row) *fault {
	d := row.StartDate
	if r.now.IsZero() || d.IsZero() {
		return nil
	}
	end := d.Time
	if !d.HasTime {
		end = end.AddDate(0, 0, 1)
	}
	if row.mayAdd() && !end.After(r.now) {
		return &fault{message: "is in the past", hint: "leave the cell empty if the link is to start at once", severity: Warning}
	}
	return r.farAhead(d)
}

// badEnd refuses an end that ends nothing.
func (r *Roster) badEnd(row *Row) *fault {
	switch d := row.EndDate; {
	case d.IsZero():
		return nil
	case !row.mayAdd():
		return &fault{message: "is only for rows that link or add", hint: "empty the cell; the day from which this action is due goes into start_date"}
	case d.Before(row.StartDate.Truncate(24 * time.Hour)):
		return &fault{message: "is before the start of the link", hint: "correct one of the two dates"}
	default:
		return r.farAhead(d)
	}
}

// farAhead warns of a day that is most likely mistyped, in another calendar, or
// what a program writes for "never".
func (r *Roster) farAhead(d Date) *fault {
	const years = 2
	if r.now.IsZero() || !d.After(r.now.AddDate(years, 0, 0)) {
		return nil
	}
	return &fault{message: fmt.Sprintf("is more than %d years ahead", years), hint: "check the year", severity: Warning}
}
