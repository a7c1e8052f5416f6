// Package duration reads and writes lengths of time as people give them to
// linkbatch and read them in its messages: numbers with the units w, d, h, m
// and s, such as 15m, 1h30m, 7d or 2w. It imports only the standard library.
package duration

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A day of 24 hours, and a week of seven of them.
const (
	Day  = 24 * time.Hour
	Week = 7 * Day
)

// Longest is the longest length of time that [Parse] accepts: a hundred years
// of 365 days. More than that is a mistake.
const Longest = 100 * 365 * Day

// form takes weeks and days off the front; Go's own units follow.
var form = regexp.MustCompile(`^(?:(\d{1,9})w)?(?:(\d{1,9})d)?(.*)$`)

// errForm does not repeat the text: the caller names it, and where it is.
var errForm = errors.New("want a length of time such as 90s, 15m, 36h, 7d or 2w")

// Parse reads a length of time, 0 to [Longest]. Units go from the longest to
// the shortest, and each number has one.
func Parse(s string) (time.Duration, error) {
	parts := form.FindStringSubmatch(strings.TrimSpace(s))
	if parts == nil {
		return 0, errForm
	}
	var total time.Duration
	for i, unit := range []time.Duration{Week, Day} {
		n, _ := strconv.Atoi(parts[i+1]) // digits, or nothing
		if n > int(Longest/unit) {
			return 0, errForm
		}
		total += time.Duration(n) * unit
	}
	if rest := parts[3]; rest != "" || parts[1]+parts[2] == "" {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 || d > Longest {
			return 0, errForm
		}
		total += d
	}
	if total > Longest {
		return 0, errForm
	}
	return total, nil
}

// String writes a length of time in the form that [Parse] reads, to the second
// and without units of which there are none: "1h30m". Less than a second is
// written as Go does.
func String(d time.Duration) string {
	if d < time.Second {
		return d.String()
	}
	var b strings.Builder
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"w", Week}, {"d", Day}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if n := d / unit.length; n > 0 {
			b.WriteString(strconv.Itoa(int(n)) + unit.name)
			d -= n * unit.length
		}
	}
	return b.String()
}
