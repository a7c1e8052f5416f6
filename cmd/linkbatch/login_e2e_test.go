//go:build e2e

package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// TestE2ELogin signs both sides in with a real browser, one after another in
// the same one: login prints the address, the browser presses the button of a
// person there, and is sent back to this machine, where it is told that it is
// done. A third login is cancelled in the browser.
func TestE2ELogin(t *testing.T) {
	sim := simtest.New(t, simtest.World(1), simulator.Options{Now: time.Now})
	server := httptest.NewServer(sim)
	defer server.Close()
	home := t.TempDir()
	tab := browserTab(t)
	for _, c := range []struct {
		profile, button, page, says string
		code                        int
	}{
		{"agency", `button[data-profile="agency"]`, "linkbatch has received your sign-in", "user 9100101, customer 9100001, Super Admin", 0},
		{"client", `button[data-profile="client"]`, "linkbatch has received your sign-in", "user 9200101, customer 9200001, Super Admin", 0},
		{"agency", "#cancel", "not signed in", "consent was declined", exitSignIn},
	} {
		login := startCommand(t, home, server.URL, "login", "--profile", c.profile)
		page, err := "", chromedp.Do(tab,
			chromedp.Navigate(login.address(t)),
			chromedp.Click(chromedp.CSS(c.button)),
			chromedp.WaitNotPresent(chromedp.CSS("form")),
		)
		if err == nil {
			page, err = chromedp.Run(tab, chromedp.Text(chromedp.CSS("body")))
		}
		if err != nil {
			t.Fatalf("%s: the browser: %v", c.profile, err)
		}
		said, code := login.end(t)
		if code != c.code || !strings.Contains(said, c.says) || !strings.Contains(strings.ToLower(page), c.page) {
			t.Errorf("%s: exit code %d, the page %q, and\n%s", c.button, code, page, said)
		}
		if found := forbidden.FindString(said + page); found != "" {
			t.Errorf("%s: %q is shown", c.button, found)
		}
	}
	for profile, want := range map[string]string{"agency": `"user_id": "9100101"`, "client": `"user_id": "9200101"`} {
		who := startCommand(t, home, server.URL, "whoami", "--profile", profile, "--output", "json")
		if said, code := who.end(t); code != 0 || !strings.Contains(said, want) {
			t.Errorf("whoami of %s: exit code %d\n%s", profile, code, said)
		}
	}
	if v := sim.State().Violations; len(v) > 0 {
		t.Errorf("violations: %v", v)
	}
}

// browserTab is a tab of a headless Chromium that ends with the test.
func browserTab(t *testing.T) context.Context {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.UserDataDir(t.TempDir()))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // the sandbox is for other users than root
	}
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	tab, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	tab, stop := context.WithTimeout(tab, 2*time.Minute)
	t.Cleanup(stop)
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("no browser: %v", err)
	}
	return tab
}

// command is linkbatch under way; what it says on both streams is collected.
type command struct {
	*exec.Cmd
	lines *bufio.Scanner
	said  bytes.Buffer
}

// startCommand starts linkbatch, which TestMain makes of this binary by its name, as
// somebody with nothing but an app and a developer token.
func startCommand(t *testing.T, home, url string, args ...string) *command {
	t.Helper()
	path, err := exec.LookPath("linkbatch")
	if err != nil {
		t.Fatal(err)
	}
	c := &command{Cmd: exec.CommandContext(t.Context(), path, args...)}
	c.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_STATE_HOME=" + home, "BROWSE_AS=nobody",
		"LINKBATCH_ENDPOINT=" + url, "LINKBATCH_TOKEN_URL=" + url + "/common/oauth2/v2.0/token", "LINKBATCH_TOKEN_STORE=file",
		"LINKBATCH_CLIENT_ID=" + simulator.ClientID, "LINKBATCH_DEVELOPER_TOKEN=" + simulator.DeveloperToken,
		"LINKBATCH_CONFIG=" + os.DevNull,
	}
	r, w := io.Pipe()
	c.Stdout, c.Stderr = w, w
	c.lines = bufio.NewScanner(r)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		c.Wait()
		w.Close()
	}()
	return c
}

// address is where login says to sign in.
func (c *command) address(t *testing.T) string {
	t.Helper()
	for c.lines.Scan() {
		c.said.WriteString(c.lines.Text() + "\n")
		if m := addressLine.FindStringSubmatch(c.lines.Text()); m != nil {
			return m[1]
		}
	}
	t.Fatalf("no address:\n%s", c.said.String())
	return ""
}

// end waits until the command has ended.
func (c *command) end(t *testing.T) (said string, code int) {
	t.Helper()
	for c.lines.Scan() {
		c.said.WriteString(c.lines.Text() + "\n")
	}
	return c.said.String(), c.ProcessState.ExitCode()
}
