package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// many is how many rows must share a sentence for it to be said once, with their
// count, instead of beside each.
const many = 4

// listed is how many row numbers are given where something is said of many rows.
const listed = 10

// sharedWarning is a warning that many rows have.
type sharedWarning struct {
	text string
	rows []int // their numbers, in the order of the roster
}

// sharedWarnings finds the warnings that many of n rows have, in the order in which
// they are met first.
func sharedWarnings(n int, row func(i int) (number int, warnings []string)) []sharedWarning {
	at := make(map[string]int)
	var all []sharedWarning
	for i := range n {
		number, warnings := row(i)
		for _, text := range warnings {
			place, met := at[text]
			if !met {
				place, at[text] = len(all), len(all)
				all = append(all, sharedWarning{text: text})
			}
			all[place].rows = append(all[place].rows, number)
		}
	}
	return slices.DeleteFunc(all, func(w sharedWarning) bool { return len(w.rows) < many })
}

// once takes the warnings that many rows have out of the rows of a table, since
// they are said once below it. With All every row has its own.
func (o TableOptions) once(shared []sharedWarning) TableOptions {
	if !o.All {
		o.shared = shared
	}
	return o
}

// said reports whether a warning is said once for all its rows.
func (o TableOptions) said(warning string) bool {
	return slices.ContainsFunc(o.shared, func(w sharedWarning) bool { return w.text == warning })
}

// sayOnce writes the warnings that many rows have, each with its rows.
func (o TableOptions) sayOnce(b *strings.Builder) {
	for _, w := range o.shared {
		o.indented(b, "", fmt.Sprintf("%s: %s (%s)", Plural(len(w.rows), "row"), w.text, numbers(w.rows)))
	}
}

// numbers lists rows: "2, 3, 4 and 12 more". Links that no row names have none.
func numbers(rows []int) string {
	var shown []string
	more, unnamed := 0, 0
	for _, n := range rows {
		switch {
		case n == 0:
			unnamed++
		case len(shown) < listed:
			shown = append(shown, strconv.Itoa(n))
		default:
			more++
		}
	}
	list := strings.Join(shown, ", ")
	if more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	switch {
	case list == "":
		return "without a number"
	case unnamed > 0:
		list += fmt.Sprintf("; %d without a number", unnamed)
	}
	return list
}
