package simulator

import (
	"testing"
	"time"
)

// TestDates: every spelling that official clients were seen to send is one
// instant; what is ambiguous or cut is refused.
func TestDates(t *testing.T) {
	want := time.Date(2026, 11, 11, 15, 26, 49, 0, time.UTC)
	for s, z := range map[string]zone{
		"2026-11-11T15:26:49":               zoneNone,
		"2026-11-11T15:26:49.24":            zoneNone,
		"2026-11-11T15:26:49.2400000":       zoneNone,
		"2026-11-11t15:26:49z":              zoneUTC,
		"2026-11-11T15:26:49.123456789Z":    zoneUTC,
		"2026-11-11T15:26:49+00:00":         zoneSigned,
		"2026-11-11T07:26:49.000000-08:00":  zoneSigned,
		"2026-11-11T15:26:49+0000":          zoneSigned,
		"2026-11-11T15:26:49.1234567+00:00": zoneSigned,
	} {
		got, gotZone, err := parseDate(s)
		if err != nil || gotZone != z || !got.Truncate(time.Second).Equal(want) {
			t.Errorf("%s: %v %v %v", s, got, gotZone, err)
		}
	}
	for _, s := range []string{"", "11/11/2026", "2026-11-11 15:26:49", "2026-13-11T15:26:49", "/Date(1)/", "2026-11-11T15:26"} {
		if got, _, err := parseDate(s); err == nil {
			t.Errorf("%q: %v, want an error", s, got)
		}
	}
}

// FuzzDate: a date that is read can be written and read again.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"2026-11-11T15:26:49.24Z", "2026-11-11T15:26:49+14:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59-12:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, _, err := parseDate(s)
		if err != nil || at.Year() < 1 || at.Year() > 9998 {
			return
		}
		again, z, err := parseDate(at.Format(startDateLayout))
		if err != nil || z != zoneUTC || at.Sub(again).Abs() >= time.Millisecond {
			t.Errorf("%q: %v, again %v %v", s, at, again, err)
		}
	})
}
