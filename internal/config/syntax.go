package config

import (
	"errors"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// mostFaults is how many faults of syntax are reported of one file.
const mostFaults = 50

// parse reads a text as far as its syntax allows. The parser stops at the first
// fault; the statement with the fault is then left out and the rest read on, so
// that all faults are reported at once. partial reports whether something was
// left out.
func parse(p *problems) (root *node, partial bool) {
	r := &reader{problems: p, root: &node{kind: unstable.Table}}
	r.table = r.root
	data := []byte(p.text)
	for range mostFaults {
		r.base = r.end
		r.parser.Reset(data[r.base:])
		for r.parser.NextExpression() {
			r.statement(r.parser.Expression())
		}
		failed, ok := errors.AsType[*unstable.ParserError](r.parser.Error())
		if !ok {
			return r.root, partial
		}
		partial = true
		r.fault(r.in(r.parser.Range(failed.Highlight)).start, failed.Message)
	}
	return r.root, partial
}

// What lines look like; asked only after a fault, to find where to read on.
const (
	simpleKey = `(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\[^\n])*"|'[^'\n]*')`
	dottedKey = simpleKey + `(?:[ \t]*\.[ \t]*` + simpleKey + `)*`
)

var (
	headerStart    = regexp.MustCompile(`^[ \t]*\[`)
	statementStart = regexp.MustCompile(`^[ \t]*(?:` + dottedKey + `[ \t]*=|\[{1,2}[ \t]*` + dottedKey + `[ \t]*\]{1,2}[ \t\r]*(?:#.*)?$)`)
	keyStart       = regexp.MustCompile(`^\[{0,2}[ \t]*(` + dottedKey + `)[ \t]*`)
	longValue      = regexp.MustCompile(`^` + dottedKey + `[ \t]*=[ \t]*(?:[\[{]|"""|''')`) // that may go on in the lines below
)

// fault reports the statement in which the parser stopped, at an offset and for a
// reason, and leaves it out: a header with all that belongs to its table.
func (r *reader) fault(at int, reason string) {
	start := r.skip(r.end, " \t\r\n")
	if at < start { // in a comment on the way there
		r.add(at, "", fault{"a comment contains a control character, or a byte that is not UTF-8", "remove it, or save the file as UTF-8"})
		r.end = lineEnd(r.text, at)
		return
	}
	line, end := strings.LastIndexByte(r.text[:at], '\n')+1, lineEnd(r.text, at)
	r.end = end
	switch {
	case line > start && strings.Trim(r.text[line:at], " \t[") == "" && statementStart.MatchString(r.text[line:end]):
		// A list or table has no end, and took the next statement for a part of it.
		reason, r.end = unclosed, line
	case r.text[start] == '[':
		r.skipTo(headerStart)
	case longValue.MatchString(r.text[start:]) && !strings.ContainsAny(r.text[at:end], "]}"):
		r.skipTo(statementStart)
	}
	r.explain(start, at, reason)
}

// skipTo leaves out the lines before the next one of a kind.
func (r *reader) skipTo(kind *regexp.Regexp) {
	for r.end < len(r.text) && !kind.MatchString(r.text[r.end+1:lineEnd(r.text, r.end+1)]) {
		r.end = lineEnd(r.text, r.end+1)
	}
}

// unclosed is the reason for a value that has no end.
const unclosed = "incomplete"

// reasons are the parser's reasons, by a part of each, in our words. The place of
// the problem is that of the fault, or that of the value.
var reasons = []struct {
	part    string
	atValue bool
	fault   fault
}{
	{unclosed, true, fault{"the list, table or text that starts here has no end", "close it with ], } or the quotes that it started with"}},
	{"not terminated by", true, fault{"the list, table or text that starts here has no end", "close it with ], } or the quotes that it started with"}},
	{"new lines", true, fault{"the text that starts here has no closing quote on its line", "close it with the quote that it started with"}},
	{"unterminated", true, fault{"the text that starts here has no closing quote on its line", "close it with the quote that it started with"}},
	{"escape", false, fault{"this is not a valid escape sequence in double quotes", `use single quotes, or write \\ for each \`}},
	{`need a character after \`, false, fault{"this is not a valid escape sequence in double quotes", `use single quotes, or write \\ for each \`}},
	{"after array value", false, fault{message: "want a comma here, or the end of the list"}},
	{"after inline table key-value", false, fault{message: "want a comma here, or the end of the table"}},
	{"expected value but got", false, fault{message: "want a value before the comma"}},
	{"unexpected comma", false, fault{message: "want a key, = and a value before the comma"}},
	{"at start of value", false, fault{message: "want text in quotes, a number, true or false"}},
	{"expected keyword", false, fault{message: "want text in quotes, a number, true or false"}},
	{"must be quoted", false, fault{"want text in quotes, a number, true or false", "put it in quotes"}},
	{"leading zeroes", false, fault{"a number cannot start with 0", "put it in quotes if it is an id"}},
	{"control character", false, fault{message: "text cannot contain a control character"}},
	{"UTF-8", false, fault{"this byte is not UTF-8", "save the file as UTF-8"}},
	{"expected newline", false, fault{"unexpected text after the value", "start a new line, or put # before a comment"}},
}

// explain reports what is wrong with a statement. No value is shown, and nothing
// of the reason, which may repeat a part of it: the statement may hold a secret.
func (r *reader) explain(start, at int, reason string) {
	rest := r.text[start:]
	found := keyStart.FindStringSubmatchIndex(rest)
	var path, name string
	if found != nil {
		path, name = r.named(rest[found[2]:found[3]], rest[0] == '[')
	}
	if rest[0] == '[' {
		r.add(at, path, fault{"want a table's name between [ and ], and nothing after it", "write it as [profiles.agency]"})
		return
	}
	if found == nil || rest[found[1]:] == "" || rest[found[1]] != '=' {
		r.add(at, path, fault{"want a key, = and a value", `write it as key = "value"`})
		return
	}
	value := r.skip(start+found[1]+len("="), " \t")
	line := strings.TrimRight(r.text[value:lineEnd(r.text, value)], " \t\r")
	if f := secretFault(name); f != nil {
		r.add(start, path, *f)
	} else if line == "" || line[0] == '#' {
		r.add(value, path, fault{"has no value", "write one after the =, or remove the key"})
	} else if strings.IndexByte(`"'[{`, line[0]) < 0 {
		r.add(value, path, fault{"want text in quotes, a number, true or false", "put it in quotes: " + printableKey(name) + ` = "…"`})
	} else {
		for _, known := range reasons {
			if strings.Contains(reason, known.part) {
				if known.atValue {
					at = value
				}
				r.add(at, path, known.fault)
				return
			}
		}
		r.add(at, path, fault{message: "this is not TOML"})
	}
}

// named is the path of a key as messages show it, and the last name in it. The
// key is that of a header, or one in the table of the last header.
func (r *reader) named(key string, header bool) (path, name string) {
	var p unstable.Parser
	p.Reset([]byte(key + "=0"))
	if !p.NextExpression() {
		return "", ""
	}
	n := r.table
	if header {
		n = r.root
	}
	for it := p.Expression().Key(); it.Next(); {
		n = &node{parent: n, name: string(it.Node().Data)}
	}
	return n.dotted(), n.name
}
