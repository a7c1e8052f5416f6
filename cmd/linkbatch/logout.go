package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"
)

func newLogoutCommand(a *app) *cobra.Command {
	f := serviceFlags{app: a}
	cmd := &cobra.Command{
		Use:   "logout",
		Short: "Remove the stored sign-in of a profile",
		Long: `logout deletes from this machine the sign-in that login has stored for the
profile, and the successors of refresh tokens from the environment that runs have
stored for it. It revokes nothing: to do so, revoke the app's access in the
settings of the account that signed in.

Exit codes: 0 removed, or there was nothing to remove; 1 it cannot be deleted;
64 usage; 78 configuration.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runLogout(cmd, &f) },
	}
	f.addSignIn(cmd.Flags())
	return cmd
}

func runLogout(cmd *cobra.Command, f *serviceFlags) error {
	if err := cmp.Or(f.signsIn(), f.validate()); err != nil {
		return err
	}
	o, err := f.sessionOptions()
	if err != nil {
		return err
	}
	l, err := o.Assemble(f.profile)
	if err != nil {
		return err
	}
	found, err := l.Options.Store.Delete(cmd.Context(), l.Key())
	if err != nil {
		return err
	}
	out := f.out
	if !found {
		_, err = fmt.Fprintf(out, "profile %q: no sign-in for %s is stored in %s\n", f.profile, f.service(), l.Options.Store.Where())
	} else {
		_, err = fmt.Fprintf(out, `profile %q: removed the stored sign-in for %s
It is not revoked: copies of the token remain valid. To revoke it, revoke the
app's access in the settings of the account that signed in.
`, f.profile, f.service())
	}
	if l.RefreshToken != "" {
		f.warn("the refresh token of %s is still there and in use", l.RefreshTokenFrom())
	}
	return shown(err)
}
