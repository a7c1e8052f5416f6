package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// mostFaults is how many faults of syntax are told of one file.
const mostFaults = 50

// document is a text as the library reads it, and where things stand in it.
type document struct {
	values  map[string]any
	scan    *scanner
	partial bool // something was left out for its syntax
}

// parse reads a text as far as its syntax allows. The library stops at the
// first fault; the statement with the fault is then blanked, and the rest read
// again, so that all faults are told at once.
func parse(p *problems) document {
	text := p.text
	d := document{}
	for range mostFaults {
		d.scan = scan(text)
		d.values = make(map[string]any)
		_, err := toml.Decode(text, &d.values)
		if err == nil {
			for _, again := range d.scan.repeats {
				p.add(again.start, dotted(again.path), repeated(p.text, d.scan, again.path))
			}
			return d
		}
		d.partial, d.values = true, nil
		offset := 0
		if e, ok := errors.AsType[toml.ParseError](err); ok {
			offset = e.Position.Start
		}
		st := d.scan.statementAt(offset)
		if st == nil {
			p.add(offset, "", fault{message: plain(err)})
			return d
		}
		if again := d.scan.repeatIn(st); again != nil && strings.Contains(plain(err), "already") {
			p.add(again.start, dotted(again.path), repeated(p.text, d.scan, again.path))
		} else {
			at, f := d.scan.explain(st, offset, plain(err))
			p.add(at, dotted(st.path), f)
		}
		text = d.scan.without(st)
	}
	return d
}

// without is the text with a statement blanked: a header with all that belongs
// to its table, and what has no end with everything after it, since it is not
// known what belongs to it.
func (s *scanner) without(st *statement) string {
	end := st.end
	if st.header {
		end = len(s.text)
		for _, next := range s.statements {
			if next.header && next.start > st.start {
				end = next.start
				break
			}
		}
	}
	if st.open {
		end = len(s.text)
	}
	blank := func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}
	// Invalid bytes become one blank each, so that offsets stay.
	var b strings.Builder
	b.WriteString(s.text[:st.start])
	for i := st.start; i < end; i++ {
		b.WriteRune(blank(rune(s.text[i])))
	}
	b.WriteString(s.text[end:])
	return b.String()
}

// explain says what is wrong with a statement, and where. A value is never
// shown: the statement may hold a secret.
func (s *scanner) explain(st *statement, offset int, message string) (int, fault) {
	if strings.Contains(message, "already") {
		return st.start, fault{"is there already", "keep one, with the keys of both"}
	}
	if st.open {
		return st.start, fault{"a list, a table or a text that begins here has no end", "close it with ], } or the quotes that it began with"}
	}
	if st.header {
		return offset, fault{"a table's name stands between [ and ], with nothing behind", "write it as [profiles.agency]"}
	}
	p, known := s.places[st.path]
	if !known || st.path == "" {
		return offset, fault{"want a key, = and a value", `write it as key = "value"`}
	}
	name := dotted(st.path)
	name = name[strings.LastIndexByte(name, '.')+1:]
	if f := secretFault(name); f != nil {
		return st.start, *f
	}
	raw := p.value.in(s.text)
	switch {
	case raw == "":
		return p.value.start, fault{"has no value", "write one after the =, or leave the key out"}
	case strings.Contains(message, "escape") || strings.Contains(message, "hexadecimal"):
		return offset, fault{`a \ between double quotes begins an escape, and this is none`, `put the text between single quotes, or write \\ for each \`}
	case !strings.ContainsAny(raw[:1], "\"'[{"):
		return p.value.start, fault{"the value is neither text in quotes, nor a number, true or false", `put it in quotes: ` + name + ` = "…"`}
	case strings.Contains(message, "cannot contain newlines"), strings.Contains(message, "unexpected EOF"):
		return p.value.start, fault{"the text that begins here has no closing quote on its line", "close it with the quote that it began with"}
	case strings.Contains(message, "comma"):
		return offset, fault{message: "want a comma here, or the end of the list or table"}
	case strings.Contains(message, "top-level item"):
		return offset, fault{"something stands behind the value", "begin a new line, or put # before a remark"}
	}
	return offset, fault{message: withoutValue(message)}
}

// repeatIn is a key in a statement that is set already, or nil.
func (s *scanner) repeatIn(st *statement) *statement {
	for i, again := range s.repeats {
		if again.start >= st.start && again.end <= st.end {
			return &s.repeats[i]
		}
	}
	return nil
}

// repeated is the fault of a key that is set twice.
func repeated(text string, s *scanner, path string) fault {
	line, _ := position(text, s.places[path].key.start)
	return fault{"is set again", fmt.Sprintf("line %d sets it already: keep one", line)}
}

// plain is the library's message as ours begin and end.
func plain(err error) string {
	message := err.Error()
	if e, ok := errors.AsType[toml.ParseError](err); ok {
		message = e.Message
	}
	message = strings.TrimSuffix(message, ".")
	first, size := utf8.DecodeRuneInString(message)
	if next, _ := utf8.DecodeRuneInString(message[size:]); !unicode.IsUpper(next) {
		message = string(unicode.ToLower(first)) + message[size:]
	}
	return message
}

// withoutValue is a message up to where it quotes the text: that may be a part
// of a secret.
func withoutValue(message string) string {
	for _, mark := range []string{", but got", ": \"", " \""} {
		message, _, _ = strings.Cut(message, mark)
	}
	return message
}

// dotted is a path as people write it.
func dotted(path string) string {
	if path == "" {
		return ""
	}
	var b strings.Builder
	for part := range strings.SplitSeq(path, "\x00") {
		if b.Len() > 0 && !elementIndex.MatchString(part) {
			b.WriteByte('.')
		}
		b.WriteString(printableKey(part))
	}
	return b.String()
}

// longestShown is how many characters of a name or a value a message repeats.
const longestShown = 60

// printable is a text in a form that a terminal can show on its line.
func printable(text string) string {
	if runes := []rune(text); len(runes) > longestShown {
		text = string(runes[:longestShown]) + "…"
	}
	return text
}

// printableKey is a part of a key as it is written, in quotes where it needs
// them.
func printableKey(name string) string {
	if bareKey.MatchString(name) {
		return name
	}
	return fmt.Sprintf("%q", printable(name))
}
