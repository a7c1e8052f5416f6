package config

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const sample = "../../samples/linkbatch.toml"

// TestProblems reads testdata/*.toml; each has a .golden with every problem and
// its hint. No secret that stands in one may be in it.
func TestProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/*.toml")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Parse("linkbatch.toml", data)
		problems, ok := errors.AsType[*Error](err)
		if !ok {
			t.Errorf("%s: %v, want problems", file, err)
			continue
		}
		var b strings.Builder
		for _, p := range problems.Problems {
			b.WriteString(p.String() + "\n")
			if p.Hint != "" {
				b.WriteString("  hint: " + p.Hint + "\n")
			}
		}
		golden(t, strings.TrimSuffix(file, ".toml")+".golden", b.String())
		if strings.Contains(b.String(), "S3cr") {
			t.Errorf("%s: a secret is shown", file)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func parseOK(t *testing.T, text string) *File {
	t.Helper()
	f, err := Parse("etc/linkbatch.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestLookup(t *testing.T) {
	f := parseOK(t, `environment = "sandbox"
[defaults]
name = "general"
note = "note"
[profiles.agency]
environment = "production"
defaults = { name = "of the agency" }
[profiles.other]
[limits]
max_unlinks = "5%"
concurrency = 1_0
`)
	for _, c := range []struct{ profile, key, text, origin string }{
		{"agency", "environment", "production", "etc/linkbatch.toml:6"},
		{"other", "environment", "sandbox", "etc/linkbatch.toml:1"},
		{"nobody", "environment", "sandbox", "etc/linkbatch.toml:1"},
		{"agency", "defaults.name", "of the agency", "etc/linkbatch.toml:7"},
		{"other", "defaults.name", "general", "etc/linkbatch.toml:3"},
		{"agency", "defaults.note", "note", "etc/linkbatch.toml:4"},
		{"agency", "limits.max_unlinks", "5%", "etc/linkbatch.toml:10"},
		{"agency", "limits.concurrency", "10", "etc/linkbatch.toml:11"},
	} {
		v, ok := f.Lookup(c.profile, c.key)
		if !ok || v.Text != c.text || v.Origin() != c.origin {
			t.Errorf("%s under %s: %q from %s, %t; want %q from %s", c.key, c.profile, v.Text, v.Origin(), ok, c.text, c.origin)
		}
	}
	if v, ok := f.Lookup("agency", "limits.max_invalid"); ok {
		t.Errorf("limits.max_invalid: %q", v.Text)
	}
	if got := f.Profiles(); !slices.Equal(got, []string{"agency", "other"}) {
		t.Errorf("profiles %q", got)
	}
}

func TestProfile(t *testing.T) {
	f := parseOK(t, `[profiles.agency]
customer = "210012345"
managing_customer = 210012346
client_id = "app"
tenant = "contoso.example"
refresh_token_file = "secrets/agency"
developer_token_file = "/run/secrets/developer"
client_secret_env = "APP_SECRET"
[profiles.client]
sign_in = "google"
`)
	got, ok := f.Profile("agency")
	want := Profile{
		Name: "agency", Environment: "production", SignIn: "microsoft", Customer: "210012345", ManagingCustomer: "210012346", ClientID: "app", Tenant: "contoso.example",
		RefreshToken:   Source{File: filepath.Join("etc", "secrets", "agency"), At: Value{"secrets/agency", "etc/linkbatch.toml", 6, 22}},
		DeveloperToken: Source{File: "/run/secrets/developer", At: Value{"/run/secrets/developer", "etc/linkbatch.toml", 7, 24}},
		ClientSecret:   Source{Variable: "APP_SECRET", At: Value{"APP_SECRET", "etc/linkbatch.toml", 8, 21}},
	}
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("agency (-want +got):\n%s", diff)
	}
	got, ok = f.Profile("client")
	if !ok || got.SignIn != "google" || !got.RefreshToken.IsZero() {
		t.Errorf("client: %+v, %t", got, ok)
	}
	if _, ok := f.Profile("nobody"); ok {
		t.Error("a profile that is not there")
	}
}

func TestAccounts(t *testing.T) {
	f := parseOK(t, `protected = [
  "x1234567", 180012345, # a remark
]
[profiles.one]
[clients]
c012345678 = "one"
`)
	for _, c := range []struct {
		id, number, origin string
	}{
		{"180012345", "", "etc/linkbatch.toml:2"},
		{"7", "X1234567", "etc/linkbatch.toml:2"},
		{"7", "x1234567", "etc/linkbatch.toml:2"},
		{"7", "X1234568", ""},
		{"", "", ""},
	} {
		v, ok := f.Protects(c.id, c.number)
		if ok != (c.origin != "") || ok && v.Origin() != c.origin {
			t.Errorf("%q %q: %t, %s", c.id, c.number, ok, v.Origin())
		}
	}
	if v, ok := f.ClientProfile("C012345678"); !ok || v.Text != "one" {
		t.Errorf("client profile %q, %t", v.Text, ok)
	}
	if _, ok := f.ClientProfile(""); ok {
		t.Error("no customer has a profile")
	}
	var keys []string
	for k := range f.All() {
		keys = append(keys, k)
	}
	if !slices.Equal(keys, []string{"protected[0]", "protected[1]", "clients.C012345678"}) {
		t.Errorf("all: %q", keys)
	}
}

// TestNil holds that a nil File can be asked like one that says nothing.
func TestNil(t *testing.T) {
	var f *File
	_, lookup := f.Lookup("a", "environment")
	_, profile := f.Profile("a")
	_, protects := f.Protects("1", "")
	_, client := f.ClientProfile("C012345678")
	if lookup || profile || protects || client || f.Path() != "" || len(f.Profiles())+len(f.Protected()) > 0 {
		t.Error("a nil file says something")
	}
	for key := range f.All() {
		t.Errorf("a nil file has %s", key)
	}
}

// TestLoad reads files; what is wrong with the file itself is the system's error.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "linkbatch.toml")
	if err := os.WriteFile(path, []byte("environment = 'sandbox'\n[profiles.a]\nclient_secret_file = 's'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := f.Lookup("a", "environment"); !ok || f.Path() != path || v.Origin() != path+":1" {
		t.Errorf("%s: %+v", f.Path(), v)
	}
	if p, _ := f.Profile("a"); p.ClientSecret.File != filepath.Join(dir, "s") {
		t.Errorf("a file is in the folder of the configuration, not in %s", p.ClientSecret.File)
	}
	if _, err := Load(filepath.Join(dir, "missing.toml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	if _, err := Load(dir); err == nil {
		t.Error("a folder was read")
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte("# remark\n"), mostBytes), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || err.Error() != path+":1:1: is larger than 256 KiB, too large for a configuration" {
		t.Errorf("large: %v", err)
	}
}

func TestParse(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"utf-16":  {"\xff\xfea\x00", "f.toml:1:1: is UTF-16"},
		"large":   {strings.Repeat("#", mostBytes+1), "f.toml:1:1: is larger than 256 KiB, too large for a configuration"},
		"bom":     {"\ufeffname = 1\n", "f.toml:1:1: name: unknown key"},
		"crlf":    {"[limits]\r\nconcurrency = 65\r\n", "f.toml:2:15: limits.concurrency: 65: want 1 to 64"},
		"columns": {"profiles = { \"é\" = {}, b = { customr = '1' } }", "f.toml:1:14: profiles.\"é\": a name here must be letters, digits, _ and -\nf.toml:1:30: profiles.b.customr: unknown key, did you mean \"customer\"?"},
	} {
		_, err := Parse("f.toml", []byte(c.text))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", name, err, c.want)
		}
	}
	for _, empty := range []string{"", "\n\n", "# nothing", "\ufeff", "\ufeff# nothing", "[profiles]\n[defaults]", "protected = []", "clients = {}"} {
		f, err := Parse("f.toml", []byte(empty))
		if err != nil {
			t.Errorf("%q: %v", empty, err)
		}
		for key, v := range f.All() {
			t.Errorf("%q has %s = %+v", empty, key, v)
		}
	}
	if f, err := Parse("f.toml", []byte(strings.Repeat("#", mostBytes))); err != nil || f == nil {
		t.Errorf("the largest file: %v", err)
	}
}

// TestAllIsInTheOrderOfTheFile, whatever the kind of the values; the caller may
// stop.
func TestAllIsInTheOrderOfTheFile(t *testing.T) {
	f := parseOK(t, "protected = ['X1234567', 'X1234568']\nlimits = {max_invalid = 3, concurrency = 4}\n[profiles.b]\ncustomer = '1'\n[clients]\nd012345678 = 'b'\nC012345678 = 'b'\n[profiles.a]\ntenant = 'common'")
	want := []string{"protected[0]", "protected[1]", "limits.max_invalid", "limits.concurrency", "profiles.b.customer", "clients.D012345678", "clients.C012345678", "profiles.a.tenant"}
	var got []string
	for key, v := range f.All() {
		got = append(got, key)
		if v.File != "etc/linkbatch.toml" || v.Line == 0 || v.Text == "" {
			t.Errorf("%s: %+v", key, v)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for range f.All() {
		break
	}
	if got := f.Profiles(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("profiles %q", got)
	}
}
