package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// TestDaysByTheServicesClock: days are counted by the Date of the service's
// answers, and said so where this machine's clock differs; a service that states
// no time leaves its own clock to a machine.
func TestDaysByTheServicesClock(t *testing.T) {
	day := time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
	const skewed = "days are counted by the service's clock: there it is 2027-03-30 23:59 UTC, here 2027-03-31 00:10 UTC\n"
	for name, c := range map[string]struct {
		service, here time.Time // zero = the service sends no Date
		due           bool
		says          string
	}{
		"the eve":                     {service: day.Add(-time.Second), here: day.Add(-time.Second)},
		"the day":                     {service: day, here: day, due: true},
		"a machine a little ahead":    {service: day.Add(-time.Second), here: day.Add(time.Minute)},
		"a machine that is ahead":     {service: day.Add(-time.Second), here: day.Add(10 * time.Minute), says: skewed},
		"a machine that is behind":    {service: day, here: day.Add(-24 * time.Hour), due: true, says: "here 2027-03-30 00:00 UTC\n"},
		"no Date, the eve by our own": {here: day.Add(-time.Second)},
		"no Date, the day by our own": {here: day, due: true},
	} {
		t.Run(name, func(t *testing.T) {
			sim := simtest.New(t, simtest.World(1, msads.Active), simulator.Options{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				sim.ServeHTTP(&dater{w, c.service}, r)
			}))
			defer server.Close()
			code, stdout, stderr := planAt(t, server.URL, c.here)
			want := "\n1 row: 1 scheduled\nscheduled: 1 row, due on 2027-03-31\n"
			if c.due {
				want = "\n1 row: 1 unlink\n"
			}
			if code != 0 || !strings.Contains(stdout, want) || !strings.HasSuffix(stderr, c.says) || c.says == "" && stderr != "" {
				t.Errorf("exit code %d, want 0\n%swant …%s…%swant …%s", code, stdout, want, stderr, c.says)
			}
		})
	}
}

// dater states another time than that of the machine and of the simulator's
// world; none if it is zero.
type dater struct {
	http.ResponseWriter
	now time.Time
}

func (d *dater) WriteHeader(status int) {
	h := d.Header()
	h.Del("Simulator-Clock")
	h["Date"] = nil // which net/http takes for a wish to send none
	if !d.now.IsZero() {
		h.Set("Date", d.now.Format(http.TimeFormat))
	}
	d.ResponseWriter.WriteHeader(status)
}

// planAt plans a dated unlink on a machine whose clock is set to a time.
func planAt(t *testing.T, url string, here time.Time) (code int, stdout, stderr string) {
	t.Helper()
	roster := filepath.Join(t.TempDir(), "roster.csv")
	if err := os.WriteFile(roster, []byte("account_id,action,start_date\n"+simtest.AccountID(0).String()+",unlink,2027-03-31\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, err bytes.Buffer
	a := newApp(nil, &out, &err)
	a.now = func() time.Time { return here }
	env := map[string]string{
		"LINKBATCH_DEVELOPER_TOKEN": "SIMULATOR", "LINKBATCH_CLIENT_ID": "simulator", "LINKBATCH_REFRESH_TOKEN": "RT-agency",
		"LINKBATCH_ENDPOINT": url, "LINKBATCH_TOKEN_URL": url + "/common/oauth2/v2.0/token", "LINKBATCH_TOKEN_STORE": "file",
	}
	a.getenv = func(name string) string { return env[name] }
	a.environ = func() (all []string) {
		for name, value := range env {
			all = append(all, name+"="+value)
		}
		return all
	}
	root := newRootCommand(a)
	root.SetArgs([]string{"plan", roster, "--state-dir", t.TempDir()})
	if e := root.ExecuteContext(t.Context()); e != nil {
		code, stderr = diagnose(e).code, diagnose(e).message
	}
	return code, out.String(), err.String() + stderr
}
