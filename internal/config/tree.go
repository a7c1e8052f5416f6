package config

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// reader builds a tree from the statements that the parser finds. The parser knows
// where things are written; what they mean together, such as a key that is set
// twice, is decided here.
type reader struct {
	*problems
	parser unstable.Parser
	base   int   // the offset at which the parser started
	end    int   // the end of the line of the last statement
	root   *node // all that was read
	table  *node // that of the last header
}

// in is a part of what the parser reads, as offsets of the text.
func (r *reader) in(raw unstable.Range) span {
	start := r.base + int(raw.Offset)
	return span{start, start + int(raw.Length)}
}

// statement adds a statement to the tree.
func (r *reader) statement(e *unstable.Node) {
	if e.Kind == unstable.KeyValue {
		r.end = lineEnd(r.text, r.pair(r.table, e))
		return
	}
	keys := r.keys(e.Key())
	r.end = lineEnd(r.text, keys[len(keys)-1].end)
	r.header(keys, e.Kind == unstable.ArrayTable)
}

// part is a name in a key, and where it is written.
type part struct {
	name string
	span
}

func (r *reader) keys(it unstable.Iterator) (keys []part) {
	for it.Next() {
		keys = append(keys, part{string(it.Node().Data), r.in(it.Node().Raw)})
	}
	return keys
}

// header makes the table of [a.b] the one that keys belong to, and adds an
// element to the list of [[a.b]].
func (r *reader) header(keys []part, list bool) {
	t := r.root
	for _, k := range keys[:len(keys)-1] {
		next := t.byName[k.name]
		if next == nil {
			next = t.add(&node{name: k.name, key: k.start, kind: unstable.Table, made: inPassing})
		}
		if next.kind == unstable.Array && next.made == byHeader {
			next = next.children[len(next.children)-1]
		}
		if next.kind != unstable.Table {
			r.table = r.conflict(t, k)
			return
		}
		t = next
	}
	last := keys[len(keys)-1]
	old := t.byName[last.name]
	switch {
	case list && old == nil:
		old = t.add(&node{name: last.name, key: last.start, kind: unstable.Array, made: byHeader})
		fallthrough
	case list && old.kind == unstable.Array && old.made == byHeader:
		r.table = old.add(&node{name: elementName(len(old.children)), key: last.start, kind: unstable.Table, made: byHeader})
	case !list && old == nil:
		r.table = t.add(&node{name: last.name, key: last.start, kind: unstable.Table, made: byHeader})
	case !list && old.made == inPassing:
		old.made, r.table = byHeader, old
	default:
		r.table = r.conflict(t, last)
	}
}

// conflict reports that a header defines again what exists, and returns the table
// that the keys below it go to all the same, so that what is wrong with them is
// reported: the one that exists, or one that is not in the tree.
func (r *reader) conflict(t *node, k part) *node {
	old := t.byName[k.name]
	line, _ := position(r.text, old.key)
	r.add(k.start, old.dotted(), fault{fmt.Sprintf("is already defined in line %d", line), "keep one, with the keys of both"})
	if old.kind == unstable.Table {
		return old
	}
	return &node{kind: unstable.Table}
}

// pair adds key = value to a table, and returns where it ends.
func (r *reader) pair(t *node, e *unstable.Node) (end int) {
	keys := r.keys(e.Key())
	last := keys[len(keys)-1]
	t, free := r.through(t, keys)
	leaf := &node{parent: t, name: last.name, key: last.start}
	// A list does not know its place: it starts after the = that follows the key.
	at := r.skip(last.end, " \t")
	end = r.value(leaf, e.Value(), r.skip(at+len("="), " \t"))
	switch {
	case !free:
	case t.byName[last.name] != nil:
		r.repeated(t, last)
	default:
		t.add(leaf)
	}
	return end
}

// through creates the tables that the first parts of a dotted key name, and returns
// the one that its last part belongs to. It reports false if one of them is not
// open to dotted keys.
func (r *reader) through(t *node, keys []part) (*node, bool) {
	for _, k := range keys[:len(keys)-1] {
		next := t.byName[k.name]
		if next == nil {
			next = t.add(&node{name: k.name, key: k.start, kind: unstable.Table, made: byDottedKey})
		}
		if next.made != byDottedKey {
			r.repeated(t, k)
			return t, false
		}
		t = next
	}
	return t, true
}

// repeated reports that a key sets what is already set.
func (r *reader) repeated(t *node, k part) {
	old := t.byName[k.name]
	line, _ := position(r.text, old.key)
	r.add(k.start, old.dotted(), fault{fmt.Sprintf("is already set in line %d", line), "keep one of them"})
}

// value reads a value that starts at an offset into a node, and returns where it
// ends.
func (r *reader) value(n *node, v *unstable.Node, start int) (end int) {
	n.kind = v.Kind
	switch v.Kind {
	case unstable.Array:
		at := start + len("[")
		for it := v.Children(); it.Next(); {
			at = r.skip(at, between)
			element := n.add(&node{name: elementName(len(n.children)), key: at})
			at = r.value(element, it.Node(), at)
		}
		end = r.skip(at, between) + len("]")
	case unstable.InlineTable:
		at := start + len("{")
		for it := v.Children(); it.Next(); {
			at = r.pair(n, it.Node())
		}
		end = r.skip(at, between) + len("}")
	default:
		n.text = string(v.Data)
		end = r.in(v.Raw).end
	}
	n.value = span{start, end}
	return end
}

// between is what separates the elements of lists and tables.
const between = " \t\r\n,"

// skip is the first offset from at on that is not one of the characters given and,
// if a line may end there, not in a comment.
func (r *reader) skip(at int, set string) int {
	for at < len(r.text) {
		switch c := r.text[at]; {
		case strings.IndexByte(set, c) >= 0:
			at++
		case c == '#' && strings.Contains(set, "\n"):
			at = lineEnd(r.text, at)
		default:
			return at
		}
	}
	return at
}

// lineEnd is the offset at which the line of an offset ends.
func lineEnd(text string, at int) int {
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(text)
}
