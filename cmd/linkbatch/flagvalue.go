package main

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

// The values of flags. Each refuses what it does not take, in words that follow
// the flag's name and the value: --env "x": want production, sandbox or simulator.

// word is one of a few words.
type word struct {
	value string
	words []string
}

func (w *word) String() string { return w.value }
func (w *word) Type() string   { return "WORD" }

func (w *word) Set(s string) error {
	if !slices.Contains(w.words, s) {
		return errors.New("want " + oneOf(w.words))
	}
	w.value = s
	return nil
}

// oneOf is "a, b or c".
func oneOf(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// output is the format of standard output: text, JSON, or another.
type output struct{ word }

// add adds --output, with the formats that a command has beside text and JSON.
func (o *output) add(fs *pflag.FlagSet, more ...string) {
	o.word = word{"text", append([]string{"text", "json"}, more...)}
	fs.Var(o, "output", "`FORMAT` of standard output: "+oneOf(o.words))
}

// json reports whether programs read standard output.
func (o *output) json() bool { return o.value == "json" }

// span is a length of time, see [duration.Parse].
type span time.Duration

func (d *span) Type() string { return "DURATION" }

// String is blank for 0, so that help names no default.
func (d *span) String() string {
	if *d == 0 {
		return ""
	}
	return duration.String(time.Duration(*d))
}

func (d *span) Set(s string) error {
	v, err := duration.Parse(s)
	*d = span(v)
	return err
}

// number is a whole number between two limits.
type number struct{ value, min, max int }

func (n *number) String() string { return strconv.Itoa(n.value) }
func (n *number) Type() string   { return "N" }

func (n *number) Set(s string) error {
	v, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || v < n.min || n.max > 0 && v > n.max {
		if n.max > 0 {
			return fmt.Errorf("want a whole number from %d to %d", n.min, n.max)
		}
		return fmt.Errorf("want a whole number of at least %d", n.min)
	}
	n.value = v
	return nil
}

// share is a number, or a percentage of something that is counted later.
type share struct {
	n       int
	percent bool
}

func (s *share) Type() string { return "N" }

func (s *share) String() string {
	if s.percent {
		return fmt.Sprintf("%d%%", s.n)
	}
	return strconv.Itoa(s.n)
}

func (s *share) Set(text string) error {
	digits, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || percent && n > 100 {
		return errors.New("want a number such as 10, or a percentage such as 5%")
	}
	*s = share{n, percent}
	return nil
}

// of is the number that a share of total allows, rounded down.
func (s *share) of(total int) int {
	if s.percent {
		return total * s.n / 100
	}
	return s.n
}

// optionalBool is true, false or not set.
type optionalBool struct{ value *bool }

func (b *optionalBool) Type() string { return "BOOL" }

func (b *optionalBool) String() string {
	if b.value == nil {
		return ""
	}
	return strconv.FormatBool(*b.value)
}

func (b *optionalBool) Set(s string) error {
	v, err := strconv.ParseBool(s)
	if err != nil {
		return errors.New("want true (yes) or false (no)")
	}
	b.value = &v
	return nil
}

// customer is the id of a customer, 0 when it is not set.
type customer msads.ID

func (c *customer) String() string { return msads.ID(*c).String() }
func (c *customer) Type() string   { return "ID" }

func (c *customer) Set(s string) error {
	if strings.TrimSpace(s) == "" {
		*c = 0
		return nil
	}
	id, err := msads.ParseID(s)
	*c = customer(id)
	return err
}

// server is the URL of a server. That plain http is for this machine only is
// said where the address is used, and of which.
type server string

func (a *server) String() string { return string(*a) }
func (a *server) Type() string   { return "URL" }

func (a *server) Set(s string) error {
	if _, err := address.Parse(s); s != "" && err != nil && !errors.Is(err, address.ErrPlainHTTP) {
		return err
	}
	*a = server(s)
	return nil
}

// intent is what a row asks for.
type intent ingest.Intent

func (i *intent) String() string { return string(*i) }
func (i *intent) Type() string   { return "ACTION" }

func (i *intent) Set(s string) error {
	v, ok := ingest.ParseIntent(s)
	if !ok {
		return errors.New("want link, add, accept, unlink, cancel, decline or keep")
	}
	*i = intent(v)
	return nil
}

// encoding is the name of a text encoding, blank when it is to be detected.
type encoding string

func (e *encoding) String() string { return string(*e) }
func (e *encoding) Type() string   { return "NAME" }

func (e *encoding) Set(s string) error {
	if s != "" && !ingest.KnownEncoding(s) {
		return errors.New("want the name of an encoding, such as utf-8, windows-1250 or shift_jis")
	}
	*e = encoding(s)
	return nil
}

// mapping is column names of rosters, and what they are to be read as.
type mapping map[string]string

func (m mapping) String() string { return "" }
func (m mapping) Type() string   { return "X=COLUMN" }

func (m mapping) Set(s string) error {
	theirs, ours, ok := strings.Cut(s, "=")
	if theirs, ours = strings.TrimSpace(theirs), strings.TrimSpace(ours); !ok || theirs == "" || ours == "" {
		return errors.New("want 'Their header=column'")
	}
	m[theirs] = ours
	return nil
}
