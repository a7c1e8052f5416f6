package auth

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"linkbatch/internal/address"
)

// The addresses and the scope of Google's sign-in. Google knows the user but no
// permission of Microsoft Advertising, so the scope is the same for production and
// sandbox, and a refresh sends none.
const (
	GoogleAuthURL  = "https://accounts.google.com/o/oauth2/v2/auth"
	GoogleTokenURL = "https://oauth2.googleapis.com/token"
	GoogleScope    = "openid email profile"
)

// Provider is a sign-in service: where a person consents and where tokens are
// issued.
type Provider struct {
	AuthURL, TokenURL string
	Google            bool // as Google does it: no scope in a refresh, no rotation, always a client secret
}

// tenants are common, organizations, consumers, the id of a directory, or one
// of its domains.
var tenants = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$`)

// Microsoft is Microsoft's sign-in service for a directory: the empty tenant and
// "common" accept work and personal accounts, "organizations" work accounts,
// "consumers" personal ones, and an id or a domain those of one directory.
func Microsoft(tenant string) (Provider, error) {
	tenant = cmp.Or(tenant, "common")
	if !tenants.MatchString(tenant) {
		return Provider{}, fmt.Errorf("tenant %q: want common, organizations, consumers, an id or a domain", tenant)
	}
	base := "https://login.microsoftonline.com/" + tenant + "/oauth2/v2.0/"
	return Provider{AuthURL: base + "authorize", TokenURL: base + "token"}, nil
}

// Google is Google's sign-in service, for users who sign in to Microsoft
// Advertising with their Google account.
func Google() Provider {
	return Provider{AuthURL: GoogleAuthURL, TokenURL: GoogleTokenURL, Google: true}
}

// ProviderAt is the sign-in service with a given token address, such as that of
// another server that speaks the API: a person signs in at …/authorize beside
// …/token. An empty address is Microsoft's.
func ProviderAt(tokenURL string) (Provider, error) {
	switch tokenURL {
	case "":
		return Microsoft("")
	case GoogleTokenURL:
		return Google(), nil
	}
	u, err := address.Parse(tokenURL)
	if err != nil {
		return Provider{}, fmt.Errorf("token address: %w", err)
	}
	if !strings.HasSuffix(u.Path, "/token") {
		return Provider{}, errors.New("token address: its path does not end in /token, so the address to sign in at is unknown")
	}
	u.Path = strings.TrimSuffix(u.Path, "token") + "authorize"
	return Provider{AuthURL: u.String(), TokenURL: tokenURL}, nil
}
