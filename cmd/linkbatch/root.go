package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const rootHelp = `linkbatch reads a roster of client accounts (CSV or XLSX), looks up the client
links that exist now, plans what to do for each row (add, accept, unlink, cancel
or decline), shows the plan, executes it in calls of at most ten links, and
reports one outcome for every row.

Try it without an account, from the source folder:

  linkbatch apply samples/roster.csv --env simulator

Sign in with linkbatch login, once for each side; linkbatch whoami shows who you
are signed in as, and linkbatch doctor what is missing. Secrets are never passed
in flags. Set LINKBATCH_DEVELOPER_TOKEN and LINKBATCH_CLIENT_ID and, where they
apply, LINKBATCH_CLIENT_SECRET and LINKBATCH_CUSTOMER_ID; on an unattended
machine, set LINKBATCH_REFRESH_TOKEN instead of signing in. Or set the same names
with _FILE at the end, each to the name of a file that contains the value. Every
flag has an environment name too: --managing-customer is
LINKBATCH_MANAGING_CUSTOMER.

` + exitHelp

func newRootCommand(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:               "linkbatch",
		Short:             "Add, accept and unlink Microsoft Advertising client links from a roster",
		Long:              rootHelp,
		Version:           version(),
		SilenceUsage:      true,
		SilenceErrors:     true,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: a.load,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		name := ""
		if bad, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
			name = "--" + bad.GetFlag().Name
		}
		return badValue(name, err)
	})
	root.AddCommand(
		newCheckCommand(a),
		newTemplateCommand(a),
		newPlanCommand(a),
		newApplyCommand(a),
		newRetryCommand(a),
		newUndoCommand(a),
		newRunsCommand(a),
		newShowCommand(a),
		newReportCommand(a),
		newHistoryCommand(a),
		newForgetCommand(a),
		newStateCommand(a),
		newPendingCommand(a),
		newExportCommand(a),
		newLoginCommand(a),
		newLogoutCommand(a),
		newWhoamiCommand(a),
		newDoctorCommand(a),
		newConfigCommand(a),
		newRulesCommand(a),
		newSimulateCommand(a),
		newVersionCommand(a),
	)
	root.Args = unknownCommand
	root.SetVersionTemplate(thisBuild().String() + "\n")
	root.SuggestionsMinimumDistance = 2
	return root
}

// unknownCommand refuses a word that is not a command.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return usage("unknown command %q, did you mean %q?", args[0], near[0])
	}
	return usage("unknown command %q", args[0])
}

// noArguments refuses all arguments.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("%s takes no arguments, got %q", cmd.Name(), args[0])
	}
	return nil
}

// oneArgument wants the argument that the command's usage line ends with.
func oneArgument(cmd *cobra.Command, args []string) error {
	_, name, _ := strings.Cut(cmd.Use, " ")
	switch len(args) {
	case 1:
		return nil
	case 0:
		return usage("name the %s: %s %s", strings.ReplaceAll(strings.ToLower(name), "|", " or "), cmd.CommandPath(), name)
	}
	return usage("%s takes one %s, got %d arguments: put quotes around a name with spaces: %s %q", cmd.Name(), name, len(args), cmd.CommandPath(), strings.Join(args, " "))
}

// rosterArgument wants a roster alone. What stands beside it may be meant for a
// flag whose value needs the equals sign.
func rosterArgument(cmd *cobra.Command, args []string) error {
	err := oneArgument(cmd, args)
	if err == nil {
		return nil
	}
	for _, name := range []string{"wait", "reinvite"} {
		f := cmd.Flags().Lookup(name)
		for _, arg := range args {
			if f != nil && f.Changed && f.Value.Set(arg) == nil {
				return usage("--%s %s: write --%s=%s", name, arg, name, arg)
			}
		}
	}
	return err
}

// badValue words what is wrong with the value of a flag, under the name by
// which it was given.
func badValue(name string, err error) error {
	bad, ok := errors.AsType[*pflag.InvalidValueError](err)
	switch {
	case ok && bad.GetFlag().Value.Type() == "URL": // which may have a password in it
		return usage("%s: %w", name, bad.Unwrap())
	case ok:
		return usage("%s %q: %w", name, bad.GetValue(), bad.Unwrap())
	}
	return &usageError{err: err}
}

// flagsFromEnv sets every flag that the command line left alone from its
// environment name: LINKBATCH_ and the flag's name in capitals, _ for -.
func flagsFromEnv(fs *pflag.FlagSet, getenv func(string) string) error {
	var bad error
	fs.VisitAll(func(f *pflag.Flag) {
		name := environmentName(f.Name)
		value := getenv(name)
		if f.Changed || value == "" || f.Name == "help" || bad != nil {
			return
		}
		if err := fs.Set(f.Name, value); err != nil {
			bad = badValue(name, err)
		}
	})
	return bad
}
