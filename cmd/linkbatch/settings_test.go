package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"linkbatch/ingest"
	"linkbatch/internal/config"
)

// jobFlags are the flags of a job, as a command has them.
func jobFlags(j *job) *pflag.FlagSet {
	fs := pflag.NewFlagSet("test", pflag.ContinueOnError)
	j.addSettings(fs)
	return fs
}

// TestPrecedence holds for every flag that the configuration can set: the
// command line wins over the environment, that over the profile in the file,
// that over the top of the file, and that over the default.
func TestPrecedence(t *testing.T) {
	for _, c := range []struct {
		flag, byFlag, byEnv, byProfile, byFile, byDefault string
		profileKey, fileKey                               string
	}{
		{"env", "simulator", "sandbox", "sandbox", "production", "production", "environment = 'sandbox'", "environment = 'production'"},
		{"endpoint", "https://a/", "https://b/", "", "https://d/", "", "", "endpoint = 'https://d/'"},
		{"token-url", "https://a/", "https://b/", "", "https://d/", "", "", "token_url = 'https://d/'"},
		{"managing-customer", "1", "2", "3", "", "", "managing_customer = '3'", ""},
		{"default-action", "add", "keep", "unlink", "accept", "link", "defaults.default_action = 'unlink'", "defaults.default_action = 'accept'"},
		{"bill-to-client", "true", "false", "true", "false", "", "defaults.bill_to_client = true", "defaults.bill_to_client = false"},
		{"suppress-notification", "true", "false", "true", "false", "", "defaults.suppress_notification = true", "defaults.suppress_notification = false"},
		{"time-zone", "Europe/Berlin", "Asia/Tokyo", "America/New_York", "Europe/Lisbon", "", "defaults.time_zone = 'America/New_York'", "defaults.time_zone = 'Europe/Lisbon'"},
		{"concurrency", "1", "2", "", "3", "0", "", "limits.concurrency = 3"},
		{"max-calls-per-minute", "1", "2", "", "3", "0", "", "limits.max_calls_per_minute = 3"},
		{"max-unlinks", "1", "2%", "", "3%", "10", "", "limits.max_unlinks = '3%'"},
		{"max-adds", "1", "2%", "", "3%", "-1", "", "limits.max_adds = '3%'"},
		{"max-invalid", "1%", "2", "", "3", "-1", "", "limits.max_invalid = 3"},
		{"on-guard", "stop", "hold", "", "hold", "stop", "", "limits.on_guard = 'hold'"},
	} {
		if !slices.ContainsFunc(fileKeys, func(k struct{ flag, key string }) bool { return k.flag == c.flag }) {
			t.Errorf("--%s: not set from the configuration", c.flag)
		}
		path := filepath.Join(t.TempDir(), "linkbatch.toml")
		for bits := range 16 {
			byFlag, byEnv, inProfile, inFile := bits&1 != 0, bits&2 != 0, bits&4 != 0 && c.profileKey != "", bits&8 != 0 && c.fileKey != ""
			text, line := "", ":1"
			if inFile {
				text = c.fileKey + "\n"
			}
			if inProfile {
				text, line = text+"[profiles.agency]\n"+c.profileKey+"\n", ":"+string(rune('2'+strings.Count(text, "\n")))
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			args, want, origin := []string{"--config", path}, c.byDefault, "default"
			environment := map[string]string{}
			switch {
			case inProfile:
				want, origin = c.byProfile, path+line
			case inFile:
				want, origin = c.byFile, path+":1"
			}
			if byEnv {
				environment[environmentName(c.flag)], want, origin = c.byEnv, c.byEnv, environmentName(c.flag)
			}
			if byFlag {
				args, want, origin = append(args, "--"+c.flag+"="+c.byFlag), c.byFlag, "flag --"+c.flag
			}
			fs := jobFlags(new(job))
			if err := fs.Parse(args); err != nil {
				t.Fatal(err)
			}
			s, err := loadSettings(fs, func(name string) string { return environment[name] })
			if err != nil {
				t.Fatalf("%s: %v", args, err)
			}
			if got := fs.Lookup(c.flag).Value.String(); got != want || s.origin(c.flag) != origin {
				t.Errorf("--%s (flag %t, environment %t, profile %t, file %t): %q from %s, want %q from %s",
					c.flag, byFlag, byEnv, inProfile, inFile, got, s.origin(c.flag), want, origin)
			}
		}
	}
	if len(fileKeys) != 14 {
		t.Errorf("%d keys of the file are flags, and the table here has 14", len(fileKeys))
	}
}

// TestAddressesOfAnotherEnvironment holds that what is asked of one environment
// is never sent to the address that the file has for another.
func TestAddressesOfAnotherEnvironment(t *testing.T) {
	for _, c := range []struct{ text, args, endpoint string }{
		{"endpoint = 'https://a/'", "", "https://a/"},
		{"endpoint = 'https://a/'", "--env=sandbox", ""},
		{"endpoint = 'https://a/'", "--env=production", "https://a/"},
		{"environment = 'sandbox'\nendpoint = 'https://a/'", "", "https://a/"},
		{"environment = 'sandbox'\nendpoint = 'https://a/'", "--env=production", ""},
		{"endpoint = 'https://a/'\n[profiles.agency]\nenvironment = 'simulator'", "", ""},
		{"endpoint = 'https://a/'\n[profiles.agency]\nenvironment = 'simulator'", "--profile=other", "https://a/"},
	} {
		path := filepath.Join(t.TempDir(), "linkbatch.toml")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		var j job
		fs := jobFlags(&j)
		if err := fs.Parse(strings.Fields("--config " + path + " " + c.args)); err != nil {
			t.Fatal(err)
		}
		if _, err := loadSettings(fs, func(string) string { return "" }); err != nil || string(j.endpoint) != c.endpoint {
			t.Errorf("%s with %q: %q, %v; want %q", c.args, c.text, j.endpoint, err, c.endpoint)
		}
	}
}

// TestConfigPath holds that the current folder is never looked in, not even by
// way of a variable.
func TestConfigPath(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"linkbatch.toml", "linkbatch/linkbatch.toml"} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte("nonsense"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, xdg := range []string{"", ".", "linkbatch"} {
		t.Setenv("XDG_CONFIG_HOME", "")
		s, err := loadSettings(jobFlags(new(job)), func(name string) string { return map[string]string{"XDG_CONFIG_HOME": xdg}[name] })
		if err != nil || s.file != nil {
			t.Errorf("XDG_CONFIG_HOME=%q: %v, %v", xdg, s, err)
		}
	}
	abs, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	_, err = loadSettings(jobFlags(new(job)), func(name string) string { return map[string]string{"XDG_CONFIG_HOME": abs}[name] })
	if _, ok := errors.AsType[*config.Error](err); !ok || diagnose(err).code != exitConfig {
		t.Errorf("a configuration in XDG_CONFIG_HOME: %v, want its problem", err)
	}
}

// TestConfigWords holds that the words of the configuration are those of flags.
func TestConfigWords(t *testing.T) {
	for _, word := range []string{"link", "add", "accept", "unlink", "cancel", "decline", "keep"} {
		if _, err := config.Parse("f", []byte("defaults.default_action = '"+word+"'")); err != nil {
			t.Error(err)
		}
		if intent, ok := ingest.ParseIntent(word); !ok || string(intent) != word {
			t.Errorf("%s is no intent", word)
		}
	}
}
