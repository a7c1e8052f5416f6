package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"linkbatch/internal/auth"
	"linkbatch/internal/config"
	"linkbatch/internal/msads"
)

// login is how one profile signs in.
type login struct {
	options        auth.Options
	developerToken string
	customerID     string // digits; empty = the customer of the user
	google         bool
}

// place finds the service that the flags ask for, and how its profiles sign in.
func (f *serviceFlags) place() (*place, error) {
	if f.env == "simulator" {
		return f.simulator()
	}
	endpoint := msads.ProductionEndpoint
	if f.env == "sandbox" {
		endpoint = msads.SandboxEndpoint
	}
	return &place{endpoint: cmp.Or(f.endpoint, endpoint), login: f.login, close: func() {}}, nil
}

// login finds how a profile signs in: the environment's credentials are those
// of the profile in use, and come before what the configuration says; a refresh
// token that neither has is that of a login.
func (f *serviceFlags) login(name string) (*login, error) {
	p, known := f.config().Profile(name)
	if !known && name != f.profile {
		return nil, f.noProfile(name)
	}
	if known && p.Environment != f.env {
		return nil, &configError{fmt.Errorf("profile %q is for %s, and this run is for %s", name, p.Environment, f.env), "name another profile, or another --env"}
	}
	c, err := f.credentials(name, &p)
	if err != nil {
		return nil, err
	}
	provider, err := f.provider(&p)
	if err != nil {
		return nil, err
	}
	store, err := f.tokenStore()
	if err != nil {
		return nil, err
	}
	l := &login{
		options: auth.Options{
			ClientID: c.ClientID, ClientSecret: c.ClientSecret, RefreshToken: c.RefreshToken,
			TokenURL: provider.TokenURL, Scope: f.scope(provider), Now: time.Now, Store: store, Profile: name, Env: f.env,
		},
		developerToken: c.DeveloperToken, customerID: c.CustomerID, google: provider.Google,
	}
	return l, l.complete(name, store)
}

// config is the configuration, which says nothing if there is none.
func (f *serviceFlags) config() *config.File {
	if f.settings == nil {
		return nil
	}
	return f.settings.file
}

// errNoProfile is a name that no profile has.
var errNoProfile = errors.New("there is no profile")

func (f *serviceFlags) noProfile(name string) error {
	known := append(f.config().Profiles(), f.profile)
	slices.Sort(known)
	return &configError{fmt.Errorf("%w %q", errNoProfile, name), "the profiles are " + strings.Join(slices.Compact(known), ", ") + "; linkbatch config path says where more can be added"}
}

// credentials reads those of a profile: for the one in use the environment
// comes first. Of the others it knows only what belongs to the program.
func (f *serviceFlags) credentials(name string, p *config.Profile) (auth.Credentials, error) {
	c, err := auth.FromEnv(os.Getenv)
	if err != nil {
		return c, &configError{err, "set the variable, or its _FILE form, to a value that can be read"}
	}
	file := auth.Credentials{ClientID: p.ClientID, CustomerID: p.Customer}
	for _, s := range []struct {
		source config.Source
		value  *string
	}{{p.RefreshToken, &file.RefreshToken}, {p.DeveloperToken, &file.DeveloperToken}, {p.ClientSecret, &file.ClientSecret}} {
		if *s.value, err = secretOf(s.source); err != nil {
			return c, &configError{fmt.Errorf("%s: %w", s.source.At.Origin(), err), "linkbatch config show tells which secrets are set"}
		}
	}
	if name != f.profile {
		own := auth.Credentials{DeveloperToken: cmp.Or(file.DeveloperToken, c.DeveloperToken), RefreshToken: file.RefreshToken, CustomerID: file.CustomerID}
		own.ClientID, own.ClientSecret = file.ClientID, file.ClientSecret
		if own.ClientID == "" || own.ClientID == c.ClientID {
			own.ClientID, own.ClientSecret = c.ClientID, cmp.Or(own.ClientSecret, c.ClientSecret)
		}
		return own, nil
	}
	return auth.Credentials{
		DeveloperToken: cmp.Or(c.DeveloperToken, file.DeveloperToken), RefreshToken: cmp.Or(c.RefreshToken, file.RefreshToken),
		ClientID: cmp.Or(c.ClientID, file.ClientID), ClientSecret: cmp.Or(c.ClientSecret, file.ClientSecret),
		CustomerID: cmp.Or(c.CustomerID, file.CustomerID),
	}, nil
}

// secretOf reads a secret from where the configuration says that it is; empty
// if it says nothing, or the variable is not set.
func secretOf(s config.Source) (string, error) {
	switch {
	case s.File != "":
		return auth.SecretFile(s.File)
	case s.Variable != "":
		return os.Getenv(s.Variable), nil
	}
	return "", nil
}

// provider is the sign-in service of a profile; --token-url comes before all.
func (f *serviceFlags) provider(p *config.Profile) (provider auth.Provider, err error) {
	switch {
	case f.tokenURL != "":
		provider, err = auth.ProviderAt(f.tokenURL)
		provider.Google = p.SignIn == "google"
	case p.SignIn == "google":
		provider = auth.Google()
	default:
		provider, err = auth.Microsoft(p.Tenant)
	}
	if err != nil && f.tokenURL != "" {
		return provider, &configError{err, "check --token-url"}
	} else if err != nil {
		return provider, &configError{err, "check the profile's tenant"}
	}
	return provider, nil
}

// scope is what a token is asked for.
func (f *serviceFlags) scope(provider auth.Provider) string {
	switch {
	case provider.Google:
		return ""
	case f.env == "sandbox":
		return auth.SandboxScope
	}
	return auth.ProductionScope
}

// tokenStore is where sign-ins and rotated refresh tokens are kept.
func (f *serviceFlags) tokenStore() (*auth.Store, error) {
	dir, err := f.stateFolder()
	if err != nil {
		return nil, err
	}
	store, err := auth.OpenStore(auth.StoreOptions{Mode: auth.Mode(f.tokenKeep), Dir: filepath.Join(dir, "tokens")})
	if err != nil {
		return nil, &usageError{fmt.Errorf("--token-store %q: want auto, keyring or file", f.tokenKeep), ""}
	}
	return store, nil
}

// errNoCredentials is a sign-in for which something is not set.
var errNoCredentials = errors.New("not signed in")

// complete says which credentials are missing. A refresh token that is not set
// is that of a login.
func (l *login) complete(name string, store *auth.Store) error {
	o := &l.options
	var missing []string
	if o.RefreshToken == "" {
		record, err := store.Load(auth.Key{Profile: name, Env: o.Env, TokenURL: o.TokenURL})
		o.ClientID = cmp.Or(o.ClientID, record.ClientID)
		switch {
		case errors.Is(err, auth.ErrNotSignedIn):
			missing = append(missing, "LINKBATCH_REFRESH_TOKEN")
		case err != nil:
			return err
		}
	}
	for _, v := range []struct{ name, value string }{{"LINKBATCH_CLIENT_ID", o.ClientID}, {"LINKBATCH_DEVELOPER_TOKEN", l.developerToken}} {
		if v.value == "" {
			missing = append(missing, v.name)
		}
	}
	slices.Reverse(missing)
	switch len(missing) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%w: profile %q: %s is not set", errNoCredentials, name, missing[0])
	}
	return fmt.Errorf("%w: profile %q: %s are not set", errNoCredentials, name, strings.Join(missing, ", "))
}
