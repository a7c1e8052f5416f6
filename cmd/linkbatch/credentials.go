package main

import (
	"cmp"
	"fmt"
	"strings"

	"linkbatch/internal/auth"
	"linkbatch/internal/config"
)

// The variables of the credentials.
const (
	varRefreshToken   = "LINKBATCH_REFRESH_TOKEN"
	varDeveloperToken = "LINKBATCH_DEVELOPER_TOKEN"
	varClientID       = "LINKBATCH_CLIENT_ID"
	varClientSecret   = "LINKBATCH_CLIENT_SECRET"
	varCustomerID     = "LINKBATCH_CUSTOMER_ID"
)

// origin is where a part of the credentials comes from.
type origin struct {
	Kind  string // environment, file, configuration, login or simulator
	Where string // the variable, the file, or the line of the configuration
}

// String names the place as a sentence can go on with it.
func (o origin) String() string {
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
func (f *serviceFlags) inEnvironment(variable string) origin {
	if f.getenv(variable) == "" {
		return origin{"file", variable + "_FILE"}
	}
	return origin{"environment", variable}
}

// atSource is the origin of a secret that was found where the configuration
// says, so that its name is surely one and not the secret itself.
func atSource(s config.Source) origin {
	if s.File != "" {
		return origin{"file", s.File}
	}
	return origin{"environment", s.Variable}
}

// credentials are those of one profile, and where each of them comes from, by
// the variable that could set it.
type credentials struct {
	auth.Credentials
	from map[string]origin
	idle string // the configuration's refresh token, if the environment has another, which comes first
}

// credentials reads those of a profile: for the one in use the environment
// comes first. Of the others it knows only what belongs to the program.
func (f *serviceFlags) credentials(name string, p *config.Profile) (credentials, error) {
	c := credentials{from: make(map[string]origin)}
	env, err := auth.FromEnv(f.getenv)
	if err != nil {
		return c, &configError{err, "set the variable, or its _FILE form, to a value that can be read"}
	}
	inUse := name == f.profile
	secret := func(variable, theirs string, s config.Source, shared bool) (string, error) {
		ours, err := f.secretOf(s)
		if err != nil {
			return "", &configError{fmt.Errorf("%s: %w", s.At.Origin(), err), "linkbatch config show tells which secrets are set"}
		}
		if ours != "" && (!inUse || theirs == "") {
			c.from[variable] = atSource(s)
			return ours, nil
		}
		if theirs == "" || !inUse && !shared {
			return "", nil
		}
		c.from[variable] = f.inEnvironment(variable)
		return theirs, nil
	}
	plain := func(variable, key, theirs, ours string, shared bool) string {
		if ours != "" && (!inUse || theirs == "") {
			v, _ := f.config().Lookup(name, key)
			c.from[variable] = origin{"configuration", fmt.Sprintf("%s (%s)", key, v.Origin())}
			return ours
		}
		if theirs == "" || !inUse && !shared {
			return ""
		}
		c.from[variable] = f.inEnvironment(variable)
		return theirs
	}
	c.ClientID = plain(varClientID, "client_id", env.ClientID, p.ClientID, true)
	c.CustomerID = plain(varCustomerID, "customer", env.CustomerID, p.Customer, false)
	var errs [3]error
	c.RefreshToken, errs[0] = secret(varRefreshToken, env.RefreshToken, p.RefreshToken, false)
	if ours, err := f.secretOf(p.RefreshToken); err == nil && ours != "" && ours != c.RefreshToken {
		c.idle = atSource(p.RefreshToken).String()
	}
	c.DeveloperToken, errs[1] = secret(varDeveloperToken, env.DeveloperToken, p.DeveloperToken, true)
	c.ClientSecret, errs[2] = secret(varClientSecret, env.ClientSecret, p.ClientSecret, c.ClientID == env.ClientID)
	return c, cmp.Or(errs[0], errs[1], errs[2])
}

// forgetSecrets takes the secrets out of this process's environment, once they
// are read, so that a browser that it starts does not carry them about.
func (f *serviceFlags) forgetSecrets() {
	names := []string{varDeveloperToken, varRefreshToken, varClientSecret}
	for _, name := range f.config().Profiles() {
		p, _ := f.config().Profile(name)
		for _, s := range []config.Source{p.DeveloperToken, p.RefreshToken, p.ClientSecret} {
			if s.Variable != "" {
				names = append(names, s.Variable)
			}
		}
	}
	for _, name := range names {
		f.unsetenv(name)
	}
}

// secretOf reads a secret from where the configuration says that it is; empty
// if it says nothing, or the variable is not set.
func (f *serviceFlags) secretOf(s config.Source) (string, error) {
	switch {
	case s.File != "":
		return auth.SecretFile(s.File)
	case s.Variable != "":
		return f.getenv(s.Variable), nil
	}
	return "", nil
}

// named is advice with the places of this login in it: a variable that is not
// where the value came from gives way to the place that is.
func (c *credentials) named(advice string) string {
	for variable, o := range c.from {
		if o.Where != variable && o.Kind != "login" && o.Kind != "simulator" {
			advice = strings.ReplaceAll(advice, variable, o.String())
		}
	}
	return advice
}
