package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"linkbatch/internal/address"
)

// read makes a value into the text that is kept: what a flag would take. raw
// is the value as it is written.
func (k *key) read(v any, raw string) (string, *fault) {
	switch k.kind {
	case yesNo:
		if b, ok := v.(bool); ok {
			return strconv.FormatBool(b), nil
		}
		return "", k.wrongType(v, raw, "true or false, without quotes")
	case count:
		if n, ok := v.(int64); ok {
			return k.bounded(n)
		}
		return "", k.wrongType(v, raw, "a whole number, without quotes")
	case share:
		if n, ok := v.(int64); ok {
			return k.bounded(n)
		}
	case identifier, accounts:
		return k.identifier(v, raw)
	}
	s, ok := v.(string)
	if !ok {
		return "", k.wrongType(v, raw, "text in quotes")
	}
	if s == "" {
		return "", &fault{"is empty", "write a value, or leave the key out"}
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "", &fault{"has a line break or another control character in it", "write it on one line"}
	}
	return k.text(s)
}

// text checks what is written in quotes.
func (k *key) text(s string) (string, *fault) {
	shown := ""
	if !k.quiet() {
		shown = fmt.Sprintf("%q: ", printable(s))
	}
	switch k.kind {
	case word:
		if !slices.Contains(k.words, s) {
			f := &fault{message: shown + "want " + list(k.words)}
			if near := nearest(strings.ToLower(s), k.words); near != "" {
				f.message += fmt.Sprintf(", did you mean %q?", near)
			}
			return "", f
		}
	case share:
		if !percentage.MatchString(s) {
			return "", &fault{message: shown + `want a number such as 10, or a share such as "5%"`}
		}
	case server:
		return s, serverFault(s)
	case variable:
		if !variableName.MatchString(s) {
			return "", &fault{"want the name of an environment variable: letters, digits and _", "if this is the secret itself, take it out of the file; name the variable that holds it"}
		}
	case filename:
		if s[0] == '~' {
			return "", &fault{"~ is a shell's; here it is no folder", "write the whole path, or one from the folder of this file"}
		}
	case textual:
		if !k.pattern.MatchString(s) {
			return "", &fault{message: shown + "want " + k.want}
		}
	}
	return s, nil
}

// bounded checks a number.
func (k *key) bounded(n int64) (string, *fault) {
	if n < k.least || n > k.most {
		if k.most == largest {
			return "", &fault{message: fmt.Sprintf("%d: want a number from %d", n, k.least)}
		}
		return "", &fault{message: fmt.Sprintf("%d: want %d to %d", n, k.least, k.most)}
	}
	return strconv.FormatInt(n, 10), nil
}

// identifier reads an id, or the id or number of an account. It is text; a
// bare whole number is as exact if it is written with its digits and nothing
// else.
func (k *key) identifier(v any, raw string) (string, *fault) {
	if _, ok := v.(int64); ok && digits.MatchString(raw) {
		v = raw
	}
	s, ok := v.(string)
	if !ok {
		want := "the digits of an id in quotes"
		if k.kind == accounts {
			want = "an account's id or number in quotes"
		}
		return "", k.wrongType(v, raw, want)
	}
	if k.kind == accounts {
		if !accountName.MatchString(s) {
			return "", &fault{message: fmt.Sprintf("%q: want an account's id, or its number such as X1234567", printable(s))}
		}
		return strings.ToUpper(s), nil
	}
	if !digits.MatchString(s) {
		f := &fault{message: fmt.Sprintf("%q: want an id, digits that do not begin with 0", printable(s))}
		if accountName.MatchString(s) {
			f.hint = "this looks like a number with letters, as the web page shows it; the id is another thing, and has digits only"
		}
		return "", f
	}
	if _, err := strconv.ParseInt(s, 10, 64); err != nil {
		return "", &fault{message: fmt.Sprintf("%q: is too large for an id", s)}
	}
	return s, nil
}

// wrongType is the fault of a value that is something else than it should be.
func (k *key) wrongType(v any, raw, want string) *fault {
	if _, decimal := v.(float64); decimal && (k.kind == identifier || k.kind == accounts) {
		want += "; a number with a point or an exponent may have lost digits"
	}
	if k.quiet() || len(raw) > longestShown || strings.ContainsAny(raw, "\r\n") || strings.ContainsAny(raw[:min(1, len(raw))], "\"'[{") {
		return &fault{message: "is " + typeName(v) + ": want " + want}
	}
	return &fault{message: raw + ": want " + want}
}

// typeName is what the library has read, in words.
func typeName(v any) string {
	switch v.(type) {
	case string:
		return "text"
	case int64:
		return "a whole number"
	case float64:
		return "a decimal number"
	case bool:
		return "true or false"
	case time.Time:
		return "a date or time"
	case map[string]any:
		return "a table"
	}
	return "a list"
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
