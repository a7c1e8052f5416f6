package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"linkbatch/internal/config"
	"linkbatch/internal/edit"
	"linkbatch/internal/session"
)

// settings is where the value of each flag of a command comes from: the
// command line before the environment, before the configuration, before the
// flag's own default.
type settings struct {
	file    *config.File      // nil when there is none
	origins map[string]string // by flag: "flag --env", "LINKBATCH_ENV", "linkbatch.toml:3"
}

// origin is where a flag's value comes from.
func (s *settings) origin(flag string) string {
	if o, ok := s.origins[flag]; ok {
		return o
	}
	return "default"
}

// fileKeys pairs flags with what the configuration calls them. What a service's
// address means depends on env, so env is first.
var fileKeys = []struct{ flag, key string }{
	{"env", "environment"},
	{"endpoint", "endpoint"},
	{"token-url", "token_url"},
	{"managing-customer", "managing_customer"},
	{"default-action", "defaults.default_action"},
	{"bill-to-client", "defaults.bill_to_client"},
	{"suppress-notification", "defaults.suppress_notification"},
	{"time-zone", "defaults.time_zone"},
	{"concurrency", "limits.concurrency"},
	{"max-calls-per-minute", "limits.max_calls_per_minute"},
	{"max-unlinks", "limits.max_unlinks"},
	{"max-adds", "limits.max_adds"},
	{"max-invalid", "limits.max_invalid"},
	{"on-guard", "limits.on_guard"},
}

// addConfigFlag lets a command read the configuration.
func addConfigFlag(fs *pflag.FlagSet) {
	fs.String("config", "", "`FILE` with profiles and settings (default: linkbatch/linkbatch.toml in the user's configuration directory)")
}

// load gives the flags of a command their values, before it runs.
func (a *app) load(cmd *cobra.Command, _ []string) (err error) {
	if a.settings, err = loadSettings(cmd.Flags(), a.getenv); err != nil {
		return err
	}
	if cmd.Flags().Lookup("config") == nil {
		return nil // it does not know which variables the configuration names
	}
	return a.checkEnvironment(cmd.Root())
}

// checkEnvironment refuses a LINKBATCH_ variable that nothing reads: it is
// probably a setting that is spelled wrong, and would silently not hold.
func (a *app) checkEnvironment(root *cobra.Command) error {
	known := a.variables(root)
	for _, pair := range a.environ() {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, environmentPrefix) || value == "" || slices.Contains(known, name) {
			continue
		}
		best, least := "", 4 // three slips
		for _, k := range known {
			if d := edit.Distance(name, k); d < least {
				best, least = k, d
			}
		}
		if best == "" {
			return &configError{fmt.Errorf("%s: no such setting", name), "unset it; linkbatch config show lists the settings"}
		}
		return &configError{fmt.Errorf("%s: no such setting, did you mean %s?", name, best), "rename or unset it"}
	}
	return nil
}

// variables are the names that something reads: the flags of all commands, the
// credentials, and what the configuration names.
func (a *app) variables(root *cobra.Command) (names []string) {
	for _, c := range []string{session.RefreshTokenVar, session.DeveloperTokenVar, session.ClientIDVar, session.ClientSecretVar, session.CustomerIDVar} {
		names = append(names, c, c+"_FILE")
	}
	names = append(names, simulatedClientToken)
	flags := func(f *pflag.Flag) { names = append(names, environmentName(f.Name)) }
	for _, c := range root.Commands() {
		c.Flags().VisitAll(flags)
		for _, sub := range c.Commands() {
			sub.Flags().VisitAll(flags)
		}
	}
	for _, name := range a.settings.file.Profiles() {
		p, _ := a.settings.file.Profile(name)
		names = append(names, p.RefreshToken.Variable, p.DeveloperToken.Variable, p.ClientSecret.Variable)
	}
	return names
}

// simulatedClientToken is what linkbatch simulate --print-env calls the token of
// the profile client.
const simulatedClientToken = "LINKBATCH_CLIENT_REFRESH_TOKEN"

// loadSettings gives each flag that the command line left alone its value from
// the environment or, for a command with --config, from the configuration. A
// flag that the configuration sets does not count as changed.
func loadSettings(flags *pflag.FlagSet, getenv func(string) string) (*settings, error) {
	s := &settings{origins: make(map[string]string)}
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Changed {
			s.origins[f.Name] = "flag --" + f.Name
		}
	})
	if err := flagsFromEnv(flags, getenv); err != nil {
		return nil, err
	}
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Changed && s.origins[f.Name] == "" {
			s.origins[f.Name] = environmentName(f.Name)
		}
	})
	var err error
	if s.file, err = loadConfig(flags, getenv); err != nil {
		return nil, err
	}
	return s, s.apply(flags)
}

// apply sets the flags that are still at their defaults from the file.
func (s *settings) apply(flags *pflag.FlagSet) error {
	profile := ""
	if f := flags.Lookup("profile"); f != nil {
		profile = f.Value.String()
	}
	for _, k := range fileKeys {
		f := flags.Lookup(k.flag)
		v, ok := s.file.Lookup(profile, k.key)
		if f == nil || !ok || s.origins[k.flag] != "" || !s.addressed(flags, k.flag) {
			continue
		}
		if err := f.Value.Set(v.Text); err != nil {
			return &configError{fmt.Errorf("%s: %s: %w", v.Origin(), k.key, err), "linkbatch config schema describes each key"}
		}
		s.origins[k.flag] = v.Origin()
	}
	return nil
}

// addressed reports whether a flag may be set from the file although another
// environment than the file's may be asked for: the file's addresses are those
// of its own environment, and what is meant for the sandbox never goes there.
func (s *settings) addressed(flags *pflag.FlagSet, flag string) bool {
	if flag != "endpoint" && flag != "token-url" {
		return true
	}
	environment := "production"
	if v, ok := s.file.Lookup("", "environment"); ok {
		environment = v.Text
	}
	env := flags.Lookup("env")
	return env != nil && env.Value.String() == environment
}

const environmentPrefix = "LINKBATCH_"

// environmentName is the variable that sets a flag.
func environmentName(flag string) string {
	return environmentPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// loadConfig reads the configuration that the flags name, or the one in its
// usual place, where there need not be one.
func loadConfig(flags *pflag.FlagSet, getenv func(string) string) (*config.File, error) {
	if flags.Lookup("config") == nil {
		return nil, nil
	}
	path, named, err := configPath(flags, getenv)
	if err != nil || path == "" {
		return nil, err
	}
	file, err := config.Load(path)
	switch _, problems := errors.AsType[*config.Error](err); {
	case problems:
		return nil, &configError{err, "linkbatch config check explains how to fix each"}
	case errors.Is(err, fs.ErrNotExist) && !named:
		return nil, nil
	case err != nil:
		return nil, &configError{fmt.Errorf("configuration: %w", err), "name a file that can be read with --config or LINKBATCH_CONFIG"}
	}
	return file, nil
}

// configPath is the file that --config names, or the usual place; it is empty
// when the platform has none. The current folder is never looked in: a client's
// folder may hold anything.
func configPath(flags *pflag.FlagSet, getenv func(string) string) (path string, named bool, err error) {
	if f := flags.Lookup("config"); f.Changed {
		if f.Value.String() == "" {
			return "", true, usage("--config: want the name of a file")
		}
		return f.Value.String(), true, nil
	}
	dir := getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) { // as the XDG base directory specification asks
		if dir, err = os.UserConfigDir(); err != nil {
			return "", false, nil
		}
	}
	return filepath.Join(dir, "linkbatch", "linkbatch.toml"), false, nil
}
