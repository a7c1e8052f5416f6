package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// span is a part of the text, by byte offsets.
type span struct{ start, end int }

// node is a key with what it holds, or an element of a list.
type node struct {
	parent   *node
	name     string        // of the key, decoded; of an element its index, such as [0]
	key      int           // the offset at which the name is first written; of an element, at which it starts
	kind     unstable.Kind // Table, Array, or that of a single value
	text     string        // of a String its content, of other single values what is written
	value    span          // zero for a table or list that headers make
	made     making
	children []*node // the keys of a table and the elements of a list, in the order of the file
	byName   map[string]*node
}

// making is how a table or list came about, which decides who may add to it.
type making int

const (
	asValue     making = iota // key = { … } or [ … ]: nobody
	byHeader                  // [table]: the keys below the header, and headers of its tables; [[list]]: another [[list]]
	inPassing                 // the first parts of a header, which a header of its own may still define
	byDottedKey               // the first parts of a dotted key: other dotted keys, and headers of its tables
)

// add appends a child, whose name is new here.
func (n *node) add(child *node) *node {
	child.parent = n
	n.children = append(n.children, child)
	if n.byName == nil {
		n.byName = make(map[string]*node)
	}
	n.byName[child.name] = child
	return child
}

// find is the node at a path of names below n, or nil.
func (n *node) find(path ...string) *node {
	for _, name := range path {
		if n = n.byName[name]; n == nil {
			return nil
		}
	}
	return n
}

// keys are the keys of a table; nil has none.
func (n *node) keys() []*node {
	if n == nil {
		return nil
	}
	return n.children
}

// isTable reports whether n has keys.
func (n *node) isTable() bool { return n.kind == unstable.Table || n.kind == unstable.InlineTable }

// at is the offset of the value, or of the key if there is no value.
func (n *node) at() int {
	if n.value == (span{}) {
		return n.key
	}
	return n.value.start
}

// path is the names from the top down to n, joined with dots.
func (n *node) path() string { return n.join(func(name string) string { return name }) }

// dotted is path as people write it: names that need quotes have them.
func (n *node) dotted() string { return n.join(printableKey) }

func (n *node) join(form func(string) string) string {
	switch {
	case n.parent == nil:
		return ""
	case n.parent.kind == unstable.Array:
		return n.parent.join(form) + n.name
	}
	return strings.TrimPrefix(n.parent.join(form)+"."+form(n.name), ".")
}

// elementName is the name of the element of a list.
func elementName(i int) string { return "[" + strconv.Itoa(i) + "]" }

// what is the type of what a node holds, in words for people.
func (n *node) what() string {
	switch n.kind {
	case unstable.String:
		return "text"
	case unstable.Integer:
		return "a whole number"
	case unstable.Float:
		return "a decimal number"
	case unstable.Bool:
		return "true or false"
	case unstable.Array:
		return "a list"
	case unstable.Table, unstable.InlineTable:
		return "a table"
	}
	return "a date or time"
}

// longestShown is how many characters of a name or a value a message repeats.
const longestShown = 60

// printable is a text that is short enough for a message.
func printable(text string) string {
	if runes := []rune(text); len(runes) > longestShown {
		text = string(runes[:longestShown]) + "…"
	}
	return text
}

var bareKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,60}$`)

// printableKey is a part of a key as it is written, in quotes if it needs them.
func printableKey(name string) string {
	if bareKey.MatchString(name) {
		return name
	}
	return fmt.Sprintf("%q", printable(name))
}
