package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const rootHelp = `linkbatch reads a roster of client accounts (CSV or XLSX), looks at the client
links that exist now, plans what to do for each row (add, accept, unlink, and
their neighbours cancel and decline), shows the plan, carries it out in calls
of at most ten links, and reports one outcome for every row.

Try it without any account, from the source folder:

  linkbatch apply samples/roster.csv --env simulator

Sign in with linkbatch login, once for each side; linkbatch whoami tells as whom,
and linkbatch doctor what is missing. Secrets never come in flags. Set
LINKBATCH_DEVELOPER_TOKEN and LINKBATCH_CLIENT_ID and, where they apply,
LINKBATCH_CLIENT_SECRET and LINKBATCH_CUSTOMER_ID; on a machine without a person
LINKBATCH_REFRESH_TOKEN stands for the sign-in. Or set the same names with _FILE
at the end, each naming a file that holds the value. Every flag has an environment
name too: --managing-customer is LINKBATCH_MANAGING_CUSTOMER.

` + exitHelp

func newRootCommand(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:               "linkbatch",
		Short:             "Add, accept and unlink Microsoft Advertising client links from a roster",
		Long:              rootHelp,
		SilenceUsage:      true,
		SilenceErrors:     true,
		Args:              cobra.NoArgs,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return flagsFromEnv(cmd.Flags(), a.getenv) },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{err, cmd.CommandPath()}
	})
	root.AddCommand(
		newCheckCommand(a),
		newTemplateCommand(a),
		newPlanCommand(a),
		newApplyCommand(a),
		newRunsCommand(a),
		newShowCommand(a),
		newReportCommand(a),
		newHistoryCommand(a),
		newPendingCommand(a),
		newLoginCommand(a),
		newLogoutCommand(a),
		newWhoamiCommand(a),
		newDoctorCommand(a),
		newConfigCommand(a),
		newRulesCommand(a),
		newSimulateCommand(a),
		newVersionCommand(a),
	)
	for _, c := range root.Commands() {
		c.Args = usageArgs(c.Args)
		for _, sub := range c.Commands() {
			sub.Args = usageArgs(sub.Args)
		}
	}
	root.Args = usageArgs(unknownCommand)
	root.SuggestionsMinimumDistance = 2
	return root
}

// unknownCommand refuses a word that is no command.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	msg := fmt.Sprintf("unknown command %q", args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		msg += fmt.Sprintf(", did you mean %q?", near[0])
	}
	return fmt.Errorf("%s", msg)
}

// usageArgs makes an error about arguments a usage error.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(cmd, args); err != nil {
			return &usageError{err, cmd.CommandPath()}
		}
		return nil
	}
}

// flagsFromEnv sets every flag that the command line left alone from its
// environment name: LINKBATCH_ and the flag's name in capitals, _ for -.
func flagsFromEnv(fs *pflag.FlagSet, getenv func(string) string) error {
	var bad error
	fs.VisitAll(func(f *pflag.Flag) {
		name := "LINKBATCH_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value := getenv(name)
		if f.Changed || value == "" || f.Name == "help" || bad != nil {
			return
		}
		if err := fs.Set(f.Name, value); err != nil {
			bad = &usageError{fmt.Errorf("%s: %w", name, err), ""}
		}
	})
	return bad
}
