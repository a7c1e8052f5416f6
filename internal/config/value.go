package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/pelletier/go-toml/v2/unstable"

	"linkbatch/internal/address"
)

// read turns a value into the text that is kept: what a flag would take. raw is
// the value as it is written.
func (k *key) read(n *node, raw string) (string, *fault) {
	switch k.kind {
	case yesNo:
		if n.kind == unstable.Bool {
			return n.text, nil
		}
		return "", k.wrongType(n, raw, "true or false, without quotes")
	case count:
		if n.kind == unstable.Integer {
			return k.bounded(raw)
		}
		return "", k.wrongType(n, raw, "a whole number, without quotes")
	case share:
		if n.kind == unstable.Integer {
			return k.bounded(raw)
		}
	case identifier, accounts:
		return k.identifier(n, raw)
	}
	if n.kind != unstable.String {
		return "", k.wrongType(n, raw, "text in quotes")
	}
	if n.text == "" {
		return "", &fault{"is empty", "write a value, or remove the key"}
	}
	if strings.ContainsFunc(n.text, unicode.IsControl) {
		return "", &fault{"contains a line break or another control character", "write it on one line"}
	}
	return n.text, k.text(n.text)
}

// text checks text in quotes.
func (k *key) text(s string) *fault {
	shown := ""
	if !k.quiet() {
		shown = fmt.Sprintf("%q: ", printable(s))
	}
	switch k.kind {
	case word:
		return k.oneOf(s, shown)
	case share:
		if !percentage.MatchString(s) {
			return &fault{message: shown + `want a number such as 10, or a share such as "5%"`}
		}
	case server:
		return serverFault(s)
	case variable:
		if !variableName.MatchString(s) {
			return &fault{"want the name of an environment variable: letters, digits and _", "if this is the secret itself, remove it from the file and name the variable that holds it"}
		}
	case filename:
		if s[0] == '~' {
			return &fault{"~ is not expanded here", "write the full path, or one from the folder of this file"}
		}
	case zone:
		if _, err := time.LoadLocation(s); err != nil || !zoneName.MatchString(s) {
			return &fault{message: shown + "want the name of a time zone, such as UTC or Europe/Berlin"}
		}
	case textual:
		if !k.pattern.MatchString(s) {
			return &fault{message: shown + "want " + k.want}
		}
	}
	return nil
}

// oneOf checks a word against those that the key takes.
func (k *key) oneOf(s, shown string) *fault {
	if slices.Contains(k.words, s) {
		return nil
	}
	f := &fault{message: shown + "want " + list(k.words)}
	if near := nearest(strings.ToLower(s), k.words); near != "" {
		f.message += fmt.Sprintf(", did you mean %q?", near)
	}
	return f
}

// bounded checks a whole number, in any of the forms that TOML has for one.
func (k *key) bounded(raw string) (string, *fault) {
	n, err := strconv.ParseInt(raw, 0, 64)
	if err != nil || n < k.least || n > k.most {
		return "", &fault{message: fmt.Sprintf("%s: want %d to %d", printable(raw), k.least, k.most)}
	}
	return strconv.FormatInt(n, 10), nil
}

// identifier reads an id, or the id or number of an account. It is text; a
// bare whole number is as exact if it is written with its digits and nothing
// else.
func (k *key) identifier(n *node, raw string) (string, *fault) {
	s := n.text
	if n.kind != unstable.String && (n.kind != unstable.Integer || !digits.MatchString(raw)) {
		want := "the digits of an id in quotes"
		if k.kind == accounts {
			want = "an account's id or number in quotes"
		}
		return "", k.wrongType(n, raw, want)
	}
	if k.kind == accounts {
		if !accountName.MatchString(s) {
			return "", &fault{message: fmt.Sprintf("%q: want an account's id, or its number such as X1234567", printable(s))}
		}
		return strings.ToUpper(s), nil
	}
	if !digits.MatchString(s) {
		f := &fault{message: fmt.Sprintf("%q: want an id: digits that do not start with 0", printable(s))}
		if accountName.MatchString(s) {
			f.hint = "this looks like the number with letters that the website shows; the id is different and has only digits"
		}
		return "", f
	}
	if _, err := strconv.ParseInt(s, 10, 64); err != nil {
		return "", &fault{message: fmt.Sprintf("%q: too large for an id", s)}
	}
	return s, nil
}

// wrongType is the fault of a value that has the wrong type.
func (k *key) wrongType(n *node, raw, want string) *fault {
	if n.kind == unstable.Float && (k.kind == identifier || k.kind == accounts) {
		want += "; a number with a point or an exponent may have lost digits"
	}
	shown := raw
	if k.quiet() || n.kind == unstable.String || n.kind == unstable.Array || n.isTable() || len(raw) > longestShown {
		shown = "is " + n.what()
	}
	return &fault{message: shown + ": want " + want}
}

// serverFault is what is wrong with the address of a server, or nil. An address
// that should not have a password in it is not repeated.
func serverFault(s string) *fault {
	_, err := address.Parse(s)
	switch {
	case errors.Is(err, address.ErrPlainHTTP):
		return &fault{message: fmt.Sprintf("%q: %v", printable(s), err)}
	case err != nil:
		return &fault{message: "want https://host/path, without a user, ? or #"}
	}
	return nil
}

// list is "a, b or c".
func list(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
