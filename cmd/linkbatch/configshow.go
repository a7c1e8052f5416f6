package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"linkbatch/internal/config"
	"linkbatch/internal/msads"
	"linkbatch/internal/session"
	"linkbatch/report"
)

// setting is one setting as config show prints it.
type setting struct {
	Key    string  `json:"key"`
	Value  *string `json:"value"` // null when nothing is set
	Origin string  `json:"origin"`
}

func newConfigShowCommand(a *app) *cobra.Command {
	job := job{serviceFlags: serviceFlags{app: a}}
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show every setting, and where its value comes from",
		Long: `show prints the settings that a run with the same flags would use, and where each
value comes from: a flag, a LINKBATCH_ variable, a line of the configuration, or
the default. Of a secret it shows only whether it is set, and where.

` + configHelp,
		PersistentPreRunE: a.load,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := job.validate(); err != nil {
				return err
			}
			s := a.settings
			all := job.settingsOf(cmd.Flags(), s)
			if job.roster.output.JSON() {
				return encode(a.out, struct {
					FormatVersion int       `json:"format_version"`
					File          *string   `json:"file"`
					Settings      []setting `json:"settings"`
				}{1, orNull(s.file.Path()), all})
			}
			return writeSettings(a.out, s.file, all)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	job.addSettings(fs)
	return cmd
}

func writeSettings(out io.Writer, file *config.File, all []setting) error {
	where := file.Path()
	if file == nil {
		where = "no configuration file"
	}
	fmt.Fprintf(out, "%s\n\n", where)
	t := report.Table{Width: width(out), Columns: []report.Column{{Name: "setting"}, {Name: "value", Prose: true}, {Name: "from", Prose: true}}}
	for _, s := range all {
		value := "-"
		if s.Value != nil {
			value = report.Visible(*s.Value)
		}
		t.Row(s.Key, value, s.Origin)
	}
	return t.Write(out)
}

// settingsOf lists what a run would use, and then what the file says of others.
func (j *job) settingsOf(flags *pflag.FlagSet, s *settings) []setting {
	all := []setting{{"profile", &j.profile, s.origin("profile")}}
	for _, k := range fileKeys {
		all = append(all, setting{k.key, orNull(j.effective(s.file, flags, k.flag)), s.origin(k.flag)})
		if k.flag == "managing-customer" {
			all = append(all, j.login(s.file)...)
		}
	}
	for _, key := range []string{"defaults.name", "defaults.note"} {
		v, ok := s.file.Lookup(j.profile, key)
		all = append(all, fromFile(key, v, ok))
	}
	for key, v := range s.file.All() {
		name, of, _ := strings.Cut(strings.TrimPrefix(key, "profiles."), ".")
		switch {
		case strings.HasPrefix(key, "protected"), strings.HasPrefix(key, "clients."):
			all = append(all, fromFile(key, v, true))
		case strings.HasPrefix(key, "profiles.") && name != j.profile:
			all = append(all, j.ofAnother(s.file, key, name, of, v))
		}
	}
	return all
}

// ofAnother is what the file says of a profile that is not in use.
func (j *job) ofAnother(file *config.File, key, name, of string, v config.Value) setting {
	p, _ := file.Profile(name)
	for secret, source := range map[string]config.Source{
		"refresh_token": p.RefreshToken, "developer_token": p.DeveloperToken, "client_secret": p.ClientSecret,
	} {
		if of == secret+"_env" || of == secret+"_file" {
			return j.sourceState(key, source)
		}
	}
	return fromFile(key, v, true)
}

func fromFile(key string, v config.Value, ok bool) setting {
	if !ok {
		return setting{key, nil, "default"}
	}
	return setting{key, &v.Text, v.Origin()}
}

// effective is a flag's value with its default spelled out.
func (j *job) effective(file *config.File, flags *pflag.FlagSet, flag string) string {
	switch value := flags.Lookup(flag).Value.String(); flag {
	case "endpoint":
		return cmp.Or(value, map[string]string{"production": msads.ProductionEndpoint, "sandbox": msads.SandboxEndpoint}[j.env.Value], "(started on demand)")
	case "token-url":
		if j.env.Value == "simulator" {
			return "(started on demand)"
		}
		p, _ := file.Profile(j.profile)
		o := session.Options{TokenURL: string(j.tokenURL)}
		if provider, err := o.ProviderOf(&p); err == nil {
			return provider.TokenURL
		}
		return value
	case "concurrency":
		return strconv.Itoa(j.calls())
	case "max-calls-per-minute", "max-adds", "max-invalid":
		if value == "0" && flag == "max-calls-per-minute" || value == "-1" {
			return "no limit"
		}
		return value
	default:
		return value
	}
}

// login is the credentials of the profile in use, no secret shown.
func (j *job) login(file *config.File) []setting {
	p, _ := file.Profile(j.profile)
	refresh := j.secretState("refresh_token", p.RefreshToken)
	if refresh.Value == nil {
		refresh.Origin = "linkbatch login"
	}
	return []setting{
		j.plain(file, "customer", "LINKBATCH_CUSTOMER_ID"),
		j.plain(file, "client_id", "LINKBATCH_CLIENT_ID"),
		j.plain(file, "sign_in", ""),
		j.plain(file, "tenant", ""),
		refresh,
		j.secretState("developer_token", p.DeveloperToken),
		j.secretState("client_secret", p.ClientSecret),
	}
}

// plain is a part of the credentials that is no secret; variable may set it.
func (j *job) plain(file *config.File, key, variable string) setting {
	if variable != "" && j.getenv(variable) != "" {
		return setting{key, new(j.getenv(variable)), variable}
	}
	if variable != "" && j.getenv(variable+"_FILE") != "" {
		return setting{key, new(fileState(j.getenv(variable + "_FILE"))), variable + "_FILE"}
	}
	v, ok := file.Lookup(j.profile, key)
	if !ok && key == "sign_in" {
		return setting{key, new("microsoft"), "default"}
	}
	return fromFile(key, v, ok)
}

// secretState shows whether a secret of the profile in use is set.
func (j *job) secretState(key string, s config.Source) setting {
	variable := environmentName(key)
	switch {
	case j.getenv(variable) != "":
		return setting{key, new("set"), variable}
	case j.getenv(variable+"_FILE") != "":
		return setting{key, new(fileState(j.getenv(variable + "_FILE"))), variable + "_FILE"}
	}
	return j.sourceState(key, s)
}

// sourceState shows whether a secret is where the file says. The name of a
// variable or a file is shown only if it exists: otherwise it may be the secret
// itself, put in the wrong place.
func (j *job) sourceState(key string, s config.Source) setting {
	switch {
	case s.Variable != "" && j.getenv(s.Variable) != "":
		return setting{key, new("set, from the variable " + s.Variable), s.At.Origin()}
	case s.Variable != "":
		return setting{key, new("not set: no such variable, or it is empty"), s.At.Origin()}
	case s.File != "":
		return setting{key, new(fileState(s.File)), s.At.Origin()}
	}
	return setting{key, nil, "default"}
}

// fileState shows whether a file has anything in it.
func fileState(name string) string {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return "not set: no such file, or it cannot be read"
	case info.IsDir():
		return "not set: it is a folder"
	case info.Size() == 0 && info.Mode().IsRegular():
		return "not set: the file is empty"
	}
	return "set, from the file " + name
}
