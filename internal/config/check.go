package config

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// checker reads a tree into a File, and collects what is wrong with it.
type checker struct {
	*problems
	root *node
	file *File
}

// fault reports what is wrong with what a node holds.
func (c *checker) fault(n *node, f fault) { c.add(n.at(), n.dotted(), f) }

// keyFault reports what is wrong with a key, or with its being there at all.
func (c *checker) keyFault(n *node, f fault) { c.add(n.key, n.dotted(), f) }

// table reads the keys of a table.
func (c *checker) table(k *key, n *node) {
	for _, child := range n.children {
		if sub := k.find(child.name); sub != nil {
			c.any(sub, child)
		} else {
			c.keyFault(child, unknown(k, child.name))
		}
	}
}

// any reads what a node holds.
func (c *checker) any(k *key, n *node) {
	switch k.kind {
	case table, named:
		c.keys(k, n)
	case accounts:
		c.accounts(k, n)
	default:
		if v, ok := c.value(k, n); ok {
			c.file.values[n.path()] = v
		}
	}
}

// keys reads a table of fixed keys, or one of names that the file chooses.
func (c *checker) keys(k *key, n *node) {
	switch {
	case !n.isTable():
		f := fault{message: "is " + n.what() + ": want a table"}
		if k.kind == table {
			f.hint = "write [" + n.dotted() + "] and its keys on the lines below"
		}
		c.fault(n, f)
	case k.kind == table:
		c.table(k, n)
	default:
		for _, child := range n.children {
			if k.pattern.MatchString(child.name) {
				c.any(&k.keys[0], child)
			} else {
				c.keyFault(child, fault{message: "a name here must be " + k.want})
			}
		}
	}
}

// value reads a single value.
func (c *checker) value(k *key, n *node) (Value, bool) {
	text, f := k.read(n, c.text[n.value.start:n.value.end])
	if f != nil {
		c.fault(n, *f)
		return Value{}, false
	}
	line, column := position(c.text, n.value.start)
	return Value{Text: text, Line: line, Column: column, File: c.file.path}, true
}

// accounts reads a list of accounts.
func (c *checker) accounts(k *key, n *node) {
	if n.kind != unstable.Array {
		c.fault(n, fault{"is " + n.what() + ": want a list", `write it as ["X1234567", "180012345"]`})
		return
	}
	for _, element := range n.children {
		if v, ok := c.value(k, element); ok {
			c.file.protected = append(c.file.protected, v)
		}
	}
}

// unknown is the fault of a key that its table does not have. It may have been
// meant for a secret, or for another table.
func unknown(k *key, name string) fault {
	if f := secretFault(name); f != nil {
		return *f
	}
	var names []string
	for i := range k.keys {
		names = append(names, k.keys[i].name)
		if secret, ok := strings.CutSuffix(k.keys[i].name, "_file"); ok {
			names = append(names, secret)
		}
	}
	near := nearest(strings.ReplaceAll(strings.ToLower(name), "-", "_"), names)
	if f := secretFault(near); f != nil {
		return *f
	}
	if near != "" {
		return fault{message: fmt.Sprintf("unknown key, did you mean %q?", near)}
	}
	if homes := homesOf(name, &root, ""); len(homes) > 0 {
		return fault{"unknown key", "it belongs " + list(homes)}
	}
	if near := nearest(name, allNames(&root)); near != "" {
		return fault{"unknown key", "if you mean " + near + ", it belongs " + list(homesOf(near, &root, ""))}
	}
	return fault{"unknown key", "run linkbatch config schema for a list of all keys"}
}

// homesOf lists the tables that have a key of this name.
func homesOf(name string, k *key, path string) (homes []string) {
	for i := range k.keys {
		sub := &k.keys[i]
		below := strings.TrimPrefix(path+"."+sub.name, ".")
		switch {
		case sub.name == name && path != "":
			homes = append(homes, "under ["+path+"]")
		case sub.name == name && sub.kind == table:
			homes = append(homes, "at the top, as ["+name+"]")
		case sub.name == name:
			homes = append(homes, "at the top, before the first [table]")
		}
		switch {
		case sub.kind == table:
			homes = append(homes, homesOf(name, sub, below)...)
		case sub.kind == named && sub.keys[0].kind == table:
			homes = append(homes, homesOf(name, &sub.keys[0], below+".NAME")...)
		}
	}
	return homes
}

// allNames lists the keys of a table and of those below it.
func allNames(k *key) (names []string) {
	for i := range k.keys {
		if name := k.keys[i].name; name != "" {
			names = append(names, name)
		}
		names = append(names, allNames(&k.keys[i])...)
	}
	return names
}
