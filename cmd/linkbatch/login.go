package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/cli/browser"
	"github.com/spf13/cobra"

	"linkbatch/internal/auth"
	"linkbatch/internal/flagvalue"
	"linkbatch/internal/session"
)

// loginFlags are the flags of login.
type loginFlags struct {
	service   serviceFlags
	noBrowser bool
	redirect  string
	port      flagvalue.Number
	timeout   flagvalue.Span
}

func newLoginCommand(a *app) *cobra.Command {
	f := loginFlags{service: serviceFlags{app: a}, timeout: flagvalue.Span(5 * time.Minute), port: flagvalue.Number{Max: 65535}}
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Sign in a profile in the browser and store the sign-in",
		Long: `login opens the browser at Microsoft's sign-in page, or Google's for a profile
with sign_in = "google", waits for the browser to return to this machine, and
stores the refresh token for the profile: in the system's keyring, or in a file
that only you can read (--token-store). Every later command with the same
--profile, --env and --token-url uses it and stores its successors.

The app is LINKBATCH_CLIENT_ID or the profile's client_id. A desktop app (mobile
and desktop applications, redirect address http://localhost) has no secret; the
secret of a web app, or of Google's, is LINKBATCH_CLIENT_SECRET or where the
profile says. --redirect is for an app that has another redirect address.

On a machine without a browser use --no-browser: open the printed address in any
browser, sign in, and paste the address that the browser ends at, even though
that page cannot be shown.

Sign in each side once: the agency, and every client whose profile accepts.

  linkbatch login                      # the profile agency
  linkbatch login --profile client-a --config clients.toml

With a developer token, login then asks the service who has signed in. If the
service rejects the sign-in, it is still stored and a warning is printed. A token
in LINKBATCH_REFRESH_TOKEN, or where the profile says, takes precedence over a
stored sign-in.

Exit codes: 0 signed in; 4 not signed in, or rejected by the service; 64 usage;
75 the sign-in service cannot be reached; 78 configuration.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runLogin(cmd, &f) },
	}
	fs := cmd.Flags()
	f.service.addSignIn(fs)
	fs.BoolVar(&f.noBrowser, "no-browser", false, "do not open a browser: print the address, then read the one that the browser ends at")
	fs.StringVar(&f.redirect, "redirect", "http://localhost", "redirect `URL` that the app is registered with, without its port")
	fs.Var(&f.port, "port", "`PORT` of this machine that the browser comes back to (default: a free one)")
	fs.Lookup("port").DefValue = ""
	fs.Var(&f.timeout, "timeout", "`DURATION` that the browser may take")
	return cmd
}

func runLogin(cmd *cobra.Command, f *loginFlags) error {
	ctx, s := cmd.Context(), &f.service
	if err := cmp.Or(s.signsIn(), s.validate()); err != nil {
		return err
	}
	if f.timeout <= 0 {
		return usage("--timeout 0: want a length of time above 0, such as 5m")
	}
	o, err := s.sessionOptions()
	if err != nil {
		return err
	}
	if err := o.CheckAddresses(); err != nil {
		return err
	}
	l, err := o.Assemble(s.profile)
	if err != nil {
		return err
	}
	if _, known := s.config().Profile(s.profile); !known && s.config() != nil {
		s.warn("%s has no profile %q: rows cannot name it, and only --profile uses it", s.config().Path(), s.profile)
	}
	if err := l.Options.Store.Ready(ctx, l.Key()); err != nil {
		return notStored(err)
	}
	record, err := f.signIn(ctx, o, l)
	if err != nil {
		if _, refused := errors.AsType[*auth.Error](err); refused {
			return &session.ProfileError{Login: l, Err: err}
		}
		return err
	}
	if err := l.Options.Store.Save(ctx, l.Key(), record); err != nil {
		return notStored(err)
	}
	if _, err := fmt.Fprintf(s.out, "profile %q is signed in for %s; stored in %s\n", s.profile, s.service(), l.Options.Store.Where()); err != nil {
		return shown(err)
	}
	return f.try(ctx, o, l)
}

// notStored is a sign-in that cannot be stored.
func notStored(err error) error {
	return &configError{fmt.Errorf("the sign-in cannot be stored: %w", err), "name another place with --token-store or --state-dir, and run login again"}
}

// signsIn refuses the simulator in process, which has its sign-ins built in.
func (f *serviceFlags) signsIn() error {
	if f.env.Value == "simulator" {
		return usage("--env simulator has its sign-ins built in; to try one, run linkbatch simulate and pass its --endpoint and --token-url")
	}
	return nil
}

// signIn has a person sign in.
func (f *loginFlags) signIn(ctx context.Context, o session.Options, l *session.Login) (auth.Record, error) {
	signIn, err := auth.StartLogin(auth.LoginOptions{
		Provider: l.Provider, ClientID: l.ClientID, ClientSecret: l.ClientSecret, Scope: l.Options.Scope,
		Redirect: f.redirect, Port: f.port.Value, Paste: f.noBrowser, Timeout: time.Duration(f.timeout), Now: f.service.now,
	})
	if err != nil {
		if _, explained := errors.AsType[*auth.Error](err); explained {
			return auth.Record{}, err
		}
		return auth.Record{}, &usageError{err: err}
	}
	defer signIn.Close()
	if f.noBrowser {
		return f.paste(ctx, signIn)
	}
	s := &f.service
	o.ForgetSecrets()
	return signIn.Wait(ctx, func(address string) error {
		s.say("Sign in with the browser, at:\n\n  %s\n\nWaiting for it to come back …", address)
		browser.Stdout, browser.Stderr = s.err, s.err
		// What opens a browser may be the browser, and end when it does.
		go func() {
			if err := browser.OpenURL(address); err != nil {
				s.say("no browser could be opened (%v): open the address on this machine yourself, or press ^C and use --no-browser", err)
			}
		}()
		return nil
	})
}

// paste reads what the browser ended at. At a terminal a text that is not of
// this sign-in is asked for again.
func (f *loginFlags) paste(ctx context.Context, signIn *auth.Login) (auth.Record, error) {
	s := &f.service
	tooLate := fmt.Errorf("nothing was pasted within %s", f.timeout.String())
	ctx, cancel := context.WithTimeoutCause(ctx, time.Duration(f.timeout), tooLate)
	defer cancel()
	lines, attended := readLines(s.in), isTerminal(s.in)
	s.say("Sign in with any browser, at:\n\n  %s\n", signIn.URL())
	for {
		line, err := s.ask(ctx, "Paste the address that the browser ends at: ", lines)
		if errors.Is(err, tooLate) {
			return auth.Record{}, &auth.Error{
				Description: err.Error(), Next: "run linkbatch login --no-browser again, with a longer --timeout if necessary", Err: context.DeadlineExceeded,
			}
		} else if err != nil && !errors.Is(err, io.EOF) {
			return auth.Record{}, err
		}
		if !attended && err == nil {
			s.say("")
		}
		ended := err != nil
		record, err := signIn.Answer(ctx, line)
		wrong, ok := errors.AsType[*auth.RedirectError](err)
		if !ok || ended || !attended {
			return record, err
		}
		s.say("%v: %s", wrong, wrong.Next)
	}
}

// try asks the service who has signed in, if there is a developer token to ask
// with.
func (f *loginFlags) try(ctx context.Context, o session.Options, l *session.Login) error {
	flags := &f.service
	if l.RefreshToken != "" {
		flags.warn("this sign-in is not used as long as %s holds a refresh token, which takes precedence", l.RefreshTokenFrom())
	}
	if l.DeveloperToken == "" {
		flags.warn("not tested against the service: %s is not set", session.DeveloperTokenVar)
		return nil
	}
	s, err := session.New(o)
	if err != nil {
		return err
	}
	defer s.Close()
	l.UseStored()
	_, client, err := s.Connect(flags.profile, l)
	if err != nil {
		return err
	}
	who, err := session.Identify(ctx, client, flags.profile, l)
	if err != nil {
		return fmt.Errorf("the sign-in is stored, but could not be used: %w", err)
	}
	if what, next := who.Warning(); what != "" {
		flags.warn("%s: %s", what, next)
	}
	_, err = fmt.Fprintf(flags.out, "user %s, customer %s, %s\n", who.User.ID, who.Customer, session.RoleName(who.Role()))
	return shown(err)
}
