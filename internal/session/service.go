package session

import (
	"cmp"
	"fmt"
	"net/url"

	"linkbatch/internal/auth"
	"linkbatch/internal/msads"
)

// Service is a server that speaks the Customer Management API, and how profiles
// sign in to it.
type Service struct {
	Name     string                               // its name in the ledger
	Endpoint string                               // its address
	Login    func(profile string) (*Login, error) // how a profile signs in: [*Error], [*MissingError] or [ErrNoProfile]
	Close    func()                               // must be called once
}

// Place names the service in the ledger where nobody can sign in to it: as
// [Service.Name] does, but without the world of a simulator.
func (o *Options) Place() string {
	if o.Env == Simulator {
		return Simulator
	}
	return msads.CanonicalEndpoint(cmp.Or(o.Endpoint, o.ownEndpoint()))
}

// service finds the service that the options ask for.
func (o *Options) service() (*Service, error) {
	if o.Env == Simulator {
		return o.simulator()
	}
	if err := o.CheckAddresses(); err != nil {
		return nil, err
	}
	return &Service{Name: o.Place(), Endpoint: cmp.Or(o.Endpoint, o.ownEndpoint()), Login: o.login, Close: func() {}}, nil
}

// ownEndpoint is Microsoft's own endpoint of the environment.
func (o *Options) ownEndpoint() string {
	if o.Env == Sandbox {
		return msads.SandboxEndpoint
	}
	return msads.ProductionEndpoint
}

// CheckAddresses returns an [*Error] for another server's endpoint without its
// token address: the access token of the service and the developer token would
// go to that server. To do just that, name the service's token address too.
func (o *Options) CheckAddresses() error {
	if o.Endpoint == "" || o.TokenURL != "" || Host(o.Endpoint) == Host(o.ownEndpoint()) {
		return nil
	}
	return &Error{
		fmt.Errorf("endpoint %q: this is not the service's own server, and no token URL is given: tokens of %s would go there", o.Endpoint, Host(auth.TokenURL)),
		"set the token URL where the endpoint is set, with --token-url or token_url; for a server that takes the service's own tokens it is " + auth.TokenURL,
	}
}

// Host is the part of an address that names a server.
func Host(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Host
	}
	return "the address"
}
