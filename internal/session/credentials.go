package session

import (
	"fmt"
	"strings"

	"linkbatch/internal/auth"
	"linkbatch/internal/config"
)

// The variables of the credentials.
const (
	RefreshTokenVar   = "LINKBATCH_REFRESH_TOKEN"
	DeveloperTokenVar = "LINKBATCH_DEVELOPER_TOKEN"
	ClientIDVar       = "LINKBATCH_CLIENT_ID"
	ClientSecretVar   = "LINKBATCH_CLIENT_SECRET"
	CustomerIDVar     = "LINKBATCH_CUSTOMER_ID"
)

// Origin is where a part of the credentials comes from.
type Origin struct {
	Kind  string // environment, file, configuration, login or simulator
	Where string // the variable, the file, or the line of the configuration
}

// String names the place as a sentence can go on with it.
func (o Origin) String() string {
	switch {
	case o.Kind == "login":
		return "linkbatch login, in " + o.Where
	case o.Kind == "file" && !strings.HasPrefix(o.Where, "LINKBATCH_"):
		return "the file " + o.Where
	case o.Kind == "file":
		return "the file of " + o.Where
	}
	return o.Where
}

// inEnvironment is the origin of what auth.FromEnv found under a variable.
func (o *Options) inEnvironment(variable string) Origin {
	if o.Getenv(variable) == "" {
		return Origin{"file", variable + "_FILE"}
	}
	return Origin{"environment", variable}
}

// atSource is the origin of a secret that was found where the configuration
// says, so that its name is surely one and not the secret itself.
func atSource(s config.Source) Origin {
	if s.File != "" {
		return Origin{"file", s.File}
	}
	return Origin{"environment", s.Variable}
}

// Credentials are those of one profile, and where each of them comes from, by
// the variable that could set it.
type Credentials struct {
	auth.Credentials
	from map[string]Origin
	idle string // the configuration's refresh token, if the environment has another, which comes first
}

// credentials reads those of a profile: for the one in use the environment
// comes first. Of the others it knows only what belongs to the program.
func (o *Options) credentials(name string, p *config.Profile) (Credentials, error) {
	c := Credentials{from: make(map[string]Origin)}
	env, err := auth.FromEnv(o.Getenv)
	if err != nil {
		return c, &Error{err, "set the variable, or its _FILE form, to a value that can be read"}
	}
	plain := func(variable, key, theirs, ours string, shared bool) string {
		v, _ := o.Config.Lookup(name, key)
		return o.pick(&c, name, variable, theirs, shared, ours, Origin{"configuration", fmt.Sprintf("%s (%s)", key, v.Origin())})
	}
	var errs []error
	secret := func(variable, theirs string, s config.Source, shared bool) string {
		ours, err := o.secretOf(s)
		if err != nil {
			errs = append(errs, &Error{fmt.Errorf("%s: %w", s.At.Origin(), err), "linkbatch config show lists which secrets are set"})
			return ""
		}
		return o.pick(&c, name, variable, theirs, shared, ours, atSource(s))
	}
	c.ClientID = plain(ClientIDVar, "client_id", env.ClientID, p.ClientID, true)
	c.CustomerID = plain(CustomerIDVar, "customer", env.CustomerID, p.Customer, false)
	c.RefreshToken = secret(RefreshTokenVar, env.RefreshToken, p.RefreshToken, false)
	if ours, err := o.secretOf(p.RefreshToken); err == nil && ours != "" && ours != c.RefreshToken {
		c.idle = atSource(p.RefreshToken).String()
	}
	c.DeveloperToken = secret(DeveloperTokenVar, env.DeveloperToken, p.DeveloperToken, true)
	c.ClientSecret = secret(ClientSecretVar, env.ClientSecret, p.ClientSecret, c.ClientID == env.ClientID)
	if len(errs) > 0 {
		return c, errs[0]
	}
	return c, nil
}

// pick decides between the environment's value and the profile's own, and keeps
// where it came from. shared is a value of the environment that every profile
// may use.
func (o *Options) pick(c *Credentials, profile, variable, theirs string, shared bool, ours string, from Origin) string {
	inUse := profile == o.Profile
	switch {
	case ours != "" && (!inUse || theirs == ""):
		c.from[variable] = from
		return ours
	case theirs == "" || !inUse && !shared:
		return ""
	}
	c.from[variable] = o.inEnvironment(variable)
	return theirs
}

// ForgetSecrets removes the secrets from this process's environment, once they
// are read, so that a browser that it starts does not inherit them.
func (o *Options) ForgetSecrets() {
	names := []string{DeveloperTokenVar, RefreshTokenVar, ClientSecretVar}
	for _, name := range o.Config.Profiles() {
		p, _ := o.Config.Profile(name)
		for _, s := range []config.Source{p.DeveloperToken, p.RefreshToken, p.ClientSecret} {
			if s.Variable != "" {
				names = append(names, s.Variable)
			}
		}
	}
	for _, name := range names {
		o.Unsetenv(name)
	}
}

// secretOf reads a secret from where the configuration says that it is; empty
// if it says nothing, or the variable is not set.
func (o *Options) secretOf(s config.Source) (string, error) {
	switch {
	case s.File != "":
		return auth.SecretFile(s.File)
	case s.Variable != "":
		return o.Getenv(s.Variable), nil
	}
	return "", nil
}

// Named is advice with the places of this login in it: a variable that is not
// where the value came from gives way to the place that is.
func (c *Credentials) Named(advice string) string {
	for variable, o := range c.from {
		if o.Where != variable && o.Kind != "login" && o.Kind != "simulator" {
			advice = strings.ReplaceAll(advice, variable, o.String())
		}
	}
	return advice
}
