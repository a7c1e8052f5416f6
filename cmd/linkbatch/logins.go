package main

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"linkbatch/internal/auth"
	"linkbatch/internal/config"
	"linkbatch/internal/msads"
)

// login is how one profile signs in.
type login struct {
	options  auth.Options
	provider auth.Provider
	inUse    bool // else the environment has no sign-in for it
	credentials
}

// key names the login's sign-in in the store.
func (l *login) key() auth.Key {
	return auth.Key{Profile: l.options.Profile, Env: l.options.Env, TokenURL: l.options.TokenURL}
}

// place finds the service that the flags ask for, and how its profiles sign in.
func (f *serviceFlags) place() (*place, error) {
	if f.env == "simulator" {
		return f.simulator()
	}
	if err := f.together(); err != nil {
		return nil, err
	}
	return &place{endpoint: cmp.Or(f.endpoint, f.microsofts()), login: f.login, close: func() {}}, nil
}

// microsofts is Microsoft's own endpoint of the environment.
func (f *serviceFlags) microsofts() string {
	if f.env == "sandbox" {
		return msads.SandboxEndpoint
	}
	return msads.ProductionEndpoint
}

// together refuses another server's endpoint without its token address: the
// access token of the service and the developer token would go to that server.
// Who wants just that names the service's token address too.
func (f *serviceFlags) together() error {
	if f.endpoint == "" || f.tokenURL != "" || host(f.endpoint) == host(f.microsofts()) {
		return nil
	}
	return &configError{
		fmt.Errorf("endpoint %q: it is another server than the service's, and no token URL is given: tokens of %s would go there", f.endpoint, host(auth.TokenURL)),
		"set the token URL where the endpoint is set, with --token-url or token_url; for a server that takes the service's own tokens it is " + auth.TokenURL,
	}
}

// login finds how a profile signs in: the environment's credentials are those
// of the profile in use, and come before what the configuration says; a refresh
// token that neither has is that of a login.
func (f *serviceFlags) login(name string) (*login, error) {
	l, err := f.assemble(name)
	if err != nil {
		return nil, err
	}
	err = l.complete()
	if missing, ok := errors.AsType[*noCredentialsError](err); ok && f.config() != nil {
		if _, known := f.config().Profile(name); !known {
			missing.file, missing.profiles = f.config().Path(), f.config().Profiles()
		}
	}
	return l, err
}

// assemble is login without asking that nothing is missing.
func (f *serviceFlags) assemble(name string) (*login, error) {
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
	return &login{
		options: auth.Options{
			ClientID: c.ClientID, ClientSecret: c.ClientSecret, RefreshToken: c.RefreshToken,
			TokenURL: provider.TokenURL, Scope: f.scope(provider), Now: f.now, Store: store, Profile: name, Env: f.env,
		},
		provider: provider, inUse: name == f.profile, credentials: c,
	}, nil
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

// provider is the sign-in service of a profile; --token-url comes before all.
func (f *serviceFlags) provider(p *config.Profile) (provider auth.Provider, err error) {
	switch {
	case f.tokenURL != "":
		if provider, err = auth.ProviderAt(f.tokenURL); err == nil && p.SignIn == "google" {
			provider = googleAt(f.tokenURL)
		}
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

// microsoftToken is the end of the path of Microsoft's token address.
var microsoftToken = regexp.MustCompile(`/[^/]+/oauth2/v2\.0/token$`)

// googleAt is Google's sign-in at another server, which has it where the
// simulator does: /o/oauth2/v2/auth beside /token. As --token-url is one for
// all profiles, it may be that server's Microsoft address too, and Google's is
// then at the root of the same.
func googleAt(tokenURL string) auth.Provider {
	if tokenURL == auth.GoogleTokenURL {
		return auth.Google()
	}
	base := strings.TrimSuffix(microsoftToken.ReplaceAllString(tokenURL, "/token"), "/token")
	return auth.Provider{AuthURL: base + "/o/oauth2/v2/auth", TokenURL: base + "/token", Google: true}
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
	dir, err := f.stateFolder(f.stateDir)
	if err != nil {
		return nil, err
	}
	store, err := auth.OpenStore(auth.StoreOptions{Mode: auth.Mode(f.tokenKeep), Dir: filepath.Join(dir, "tokens")})
	if err != nil {
		return nil, &usageError{fmt.Errorf("--token-store %q: want auto, keyring or file", f.tokenKeep), ""}
	}
	return store, nil
}

// complete says which credentials are missing. A refresh token that is not set
// is that of a login.
func (l *login) complete() error {
	o := &l.options
	var missing []string
	needs := func(variable, value string) {
		if value == "" {
			missing = append(missing, variable)
		}
	}
	stored := "stored"
	if o.RefreshToken == "" {
		record, err := o.Store.Load(l.key())
		switch {
		case errors.Is(err, auth.ErrNotSignedIn):
			stored = ""
		case err != nil:
			return &configError{err, "make the token store readable, or name another with --token-store or --state-dir"}
		}
		o.ClientID = cmp.Or(o.ClientID, record.ClientID)
		l.from[varRefreshToken] = origin{"login", o.Store.Where()}
	}
	needs(varDeveloperToken, l.DeveloperToken)
	needs(varClientID, o.ClientID)
	needs(varRefreshToken, stored)
	if len(missing) == 0 {
		return nil
	}
	return &noCredentialsError{login: l, missing: missing}
}
