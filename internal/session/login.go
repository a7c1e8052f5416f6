package session

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
)

// Login is how one profile signs in.
type Login struct {
	Options  auth.Options
	Provider auth.Provider
	inUse    bool // else the environment has no sign-in for it
	Credentials
}

// Key names the login's sign-in in the store.
func (l *Login) Key() auth.Key {
	return auth.Key{Profile: l.Options.Profile, Env: l.Options.Env, TokenURL: l.Options.TokenURL}
}

// RefreshTokenFrom is where the refresh token comes from.
func (l *Login) RefreshTokenFrom() Origin { return l.from[RefreshTokenVar] }

// UseStored makes a login use the sign-in that was just stored, and no other.
func (l *Login) UseStored() {
	l.Options.RefreshToken = ""
	l.from[RefreshTokenVar] = Origin{"login", l.Options.Store.Where()}
}

// login finds how a profile signs in: the environment's credentials are those
// of the profile in use, and come before what the configuration says; a refresh
// token that neither has is that of a login.
func (o *Options) login(name string) (*Login, error) {
	l, err := o.Assemble(name)
	if err != nil {
		return nil, err
	}
	err = l.complete()
	if missing, ok := errors.AsType[*MissingError](err); ok && o.Config != nil {
		if _, known := o.Config.Profile(name); !known {
			missing.file, missing.profiles = o.Config.Path(), o.Config.Profiles()
		}
	}
	return l, err
}

// Assemble is how a profile signs in as far as its credentials are known; some
// may be missing. A profile that the configuration does not have is
// [ErrNoProfile], unless it is the one in use; settings that cannot be used are
// an [*Error].
func (o *Options) Assemble(name string) (*Login, error) {
	p, known := o.Config.Profile(name)
	if !known && name != o.Profile {
		return nil, o.noProfile(name)
	}
	if known && p.Environment != o.Env {
		return nil, &Error{fmt.Errorf("profile %q is for %s, and this run is for %s", name, p.Environment, o.Env), "name another profile, or another --env"}
	}
	c, err := o.credentials(name, &p)
	if err != nil {
		return nil, err
	}
	provider, err := o.ProviderOf(&p)
	if err != nil {
		return nil, err
	}
	store, err := o.tokenStore()
	if err != nil {
		return nil, err
	}
	return &Login{
		Options: auth.Options{
			ClientID: c.ClientID, ClientSecret: c.ClientSecret, RefreshToken: c.RefreshToken,
			TokenURL: provider.TokenURL, Scope: o.scope(provider), Now: o.Now, Store: store, Profile: name, Env: o.Env,
		},
		Provider: provider, inUse: name == o.Profile, Credentials: c,
	}, nil
}

// ErrNoProfile is a name that no profile has.
var ErrNoProfile = errors.New("there is no profile")

func (o *Options) noProfile(name string) error {
	known := append(slices.Clone(o.Config.Profiles()), o.Profile)
	slices.Sort(known)
	return &Error{fmt.Errorf("%w %q", ErrNoProfile, name), "the profiles are " + strings.Join(slices.Compact(known), ", ") + "; linkbatch config path shows where to add more"}
}

// ProviderOf is the sign-in service of a profile; [Options.TokenURL] takes
// precedence over what the profile says. What cannot be used is an [*Error].
func (o *Options) ProviderOf(p *config.Profile) (provider auth.Provider, err error) {
	switch {
	case o.TokenURL != "":
		if provider, err = auth.ProviderAt(o.TokenURL); err == nil && p.SignIn == "google" {
			provider = googleAt(o.TokenURL)
		}
	case p.SignIn == "google":
		provider = auth.Google()
	default:
		provider, err = auth.Microsoft(p.Tenant)
	}
	if err != nil && o.TokenURL != "" {
		return provider, &Error{err, "check --token-url"}
	} else if err != nil {
		return provider, &Error{err, "check the profile's tenant"}
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
func (o *Options) scope(provider auth.Provider) string {
	switch {
	case provider.Google:
		return ""
	case o.Env == "sandbox":
		return auth.SandboxScope
	}
	return auth.ProductionScope
}

// tokenStore is where sign-ins and rotated refresh tokens are kept.
func (o *Options) tokenStore() (*auth.Store, error) {
	store, err := auth.OpenStore(auth.StoreOptions{Mode: auth.Mode(o.TokenStore), Dir: filepath.Join(o.StateDir, "tokens")})
	if err != nil {
		return nil, &Error{err, "name a place with --token-store: auto, keyring or file"}
	}
	return store, nil
}

// complete says which credentials are missing. A refresh token that is not set
// is that of a login.
func (l *Login) complete() error {
	o := &l.Options
	var missing []string
	needs := func(variable, value string) {
		if value == "" {
			missing = append(missing, variable)
		}
	}
	stored := "stored"
	if o.RefreshToken == "" {
		record, err := o.Store.Load(l.Key())
		switch {
		case errors.Is(err, auth.ErrNotSignedIn):
			stored = ""
		case err != nil:
			return &Error{err, "make the token store readable, or name another with --token-store or --state-dir"}
		}
		o.ClientID = cmp.Or(o.ClientID, record.ClientID)
		l.from[RefreshTokenVar] = Origin{"login", o.Store.Where()}
	}
	needs(DeveloperTokenVar, l.DeveloperToken)
	needs(ClientIDVar, o.ClientID)
	needs(RefreshTokenVar, stored)
	if len(missing) == 0 {
		return nil
	}
	return &MissingError{login: l, missing: missing}
}
