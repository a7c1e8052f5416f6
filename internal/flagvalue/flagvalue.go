// Package flagvalue has the values of linkbatch's flags. Each refuses what it does
// not take, in words that follow the flag's name and the value:
//
//	--env "x": want production, sandbox or simulator
//
// All of them implement [pflag.Value]; none is safe for concurrent use.
package flagvalue

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"linkbatch/ingest"
	"linkbatch/internal/address"
	"linkbatch/internal/duration"
	"linkbatch/internal/msads"
)

// Word is one of a few words.
type Word struct {
	Value string // the one that is set, or the default
	words []string
}

// OneOf is a flag that takes one of at least two words. The default may be blank.
func OneOf(value string, words ...string) Word { return Word{value, words} }

// String implements [pflag.Value].
func (w *Word) String() string { return w.Value }

// Type implements [pflag.Value].
func (w *Word) Type() string { return "WORD" }

// Set implements [pflag.Value].
func (w *Word) Set(s string) error {
	if !slices.Contains(w.words, s) {
		return errors.New("want " + oneOf(w.words))
	}
	w.Value = s
	return nil
}

// oneOf is "a, b or c".
func oneOf(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// Output is the format of standard output: text, JSON, or another.
type Output struct{ Word }

// Add adds --output, with the formats that a command has beside text and JSON.
func (o *Output) Add(fs *pflag.FlagSet, more ...string) {
	o.Word = Word{"text", append([]string{"text", "json"}, more...)}
	fs.Var(o, "output", "`FORMAT` of standard output: "+oneOf(o.words))
}

// JSON reports whether programs read standard output.
func (o *Output) JSON() bool { return o.Value == "json" }

// Span is a length of time, see [duration.Parse].
type Span time.Duration

// Type implements [pflag.Value].
func (d *Span) Type() string { return "DURATION" }

// String is blank for 0, so that help names no default.
func (d *Span) String() string {
	if *d == 0 {
		return ""
	}
	return duration.String(time.Duration(*d))
}

// Set implements [pflag.Value].
func (d *Span) Set(s string) error {
	v, err := duration.Parse(s)
	*d = Span(v)
	return err
}

// Number is a whole number within limits.
type Number struct {
	Value    int // the one that is set, or the default
	Min, Max int // the limits; a Max of 0 is none
}

// String implements [pflag.Value].
func (n *Number) String() string { return strconv.Itoa(n.Value) }

// Type implements [pflag.Value].
func (n *Number) Type() string { return "N" }

// Set implements [pflag.Value].
func (n *Number) Set(s string) error {
	v, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || v < n.Min || n.Max > 0 && v > n.Max {
		if n.Max > 0 {
			return fmt.Errorf("want a whole number from %d to %d", n.Min, n.Max)
		}
		return fmt.Errorf("want a whole number of at least %d", n.Min)
	}
	n.Value = v
	return nil
}

// Share is a number, or a percentage of something that is counted later.
type Share struct {
	N       int
	Percent bool // N is one of a hundred
}

// Type implements [pflag.Value].
func (s *Share) Type() string { return "N" }

// String implements [pflag.Value].
func (s *Share) String() string {
	if s.Percent {
		return fmt.Sprintf("%d%%", s.N)
	}
	return strconv.Itoa(s.N)
}

// Set implements [pflag.Value].
func (s *Share) Set(text string) error {
	digits, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || percent && n > 100 {
		return errors.New("want a number such as 10, or a percentage such as 5%")
	}
	*s = Share{n, percent}
	return nil
}

// Of is the number that a share of total allows, rounded down.
func (s *Share) Of(total int) int {
	if s.Percent {
		return total * s.N / 100
	}
	return s.N
}

// OptionalBool is true, false or not set.
type OptionalBool struct {
	Value *bool // nil = not set
}

// Type implements [pflag.Value].
func (b *OptionalBool) Type() string { return "BOOL" }

// String implements [pflag.Value].
func (b *OptionalBool) String() string {
	if b.Value == nil {
		return ""
	}
	return strconv.FormatBool(*b.Value)
}

// Set implements [pflag.Value].
func (b *OptionalBool) Set(s string) error {
	v, err := strconv.ParseBool(s)
	if err != nil {
		return errors.New("want true (yes) or false (no)")
	}
	b.Value = &v
	return nil
}

// Zone is a time zone, UTC if it is not set.
type Zone struct {
	Value *time.Location // nil = not set
}

// Type implements [pflag.Value].
func (z *Zone) Type() string { return "ZONE" }

// String implements [pflag.Value].
func (z *Zone) String() string {
	if z.Value == nil {
		return ""
	}
	return z.Value.String()
}

// Set implements [pflag.Value]. The zone of the machine has no name that it
// takes: the same command must mean the same days everywhere.
func (z *Zone) Set(s string) error {
	zone, err := time.LoadLocation(s)
	if err != nil || s == "" || s == "Local" {
		return errors.New("want the name of a time zone, such as UTC, Europe/Berlin or America/New_York")
	}
	z.Value = zone
	return nil
}

// Server is the URL of a server. That plain http is for this machine only is
// said where the address is used, and of which.
type Server string

// String implements [pflag.Value].
func (a *Server) String() string { return string(*a) }

// Type implements [pflag.Value].
func (a *Server) Type() string { return "URL" }

// Set implements [pflag.Value].
func (a *Server) Set(s string) error {
	if _, err := address.Parse(s); s != "" && err != nil && !errors.Is(err, address.ErrPlainHTTP) {
		return err
	}
	*a = Server(s)
	return nil
}

// Intent is what a row asks for.
type Intent ingest.Intent

// String implements [pflag.Value].
func (i *Intent) String() string { return string(*i) }

// Type implements [pflag.Value].
func (i *Intent) Type() string { return "ACTION" }

// Set implements [pflag.Value].
func (i *Intent) Set(s string) error {
	v, ok := ingest.ParseIntent(s)
	if !ok {
		return errors.New("want link, add, accept, unlink, cancel, decline or keep")
	}
	*i = Intent(v)
	return nil
}

// Encoding is the name of a text encoding, blank when it is to be detected.
type Encoding string

// String implements [pflag.Value].
func (e *Encoding) String() string { return string(*e) }

// Type implements [pflag.Value].
func (e *Encoding) Type() string { return "NAME" }

// Set implements [pflag.Value].
func (e *Encoding) Set(s string) error {
	if s != "" && !ingest.KnownEncoding(s) {
		return errors.New("want the name of an encoding, such as utf-8, windows-1250 or shift_jis")
	}
	*e = Encoding(s)
	return nil
}

// Mapping is column names of rosters, and what they are to be read as; a blank
// column is carried along and means nothing.
type Mapping map[string]string

// String implements [pflag.Value].
func (m Mapping) String() string { return "" }

// Type implements [pflag.Value].
func (m Mapping) Type() string { return "X=COLUMN" }

// Set implements [pflag.Value].
func (m Mapping) Set(s string) error {
	theirs, ours, ok := strings.Cut(s, "=")
	if theirs, ours = strings.TrimSpace(theirs), strings.TrimSpace(ours); !ok || theirs == "" {
		return errors.New("want 'Their header=column'")
	}
	m[theirs] = ours
	return nil
}

// Words are words out of a list, none when it is not set. Each use of the flag adds
// to them.
type Words struct {
	Values []string
	known  []string
}

// SomeOf is an empty list of words out of the others.
func SomeOf(words ...string) Words { return Words{known: words} }

// Type implements [pflag.Value].
func (w *Words) Type() string { return "LIST" }

// String implements [pflag.Value].
func (w *Words) String() string { return strings.Join(w.Values, ",") }

// Set implements [pflag.Value].
func (w *Words) Set(list string) error {
	var named []string
	for word := range strings.SplitSeq(list, ",") {
		word = strings.ToLower(strings.TrimSpace(word))
		if !slices.Contains(w.known, word) {
			return errors.New("want a list of " + oneOf(w.known))
		}
		named = append(named, word)
	}
	w.Values = append(w.Values, named...)
	return nil
}

// Statuses are statuses of links, none when it is not set. Each use of the flag
// adds to them.
type Statuses []msads.Status

// Type implements [pflag.Value].
func (s *Statuses) Type() string { return "LIST" }

// String implements [pflag.Value].
func (s *Statuses) String() string {
	words := make([]string, len(*s))
	for i, status := range *s {
		words[i] = string(status)
	}
	return strings.Join(words, ",")
}

// Set implements [pflag.Value].
func (s *Statuses) Set(list string) error {
	known := msads.Statuses()
	var named Statuses
	for word := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(known, func(k msads.Status) bool { return strings.EqualFold(string(k), strings.TrimSpace(word)) })
		if i < 0 {
			words := make([]string, len(known))
			for i, k := range known {
				words[i] = string(k)
			}
			return errors.New("want a list of " + oneOf(words))
		}
		named = append(named, known[i])
	}
	*s = append(*s, named...)
	return nil
}
