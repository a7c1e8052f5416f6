package msads

import (
	"regexp"
	"strings"
	"unicode"
)

// secretForms are texts that must not leave this package in an error or a log,
// and what stands in their place: e-mail addresses (also percent-encoded),
// bearer tokens, and anything that has the shape of a signed token.
var secretForms = [...]struct {
	form *regexp.Regexp
	say  string
}{
	{regexp.MustCompile(`(?i)[^\s@"'<>()\[\]{},;:=]+(?:@|%40|&#64;)[^\s@"'<>()\[\]{},;:]+`), "[e-mail]"},
	{regexp.MustCompile(`(?i)\bbearer\s+[^\s"'<>,;]+`), "bearer [redacted]"},
	{regexp.MustCompile(`\beyJ[\w-]{8,}(?:\.[\w-]*)*`), "[redacted]"},
}

// clean is text from outside as it may be shown: on one line, without control
// and format characters, e-mail addresses and tokens, secrets among them.
func clean(text string, secrets ...string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "[redacted]")
		}
	}
	for _, f := range secretForms {
		text = f.form.ReplaceAllString(text, f.say)
	}
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

// excerptLength is how many characters of an unexpected body or value an error
// shows: enough to recognise a proxy's page.
const excerptLength = 200

// excerpt is the beginning of a cleaned text.
func excerpt(text string, secrets ...string) string {
	text = clean(text, secrets...)
	n := 0
	for i := range text {
		if n == excerptLength {
			return text[:i] + "…"
		}
		n++
	}
	return text
}
