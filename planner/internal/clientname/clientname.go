package clientname

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"linkbatch/internal/edit"
)

// Same reports whether two names can mean one client. A blank name can mean any.
func Same(a, b string) bool {
	if a == b || a == "" || b == "" {
		return true
	}
	plainA, plainB := words(a), words(b)
	if akin(plainA, plainB) {
		return true
	}
	spelledA, spelledB := words(spellUmlauts(a)), words(spellUmlauts(b))
	return akin(spelledA, spelledB) || akin(spelledA, plainB) || akin(plainA, spelledB)
}

// akin compares two names that are taken apart into words.
func akin(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 || !shareScript(a, b) {
		return true
	}
	if len(a) > len(b) || len(a) == len(b) && len(strings.Join(a, "")) > len(strings.Join(b, "")) {
		a, b = b, a
	}
	whole, other := strings.Join(a, ""), strings.Join(b, "")
	switch {
	case contained(a, b), contained(b, a):
		return true
	case distinct(whole) && strings.Contains(other, whole), distinct(other) && strings.Contains(whole, other):
		return true
	}
	return slip(whole, other) || initials(a, b)
}

// contained reports whether every word of one name is among the other's,
// whatever their order; a long word may have one slip.
func contained(few, many []string) bool {
	for _, w := range few {
		if !slices.ContainsFunc(many, func(m string) bool { return w == m || slip(w, m) }) {
			return false
		}
	}
	return true
}

// slip reports whether two long texts are one edit apart: a person may write
// either. A digit that differs is no slip: branches are numbered.
func slip(a, b string) bool {
	const long = 5
	return min(utf8.RuneCountInString(a), utf8.RuneCountInString(b)) >= long && digits(a) == digits(b) && edit.One(a, b)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// initials reports whether a name of one word is the first letters of all words
// of the other, three or more.
func initials(a, b []string) bool {
	if len(a) != 1 || len(b) < 3 {
		return false
	}
	var first strings.Builder
	for _, w := range b {
		r, _ := utf8.DecodeRuneInString(w)
		first.WriteRune(r)
	}
	return a[0] == first.String()
}

// distinct reports whether a text is long enough not to be found within another
// name by chance: four letters, or two where one stands for a syllable or a word.
func distinct(s string) bool {
	n := utf8.RuneCountInString(s)
	return n >= 4 || n >= 2 && strings.ContainsFunc(s, dense)
}

func dense(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// shareScript reports whether two names share a script, so that letters say
// anything: one may be the other's transliteration.
func shareScript(a, b []string) bool {
	scripts := func(name []string) (found []bool) {
		for _, table := range nameScripts {
			found = append(found, slices.ContainsFunc(name, func(w string) bool {
				return strings.ContainsFunc(w, func(r rune) bool { return unicode.In(r, table...) })
			}))
		}
		return found
	}
	x, y := scripts(a), scripts(b)
	for i := range x {
		if x[i] && y[i] {
			return true
		}
	}
	return !slices.Contains(x, true) || !slices.Contains(y, true)
}

// nameScripts are the scripts that names are compared within. Japanese names mix
// three; all other scripts count as one, since one name hardly has two.
var nameScripts = [][]*unicode.RangeTable{
	{unicode.Latin}, {unicode.Cyrillic}, {unicode.Greek}, {unicode.Han, unicode.Hiragana, unicode.Katakana},
	{unicode.Hangul}, {unicode.Arabic}, {unicode.Hebrew}, {unicode.Thai}, {unicode.Devanagari},
}

// Key is a name as it is compared, in one text; empty for a name without letters
// and digits. Equal keys mean one client.
func Key(name string) string { return strings.Join(words(name), "") }

// words takes a name apart: without case, accents, punctuation, the small words
// that join others, and the legal form at either end. A name of nothing but
// these is kept as it is.
func words(name string) []string {
	text := fold(name)
	for _, form := range writtenTogether {
		if rest := strings.ReplaceAll(text, form, " "); strings.TrimSpace(rest) != "" {
			text = rest
		}
	}
	all := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	all = joinSingles(all)
	kept := slices.DeleteFunc(slices.Clone(all), func(w string) bool { return slices.Contains(joiners, w) })
	for len(kept) > 0 && legalForms[kept[len(kept)-1]] {
		kept = kept[:len(kept)-1]
	}
	for len(kept) > 0 && legalForms[kept[0]] {
		kept = kept[1:]
	}
	if len(kept) == 0 {
		return all
	}
	return kept
}

// joinSingles makes one word of single letters: "S. A." is SA, "A/S" AS.
func joinSingles(all []string) []string {
	var joined []string
	single := false
	for _, w := range all {
		one := utf8.RuneCountInString(w) == 1
		if one && single {
			joined[len(joined)-1] += w
		} else {
			joined = append(joined, w)
		}
		single = one
	}
	return joined
}
