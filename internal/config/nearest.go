package config

import (
	"strings"
	"unicode/utf8"

	"linkbatch/internal/edit"
)

// nearest is the one of the names that differs least, if no more than a letter
// in three is wrong, or one that begins with name; else it is empty.
func nearest(name string, names []string) string {
	length := utf8.RuneCountInString(name)
	if length > longestShown {
		return "" // nobody meant one of ours
	}
	best, least := "", max(1, length/3)+1
	for _, n := range names {
		if d := edit.Distance(name, n); d < least {
			best, least = n, d
		}
	}
	for _, n := range names {
		if best == "" && len(name) >= 3 && strings.HasPrefix(n, name) {
			best = n
		}
	}
	return best
}
