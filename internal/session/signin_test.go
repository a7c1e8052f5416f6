package session

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/internal/config"
	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// clients is how many profiles of clients there are.
const clients = 12

// overMany opens a session of the profile agency, at a simulator that takes a
// second for each answer, with four calls at once. Beside the clients there is a
// profile that the service refuses.
func overMany(t *testing.T) (*Session, *simulator.Simulator) {
	w := simtest.World(1)
	env := map[string]string{RefreshTokenVar: simulator.AgencyRefreshToken, DeveloperTokenVar: simulator.DeveloperToken, ClientIDVar: simulator.ClientID}
	toml := "[profiles.agency]\n[profiles.gone]\nrefresh_token_env = \"GONE\"\n"
	env["GONE"] = "RT-nobody"
	for i := range clients {
		customer, profile := simtest.ClientID+1+simulator.ID(i), fmt.Sprintf("client-%d", i)
		w.Customers = append(w.Customers, simulator.Customer{ID: customer, Number: fmt.Sprintf("F9000000%02d", i), Name: profile})
		w.Users = append(w.Users, simulator.User{
			ID: simtest.ClientUserID + 1 + simulator.ID(i), UserName: profile + "@example.com", CustomerID: customer, Profile: profile,
			Roles: []simulator.Role{{CustomerID: customer, RoleID: msads.RoleSuperAdmin}},
		})
		variable := fmt.Sprintf("TOKEN_%d", i)
		toml += fmt.Sprintf("[profiles.%s]\nrefresh_token_env = %q\n", profile, variable)
		env[variable] = "RT-" + profile
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "linkbatch.toml"), []byte(toml), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := config.Load(filepath.Join(dir, "linkbatch.toml"))
	if err != nil {
		t.Fatal(err)
	}
	sim := simtest.New(t, w, simulator.Options{Latency: time.Second})
	s, err := Open(t.Context(), Options{
		Env: Production, Endpoint: simtest.URL, TokenURL: simtest.TokenURL, Profile: "agency", TokenStore: "file", StateDir: dir, Concurrency: 4,
		Config: file, Getenv: func(name string) string { return env[name] }, Now: time.Now, HTTP: simtest.Serve(t, sim), Log: slog.New(slog.DiscardHandler),
		Warn: func(format string, args ...any) { t.Logf(format, args...) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, sim
}

// TestProfilesSignInTogether: the profiles that rows name sign in while the
// rows are read, four at once and each once, and one that cannot be signed in
// costs nobody else anything.
func TestProfilesSignInTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, sim := overMany(t)
		begun := time.Now()
		var waited []time.Duration
		for range 2 {
			for i := range clients {
				s.Need(t.Context(), fmt.Sprintf("client-%d", i))
				waited = append(waited, time.Since(begun))
			}
		}
		// A token and a GetUser, of a second each.
		if waited[3] != 0 || waited[4] != 2*time.Second {
			t.Errorf("Need returned after %v; only the fifth waits for one of the first four", waited)
		}
		s.Wait()
		if took := time.Since(begun); took != clients/4*2*time.Second {
			t.Errorf("%d profiles took %v", clients, took)
		}
		for _, other := range []string{"", "agency", "gone", "unheard-of"} {
			s.Need(t.Context(), other)
		}
		s.Wait()
		for i := range clients {
			profile := fmt.Sprintf("client-%d", i)
			login := s.Clients[profile]
			if login.Problem != "" || login.CustomerID != msads.ID(simtest.ClientID)+1+msads.ID(i) || s.Linkers[profile] == nil || s.Identity(profile) == nil {
				t.Errorf("%s: %+v", profile, login)
			}
		}
		if gone := s.Clients["gone"]; !strings.Contains(gone.Problem, "AADSTS") || s.Linkers["gone"] != nil {
			t.Errorf("the profile that the service does not know: %+v", gone)
		}
		if _, known := s.Clients["unheard-of"]; known || len(s.Clients) != clients+2 {
			t.Errorf("%d logins", len(s.Clients))
		}
		state := sim.State()
		if state.MaxConcurrentCalls > 4 || state.Calls[simulator.GetUser] != clients+1 {
			t.Errorf("%d calls at once, %v", state.MaxConcurrentCalls, state.Calls)
		}
		if s.UserID != msads.ID(simtest.AgencyUserID) {
			t.Errorf("the session is user %v's", s.UserID)
		}
	})
}

// TestCloseEndsSignIns: a session that is closed while profiles sign in does
// not wait for their answers.
func TestCloseEndsSignIns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := overMany(t)
		begun := time.Now()
		for i := range 4 {
			s.Need(context.WithoutCancel(t.Context()), fmt.Sprintf("client-%d", i))
		}
		s.Close()
		if took := time.Since(begun); took > 0 {
			t.Errorf("closing took %v", took)
		}
		time.Sleep(time.Minute) // a refresh that has started is finished, whoever waits for it
	})
}
