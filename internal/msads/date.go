package msads

import (
	"fmt"
	"time"
)

// wireDate is the form of a date that is sent: UTC, cut to seconds, without a
// zone. The service refuses a signed offset (a comment in the official Python
// sample), and reads a date without a zone as UTC.
const wireDate = "2006-01-02T15:04:05"

// dateForms are the forms in which the service and the official SDKs write
// dates. A fraction of a second needs no form of its own: [time.Parse] reads
// one wherever it follows the seconds.
var dateForms = [...]string{wireDate + "Z07:00", wireDate, wireDate + "Z0700"}

// parseDate reads a date as the service writes it: LastModifiedDateTime comes
// without a zone and is UTC, StartDate comes with Z, and the fraction has any
// length. The first day of the year 1, in any zone, is the zero time: it is
// what .NET writes where there is no date. Other years that a date in UTC
// cannot have on the wire (0, 10000) are errors.
func parseDate(s string) (time.Time, error) {
	for _, form := range dateForms {
		t, err := time.Parse(form, s)
		if err != nil {
			continue
		}
		if t.Year() == 1 && t.YearDay() == 1 {
			return time.Time{}, nil
		}
		if t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
			break
		}
		return t, nil
	}
	return time.Time{}, fmt.Errorf("%q is not a date", excerpt(s))
}

// formatDate writes t for the wire.
func formatDate(t time.Time) string { return t.UTC().Format(wireDate) }
