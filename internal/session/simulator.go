package session

import (
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"linkbatch/internal/auth"
	"linkbatch/internal/simulator"
	"linkbatch/samples"
)

// simulator starts a simulator in this process for --env simulator: real HTTP
// on a loopback port, the built-in credentials, and a world whose state is
// kept in the state folder, so that a second command sees what the first did.
func (o *Options) simulator() (*Service, error) {
	world := samples.World
	if o.World != "" {
		var err error
		if world, err = os.ReadFile(o.World); err != nil {
			return nil, &Error{err, "name a world file that can be read"}
		}
	}
	dir := o.StateDir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, &Error{err, "name another folder with --state-dir"}
	}
	// One state for each world: a changed world starts afresh.
	name := fmt.Sprintf("simulator-%x", sha256.Sum256(world))[:len("simulator-")+12]
	state := filepath.Join(dir, name+".json")
	sim, err := simulator.New(simulator.Options{World: world, State: state, Now: o.Now})
	if err != nil {
		return nil, &Error{fmt.Errorf("simulator: %w", err), "delete " + state + " to start afresh, or name another --world"}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	server := &http.Server{Handler: sim, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener)
	base := "http://" + listener.Addr().String()
	tokens := map[string]string{"agency": simulator.AgencyRefreshToken, "client": simulator.ClientRefreshToken}
	return &Service{
		Name:     name, // its port is another one each time
		Endpoint: base,
		Login: func(profile string) (*Login, error) {
			if tokens[profile] == "" {
				return nil, &Error{fmt.Errorf("%w %q", ErrNoProfile, profile), "the profiles of the simulator are agency and client"}
			}
			return &Login{
				Options: auth.Options{
					ClientID: simulator.ClientID, RefreshToken: tokens[profile], TokenURL: base + "/common/oauth2/v2.0/token", Scope: auth.ProductionScope, Now: o.Now,
				},
				Credentials: Credentials{
					Credentials: auth.Credentials{DeveloperToken: simulator.DeveloperToken},
					from:        map[string]Origin{RefreshTokenVar: {"simulator", "built into the simulator"}},
				},
			}, nil
		},
		Close: func() { server.Close() },
	}, nil
}
