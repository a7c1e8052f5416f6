package redact

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// hidden replaces a secret.
const hidden = "[redacted]"

// shapes are texts that are hidden whoever wrote them, and what replaces them:
// e-mail addresses (also percent-encoded, and as HTML has them), bearer tokens,
// and anything in the shape of a signed token, whose header begins with {".
var shapes = [...]struct {
	shape *regexp.Regexp
	say   string
}{
	{regexp.MustCompile(`(?i)[^\s@"'<>()\[\]{},;:=]+(?:@|%40|&#64;)[^\s@"'<>()\[\]{},;:]+`), "[e-mail]"},
	{regexp.MustCompile(`(?i)\bbearer\s+[^\s"'<>,;]+`), "bearer " + hidden},
	{regexp.MustCompile(`\beyJ[\w-]{8,}(?:\.[\w-]*)*`), hidden},
}

// Text returns text as it may be shown: on one line, as valid UTF-8 without
// control and format characters, with "[redacted]" in place of each secret and
// of tokens, and "[e-mail]" in place of addresses. A secret is found as it is
// and percent-encoded; an empty one is passed over.
func Text(text string, secrets ...string) string {
	text = forms(secrets).Replace(oneLine(text))
	for _, s := range shapes {
		text = s.shape.ReplaceAllString(text, s.say)
	}
	return text
}

// Excerpt returns Text cut after n characters, with "…" in place of the rest.
func Excerpt(text string, n int, secrets ...string) string {
	text = Text(text, secrets...)
	for i := range text {
		if n == 0 {
			return text[:i] + "…"
		}
		n--
	}
	return text
}

// forms replaces the secrets, which a service may repeat as it was sent them.
// Of two that begin alike the longer one is found first, so that the shorter
// leaves no part of it.
func forms(secrets []string) *strings.Replacer {
	var all []string
	for _, s := range secrets {
		all = append(all, oneLine(s), url.QueryEscape(s), url.PathEscape(s))
	}
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, form := range all {
		if form != "" {
			pairs = append(pairs, form, hidden)
		}
	}
	return strings.NewReplacer(pairs...)
}

// oneLine is text without what would break a line or move a cursor.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
	return strings.Join(strings.Fields(text), " ")
}
