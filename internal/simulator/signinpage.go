package simulator

import (
	"bytes"
	"html/template"
	"net/http"
	"strings"
)

// signInTemplate is the page of people to sign in as. It needs no script: a
// browser without a screen presses a button by its id, a plain client posts
// user=ID (or a profile, or a user name) or cancel=1 to the same address.
var signInTemplate = template.Must(template.New("sign in").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in to the simulator</title>
<style>body{font:16px sans-serif;max-width:40em;margin:3em auto}button{display:block;width:100%;margin:.5em 0;padding:.7em;text-align:left}</style></head>
<body>
<h1>Sign in to the simulator</h1>
<p>{{.Client}} asks for: <code id="scope">{{.Scope}}</code></p>
<form method="post">
{{range .People}}<button id="user-{{.ID}}" name="user" value="{{.ID}}" data-profile="{{.Profile}}">Sign in as {{.UserName}} ({{.Login}}; {{.Customer}}: {{.Roles}})</button>
{{else}}<p id="nobody">Nobody in this world can sign in here.</p>
{{end}}<button id="cancel" name="cancel" value="1">Cancel</button>
</form>
</body>
</html>
`))

var errorTemplate = template.Must(template.New("error").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Sorry, but we’re having trouble signing you in</title></head>
<body>
<h1>Sorry, but we’re having trouble signing you in.</h1>
<p id="error">{{.}}</p>
</body>
</html>
`))

// person is a button of the sign-in page.
type person struct {
	ID                                        ID
	UserName, Profile, Login, Customer, Roles string
}

// signInPage lists everyone who may sign in at this address.
func (s *Simulator) signInPage(c *call) reply {
	q := c.request.URL.Query()
	var people []person
	for i := range s.world.Users {
		u := &s.world.Users[i]
		if u.google() == c.google() && (c.google() || u.belongs(c.request.PathValue("tenant"))) {
			people = append(people, s.person(u))
		}
	}
	return page(http.StatusOK, signInTemplate, struct {
		Client, Scope string
		People        []person
	}{q.Get("client_id"), q.Get("scope"), people})
}

func (s *Simulator) person(u *User) person {
	p := person{ID: u.ID, UserName: u.UserName, Profile: u.Profile, Login: u.Login, Customer: s.store.customer(u.CustomerID).name}
	if p.Login == "" {
		p.Login = "any account"
	}
	var roles []string
	for _, r := range u.Roles {
		roles = append(roles, roleName(r.RoleID))
	}
	p.Roles = strings.Join(roles, ", ")
	if p.Roles == "" {
		p.Roles = "no role"
	}
	return p
}

// roleName returns the service's name of a role (the CustomerRole page of the
// documentation).
func roleName(id int) string {
	switch id {
	case 16:
		return "Advertiser Campaign Manager"
	case 33:
		return "Aggregator"
	case 41:
		return "Super Admin"
	case 100:
		return "Viewer"
	case 203:
		return "Standard"
	}
	return "role " + ID(id).String()
}

// errorPage refuses in the browser, without a redirect: the client is never
// answered.
func (c *call) errorPage(code int, detail string) reply {
	_, text := c.oauthText(code, detail)
	return page(http.StatusBadRequest, errorTemplate, text)
}

func page(status int, t *template.Template, data any) reply {
	var b bytes.Buffer
	must(t.Execute(&b, data)) // writing to a buffer cannot fail, and the templates name only fields that exist
	return reply{status: status, contentType: "text/html; charset=utf-8", raw: b.Bytes()}
}
