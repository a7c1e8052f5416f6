package flagvalue

import (
	"reflect"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

// TestValues holds for every kind of value what it takes, how that is shown, and
// what it refuses with which words.
func TestValues(t *testing.T) {
	for _, c := range []struct {
		name    string
		value   func() pflag.Value
		good    map[string]string // text: how it is shown
		bad     []string
		message string
	}{
		{"word", func() pflag.Value { w := OneOf("a", "a", "b", "c"); return &w }, map[string]string{"b": "b"}, []string{"", "d", "A"}, "want a, b or c"},
		{"span", func() pflag.Value { return new(Span) }, map[string]string{"15m": "15m", "36h": "1d12h", "0": ""}, []string{"", "15", "-1s", "soon"}, "want a length of time such as 90s, 15m, 36h, 7d or 2w"},
		{"number", func() pflag.Value { return &Number{Min: 1, Max: 64} }, map[string]string{"1": "1", " 64 ": "64"}, []string{"0", "65", "-1", "x", "1.5", ""}, "want a whole number from 1 to 64"},
		{"number without a limit", func() pflag.Value { return &Number{} }, map[string]string{"0": "0", "1000000": "1000000"}, []string{"-1", "x"}, "want a whole number of at least 0"},
		{"share", func() pflag.Value { return new(Share) }, map[string]string{"10": "10", "5%": "5%", "100%": "100%"}, []string{"-1", "101%", "x", "%", ""}, "want a number such as 10, or a percentage such as 5%"},
		{"accounts", func() pflag.Value { return new(Accounts) }, map[string]string{"180012345": "180012345", " x1234567, 180012345": "X1234567,180012345", "c012345678": "C012345678"},
			[]string{"", "12x", "X12345678", "X-234567", "0", "1,,2"}, "want the id or number of an account, such as 180012345 or X1234567"},
		{"bool", func() pflag.Value { return new(OptionalBool) }, map[string]string{"true": "true", "0": "false"}, []string{"yes", ""}, "want true (yes) or false (no)"},
		{"zone", func() pflag.Value { return new(Zone) }, map[string]string{"UTC": "UTC", "Europe/Berlin": "Europe/Berlin", "America/Argentina/Buenos_Aires": "America/Argentina/Buenos_Aires"},
			[]string{"", "Local", "Berlin", "+02:00", "../x", "/etc/localtime"}, "want the name of a time zone, such as UTC, Europe/Berlin or America/New_York"},
		{"customer", func() pflag.Value { return new(Customer) }, map[string]string{"4183052": "4183052", "": ""}, []string{"0", "12x", "-1"}, ""},
		{"server", func() pflag.Value { return new(Server) }, map[string]string{"https://a.example/b": "https://a.example/b", "http://a.example": "http://a.example", "": ""}, []string{"nowhere", "ftp://a.example", "https://u:p@a.example"}, ""},
		{"intent", func() pflag.Value { return new(Intent) }, map[string]string{"Invite": "add", "unlink": "unlink"}, []string{"", "frobnicate"}, "want link, add, accept, unlink, cancel, decline or keep"},
		{"words", func() pflag.Value { w := SomeOf("failed", "held"); return &w }, map[string]string{"held": "held", "Held, failed": "held,failed"}, []string{"", "done", "held,"}, "want a list of failed or held"},
		{"statuses", func() pflag.Value { return new(Statuses) }, map[string]string{"active": "Active", "LinkPending, INACTIVE": "LinkPending,Inactive"}, []string{"", "Active,Linked", "Link Pending"}, ""},
		{"encoding", func() pflag.Value { return new(Encoding) }, map[string]string{"windows-1250": "windows-1250", "": ""}, []string{"nonsense"}, "want the name of an encoding, such as utf-8, windows-1250 or shift_jis"},
	} {
		for text, want := range c.good {
			v := c.value()
			if err := v.Set(text); err != nil || v.String() != want {
				t.Errorf("%s: %q: %q, %v; want %q", c.name, text, v.String(), err, want)
			}
		}
		for _, text := range c.bad {
			v := c.value()
			before := v.String()
			if err := v.Set(text); err == nil || c.message != "" && err.Error() != c.message {
				t.Errorf("%s: %q: %v, want %q", c.name, text, err, c.message)
			}
			if v.String() != before && c.name != "span" {
				t.Errorf("%s: %q changed it to %q", c.name, text, v.String())
			}
		}
	}
}

func TestShareOf(t *testing.T) {
	for _, c := range []struct {
		share       Share
		total, want int
	}{{Share{N: 10}, 1000, 10}, {Share{N: 5, Percent: true}, 1000, 50}, {Share{N: 5, Percent: true}, 19, 0}, {Share{Percent: true}, 1000, 0}} {
		if got := c.share.Of(c.total); got != c.want {
			t.Errorf("%v of %d: %d, want %d", c.share, c.total, got, c.want)
		}
	}
}

func TestMapping(t *testing.T) {
	m := Mapping{}
	for _, text := range []string{" Their header = account_id ", "Remarks="} {
		if err := m.Set(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	if want := (Mapping{"Their header": "account_id", "Remarks": ""}); !reflect.DeepEqual(m, want) {
		t.Errorf("%v, want %v", m, want)
	}
	for _, text := range []string{"", "account_id", "=account_id"} {
		if err := m.Set(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

// TestFlags has the values behind flags, as commands have them.
func TestFlags(t *testing.T) {
	fs := pflag.NewFlagSet("test", pflag.ContinueOnError)
	var out Output
	var wait Span
	out.Add(fs, "csv")
	fs.Var(&wait, "wait", "wait this `DURATION`")
	if out.JSON() {
		t.Error("JSON is not the default")
	}
	if err := fs.Parse([]string{"--output", "json", "--wait", "1w"}); err != nil || !out.JSON() || time.Duration(wait) != 7*24*time.Hour {
		t.Errorf("%v, %v, %v", err, out.Value, wait.String())
	}
	if err := fs.Parse([]string{"--output=csv"}); err != nil || out.JSON() {
		t.Errorf("csv: %v, %v", err, out.Value)
	}
}
