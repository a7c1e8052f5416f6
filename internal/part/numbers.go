package part

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Numbers are row numbers as the spreadsheet shows them: "6-20,31", or "40-" for
// all from row 40 on. The zero value names no row.
type Numbers struct{ spans []span }

// span is rows next to one another.
type span struct{ from, to int } // to 0 = to the end

// Type implements pflag.Value.
func (n *Numbers) Type() string { return "ROWS" }

// String is the list that [Numbers.Set] reads as these numbers.
func (n *Numbers) String() string {
	texts := make([]string, len(n.spans))
	for i, s := range n.spans {
		texts[i] = s.String()
	}
	return strings.Join(texts, ",")
}

// Set adds the numbers of a list. They may overlap.
func (n *Numbers) Set(list string) error {
	var read []span
	for text := range strings.SplitSeq(list, ",") {
		s, err := parseSpan(strings.TrimSpace(text))
		if err != nil {
			return err
		}
		read = append(read, s)
	}
	n.spans = append(n.spans, read...)
	return nil
}

func parseSpan(text string) (span, error) {
	first, last, ranges := strings.Cut(text, "-")
	from, err := number(first)
	to := from
	if err == nil && ranges {
		if to = 0; strings.TrimSpace(last) != "" {
			to, err = number(last)
		}
	}
	switch {
	case err != nil:
		return span{}, errors.New("want row numbers such as 6-20,31, or 40- for all from row 40 on")
	case ranges && to != 0 && to < from:
		return span{}, fmt.Errorf("%s: the first number is greater than the second", text)
	}
	return span{from, to}, nil
}

// number reads a row number, which counts from 1.
func number(text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err == nil && n < 1 {
		err = errors.New("less than 1")
	}
	return n, err
}

// String is the span as it is written.
func (s span) String() string {
	switch s.to {
	case s.from:
		return strconv.Itoa(s.from)
	case 0:
		return strconv.Itoa(s.from) + "-"
	}
	return fmt.Sprintf("%d-%d", s.from, s.to)
}

func (s span) has(row int) bool { return row >= s.from && (s.to == 0 || row <= s.to) }

// Any reports whether a row is named at all.
func (n *Numbers) Any() bool { return len(n.spans) > 0 }

// Has reports whether a row is named.
func (n *Numbers) Has(row int) bool {
	return slices.ContainsFunc(n.spans, func(s span) bool { return s.has(row) })
}

// Missing are the named rows that are not among rows, as a person would list them;
// empty if there are none. A range may have gaps, since a roster has lines that are
// no rows, but must have a row in it, and not end after the last one.
func (n *Numbers) Missing(rows []int) string {
	last := 0
	if len(rows) > 0 {
		last = slices.Max(rows)
	}
	var missing []string
	for _, s := range n.spans {
		switch {
		case !slices.ContainsFunc(rows, s.has):
			missing = append(missing, s.String())
		case s.to > last:
			missing = append(missing, span{last + 1, s.to}.String())
		}
	}
	return strings.Join(missing, ", ")
}
