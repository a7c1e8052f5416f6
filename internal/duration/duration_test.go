package duration

import (
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "90s": 90 * time.Second, "15m": 15 * time.Minute, "1h30m": 90 * time.Minute, "1.5h": 90 * time.Minute,
		"7d": 7 * Day, "1w": Week, "1w2d3h": 9*Day + 3*time.Hour, " 36h ": 36 * time.Hour, "250ms": 250 * time.Millisecond, "36500d": Longest,
	} {
		if got, err := Parse(text); got != want || err != nil {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", " ", "15", "m", "-5m", "1d-5m", "1d1w", "7 d", "7days", "1x", "36501d", "5215w", "876001h", "36500d1s", "999999999999999999w", "1w\n2d",
	} {
		if got, err := Parse(text); err == nil {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
}

func TestString(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", time.Second: "1s", 15 * time.Minute: "15m", 90 * time.Minute: "1h30m", 7 * Day: "1w", 9*Day + time.Second: "1w2d1s",
		time.Minute + 1500*time.Millisecond: "1m1s", 1500 * time.Microsecond: "1.5ms",
	} {
		if got := String(d); got != want {
			t.Errorf("%d: %q, want %q", d, got, want)
		}
	}
}

// FuzzParse holds that what is read comes out of [String] the same, to the
// second, and that nothing panics.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"1w2d3h4m5s", "15m", "0", "1.5h", "-1s", "9w9w"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if err != nil || d < time.Second {
			return
		}
		if again, err := Parse(String(d)); again != d.Truncate(time.Second) || err != nil {
			t.Errorf("%q is %v, written %q, read again %v, %v", text, d, String(d), again, err)
		}
	})
}
