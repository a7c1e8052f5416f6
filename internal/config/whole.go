package config

import (
	"fmt"
	"slices"
	"strings"
)

// whole checks what one key means for another, and fills in what of the file
// is no single value.
func (c *checker) whole() {
	c.profiles()
	c.clients()
	if v, ok := c.file.values["environment"]; ok && v.Text == simulator {
		for _, name := range []string{"endpoint", "token_url"} {
			if _, ok := c.file.values[name]; ok {
				c.add(c.at([]string{name}).key.start, name, fault{"the simulator runs its own server", "leave it out, or leave out environment"})
			}
		}
	}
}

func (c *checker) profiles() {
	profiles, _ := c.document.values["profiles"].(map[string]any)
	for name := range profiles {
		c.file.profiles = append(c.file.profiles, name)
		key := func(k string) string { return "profiles." + name + "." + k }
		for _, secret := range []string{"refresh_token", "developer_token", "client_secret"} {
			_, env := c.file.values[key(secret+"_env")]
			_, file := c.file.values[key(secret+"_file")]
			if env && file {
				c.add(c.at([]string{"profiles", name, secret + "_file"}).key.start, key(secret+"_file"), fault{secret + "_env is set too", "keep one of them"})
			}
		}
		if _, ok := c.file.values[key("tenant")]; ok && c.file.values[key("sign_in")].Text == google {
			c.add(c.at([]string{"profiles", name, "tenant"}).key.start, key("tenant"), fault{"is for signing in with Microsoft", "leave it out when sign_in is google"})
		}
	}
	slices.Sort(c.file.profiles)
}

// clients checks that each client's profile is there, and that no client
// stands there twice. Numbers are matched without case.
func (c *checker) clients() {
	for key, v := range c.file.values {
		number, ok := strings.CutPrefix(key, "clients.")
		if !ok {
			continue
		}
		delete(c.file.values, key)
		if !slices.Contains(c.file.profiles, v.Text) {
			f := fault{message: fmt.Sprintf("%q: there is no such profile", v.Text), hint: "add [profiles." + v.Text + "]"}
			if near := nearest(v.Text, c.file.profiles); near != "" {
				f.message += fmt.Sprintf(", did you mean %q?", near)
			}
			c.fault([]string{"clients", number}, f)
		}
		upper := strings.ToUpper(number)
		if other, ok := c.file.clients[upper]; ok {
			line := max(other.Line, v.Line)
			c.problems.list = append(c.problems.list, Problem{File: v.File, Line: line, Column: 1, Key: "clients." + upper,
				Message: "is set again in other letters", Hint: fmt.Sprintf("line %d sets it already: keep one", min(other.Line, v.Line))})
		}
		c.file.clients[upper] = v
	}
}
