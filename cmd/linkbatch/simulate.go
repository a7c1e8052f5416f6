package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linkbatch/internal/address"
	"linkbatch/internal/flagvalue"
	"linkbatch/internal/simulator"
	"linkbatch/samples"
)

// simulateFlags are the flags of simulate.
type simulateFlags struct {
	listen, world, state, faults string
	seed                         uint64
	latency                      flagvalue.Span
	modes                        []string
	strictRotation, printEnv     bool
}

func newSimulateCommand(a *app) *cobra.Command {
	var f simulateFlags
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Serve the simulator: a local server that behaves like the service",
		Long: `simulate serves the Customer Management paths, the sign-in pages, the token
endpoint and the test doors over a world in JSON until it is interrupted. It
listens on this machine only. Point linkbatch at it with

  linkbatch simulate &
  eval "$(linkbatch simulate --print-env)"
  linkbatch plan ROSTER --endpoint http://127.0.0.1:18090 \
      --token-url http://127.0.0.1:18090/common/oauth2/v2.0/token

Modes (--mode, repeatable): ` + strings.Join(modeNames(), ", ") + `.

Sign in at /common/oauth2/v2.0/authorize (Google: /o/oauth2/v2/auth, tokens at
/token) as anyone in the world. Clients: ` + simulator.ClientID + `, which is native, ` + simulator.WebClientID + `
and ` + simulator.GoogleClientID + ` with the secret ` + simulator.ClientSecret + `.

Doors: GET /__simulator/state, POST /__simulator/clock {"seconds":n},
POST /__simulator/faults, PUT, PATCH and DELETE /__simulator/links,
PATCH /__simulator/users {"user":NAME,"set":{...}},
POST /__simulator/revoke {"user":NAME}, POST /__simulator/reset.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.printEnv {
				_, err := fmt.Fprintf(a.out, "export LINKBATCH_DEVELOPER_TOKEN=%s\nexport LINKBATCH_CLIENT_ID=%s\nexport LINKBATCH_REFRESH_TOKEN=%s\nexport "+simulatedClientToken+"=%s\n",
					simulator.DeveloperToken, simulator.ClientID, simulator.AgencyRefreshToken, simulator.ClientRefreshToken)
				return err
			}
			return runSimulate(cmd, a, &f)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&f.listen, "listen", "127.0.0.1:18090", "loopback `ADDRESS` to listen on; port 0 picks a free one")
	fs.StringVar(&f.world, "world", "", "world `FILE` (default: the built-in one)")
	fs.StringVar(&f.state, "state", "", "keep the state in `FILE`; an existing one takes precedence over the world")
	fs.Uint64Var(&f.seed, "seed", 1, "`SEED` of faults and tracking ids")
	fs.Var(&f.latency, "latency", "`DURATION` to wait before each reply, such as 100ms")
	fs.StringVar(&f.faults, "faults", "", "JSON `FILE` with a list of faults")
	fs.StringSliceVar(&f.modes, "mode", nil, "`NAME` of a deviation from the strict server (repeatable)")
	fs.BoolVar(&f.strictRotation, "strict-rotation", false, "refuse a refresh token that was used before")
	fs.BoolVar(&f.printEnv, "print-env", false, "print the LINKBATCH_ lines for a shell, and exit")
	return cmd
}

func modeNames() []string {
	var names []string
	for _, m := range simulator.Modes() {
		names = append(names, string(m))
	}
	return names
}

// options reads the files that the flags name.
func (f *simulateFlags) options(now func() time.Time) (simulator.Options, error) {
	o := simulator.Options{
		World: samples.World, State: f.state, Seed: f.seed, Latency: time.Duration(f.latency), StrictRotation: f.strictRotation, Now: now,
	}
	for _, name := range f.modes {
		if !slices.Contains(modeNames(), strings.TrimSpace(name)) {
			return o, usage("--mode %q: want one of %s", name, strings.Join(modeNames(), ", "))
		}
		o.Modes = append(o.Modes, simulator.Mode(strings.TrimSpace(name)))
	}
	if f.world != "" {
		b, err := os.ReadFile(f.world)
		if err != nil {
			return o, &configError{err, "name a world file that can be read"}
		}
		o.World = b
	}
	if f.faults != "" {
		b, err := os.ReadFile(f.faults)
		if err != nil {
			return o, &configError{err, "name a faults file that can be read"}
		}
		if o.Faults, err = simulator.ParseFaults(b); err != nil {
			return o, &configError{fmt.Errorf("%s: %w", f.faults, err), ""}
		}
	}
	return o, nil
}

// runSimulate serves until the context ends, which is no error.
func runSimulate(cmd *cobra.Command, a *app, f *simulateFlags) error {
	if err := loopback(f.listen); err != nil {
		return &usageError{err: err}
	}
	opts, err := f.options(a.now)
	if err != nil {
		return err
	}
	sim, err := simulator.New(opts)
	if err != nil {
		return &configError{err, ""}
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		if op, ok := errors.AsType[*net.OpError](err); ok {
			err = op.Err // without the address, which is named here
		}
		return &configError{fmt.Errorf("--listen %s: %w", f.listen, err), "stop whatever is listening there, or name another address with --listen; port 0 picks a free one"}
	}
	base := "http://" + listener.Addr().String()
	a.say("simulator: listening on %s, tokens at %s/common/oauth2/v2.0/token, sign-in at %s/common/oauth2/v2.0/authorize", base, base, base)
	return serve(cmd.Context(), listener, sim, a.err)
}

// loopback refuses an address that other machines could reach: the simulator
// guards nothing.
func loopback(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if !address.Local(host) {
		return fmt.Errorf("--listen: %q is not a loopback address", listen)
	}
	return nil
}

// serve runs h until ctx ends, then lets replies in flight go out for a while.
func serve(ctx context.Context, l net.Listener, h http.Handler, messages io.Writer) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(messages, "simulator: ", 0)}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		err := server.Shutdown(grace)
		if err != nil { // somebody still waits for a slow reply
			err = server.Close()
		}
		stopped <- err
	})
	err := server.Serve(l)
	if !errors.Is(err, http.ErrServerClosed) || stop() {
		return err
	}
	return <-stopped
}
