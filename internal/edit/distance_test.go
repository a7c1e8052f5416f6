package edit

import (
	"testing"
	"unicode/utf8"
)

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "abc", 0},
		{"abcd", "abxd", 1}, {"abcd", "abd", 1}, {"abcd", "abccd", 1}, {"abc", "acb", 1}, {"ab", "ba", 1},
		{"1234", "2134", 1}, {"1234", "1243", 1}, {"1234", "234", 1}, {"1234", "12345", 1},
		{"1234", "12", 2}, {"1234", "1432", 2}, {"1234", "2143", 2}, {"1234", "12435", 2},
		{"kitten", "sitting", 3},
		{"ca", "abc", 3}, // 2 if the swapped letters could be edited again
		{"番号", "番", 1}, {"été", "ét", 1}, {"\xff", "\ufffd", 0}, {"a\xffb", "ab", 1},
		{"accountid", "acount_id", 2}, {"aaaa", "aa", 2}, {"abab", "baba", 2},
	} {
		if got := Distance(test.a, test.b); got != test.want {
			t.Errorf("%q to %q: %d, want %d", test.a, test.b, got, test.want)
		}
		if got := Distance(test.b, test.a); got != test.want {
			t.Errorf("%q to %q: %d, want %d", test.b, test.a, got, test.want)
		}
		if got := One(test.a, test.b); got != (test.want == 1) {
			t.Errorf("%q to %q: one edit is %t", test.a, test.b, got)
		}
	}
}

// FuzzDistance compares with the definition, which is recursive and slow.
func FuzzDistance(f *testing.F) {
	f.Add("kitten", "sitting")
	f.Add("abcab", "bacba")
	f.Add("aab", "aba")
	f.Fuzz(func(t *testing.T, a, b string) {
		if utf8.RuneCountInString(a) > 7 || utf8.RuneCountInString(b) > 7 {
			return
		}
		if got, want := Distance(a, b), defined([]rune(a), []rune(b)); got != want {
			t.Errorf("%q to %q: %d, want %d", a, b, got, want)
		} else if One(a, b) != (want == 1) {
			t.Errorf("%q to %q: %d, and one edit is %t", a, b, want, One(a, b))
		}
	})
}

// defined is the distance between two texts by the ends of both.
func defined(s, t []rune) int {
	m, n := len(s), len(t)
	if m == 0 || n == 0 {
		return m + n
	}
	differs := 1
	if s[m-1] == t[n-1] {
		differs = 0
	}
	least := min(defined(s[:m-1], t[:n-1])+differs, defined(s[:m-1], t)+1, defined(s, t[:n-1])+1)
	if m > 1 && n > 1 && s[m-1] == t[n-2] && s[m-2] == t[n-1] {
		least = min(least, defined(s[:m-2], t[:n-2])+1)
	}
	return least
}
