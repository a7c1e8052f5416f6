package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"linkbatch/internal/doctor"
	"linkbatch/internal/flagvalue"
	"linkbatch/report"
)

func newDoctorCommand(a *app) *cobra.Command {
	d := doctorCommand{serviceFlags: serviceFlags{app: a}, codes: make(map[int]bool)}
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
					FormatVersion int         `json:"format_version"`
					Environment   string      `json:"environment"`
					Checks        []checkJSON `json:"checks"`
				}{report.FormatVersion, d.env.Value, d.checks}))
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

// doctorCommand shows what [doctor.Examine] finds.
type doctorCommand struct {
	serviceFlags
	unreadable error // why there is no configuration to go by
	show       bool  // print each finding
	checks     []checkJSON
	codes      map[int]bool // of those that failed
}

// checkJSON is a finding as a program reads it.
type checkJSON struct {
	Check   string        `json:"check"`
	Profile *string       `json:"profile"` // null: the check is about none
	Result  doctor.Result `json:"result"`
	Detail  string        `json:"detail"`
	Next    *string       `json:"next"` // what to do about it
}

// found adds a finding, and shows it. An error is in the words that a run would
// use.
func (d *doctorCommand) found(f doctor.Finding) {
	if f.Err != nil {
		end := diagnose(f.Err)
		f.Detail, f.Next = end.message, end.hint
		if f.Result == doctor.Failed {
			d.codes[doctorCode(end.code)] = true
		}
	}
	d.checks = append(d.checks, checkJSON{f.Check, orNull(f.Profile), f.Result, f.Detail, orNull(f.Next)})
	if !d.show {
		return
	}
	what := f.Check
	if f.Profile != "" {
		what += " of " + f.Profile
	}
	fmt.Fprintf(d.out, "%-7s  %s: %s\n", f.Result, what, f.Detail)
	if f.Next != "" {
		fmt.Fprintf(d.out, "         next: %s\n", f.Next)
	}
}

// doctorCode is the exit code for a check that failed.
func doctorCode(code int) int {
	if code == exitSignIn || code == exitTryLater {
		return code
	}
	return exitConfig
}

// ending is the worst of the findings as an exit code.
func (d *doctorCommand) ending() error {
	for _, code := range []int{exitConfig, exitSignIn, exitTryLater} {
		if d.codes[code] {
			return &rowsError{code} // the findings say all
		}
	}
	return nil
}

// check makes all checks, if there is a configuration to go by.
func (d *doctorCommand) check(ctx context.Context) {
	o, err := d.sessionOptions()
	check := "state folder"
	if d.unreadable != nil {
		check, err = "configuration", d.unreadable
	}
	if err != nil {
		d.found(doctor.Finding{Check: check, Result: doctor.Failed, Err: err})
		d.found(doctor.Finding{Check: "everything else", Result: doctor.Skipped, Detail: "the " + check + " decides what to check"})
		return
	}
	doctor.Examine(ctx, o, d.found)
}
