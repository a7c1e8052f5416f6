package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSimulateServes: one line on stderr names the address, the modes and
// faults of the flags hold, and a cancelled context ends it without an error.
func TestSimulateServes(t *testing.T) {
	dir := t.TempDir()
	faults := filepath.Join(dir, "faults.json")
	if err := os.WriteFile(faults, []byte(`[{"operation":"Token","kind":"429","retry_after":0,"first":1}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reader, writer := io.Pipe()
	cmd := newSimulateCommand(newApp(nil, io.Discard, writer))
	cmd.SetArgs([]string{"--listen", "127.0.0.1:0", "--mode", "lenient,lag", "--faults", faults, "--state", filepath.Join(dir, "state.json")})
	ended := make(chan error, 1)
	go func() { ended <- cmd.ExecuteContext(ctx) }()
	line, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	base := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(line)
	state, status := fetchText(t, http.MethodGet, base+"/__simulator/state", "")
	if status != 200 || !strings.Contains(state, `"lenient"`) || !strings.Contains(state, `"lag"`) {
		t.Errorf("state: %d %s", status, state)
	}
	const form = "client_id=simulator&grant_type=refresh_token&refresh_token=RT-agency"
	for _, want := range []int{429, 200} {
		if text, got := fetchText(t, http.MethodPost, base+"/common/oauth2/v2.0/token", form); got != want {
			t.Errorf("token: %d %s, want %d", got, text, want)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "state.json")); err != nil {
		t.Error(err)
	}
}

func fetchText(t *testing.T, method, url, form string) (string, int) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), resp.StatusCode
}

// TestSimulateFlags: what a shell evaluates, and what is refused before
// anything is served.
func TestSimulateFlags(t *testing.T) {
	var out bytes.Buffer
	cmd := newSimulateCommand(newApp(nil, &out, io.Discard))
	cmd.SetArgs([]string{"--print-env"})
	if err := cmd.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := "export LINKBATCH_DEVELOPER_TOKEN=SIMULATOR\nexport LINKBATCH_CLIENT_ID=simulator\nexport LINKBATCH_REFRESH_TOKEN=RT-agency\nexport LINKBATCH_CLIENT_REFRESH_TOKEN=RT-client\n"
	if out.String() != want {
		t.Errorf("--print-env: %s", out.String())
	}
	missing := filepath.Join(t.TempDir(), "missing.json")
	for _, c := range []struct {
		args  []string
		usage bool
	}{
		{[]string{"--listen", "0.0.0.0:0"}, true},
		{[]string{"--listen", ":0"}, true},
		{[]string{"--listen", "example.com:80"}, true},
		{[]string{"--listen", "127.0.0.1"}, true},
		{[]string{"--listen", "127.0.0.1:0", "--mode", "nonsense"}, true},
		{[]string{"--listen", "127.0.0.1:0", "--mode", "old-dual-id,new-dual-id"}, false},
		{[]string{"--listen", "127.0.0.1:0", "--world", missing}, false},
		{[]string{"--listen", "127.0.0.1:0", "--faults", missing}, false},
	} {
		cmd := newSimulateCommand(newApp(nil, io.Discard, io.Discard))
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		cmd.SetArgs(c.args)
		err := cmd.ExecuteContext(t.Context())
		_, usage := errors.AsType[*usageError](err)
		_, config := errors.AsType[*configError](err)
		if usage != c.usage || config == c.usage {
			t.Errorf("%v: %v", c.args, err)
		}
	}
}
