package ingest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// setStartDate reads a start date: ISO text, or a cell that a spreadsheet
// shows as a date.
func setStartDate(row *Row, c cell) *fault {
	date, f := parseDate(c)
	if f != nil {
		return f
	}
	row.StartDate = date
	return nil
}

const dateHint = "write YYYY-MM-DD, such as 2026-12-01"

// isoLayouts are the forms of a date that mean one day only. A time without a
// zone is UTC; one with a zone is turned into UTC.
var isoLayouts = []string{
	"2006-01-02T15:04:05",
	"2006-01-02T15:04",
	"2006-01-02T15:04:05Z07:00",
	"2006-01-02T15:04Z07:00",
}

func parseDate(c cell) (Date, *fault) {
	if t, err := time.Parse(time.DateOnly, c.text); err == nil {
		return checkYear(Date{Time: t})
	}
	if c.kind == numberCell || c.kind == longNumber || c.kind == boolCell || (c.kind == textCell && isBareNumber(c.text)) {
		return Date{}, &fault{message: "is a number, not a date", hint: "format the cell as a date, or " + dateHint}
	}
	text := c.text
	if len(text) > 10 && text[10] == ' ' {
		text = text[:10] + "T" + text[11:]
	}
	for _, layout := range isoLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return checkYear(Date{Time: t.UTC(), HasTime: true})
		}
	}
	return Date{}, notISO(c.text)
}

// checkYear refuses years that no link starts in, and that a spreadsheet
// cannot hold.
func checkYear(d Date) (Date, *fault) {
	if d.Year() < 1900 || d.Year() > 9999 {
		return Date{}, &fault{message: "is not in the years 1900 to 9999", hint: dateHint}
	}
	return d, nil
}

// notISO is the fault of a date in another form. The readings are shown, and
// none is chosen.
func notISO(text string) *fault {
	day, _, _ := strings.Cut(text, " ")
	parts := strings.FieldsFunc(day, func(r rune) bool { return r == '/' || r == '.' || r == '-' })
	if len(parts) != 3 || len(parts[2]) != 4 {
		return &fault{message: "is not a date", hint: dateHint}
	}
	dayFirst, okDay := reading(parts[2], parts[1], parts[0])
	monthFirst, okMonth := reading(parts[2], parts[0], parts[1])
	switch {
	case okDay && okMonth && dayFirst != monthFirst:
		return &fault{message: fmt.Sprintf("may be %s or %s", dayFirst, monthFirst), hint: "write the one that is meant as YYYY-MM-DD"}
	case okDay:
		return &fault{message: "is not written as YYYY-MM-DD", hint: "write " + dayFirst + " if that is meant"}
	case okMonth:
		return &fault{message: "is not written as YYYY-MM-DD", hint: "write " + monthFirst + " if that is meant"}
	}
	return &fault{message: "is not a date", hint: dateHint}
}

// reading is year, month and day as an ISO date, if there is such a day.
func reading(year, month, day string) (string, bool) {
	if len(month) > 2 || len(day) > 2 {
		return "", false
	}
	iso := year + "-" + fmt.Sprintf("%02s-%02s", month, day)
	_, err := time.Parse(time.DateOnly, iso)
	return iso, err == nil
}

// isBareNumber tells whether a text is a number and nothing else.
func isBareNumber(s string) bool {
	_, _, _, ok := splitNumber(s)
	return ok
}

// The serial number of 1900-03-01, before which the 1900 date system has a day
// that never was, and that of 9999-12-31.
const (
	firstSerial = 61
	lastSerial  = 2958465
)

// serialDate turns the serial number of a date cell into ISO text: a date, with
// a time to the second when the number has a fraction. It reports false for a
// number that is no date of that system.
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
