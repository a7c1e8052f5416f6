package main

import (
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linkbatch/internal/auth"
	"linkbatch/internal/config"
	"linkbatch/internal/msads"
)

// TestGoogleAt holds where Google's pages are taken to be on another server,
// and that Google's own are left as they are.
func TestGoogleAt(t *testing.T) {
	for tokenURL, want := range map[string]auth.Provider{
		"http://127.0.0.1:18090/token":                         {AuthURL: "http://127.0.0.1:18090/o/oauth2/v2/auth", TokenURL: "http://127.0.0.1:18090/token", Google: true},
		"http://127.0.0.1:18090/common/oauth2/v2.0/token":      {AuthURL: "http://127.0.0.1:18090/o/oauth2/v2/auth", TokenURL: "http://127.0.0.1:18090/token", Google: true},
		"https://ads.example.net/sim/common/oauth2/v2.0/token": {AuthURL: "https://ads.example.net/sim/o/oauth2/v2/auth", TokenURL: "https://ads.example.net/sim/token", Google: true},
		auth.GoogleTokenURL:                                    auth.Google(),
	} {
		f := serviceFlags{tokenURL: tokenURL}
		if got, err := f.provider(&config.Profile{SignIn: "google"}); got != want || err != nil {
			t.Errorf("%s: %+v, %v; want %+v", tokenURL, got, err, want)
		}
	}
	f := serviceFlags{tokenURL: auth.GoogleTokenURL}
	if got, err := f.provider(&config.Profile{SignIn: "microsoft"}); got != auth.Google() || err != nil {
		t.Errorf("Google's own address for any profile: %+v, %v", got, err)
	}
}

// TestCredentials holds which credentials a profile has and where they are said
// to come from: the environment's are the first of the profile in use, and of
// another only what belongs to the program.
func TestCredentials(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"token": "from-the-file\n",
		"linkbatch.toml": `[profiles.agency]
client_id = "app"
customer = "41"
refresh_token_file = "token"
[profiles.client]
developer_token_env = "THEIRS"
client_id = "other-app"
[profiles.bare]
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file, err := config.Load(filepath.Join(dir, "linkbatch.toml"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{varRefreshToken: "R", varDeveloperToken: "D", varClientSecret: "S", varCustomerID: "7", "THEIRS": "T"}
	for _, c := range []struct {
		profile string
		env     map[string]string
		want    auth.Credentials
		from    map[string]string
	}{
		{"agency", nil, auth.Credentials{ClientID: "app", CustomerID: "41", RefreshToken: "from-the-file"},
			map[string]string{varRefreshToken: "the file " + filepath.Join(dir, "token"), varClientID: "client_id (" + file.Path() + ":2)"}},
		{"agency", all, auth.Credentials{ClientID: "app", CustomerID: "7", RefreshToken: "R", DeveloperToken: "D", ClientSecret: "S"},
			map[string]string{varRefreshToken: varRefreshToken, varCustomerID: varCustomerID}},
		{"client", all, auth.Credentials{ClientID: "other-app", DeveloperToken: "T"},
			map[string]string{varDeveloperToken: "THEIRS", varClientSecret: "", varRefreshToken: ""}},
		{"bare", map[string]string{varClientID: "app", varClientSecret: "S", varDeveloperToken: "D", varRefreshToken: "R"},
			auth.Credentials{ClientID: "app", ClientSecret: "S", DeveloperToken: "D"}, map[string]string{varClientID: varClientID}},
		{"agency", map[string]string{varRefreshToken + "_FILE": filepath.Join(dir, "token")}, auth.Credentials{ClientID: "app", CustomerID: "41", RefreshToken: "from-the-file"},
			map[string]string{varRefreshToken: "the file of LINKBATCH_REFRESH_TOKEN_FILE"}},
	} {
		for _, name := range []string{varRefreshToken, varDeveloperToken, varClientID, varClientSecret, varCustomerID, varRefreshToken + "_FILE", "THEIRS"} {
			t.Setenv(name, c.env[name])
		}
		f := serviceFlags{app: newApp(nil, io.Discard, io.Discard), profile: "agency", settings: &settings{file: file}}
		p, _ := file.Profile(c.profile)
		got, err := f.credentials(c.profile, &p)
		if err != nil || got.Credentials != c.want {
			t.Errorf("%s with %v: %#v, %v", c.profile, c.env, got.Credentials == c.want, err)
		}
		for variable, want := range c.from {
			if o := got.from[variable].String(); o != want {
				t.Errorf("%s with %v: %s comes from %q, want %q", c.profile, c.env, variable, o, want)
			}
		}
	}
}

// TestRole holds that the best role for links counts, in the customer that is
// acted for and in no other, and who is warned of what.
func TestRole(t *testing.T) {
	for _, c := range []struct {
		roles   []msads.CustomerRole
		role    int
		types   int
		result  string
		warning string
	}{
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 41}}, 41, 2, checkOK, ""},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 100}, {CustomerID: 1, RoleID: 203}, {CustomerID: 1, RoleID: 41}}, 41, 2, checkOK, ""},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 41}, {CustomerID: 1, RoleID: 203}}, 41, 2, checkOK, ""},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 100}, {CustomerID: 1, RoleID: 203}, {CustomerID: 2, RoleID: 41}}, 203, 1, checkWarning, "has the role Standard in customer 1"},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 100}}, 100, 0, checkFailed, "100 (Viewer)"},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 777}}, 777, 0, checkWarning, "777 (role 777)"},
		{[]msads.CustomerRole{{CustomerID: 2, RoleID: 41}}, 0, 0, checkWarning, "has no role in customer 1"},
	} {
		who := identity{profile: "agency", user: &msads.User{ID: 5, CustomerID: 1, Roles: c.roles}, customer: 1, login: &login{}}
		f := who.finding()
		if who.role() != c.role || len(linkTypes(c.role)) != c.types || f.Result != c.result || !strings.Contains(f.Detail, c.warning) {
			t.Errorf("%v: role %d, %d types, %s: %s", c.roles, who.role(), len(linkTypes(c.role)), f.Result, f.Detail)
		}
		if (f.Next == nil) != (c.result == checkOK) {
			t.Errorf("%v: next step %v", c.roles, f.Next)
		}
	}
}

// TestClockFinding holds the limits of the clock check, both ways.
func TestClockFinding(t *testing.T) {
	for off, want := range map[time.Duration]string{
		0: checkOK, 2 * time.Minute: checkOK, -2 * time.Minute: checkOK,
		121 * time.Second: checkWarning, -121 * time.Second: checkWarning, 5 * time.Minute: checkWarning,
		301 * time.Second: checkFailed, -301 * time.Second: checkFailed,
	} {
		c := clockCheck{answers: 1, off: off}
		if f := c.finding(); f.Result != want || (f.code == exitConfig) != (want == checkFailed) || (f.Next == nil) != (want == checkOK) {
			t.Errorf("%v: %+v, want %s", off, f, want)
		}
	}
	if f := new(clockCheck).finding(); f.Result != checkSkipped {
		t.Errorf("without an answer: %+v", f)
	}
}

// TestDoctorWantsTLS holds that a server whose certificate nobody vouches for
// is a matter of the set-up and not of trying later.
func TestDoctorWantsTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	d := doctor{serviceFlags: serviceFlags{app: newApp(nil, io.Discard, io.Discard)}, clock: newClockCheck()}
	if d.reach(t.Context(), "service", server.URL, "--endpoint") {
		t.Error("a certificate that is not valid: reached")
	}
	if f := d.findings[0]; f.code != exitConfig || f.Next == nil || !strings.Contains(*f.Next, "TLS is always verified") {
		t.Errorf("a certificate that is not valid: %+v", f)
	}
	if err := d.ending(); diagnose(err).code != exitConfig {
		t.Errorf("ends with %v", err)
	}
}

// TestWorstOfDoctor holds which exit code several failures have.
func TestWorstOfDoctor(t *testing.T) {
	for _, c := range []struct {
		codes []int
		want  int
	}{{[]int{0, 0}, 0}, {[]int{0, 75}, 75}, {[]int{75, 4, 0}, 4}, {[]int{4, 75, 78}, 78}} {
		var d doctor
		for _, code := range c.codes {
			d.found(finding{Result: checkFailed, code: code})
		}
		got := 0
		if err := d.ending(); err != nil {
			got = diagnose(err).code
		}
		if got != c.want {
			t.Errorf("%v: %d, want %d", c.codes, got, c.want)
		}
	}
}
