package config

import (
	"fmt"
	"strings"
)

// checker reads a document into a File, and gathers what is wrong with it.
type checker struct {
	*problems
	document
	file *File
}

// at is where a path stands: its key, else that of the table around it.
func (c *checker) at(path []string) place {
	for n := len(path); n > 0; n-- {
		if p, ok := c.scan.places[pathKey(path[:n])]; ok {
			return p
		}
	}
	return place{}
}

// fault notes what is wrong with a value.
func (c *checker) fault(path []string, f fault) {
	at := c.at(path)
	offset := at.value.start
	if offset == 0 {
		offset = at.key.start
	}
	c.add(offset, dotted(pathKey(path)), f)
}

// table reads the keys of a table.
func (c *checker) table(k *key, values map[string]any, path []string) {
	for name, v := range values {
		path := append(path[:len(path):len(path)], name)
		if sub := k.find(name); sub != nil {
			c.any(sub, v, path)
		} else {
			c.add(c.at(path).key.start, dotted(pathKey(path)), unknown(k, name))
		}
	}
}

// any reads what stands under a key.
func (c *checker) any(k *key, v any, path []string) {
	if k.kind != table && k.kind != named && k.kind != accounts {
		c.value(k, v, path)
		return
	}
	if k.kind == accounts {
		c.accounts(k, v, path)
		return
	}
	values, ok := v.(map[string]any)
	if !ok {
		f := fault{"is " + typeName(v) + ": want a table", "write [" + dotted(pathKey(path)) + "] and its keys on the lines below"}
		if k.kind == named {
			f.hint = ""
		}
		c.fault(path, f)
		return
	}
	if k.kind == table {
		c.table(k, values, path)
		return
	}
	for name, v := range values {
		path := append(path[:len(path):len(path)], name)
		if !k.pattern.MatchString(name) {
			c.add(c.at(path).key.start, dotted(pathKey(path)), fault{message: "a name here has to be " + k.want})
			continue
		}
		c.any(&k.keys[0], v, path)
	}
}

// value reads a single value.
func (c *checker) value(k *key, v any, path []string) {
	at := c.at(path)
	text, f := k.read(v, at.value.in(c.text))
	if f != nil {
		c.fault(path, *f)
		return
	}
	c.set(path, at, text)
}

func (c *checker) set(path []string, at place, text string) {
	line, column := position(c.text, at.value.start)
	c.file.values[strings.Join(path, ".")] = Value{Text: text, Line: line, Column: column, File: c.file.path}
}

// accounts reads a list of accounts.
func (c *checker) accounts(k *key, v any, path []string) {
	elements, ok := v.([]any)
	if !ok {
		c.fault(path, fault{"is " + typeName(v) + ": want a list", `write it as ["X1234567", "180012345"]`})
		return
	}
	for i, v := range elements {
		path := append(path[:len(path):len(path)], elementName(i))
		at := c.at(path)
		text, f := k.read(v, at.value.in(c.text))
		if f != nil {
			c.fault(path, *f)
			continue
		}
		line, column := position(c.text, at.value.start)
		c.file.protected = append(c.file.protected, Value{Text: text, Line: line, Column: column, File: c.file.path})
	}
}

// unknown is the fault of a key that its table does not have. The key may have
// been meant for a secret, or for another table.
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
		return fault{"unknown key", "if it is meant as " + near + ", it belongs " + list(homesOf(near, &root, ""))}
	}
	return fault{"unknown key", "linkbatch config schema has every key"}
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
