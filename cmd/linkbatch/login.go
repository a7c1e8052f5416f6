package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/cli/browser"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"linkbatch/internal/auth"
)

// addSignIn adds the flags of commands that sign in and carry nothing out, out
// of those that runs have, and some more of these by name.
func (f *serviceFlags) addSignIn(fs *pflag.FlagSet, more ...string) {
	var all pflag.FlagSet
	f.add(&all)
	fs.SortFlags = false
	for _, name := range append([]string{"profile", "env", "endpoint", "token-url", "config", "token-store", "state-dir", "log-format", "verbose"}, more...) {
		fs.AddFlag(all.Lookup(name))
	}
}

// loginFlags are the flags of login.
type loginFlags struct {
	service   serviceFlags
	noBrowser bool
	redirect  string
	port      int
	timeout   time.Duration
}

func newLoginCommand() *cobra.Command {
	var f loginFlags
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Sign a profile in with the browser, and keep the sign-in",
		Long: `login opens the browser at the sign-in page of Microsoft, or of Google for a
profile with sign_in = "google", waits until it comes back to this machine, and
keeps the refresh token that it brings for the profile: in the keyring of the
system, or in a file that only you can read (--token-store). Every later command
with the same --profile, --env and --token-url uses it and keeps its successors.

The app that asks is LINKBATCH_CLIENT_ID or the profile's client_id. A desktop
app (mobile and desktop applications, redirect address http://localhost) has no
secret; a web app's, and Google's, is LINKBATCH_CLIENT_SECRET or where the
profile says. --redirect is for an app that has another redirect address.

On a machine without a browser use --no-browser: open the address that it prints
in any browser, sign in, and paste the address that the browser ends at, though
the page there cannot be shown.

Sign in each side once: the agency, and every client whose profile accepts.

  linkbatch login                      # the profile agency
  linkbatch login --profile client-a --config clients.toml

With a developer token login then asks the service who has signed in. A sign-in
that the service does not take is kept all the same, and said so. What stands in
LINKBATCH_REFRESH_TOKEN, or where the profile says, comes before a sign-in.

Exit codes: 0 signed in; 4 not signed in, or the service does not take it;
64 usage; 75 the sign-in service cannot be reached; 78 configuration.`,
		Args: cobra.NoArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) (err error) {
			f.service.settings, err = loadSettings(cmd.Flags(), os.Getenv)
			return err
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return runLogin(cmd, &f) },
	}
	fs := cmd.Flags()
	f.service.addSignIn(fs)
	fs.BoolVar(&f.noBrowser, "no-browser", false, "open no browser: print the address, and read the pasted one that the browser ended at")
	fs.StringVar(&f.redirect, "redirect", "http://localhost", "the redirect `URL` that the app is registered with, without its port")
	fs.IntVar(&f.port, "port", 0, "the `port` of this machine that the browser comes back to (default: a free one)")
	fs.DurationVar(&f.timeout, "timeout", 5*time.Minute, "how `long` the browser may take")
	return cmd
}

func runLogin(cmd *cobra.Command, f *loginFlags) error {
	ctx, s := cmd.Context(), &f.service
	if err := cmp.Or(s.signsIn(), s.validate(), s.together()); err != nil {
		return err
	}
	if f.timeout <= 0 {
		return &usageError{fmt.Errorf("--timeout %v: want a time above 0, such as 5m", f.timeout), cmd.CommandPath()}
	}
	l, err := s.assemble(s.profile)
	if err != nil {
		return err
	}
	if _, known := s.config().Profile(s.profile); !known && s.config() != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "warning: %s has no profile %q: rows cannot name it, and only --profile uses it\n", s.config().Path(), s.profile)
	}
	if err := l.options.Store.Ready(ctx, l.key()); err != nil {
		return notKept(err)
	}
	record, err := f.ask(ctx, cmd, l)
	if err != nil {
		if _, refused := errors.AsType[*auth.Error](err); refused {
			return &profileError{l, err}
		}
		return err
	}
	if err := l.options.Store.Save(ctx, l.key(), record); err != nil {
		return notKept(err)
	}
	if _, err := fmt.Fprintf(cmd.OutOrStdout(), "profile %q is signed in for %s; kept in %s\n", s.profile, s.service(), l.options.Store.Where()); err != nil {
		return shown(err)
	}
	return f.try(ctx, cmd, l)
}

// notKept is a sign-in for which there is no place.
func notKept(err error) error {
	return &configError{fmt.Errorf("the sign-in cannot be kept: %w", err), "name another place with --token-store or --state-dir, and run login again"}
}

// signsIn refuses the simulator in process, which has its sign-ins built in.
func (f *serviceFlags) signsIn() error {
	if f.env == "simulator" {
		return &usageError{errors.New("--env simulator has its sign-ins built in; to try one, run linkbatch simulate and name its --endpoint and --token-url"), ""}
	}
	return nil
}

// service names the environment, and its server if it is another.
func (f *serviceFlags) service() string {
	if f.endpoint == "" {
		return f.env
	}
	return f.env + " at " + f.endpoint
}

// ask has a person sign in.
func (f *loginFlags) ask(ctx context.Context, cmd *cobra.Command, l *login) (auth.Record, error) {
	signIn, err := auth.StartLogin(auth.LoginOptions{
		Provider: l.provider, ClientID: l.ClientID, ClientSecret: l.ClientSecret, Scope: l.options.Scope,
		Redirect: f.redirect, Port: f.port, Paste: f.noBrowser, Timeout: f.timeout, Now: time.Now,
	})
	if err != nil {
		if _, told := errors.AsType[*auth.Error](err); told {
			return auth.Record{}, err
		}
		return auth.Record{}, &usageError{err, cmd.CommandPath()}
	}
	defer signIn.Close()
	if f.noBrowser {
		return f.paste(ctx, cmd, signIn)
	}
	stderr := cmd.ErrOrStderr()
	f.service.forgetSecrets()
	return signIn.Wait(ctx, func(address string) error {
		fmt.Fprintf(stderr, "Sign in with the browser, at:\n\n  %s\n\nWaiting for it to come back …\n", address)
		browser.Stdout, browser.Stderr = stderr, stderr
		// What opens a browser may be the browser, and end when it does.
		go func() {
			if err := browser.OpenURL(address); err != nil {
				fmt.Fprintf(stderr, "no browser could be opened (%v): open the address on this machine yourself, or interrupt and use --no-browser\n", err)
			}
		}()
		return nil
	})
}

// paste reads what the browser ended at. At a terminal a text that is not of
// this sign-in is asked for again.
func (f *loginFlags) paste(ctx context.Context, cmd *cobra.Command, signIn *auth.Login) (auth.Record, error) {
	in, stderr := cmd.InOrStdin(), cmd.ErrOrStderr()
	late, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	lines := readLines(in)
	fmt.Fprintf(stderr, "Sign in with any browser, at:\n\n  %s\n\n", signIn.URL())
	for {
		fmt.Fprint(stderr, "Paste the address that the browser ends at: ")
		var line string
		more := false
		select {
		case line, more = <-lines:
		case <-late.Done():
			if ctx.Err() != nil {
				return auth.Record{}, ctx.Err()
			}
			return auth.Record{}, &auth.Error{
				Description: fmt.Sprintf("nothing was pasted within %v", f.timeout),
				Next:        "run linkbatch login --no-browser again, with a longer --timeout if need be", Err: late.Err(),
			}
		}
		if !isTerminal(in) {
			fmt.Fprintln(stderr)
		}
		record, err := signIn.Answer(ctx, line)
		again, ok := errors.AsType[*auth.RedirectError](err)
		if !ok || !more || !isTerminal(in) {
			return record, err
		}
		fmt.Fprintf(stderr, "%v: %s\n", again, again.Next)
	}
}

// readLines hands on the lines of a stream, and closes at its end.
func readLines(r io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for buffered := bufio.NewReader(r); ; {
			line, err := buffered.ReadString('\n')
			if line != "" {
				lines <- line
			}
			if err != nil {
				return
			}
		}
	}()
	return lines
}

// try asks the service who has signed in, if there is a developer token to ask
// with.
func (f *loginFlags) try(ctx context.Context, cmd *cobra.Command, l *login) error {
	stderr := cmd.ErrOrStderr()
	if before := l.from[varRefreshToken]; l.RefreshToken != "" {
		fmt.Fprintf(stderr, "warning: this sign-in is not used as long as %s holds a refresh token, which comes before it\n", before)
	}
	if l.DeveloperToken == "" {
		fmt.Fprintf(stderr, "warning: not tried at the service: %s is not set\n", varDeveloperToken)
		return nil
	}
	s, err := newSession(&f.service, stderr, nil)
	if err != nil {
		return err
	}
	defer s.close()
	l.options.RefreshToken = "" // the new sign-in is tried and no other
	l.from[varRefreshToken] = origin{"login", l.options.Store.Where()}
	_, client, err := s.connect(f.service.profile, l)
	if err != nil {
		return err
	}
	who, err := identify(ctx, client, f.service.profile, l)
	for _, w := range s.warnings {
		fmt.Fprintf(stderr, "warning: %s\n", w)
	}
	if err != nil {
		return fmt.Errorf("the sign-in is kept, but could not be used: %w", err)
	}
	if what, next := who.warning(); what != "" {
		fmt.Fprintf(stderr, "warning: %s: %s\n", what, next)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "user %s, customer %s, %s\n", who.user.ID, who.customer, roleName(who.role()))
	return shown(err)
}
