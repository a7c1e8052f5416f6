package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"linkbatch/internal/config"
	"linkbatch/internal/flagvalue"
	"linkbatch/report"
)

const configHelp = `The configuration contains profiles and settings, so that they need not be given
each time. It is the file that --config or LINKBATCH_CONFIG names, otherwise
linkbatch/linkbatch.toml in the user's configuration directory (XDG_CONFIG_HOME,
~/.config); the current folder is never searched.

A flag takes precedence over its LINKBATCH_ variable, that over the
configuration, and that over the default. endpoint and token_url in the file
apply only to the environment at its top. The file never contains a secret: it
names the variable or file that does, or leaves it to linkbatch login.

Exit codes: 0 fine; 64 usage; 78 the configuration cannot be used.`

func newConfigCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show or check the configuration: profiles and settings",
		Long:  configHelp,
		Args:  unknownCommand,
		// A configuration that cannot be used is what these commands are about.
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return flagsFromEnv(cmd.Flags(), a.getenv) },
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newConfigShowCommand(a), newConfigCheckCommand(a), newConfigSchemaCommand(a), newConfigPathCommand(a))
	for _, c := range cmd.Commands() {
		c.Args = noArguments
	}
	return cmd
}

func newConfigSchemaCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print a JSON schema of the configuration, for editors",
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := a.out.Write(config.Schema())
			return err
		},
	}
}

func newConfigPathCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "path",
		Short: "Print where the configuration is read from",
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, err := knownConfigPath(a, cmd)
			if err != nil {
				return err
			}
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				fmt.Fprintln(a.err, "the file does not exist")
			}
			_, err = fmt.Fprintln(a.out, path)
			return err
		},
	}
	addConfigFlag(cmd.Flags())
	return cmd
}

// knownConfigPath is configPath where there has to be one.
func knownConfigPath(a *app, cmd *cobra.Command) (string, error) {
	path, _, err := configPath(cmd.Flags(), a.getenv)
	if err == nil && path == "" {
		err = &configError{errors.New("this platform has no configuration directory"), "name the file with --config or LINKBATCH_CONFIG"}
	}
	return path, err
}

func newConfigCheckCommand(a *app) *cobra.Command {
	var out flagvalue.Output
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration: all problems at once, each with its line",
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, err := knownConfigPath(a, cmd)
			if err != nil {
				return err
			}
			file, err := config.Load(path)
			bad, ok := errors.AsType[*config.Error](err)
			if err != nil && !ok {
				return &configError{fmt.Errorf("configuration: %w", err), "name a file that can be read with --config or LINKBATCH_CONFIG"}
			}
			var problems []config.Problem
			if ok {
				problems = bad.Problems
			}
			if out.JSON() {
				err = encode(a.out, checkedConfig(path, problems))
			} else {
				err = writeConfigCheck(a, file, problems)
			}
			if err == nil && len(problems) > 0 {
				return &rowsError{exitConfig} // they are all listed
			}
			return err
		},
	}
	addConfigFlag(cmd.Flags())
	out.Add(cmd.Flags())
	return cmd
}

func writeConfigCheck(a *app, file *config.File, problems []config.Problem) error {
	out := a.out
	for i := range problems {
		fmt.Fprintf(out, "error: %s\n", &problems[i])
		if problems[i].Hint != "" {
			fmt.Fprintf(out, "  hint: %s\n", problems[i].Hint)
		}
	}
	if len(problems) > 0 {
		_, err := fmt.Fprintf(out, "\n%s\n", report.Plural(len(problems), "problem"))
		return err
	}
	_, err := fmt.Fprintf(out, "%s: %s, %s; no problems\n", file.Path(), report.Plural(len(file.Profiles()), "profile"), report.Plural(len(file.Protected()), "protected account"))
	return err
}

// configProblemObject is a problem as config check prints it.
type configProblemObject struct {
	Line    int     `json:"line"`
	Column  int     `json:"column"`
	Key     *string `json:"key"`
	Message string  `json:"message"`
	Hint    *string `json:"hint"`
}

// checkedConfig is the object that config check --output json prints.
func checkedConfig(path string, problems []config.Problem) any {
	objects := []configProblemObject{}
	for _, p := range problems {
		objects = append(objects, configProblemObject{p.Line, p.Column, orNull(p.Key), p.Message, orNull(p.Hint)})
	}
	return struct {
		FormatVersion int                   `json:"format_version"`
		File          string                `json:"file"`
		Problems      []configProblemObject `json:"problems"`
	}{1, path, objects}
}
