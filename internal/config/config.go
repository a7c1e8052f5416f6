package config

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// mostBytes is the largest file that is read: it has room for thousands of
// protected accounts, and a roster that was named by mistake is recognised early.
const mostBytes = 256 << 10

// Value is the value of one key, and where it is written.
type Value struct {
	Text         string // in the form that a flag takes: digits, true, 5%, a word
	File         string // as it was given to Load
	Line, Column int    // of the value, from 1; the column counts characters
}

// Origin is file:line.
func (v Value) Origin() string { return fmt.Sprintf("%s:%d", v.File, v.Line) }

// File is a configuration that was read and has no problem. It does not
// change. A nil File is an empty one.
type File struct {
	path      string
	values    map[string]Value // by the dotted key; neither protected nor clients
	profiles  []string
	protected []Value
	clients   map[string]Value // by the customer number, upper case
}

// Load reads a file. The error is an [*Error] with every problem of the file, or
// that of opening or reading it.
func Load(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	if err != nil {
		return nil, err
	}
	return Parse(path, data)
}

// Parse is Load for a file that has been read already; path is for messages and
// for the file names in it, which are relative to its folder.
func Parse(path string, data []byte) (*File, error) {
	p := &problems{file: path}
	switch {
	case len(data) > mostBytes:
		p.add(0, "", fault{fmt.Sprintf("is larger than %d KiB, too large for a configuration", mostBytes>>10), "pass the configuration, not the roster"})
		return nil, p.err()
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		p.add(0, "", fault{"is UTF-16", "save it as UTF-8"})
		return nil, p.err()
	}
	p.text = string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	tree, partial := parse(p)
	c := &checker{problems: p, root: tree, file: &File{path: path, values: make(map[string]Value), clients: make(map[string]Value)}}
	c.table(&root, tree)
	if !partial {
		c.whole()
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	return c.file, nil
}

// Path is the name that the file was loaded by.
func (f *File) Path() string {
	if f == nil {
		return ""
	}
	return f.path
}

// Lookup is the value of a key such as limits.concurrency or defaults.name when a
// profile is in use: a value under profiles.NAME overrides the one at the top. It
// reports false if there is neither.
func (f *File) Lookup(profile, key string) (Value, bool) {
	if f == nil {
		return Value{}, false
	}
	if v, ok := f.values["profiles."+profile+"."+key]; ok {
		return v, true
	}
	v, ok := f.values[key]
	return v, ok
}

// All yields every single value under its dotted key, in the order of the
// file; the elements of protected as protected[0] and so on.
func (f *File) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if f == nil {
			return
		}
		all := maps.Clone(f.values)
		for i, v := range f.protected {
			all["protected"+elementName(i)] = v
		}
		for number, v := range f.clients {
			all["clients."+number] = v
		}
		order := slices.SortedFunc(maps.Keys(all), func(a, b string) int {
			return cmp.Or(cmp.Compare(all[a].Line, all[b].Line), cmp.Compare(all[a].Column, all[b].Column), cmp.Compare(a, b))
		})
		for _, key := range order {
			if !yield(key, all[key]) {
				return
			}
		}
	}
}

// Profiles are the names of the profiles, sorted.
func (f *File) Profiles() []string {
	if f == nil {
		return nil
	}
	return slices.Clone(f.profiles)
}

// Profile is the profile of that name. It reports false if the file has none.
func (f *File) Profile(name string) (Profile, bool) {
	if f == nil || !slices.Contains(f.profiles, name) {
		return Profile{}, false
	}
	text := func(key string) string { return f.values["profiles."+name+"."+key].Text }
	source := func(secret string) Source {
		file := text(secret + "_file")
		if file != "" && !filepath.IsAbs(file) {
			file = filepath.Join(filepath.Dir(f.path), file)
		}
		at := cmp.Or(f.values["profiles."+name+"."+secret+"_env"], f.values["profiles."+name+"."+secret+"_file"])
		return Source{Variable: text(secret + "_env"), File: file, At: at}
	}
	environment, _ := f.Lookup(name, "environment")
	return Profile{
		Name:             name,
		Environment:      cmp.Or(environment.Text, production),
		Customer:         text("customer"),
		ManagingCustomer: text("managing_customer"),
		ClientID:         text("client_id"),
		SignIn:           cmp.Or(text("sign_in"), microsoft),
		Tenant:           text("tenant"),
		RefreshToken:     source("refresh_token"),
		DeveloperToken:   source("developer_token"),
		ClientSecret:     source("client_secret"),
	}, true
}

// Protected are the accounts that are never unlinked: ids, and numbers in
// upper case.
func (f *File) Protected() []Value {
	if f == nil {
		return nil
	}
	return slices.Clone(f.protected)
}

// Protects reports where an account is protected by its id or its number, whatever
// the case of its letters; either may be empty.
func (f *File) Protects(id, number string) (Value, bool) {
	if f == nil {
		return Value{}, false
	}
	for _, v := range f.protected {
		if v.Text == id || strings.EqualFold(v.Text, number) {
			return v, true
		}
	}
	return Value{}, false
}

// ClientProfile is the profile that accepts or declines for a client, by its
// customer number, whatever the case of its letters.
func (f *File) ClientProfile(customerNumber string) (Value, bool) {
	if f == nil {
		return Value{}, false
	}
	v, ok := f.clients[strings.ToUpper(customerNumber)]
	return v, ok
}

// Profile is a login as the file describes it. A field is empty if the file does
// not set it.
type Profile struct {
	Name             string
	Environment      string // production, sandbox or simulator; never empty
	Customer         string // the id of the customer to sign in to
	ManagingCustomer string // an id
	ClientID         string
	SignIn           string // microsoft or google; never empty
	Tenant           string // empty also for Google

	RefreshToken, DeveloperToken, ClientSecret Source
}

// Source is where a secret is kept: an environment variable or a file, or neither
// if the file names none.
type Source struct {
	Variable string // the name of the variable
	File     string // the name of the file; absolute, or relative like the path given to Load
	At       Value  // where the file names it
}

// IsZero reports whether the file names no source of the secret.
func (s Source) IsZero() bool { return s.Variable == "" && s.File == "" }
