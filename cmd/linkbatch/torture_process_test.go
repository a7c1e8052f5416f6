package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"linkbatch/internal/ledger"
	"linkbatch/internal/simulator"
)

// thisProgram is the test binary, which is linkbatch when it is called so.
func thisProgram(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

// ended is how a process ended.
type ended struct {
	code           int // -1: by a signal
	stdout, stderr string
	took           time.Duration
}

// tooLong is when a process hangs: a resume waits for ten seconds and each round
// for a minute at most, on a machine that does much else.
const tooLong = 5 * time.Minute

// serve starts the simulator of a case, whose files are in a folder of its own.
func (c *tortureCase) serve(dir string) (*httptest.Server, error) {
	c.dir = dir
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	sim, err := simulator.New(simulator.Options{World: c.world.JSON(), Seed: c.seed, Modes: c.modes, Faults: c.faults, Lag: c.lag, Latency: c.latency})
	if err != nil {
		return nil, err
	}
	config := fmt.Sprintf("[profiles.agency]\n[profiles.client]\nclient_id = %q\nrefresh_token_env = \"TORTURE_CLIENT\"\n", simulator.ClientID)
	if err := os.WriteFile(filepath.Join(dir, "linkbatch.toml"), []byte(config), 0o666); err != nil {
		return nil, err
	}
	c.sim, c.parts = sim, map[string]int{}
	c.gate = &gate{sim: &witness{sim, c.witnessed}}
	c.door("clock", `{"seconds":60}`) // a search that lags shows the world as it was made
	server := httptest.NewUnstartedServer(c.gate)
	server.Config.ConnContext = c.gate.connected
	server.Start()
	return server, nil
}

// run goes through a case.
func (c *tortureCase) run(t *testing.T, dir string) {
	server, err := c.serve(dir)
	if err != nil {
		t.Error(err)
		return
	}
	defer server.Close()
	begun := time.Now()
	c.tell("modes %v, lag %v, latency %v, faults %+v", c.modes, c.lag, c.latency, c.faults)
	for _, a := range c.attacks {
		c.attacked(t, server.URL, a)
	}
	c.finish(t, server.URL)
	server.Close()
	c.compare(t)
	c.sim, c.gate, c.world, c.done = nil, nil, simulator.World{}, nil
	c.took = time.Since(begun)
	if *tortureKeep != "" && len(c.lost)+len(c.twice)+len(c.wrong) > 0 {
		to := filepath.Join(*tortureKeep, strings.ReplaceAll(c.name, " ", "-"))
		os.RemoveAll(to)
		if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
			t.Error(err)
		}
	}
}

// door sends something to one of the simulator's doors.
func (c *tortureCase) door(name, body string) {
	c.sim.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/__simulator/"+name, strings.NewReader(body)))
}

func (c *tortureCase) tell(format string, args ...any) {
	c.story = append(c.story, "  "+fmt.Sprintf(format, args...))
}

// fault notes what must not be.
func (c *tortureCase) fault(list *[]string, format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*list = append(*list, c.name+": "+fmt.Sprintf(format, args...))
}

// attacked starts the program once under attack.
func (c *tortureCase) attacked(t *testing.T, url string, a attack) {
	var extra []string
	if !c.prune {
		for range a.edit {
			c.change()
		}
	}
	if a.fresh {
		extra = append(extra, "--fresh")
	}
	got := c.apply(t, url, a, extra)
	c.tell("%s: ended with %d after %v: %s", a, got.code, got.took.Round(time.Millisecond), lastLine(got))
	if got.code == -1 {
		c.kills++
	} else {
		c.checkEnd(t, got)
	}
}

// finish lets the program end: first with the faults that are left, then
// without any, and once more at once, while searches may still lag. That one
// finds nothing to do.
func (c *tortureCase) finish(t *testing.T, url string) {
	for n := range 6 {
		if n > 0 {
			c.door("faults", "[]")
		}
		got := c.apply(t, url, attack{}, nil)
		c.tell("left in peace: ended with %d after %v: %s", got.code, got.took.Round(time.Millisecond), lastLine(got))
		c.checkEnd(t, got)
		if n > 0 && (got.code == 0 || got.code == exitRows) {
			return
		}
	}
	c.fault(&c.wrong, "does not come to an end")
}

// apply starts the program over the roster as it is now.
func (c *tortureCase) apply(t *testing.T, url string, a attack, extra []string) ended {
	name := "roster.csv"
	if a.copied {
		name = theCopy
	}
	roster, _ := c.csv()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(roster), 0o666); err != nil {
		t.Error(err)
	}
	os.Remove(filepath.Join(c.dir, "out.csv"))
	profile, token := "agency", simulator.AgencyRefreshToken
	if c.client {
		profile, token = "client", simulator.ClientRefreshToken
	}
	args := []string{"apply", name, "--config", "linkbatch.toml", "--profile", profile, "--endpoint", url, "--token-url", url + "/common/oauth2/v2.0/token", "--managing-customer", "9100001",
		"--state-dir", "state", "--yes", "--max-unlinks", "1000", "--allow-billing-pause", "--concurrency", fmt.Sprint(c.threads)}
	if c.prune {
		args = append(args, "--prune", "--allow-shrink")
	}
	args = append(append(args, "--report", "out.csv"), extra...)
	c.done = append(c.done, deeds{})
	c.gate.next(len(c.done) - 1)
	got := c.start(t, args, token, a, func() {
		second := append(append([]string{}, args[:len(args)-len(extra)-1]...), "second.csv")
		got := c.start(t, second, "RT-second", attack{}, nil)
		if got.code != exitLocked || !strings.Contains(got.stderr, "another run is in progress (process ") {
			c.fault(&c.wrong, "a second process ended with %d: %s%s", got.code, got.stdout, got.stderr)
		}
	})
	c.runs = append(c.runs, c.newest(t))
	return got
}

// theCopy is another path of the roster.
const theCopy = "copy.csv"

// newest is the run that the last process has carried out: one that the ledger
// did not have, or that has a part more; empty if it did not get so far.
func (c *tortureCase) newest(t *testing.T) (id string) {
	l, err := ledger.Read(filepath.Join(c.dir, "state"))
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	if err != nil {
		t.Error(err)
		return ""
	}
	defer l.Close()
	runs, err := l.Runs()
	if err != nil {
		t.Error(err)
	}
	for _, run := range runs {
		if run.Parts > c.parts[run.ID] {
			id, c.parts[run.ID] = run.ID, run.Parts
		}
	}
	return id
}

// witnessed notes what a request of a process has done.
func (c *tortureCase) witnessed(r *http.Request, done deeds) {
	process, _ := r.Context().Value(processKey{}).(int)
	c.mu.Lock()
	defer c.mu.Unlock()
	for made, n := range done {
		c.done[process][made] += n
	}
}

// start starts the program and waits for its end. The second process, if the
// attack has one, runs while a request of the first is held back.
func (c *tortureCase) start(t *testing.T, args []string, token string, a attack, second func()) ended {
	ctx, cancel := context.WithTimeout(t.Context(), tooLong)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.program)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGQUIT) } // so that it says where it hangs
	cmd.WaitDelay = 10 * time.Second
	cmd.Args = append([]string{"linkbatch"}, args...)
	cmd.Dir = c.dir
	cmd.Env = []string{"HOME=" + c.dir, "PATH=" + os.Getenv("PATH"), "GORACE=atexit_sleep_ms=10", "TMPDIR=" + c.dir, "GOCOVERDIR=" + c.dir,
		"LINKBATCH_DEVELOPER_TOKEN=" + simulator.DeveloperToken, "LINKBATCH_CLIENT_ID=" + simulator.ClientID, "LINKBATCH_REFRESH_TOKEN=" + token, "TORTURE_CLIENT=" + simulator.ClientRefreshToken, dieAt + "=" + a.commit}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	started, done := make(chan struct{}), make(chan struct{})
	strike := func() (gone bool) {
		<-started
		if a.second {
			second()
		}
		if cmd.Process == nil || a.signal == 0 || cmd.Process.Signal(a.signal) != nil || a.signal != syscall.SIGKILL {
			return false
		}
		<-done
		return true
	}
	switch {
	case second == nil: // this is the second
	case a.trap != nil:
		c.gate.set(a.trap, strike)
		defer c.gate.set(nil, nil)
	}
	begun := time.Now()
	err := cmd.Start()
	close(started)
	if err != nil {
		t.Error(err)
		return ended{code: -2}
	}
	if a.after > 0 {
		defer time.AfterFunc(a.after, func() { cmd.Process.Signal(a.signal) }).Stop()
	}
	cmd.Wait()
	close(done)
	c.mu.Lock()
	c.processes++
	c.mu.Unlock()
	if ctx.Err() != nil {
		c.fault(&c.wrong, "hangs: %s", stderr.String())
	}
	return ended{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), time.Since(begun)}
}

func lastLine(e ended) string {
	lines := strings.Split(strings.TrimSpace(e.stderr), "\n")
	if m := runLine.FindString(e.stdout); m != "" {
		lines = append(lines, m)
	}
	return strings.Join(lines, " | ")
}

// runLine is the line of the summary that names the run.
var runLine = regexp.MustCompile(`(?m)^run (\S+)\b.*: \d+ rows?: .*$`)
