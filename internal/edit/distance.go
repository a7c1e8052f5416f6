package edit

// Distance is the least number of characters to insert, delete, replace, or
// swap with their neighbour to turn a into b, where no part is edited twice
// (optimal string alignment). An invalid byte counts as the character U+FFFD.
//
// The time grows with the product of both lengths: bound what comes from
// outside before asking.
func Distance(a, b string) int {
	s, t := trimmed([]rune(a), []rune(b))
	// A row for each character of s, of which the last three are kept: row[j]
	// is the distance between what was read of s and the first j characters of t.
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := range s {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range t {
			replaced := last[j]
			if s[i] != t[j] {
				replaced++
			}
			row[j+1] = min(replaced, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(t)]
}

// One reports whether Distance is 1. Its time grows with the length alone.
func One(a, b string) bool {
	s, t := trimmed([]rune(a), []rune(b))
	swapped := len(s) == 2 && len(t) == 2 && s[0] == t[1] && s[1] == t[0]
	return max(len(s), len(t)) == 1 || swapped
}

// trimmed leaves out what both texts begin and end with: near texts, which are
// asked about most, then cost next to nothing, and the distance is the same.
func trimmed(s, t []rune) ([]rune, []rune) {
	for len(s) > 0 && len(t) > 0 && s[0] == t[0] {
		s, t = s[1:], t[1:]
	}
	for len(s) > 0 && len(t) > 0 && s[len(s)-1] == t[len(t)-1] {
		s, t = s[:len(s)-1], t[:len(t)-1]
	}
	return s, t
}
