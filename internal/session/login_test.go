package session

import (
	"os"
	"path/filepath"
	"testing"

	"linkbatch/internal/auth"
	"linkbatch/internal/config"
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
		f := Options{TokenURL: tokenURL}
		if got, err := f.ProviderOf(&config.Profile{SignIn: "google"}); got != want || err != nil {
			t.Errorf("%s: %+v, %v; want %+v", tokenURL, got, err, want)
		}
	}
	f := Options{TokenURL: auth.GoogleTokenURL}
	if got, err := f.ProviderOf(&config.Profile{SignIn: "microsoft"}); got != auth.Google() || err != nil {
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
	all := map[string]string{RefreshTokenVar: "R", DeveloperTokenVar: "D", ClientSecretVar: "S", CustomerIDVar: "7", "THEIRS": "T"}
	for _, c := range []struct {
		profile string
		env     map[string]string
		want    auth.Credentials
		from    map[string]string
	}{
		{"agency", nil, auth.Credentials{ClientID: "app", CustomerID: "41", RefreshToken: "from-the-file"},
			map[string]string{RefreshTokenVar: "the file " + filepath.Join(dir, "token"), ClientIDVar: "client_id (" + file.Path() + ":2)"}},
		{"agency", all, auth.Credentials{ClientID: "app", CustomerID: "7", RefreshToken: "R", DeveloperToken: "D", ClientSecret: "S"},
			map[string]string{RefreshTokenVar: RefreshTokenVar, CustomerIDVar: CustomerIDVar}},
		{"client", all, auth.Credentials{ClientID: "other-app", DeveloperToken: "T"},
			map[string]string{DeveloperTokenVar: "THEIRS", ClientSecretVar: "", RefreshTokenVar: ""}},
		{"bare", map[string]string{ClientIDVar: "app", ClientSecretVar: "S", DeveloperTokenVar: "D", RefreshTokenVar: "R"},
			auth.Credentials{ClientID: "app", ClientSecret: "S", DeveloperToken: "D"}, map[string]string{ClientIDVar: ClientIDVar}},
		{"agency", map[string]string{RefreshTokenVar + "_FILE": filepath.Join(dir, "token")}, auth.Credentials{ClientID: "app", CustomerID: "41", RefreshToken: "from-the-file"},
			map[string]string{RefreshTokenVar: "the file of LINKBATCH_REFRESH_TOKEN_FILE"}},
	} {
		f := Options{Profile: "agency", Config: file, Getenv: func(name string) string { return c.env[name] }}
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
