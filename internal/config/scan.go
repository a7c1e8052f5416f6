package config

import (
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// span is a part of the text, by byte offsets.
type span struct{ start, end int }

func (s span) in(text string) string { return text[s.start:s.end] }

// place is where a key stands, and its value; a table has no value.
type place struct{ key, value span }

// statement is a table header, or one key with its value.
type statement struct {
	span
	header bool
	open   bool // a list, table or text in it has no end
	path   string
}

// scanner finds out where things stand in a TOML text. The library says what
// they mean: it knows one position for each key, none for an element of a
// list, and stops at the first fault. The scanner takes any text; of one that
// the library accepts, it finds every key.
type scanner struct {
	text       string
	at         int
	table      []string // the path of the last header
	places     map[string]place
	statements []statement
	repeats    []statement // those that set what is set already
	lists      []string    // the paths of [[ ]] headers, under which keys come again
	listed     bool
	open       bool
}

// pathKey is a path as scanner.places has it; the index of an element of a
// list is a part of its path.
func pathKey(path []string) string { return strings.Join(path, "\x00") }

func scan(text string) *scanner {
	s := &scanner{text: text, places: make(map[string]place)}
	for s.skip(" \t\r\n"); s.at < len(s.text); s.skip(" \t\r\n") {
		st := statement{span: span{start: s.at}, header: s.text[s.at] == '['}
		var path []string
		if st.header {
			path = s.header()
		} else {
			path = s.pair(s.table)
		}
		s.line()
		st.end, st.open, st.path = s.at, s.open, pathKey(path)
		s.statements = append(s.statements, st)
		s.open = false
	}
	return s
}

// statementAt is the statement that an offset belongs to, or nil.
func (s *scanner) statementAt(offset int) *statement {
	var last *statement
	for i := range s.statements {
		if s.statements[i].start <= offset {
			last = &s.statements[i]
		}
	}
	return last
}

// skip passes over any of the characters given, and over comments.
func (s *scanner) skip(set string) {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case strings.IndexByte(set, c) >= 0:
			s.at++
		case c == '#' && strings.Contains(set, "\n"):
			s.line()
		default:
			return
		}
	}
}

// line goes to the end of the line.
func (s *scanner) line() {
	if n := strings.IndexByte(s.text[s.at:], '\n'); n >= 0 {
		s.at += n
		return
	}
	s.at = len(s.text)
}

// next passes over a text if it comes next.
func (s *scanner) next(text string) bool {
	if !strings.HasPrefix(s.text[s.at:], text) {
		return false
	}
	s.at += len(text)
	return true
}

// header reads [a.b] or [[a.b]].
func (s *scanner) header() []string {
	list := s.next("[[")
	if !list {
		s.at++
	}
	s.skip(" \t")
	start := s.at
	path := s.keys(nil)
	s.table = path
	if list {
		s.lists = append(s.lists, pathKey(path))
	}
	s.listed = slices.ContainsFunc(s.lists, func(l string) bool { return pathKey(path) == l || strings.HasPrefix(pathKey(path), l+"\x00") })
	s.put(path, place{key: span{start, s.at}}, !list)
	return path
}

// pair reads key = value.
func (s *scanner) pair(table []string) []string {
	start := s.at
	path := s.keys(table)
	p := place{key: span{start, s.at}}
	s.skip(" \t")
	if len(path) == len(table) {
		return nil
	}
	if !s.next("=") {
		return path
	}
	s.skip(" \t")
	// A key is put down before what stands inside its value.
	p.value = span{s.at, s.at}
	first := s.put(path, p, true)
	s.value(path)
	if first {
		p.value.end = s.at
		s.places[pathKey(path)] = p
	}
	return path
}

// put notes where a key stands and, for the parts of a dotted key, where they
// are first named. It reports whether the key is new.
func (s *scanner) put(path []string, p place, once bool) bool {
	for i := 1; i < len(path); i++ {
		if _, there := s.places[pathKey(path[:i])]; !there {
			s.places[pathKey(path[:i])] = place{key: p.key}
		}
	}
	if len(path) == 0 {
		return false
	}
	old, there := s.places[pathKey(path)]
	if there && once && !s.listed && (old.value != span{} || p.value != span{}) {
		s.repeats = append(s.repeats, statement{span: p.key, path: pathKey(path)})
		return false
	}
	if !there {
		s.places[pathKey(path)] = p
	}
	return !there
}

// keys reads a dotted key, and adds its parts to those of its table.
func (s *scanner) keys(table []string) []string {
	path := table[:len(table):len(table)]
	for {
		start := s.at
		switch {
		case s.at < len(s.text) && (s.text[s.at] == '"' || s.text[s.at] == '\''):
			s.quoted(s.text[s.at : s.at+1])
		default:
			s.skip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
		}
		if s.at == start {
			return path
		}
		end := s.at
		path = append(path, keyName(s.text[start:end]))
		s.skip(" \t")
		if !s.next(".") {
			s.at = end
			return path
		}
		s.skip(" \t")
	}
}

// keyName is a part of a key without its quotes.
func keyName(raw string) string {
	if raw[0] != '"' && raw[0] != '\'' {
		return raw
	}
	var quoted struct{ Key string }
	if _, err := toml.Decode("Key = "+raw, &quoted); err != nil {
		return raw
	}
	return quoted.Key
}

// value passes over a value; the elements and keys inside are put down.
func (s *scanner) value(path []string) {
	switch {
	case s.next(`"""`):
		s.until(`"""`, true)
	case s.next(`'''`):
		s.until(`'''`, false)
	case strings.HasPrefix(s.text[s.at:], `"`), strings.HasPrefix(s.text[s.at:], "'"):
		s.quoted(s.text[s.at : s.at+1])
	case s.next("["):
		s.inside("]", func(i int) {
			element := append(path[:len(path):len(path)], elementName(i))
			p := place{key: span{s.at, s.at}, value: span{s.at, s.at}}
			s.value(element)
			p.value.end = s.at
			s.places[pathKey(element)] = p
		})
	case s.next("{"):
		s.inside("}", func(int) { s.pair(path) })
	default:
		start := s.at
		for s.at < len(s.text) && strings.IndexByte(",]}#\n", s.text[s.at]) < 0 {
			s.at++
		}
		s.at = start + len(strings.TrimRight(s.text[start:s.at], " \t\r"))
	}
}

// inside reads what stands between brackets, with commas between. A text with
// no comma before it is taken as the next element.
func (s *scanner) inside(end string, element func(int)) {
	for i := 0; ; i++ {
		s.skip(" \t\r\n")
		if s.next(end) {
			return
		}
		element(i)
		s.skip(" \t\r\n")
		if s.next(end) {
			return
		}
		if !s.next(",") && (s.at == len(s.text) || s.text[s.at] != '"' && s.text[s.at] != '\'') {
			s.open = true
			return
		}
	}
}

// quoted passes over a text on one line.
func (s *scanner) quoted(quote string) {
	for s.at++; s.at < len(s.text) && s.text[s.at] != '\n'; s.at++ {
		switch {
		case s.text[s.at] == quote[0]:
			s.at++
			return
		case s.text[s.at] == '\\' && quote == `"` && s.at+1 < len(s.text) && s.text[s.at+1] != '\n':
			s.at++
		}
	}
}

// until passes over a text of several lines; two quotes before its end are
// part of it.
func (s *scanner) until(quotes string, escapes bool) {
	for ; s.at < len(s.text); s.at++ {
		if escapes && s.text[s.at] == '\\' {
			s.at++
			continue
		}
		if s.next(quotes) {
			for range 2 {
				s.next(quotes[:1])
			}
			return
		}
	}
	s.at, s.open = len(s.text), true
}
