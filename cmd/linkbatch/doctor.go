package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/spf13/cobra"

	"linkbatch/internal/flagvalue"
	"linkbatch/internal/session"
	"linkbatch/report"
)

func newDoctorCommand(a *app) *cobra.Command {
	d := doctor{serviceFlags: serviceFlags{app: a}, clock: newClockCheck()}
	var out flagvalue.Output
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check everything a run needs (configuration, network, sign-in, clock)",
		Long: `doctor checks the configuration, the state folder and its ledger, the network and
TLS to the service and its sign-in service, and for the profile in use and every
other profile of the environment the credentials, the sign-in, the developer
token, the customer and the role; finally this machine's clock against the
service's. Nothing is changed except refresh tokens, which the sign-in service
replaces. Each check is ok, a warning or failed, with what to do. A problem with
a profile that is not in use is a warning: it blocks only the rows that name it.

plan and apply sign in every profile they need before anything is changed, with
the same messages.

Exit codes: 0 nothing failed; 4 sign-in or permission; 64 usage; 75 something
cannot be reached; 78 configuration, the state folder or the clock. If several
failed: 78 before 4 before 75.`,
		Args: noArguments,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) (err error) {
			err = a.load(cmd, nil)
			if _, ok := errors.AsType[*configError](err); ok {
				d.unreadable, err = err, nil
			}
			return err
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := d.validate(); err != nil {
				return err
			}
			d.show = !out.JSON()
			d.check(cmd.Context())
			if cmd.Context().Err() != nil {
				return cmd.Context().Err()
			}
			var err error
			if out.JSON() {
				err = shown(encode(a.out, struct {
					FormatVersion int        `json:"format_version"`
					Environment   string     `json:"environment"`
					Checks        []*finding `json:"checks"`
				}{report.FormatVersion, d.env.Value, d.findings}))
			}
			return errors.Join(err, d.ending())
		},
	}
	cmd.Flags().SortFlags = false
	d.addSignIn(cmd.Flags())
	d.addWorld(cmd.Flags())
	out.Add(cmd.Flags())
	return cmd
}

// doctor checks what a run needs.
type doctor struct {
	serviceFlags
	unreadable error // why there is no configuration to go by
	clock      *clockCheck
	show       bool // print each finding
	findings   []*finding

	mu    sync.Mutex
	notes []string // what the sign-in warned of since [doctor.noted]
}

// The results of a check.
const (
	checkOK      = "ok"
	checkWarning = "warning"
	checkFailed  = "failed"
	checkSkipped = "skipped" // something that it needs has failed
)

// finding is what one check has found.
type finding struct {
	Check   string  `json:"check"`
	Profile *string `json:"profile"` // null: the check is about none
	Result  string  `json:"result"`
	Detail  string  `json:"detail"`
	Next    *string `json:"next"` // what to do about it

	code int // the exit code of a failed one
}

// found adds a finding, and shows it.
func (d *doctor) found(f finding) {
	if f.Result != checkFailed {
		f.code = 0
	}
	d.findings = append(d.findings, &f)
	if !d.show {
		return
	}
	what := f.Check
	if f.Profile != nil {
		what += " of " + *f.Profile
	}
	fmt.Fprintf(d.out, "%-7s  %s: %s\n", f.Result, what, f.Detail)
	if f.Next != nil {
		fmt.Fprintf(d.out, "         next: %s\n", *f.Next)
	}
}

// failed is a finding for an error, in the words that a run would use.
func failed(check string, err error) finding {
	f := diagnose(err)
	if f.code != exitSignIn && f.code != exitTryLater {
		f.code = exitConfig
	}
	return finding{Check: check, Result: checkFailed, Detail: f.message, Next: orNull(f.hint), code: f.code}
}

// ending is the worst of the findings as an exit code.
func (d *doctor) ending() error {
	codes := make(map[int]bool)
	for _, f := range d.findings {
		codes[f.code] = true
	}
	for _, code := range []int{exitConfig, exitSignIn, exitTryLater} {
		if codes[code] {
			return &rowsError{code} // the findings say all
		}
	}
	return nil
}

// check makes all checks, and ends early where the rest would mean nothing.
func (d *doctor) check(ctx context.Context) {
	if d.unreadable != nil {
		d.found(failed("configuration", d.unreadable))
		d.found(finding{Check: "everything else", Result: checkSkipped, Detail: "the configuration decides what to check"})
		return
	}
	d.found(d.configuration())
	d.found(d.state())
	s, err := d.openService()
	if err != nil {
		d.found(failed("service", err))
		return
	}
	defer s.Close()
	reached := d.reach(ctx, "service", s.Endpoint, "--endpoint")
	d.profile(ctx, s, d.serviceFlags.profile, reached)
	for _, name := range d.others() {
		d.profile(ctx, s, name, reached)
	}
	d.found(d.clock.finding())
}

// openService finds the service. Its warnings become findings.
func (d *doctor) openService() (*session.Session, error) {
	o, err := d.sessionOptions()
	if err != nil {
		return nil, err
	}
	o.HTTP = d.clock.client()
	o.Warn = func(format string, args ...any) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.notes = append(d.notes, fmt.Sprintf(format, args...))
	}
	return session.New(o)
}

// noted returns what the sign-in warned of since the last time.
func (d *doctor) noted() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	notes := d.notes
	d.notes = nil
	return notes
}

// others are the profiles beside the one in use that a roster can name.
func (d *doctor) others() (names []string) {
	known := d.config().Profiles()
	if d.env.Value == "simulator" {
		known = []string{"agency", "client"}
	}
	for _, name := range known {
		p, ok := d.config().Profile(name)
		if name != d.serviceFlags.profile && (d.env.Value == "simulator" || ok && p.Environment == d.env.Value) {
			names = append(names, name)
		}
	}
	return names
}

// profile checks one login, as far as it comes.
func (d *doctor) profile(ctx context.Context, s *session.Session, name string, reached bool) {
	inUse := name == d.serviceFlags.profile
	found := func(f finding) bool {
		f.Profile = &name
		good := f.Result != checkFailed
		if !good && !inUse {
			f.Result = checkWarning
		}
		d.found(f)
		return good && ctx.Err() == nil
	}
	l, err := s.Login(name)
	if err != nil {
		found(failed("credentials", err))
		return
	}
	found(finding{Check: "credentials", Result: checkOK, Detail: "refresh token: " + l.RefreshTokenFrom().String()})
	tokens, client, err := s.Connect(name, l)
	if err != nil {
		found(failed("sign-in", err))
		return
	}
	if inUse && !d.reach(ctx, "sign-in service", l.Options.TokenURL, "--token-url") {
		return
	}
	_, err = tokens.Token(ctx)
	for _, w := range d.noted() {
		found(finding{Check: "token store", Result: checkWarning, Detail: w, Next: new("make the place writable, or name another with --token-store or --state-dir")})
	}
	if err != nil {
		found(failed("sign-in", &session.ProfileError{Login: l, Err: err}))
		return
	}
	if !found(finding{Check: "sign-in", Result: checkOK, Detail: "token received"}) || !reached {
		return
	}
	who, err := session.Identify(ctx, client, name, l)
	if err != nil {
		found(failed("developer token and user", err))
		return
	}
	found(finding{Check: "developer token and user", Result: checkOK, Detail: "the service knows user " + who.User.ID.String()})
	found(roleFinding(who))
}

// roleFinding shows whether the user's role is one for managing links. Where the
// service's pages disagree it is a warning.
func roleFinding(who *session.Identity) finding {
	f := finding{Check: "customer and role", Result: checkOK, Detail: "customer " + who.Customer.String() + ", " + session.RoleName(who.Role())}
	what, next := who.Warning()
	if what == "" {
		return f
	}
	f.Result, f.Detail, f.Next = checkWarning, what, &next
	if who.MayNot() {
		f.Result, f.code = checkFailed, exitSignIn
	}
	return f
}
