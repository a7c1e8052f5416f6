package config

import "strings"

// nearest is the one of the names that is least different, if at most a letter
// in three is, or that the name begins; else it is empty.
func nearest(name string, names []string) string {
	best, least := "", max(1, len([]rune(name))/3)+1
	for _, n := range names {
		if d := edits(name, n); d < least {
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

// edits counts the letters to insert, delete, replace, or swap with their
// neighbour to make a into b.
func edits(a, b string) int {
	s, t := []rune(a), []rune(b)
	if len(s) > longestShown {
		return len(s)
	}
	rows := [3][]int{make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i, r := range s {
		last, previous, next := rows[0], rows[1], rows[2]
		next[0] = i + 1
		for j, u := range t {
			cost := 1
			if r == u {
				cost = 0
			}
			next[j+1] = min(previous[j]+cost, previous[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && r == t[j-1] && s[i-1] == u {
				next[j+1] = min(next[j+1], last[j-1]+1)
			}
		}
		rows = [3][]int{previous, next, last}
	}
	return rows[1][len(t)]
}
