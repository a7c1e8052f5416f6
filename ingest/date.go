package ingest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

const dateHint = "enter it as YYYY-MM-DD, such as 2026-12-01"

// isoLayouts are the forms of a date that mean one day only. A time without a
// zone is UTC; one with a zone is turned into UTC.
var isoLayouts = []string{
	"2006-01-02T15:04:05",
	"2006-01-02T15:04",
	"2006-01-02T15:04:05Z07:00",
	"2006-01-02T15:04Z07:00",
	time.DateOnly,
}

// parseDate reads a day, or an instant in UTC. A text of invisible characters alone
// is a blank. Each step may only refuse what the ones after it could not read
// either: what is tried first is what nearly all cells contain.
func parseDate(c cell, order dateOrder) (Date, *fault) {
	if t, ok := plainDay(c.text); ok {
		return checkYear(Date{Time: t})
	}
	if f := notDate(c); f != nil {
		return Date{}, f
	}
	text := unquoted(strings.TrimSpace(strings.Map(narrow, c.text)))
	if text == "" {
		return Date{}, nil
	}
	iso := text
	if len(iso) > len(time.DateOnly) && iso[len(time.DateOnly)] == ' ' {
		iso = iso[:len(time.DateOnly)] + "T" + iso[len(time.DateOnly)+1:]
	}
	for _, layout := range isoLayouts {
		if t, err := time.Parse(layout, iso); err == nil {
			return checkYear(Date{Time: t.UTC(), HasTime: layout != time.DateOnly})
		}
	}
	if day, _, ok := strings.Cut(strings.Replace(iso, "t", "T", 1), "T"); ok {
		if _, ok := plainDay(day); ok {
			return Date{}, badTime(day)
		}
	}
	return inOrder(text, order)
}

// notDate is the fault of a cell that holds a number, and no day.
func notDate(c cell) *fault {
	switch {
	case c.kind == strayDate:
		return &fault{
			message: "is formatted as a date, but its number is outside the days that can be read",
			hint:    "these are 1900-03-01 to 9999-12-30, or from 1904-01-01 where dates count from 1904; " + dateHint,
		}
	case c.kind == numberCell, c.kind == longNumber, c.kind == boolCell, c.kind == textCell && isBareNumber(c.text):
		return &fault{message: "is a number, not a date", hint: "format the cell as a date, or " + dateHint}
	}
	return nil
}

// badTime is the fault of a good date with a time in none of isoLayouts.
func badTime(day string) *fault {
	return &fault{
		message: "has a time that is not understood",
		hint:    "enter the time as HH:MM or HH:MM:SS from 00:00 to 23:59:59, with its zone if it is not in UTC, such as " + day + "T22:00 or " + day + "T22:00+02:00",
	}
}

// plainDay reads YYYY-MM-DD as time.Parse does, in a third of its time: there may
// be one in every row.
func plainDay(s string) (time.Time, bool) {
	if len(s) != len(time.DateOnly) || s[4] != '-' || s[7] != '-' || !allDigits(s[:4]) || !allDigits(s[5:7]) || !allDigits(s[8:]) {
		return time.Time{}, false
	}
	number := func(s string) (n int) {
		for i := range len(s) {
			n = n*10 + int(s[i]-'0')
		}
		return n
	}
	year, month, day := number(s[:4]), time.Month(number(s[5:7])), number(s[8:])
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return t, month >= 1 && month <= 12 && day >= 1 && (day <= 28 || t.Month() == month)
}

// checkYear refuses years that no link starts in, and that a spreadsheet
// cannot hold.
func checkYear(d Date) (Date, *fault) {
	if year := d.Year(); year < 1900 || year > 9999 {
		return Date{}, &fault{message: "is not in the years 1900 to 9999", hint: dateHint}
	}
	return d, nil
}

// inOrder reads a date in the order that was asked for. Without one, or for a text
// that is not in that order, the readings are shown and none is chosen.
func inOrder(text string, order dateOrder) (Date, *fault) {
	day, clock := text, ""
	if at := strings.IndexAny(text, " T"); at > 0 {
		day, clock = text[:at], strings.TrimSpace(text[at+1:])
	}
	readings := readingsOf(day)
	if d, ok := readings[order]; ok {
		if clock == "" {
			return checkYear(Date{Time: d})
		}
		for _, layout := range []string{time.TimeOnly, "15:04"} {
			if t, err := time.Parse(layout, clock); err == nil {
				d = d.Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second)
				return checkYear(Date{Time: d, HasTime: true})
			}
		}
		return Date{}, badTime(d.Format(time.DateOnly))
	}
	return Date{}, notISO(text, order, readings)
}

// notISO is the fault of a date in another form, with the readings that it has.
func notISO(text string, order dateOrder, readings map[dateOrder]time.Time) *fault {
	var days, orders []string
	for _, o := range dateOrders {
		if d, ok := readings[o]; ok {
			orders = append(orders, string(o))
			if day := d.Format(time.DateOnly); !slices.Contains(days, day) {
				days = append(days, day)
			}
		}
	}
	switch {
	case len(days) == 0:
		if day, ok := namedMonth(text); ok {
			return &fault{message: "is not written as YYYY-MM-DD", hint: "enter " + day + " if that is meant"}
		}
		return &fault{message: "is not a date", hint: dateHint}
	case order != anyOrder:
		return &fault{message: "is not a date in the order " + string(order), hint: "enter " + either(days) + " if that is meant"}
	case len(days) == 1:
		return &fault{message: "is not written as YYYY-MM-DD", hint: "enter " + days[0] + " if that is meant, or pass --date-order " + either(orders)}
	}
	return &fault{message: "may be " + either(days), hint: "enter the one that is meant as YYYY-MM-DD, or pass --date-order " + either(orders)}
}

// either lists choices: a, b or c.
func either(choices []string) string {
	last := len(choices) - 1
	if last < 1 {
		return strings.Join(choices, "")
	}
	return strings.Join(choices[:last], ", ") + " or " + choices[last]
}

// readingsOf is what three numbers mean as a date, by the order in which they
// are read. The year has four digits, or the last two of 2000 to 2099.
func readingsOf(day string) map[dateOrder]time.Time {
	parts := strings.FieldsFunc(strings.TrimSuffix(day, "日"), func(r rune) bool { return strings.ContainsRune("/.-年月", r) })
	if len(parts) != 3 {
		return nil
	}
	readings := make(map[dateOrder]time.Time)
	for _, o := range dateOrders {
		var year, month, date string
		for i, unit := range o {
			switch unit {
			case 'y':
				year = parts[i]
			case 'm':
				month = parts[i]
			case 'd':
				date = parts[i]
			}
		}
		if len(year) == 2 {
			year = "20" + year
		}
		if len(year) != 4 || len(month) > 2 || len(date) > 2 {
			continue
		}
		if t, err := time.Parse(time.DateOnly, year+"-"+fmt.Sprintf("%02s-%02s", month, date)); err == nil {
			readings[o] = t
		}
	}
	return readings
}

// namedMonth is the day that a date with an English month means, for a hint.
func namedMonth(text string) (string, bool) {
	for _, layout := range []string{"2 Jan 2006", "2-Jan-2006", "2-Jan-06", "2 January 2006", "Jan 2, 2006", "January 2, 2006", "Jan 2 2006", "January 2 2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}

// isBareNumber reports whether a text is a number and nothing else.
func isBareNumber(s string) bool {
	_, _, _, ok := splitNumber(s)
	return ok
}

// The serial number of 1900-03-01, before which the 1900 date system has a day
// that never existed, and that of 9999-12-31.
const (
	firstSerial = 61
	lastSerial  = 2958465
)

// serialDate turns the serial number of a date cell into ISO text: a date, with
// a time to the second when the number has a fraction. It reports false for a
// number that is not a day in that system.
func serialDate(raw string, system1904 bool) (string, bool) {
	serial, err := strconv.ParseFloat(strings.TrimSpace(raw), 64)
	if err != nil || math.IsNaN(serial) {
		return "", false
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if system1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if serial < firstSerial {
		return "", false
	}
	if serial < 0 || serial >= lastSerial {
		return "", false
	}
	days, fraction := math.Modf(serial)
	seconds := int(math.Round(fraction * 24 * 60 * 60))
	t := epoch.AddDate(0, 0, int(days)).Add(time.Duration(seconds) * time.Second)
	if t.Year() > 9999 {
		return "", false
	}
	return Date{Time: t, HasTime: seconds != 0}.String(), true
}
