package config

import (
	"fmt"
	"slices"
	"strings"
)

// whole checks what one key means for another, and fills in what is not a single
// value.
func (c *checker) whole() {
	c.profiles()
	c.clients()
	if c.file.values["environment"].Text == simulator {
		for _, name := range []string{"endpoint", "token_url"} {
			if n := c.root.find(name); n != nil {
				c.keyFault(n, fault{"the simulator runs its own server", "remove it, or remove environment"})
			}
		}
	}
}

func (c *checker) profiles() {
	for _, p := range c.root.find("profiles").keys() {
		c.file.profiles = append(c.file.profiles, p.name)
		for _, secret := range []string{"refresh_token", "developer_token", "client_secret"} {
			if file := p.find(secret + "_file"); file != nil && p.find(secret+"_env") != nil {
				c.keyFault(file, fault{secret + "_env is set too", "keep one of them"})
			}
		}
		if tenant := p.find("tenant"); tenant != nil && c.file.values[p.path()+".sign_in"].Text == google {
			c.keyFault(tenant, fault{"is for signing in with Microsoft only", `remove it, or write sign_in = "microsoft"`})
		}
	}
	slices.Sort(c.file.profiles)
}

// clients checks that each client's profile exists, and that no client appears
// twice, whatever the case of its number.
func (c *checker) clients() {
	for _, client := range c.root.find("clients").keys() {
		v, ok := c.file.values[client.path()]
		if !ok {
			continue
		}
		delete(c.file.values, client.path())
		if !slices.Contains(c.file.profiles, v.Text) {
			f := fault{message: fmt.Sprintf("%q: no such profile", v.Text), hint: "add [profiles." + v.Text + "]"}
			if near := nearest(v.Text, c.file.profiles); near != "" {
				f.message += fmt.Sprintf(", did you mean %q?", near)
			}
			c.fault(client, f)
		}
		number := strings.ToUpper(client.name)
		if other, ok := c.file.clients[number]; ok {
			c.keyFault(client, fault{fmt.Sprintf("is already set in line %d, in other case", other.Line), "keep one of them"})
		}
		c.file.clients[number] = v
	}
}
