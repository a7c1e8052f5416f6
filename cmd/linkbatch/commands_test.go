package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// browsing stands for a browser: it is what the system opens addresses with in
// scripts. It signs in at the simulator's page as BROWSE_AS (an id, a profile,
// or cancel), and goes where the page sends it. It never comes back as nobody,
// and cannot be opened as none. A secret in its environment is one too many.
func browsing(args []string) int {
	for _, variable := range os.Environ() {
		if name, value, _ := strings.Cut(variable, "="); secretValue.MatchString(value) {
			fmt.Fprintln(os.Stderr, "browser: the environment has a secret:", name)
			return 1
		}
	}
	switch as := os.Getenv("BROWSE_AS"); as {
	case "none":
		fmt.Fprintln(os.Stderr, "no display")
		return 3
	case "nobody":
		return 0
	default:
		if _, err := signInAs(http.DefaultClient, args[0], as); err != nil {
			fmt.Fprintln(os.Stderr, "browser:", err)
			return 1
		}
		return 0
	}
}

var secretValue = regexp.MustCompile(`^(SIMULATOR|simulator-secret|RT-.*)$`)

// signInAs presses a button of the simulator's sign-in page, and returns the
// address that the browser ends at.
func signInAs(c *http.Client, address, user string) (*url.URL, error) {
	resp, err := c.Get(address)
	if err != nil {
		return nil, err
	}
	page, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(page), `<form method="post">`) {
		return nil, fmt.Errorf("the sign-in page: %s %v", resp.Status, err)
	}
	form := url.Values{"user": {user}}
	if user == "cancel" {
		form = url.Values{"cancel": {"1"}}
	}
	if resp, err = c.PostForm(address, form); err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if to, err := resp.Location(); err == nil {
		return to, nil
	}
	return resp.Request.URL, nil
}

var addressLine = regexp.MustCompile(`^  (https?://\S+)$`)

// pasting runs a command that prints the address of a sign-in page, signs in
// there, and pastes the address that the browser ends at: pasting USER COMMAND
// …. USER may be old=USER, which pastes the answer of another sign-in, and
// nobody, who pastes nothing.
func pasting(args []string) int {
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Stdout = os.Stdout
	in, err := cmd.StdinPipe()
	if err != nil {
		panic(err)
	}
	messages, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		panic(err)
	}
	user, old := strings.CutPrefix(args[0], "old=")
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for lines := bufio.NewScanner(messages); lines.Scan(); {
		fmt.Fprintln(os.Stderr, lines.Text())
		if m := addressLine.FindStringSubmatch(lines.Text()); m != nil && user != "nobody" {
			to, err := signInAs(stay, m[1], user)
			if err != nil {
				panic(err)
			}
			answer := to.String()
			if old {
				answer = strings.Replace(answer, "&state=", "&state=x", 1)
			}
			fmt.Fprintln(in, answer)
		}
	}
	err = cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	} else if err != nil {
		panic(err)
	}
	return 0
}

// meets sets faults and holds that plan, apply and whoami end with 4, with a
// message and a hint that match, that doctor has found the same, and that
// nothing was changed: meets MESSAGE HINT FAULTS.
func meets(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: meets MESSAGE HINT FAULTS")
	}
	_, err := ask(http.MethodPost, ts.Getenv("SIM")+"/__simulator/faults", ts.ReadFile(args[2]))
	ts.Check(err)
	has := func(stream, pattern string) {
		if !regexp.MustCompile("(?m)" + pattern).MatchString(ts.ReadFile(stream)) {
			ts.Fatalf("%s: no match for %s", stream, pattern)
		}
	}
	for _, command := range []string{"plan roster.csv", "apply roster.csv --yes", "whoami"} {
		exits(ts, false, append([]string{"4", "linkbatch"}, strings.Fields(command)...))
		has("stderr", `^linkbatch: .*\b`+args[0]+`\b`)
		has("stderr", `^hint: .*`+args[1])
	}
	code := "4"
	if strings.Contains(args[1], "clock") {
		code = "78" // which doctor finds to be wrong too
	}
	exits(ts, false, []string{code, "linkbatch", "doctor"})
	has("stdout", `^failed .* of agency: .*\b`+args[0]+`\b.*\n +next: .*`+args[1])
	b, err := ask(http.MethodGet, ts.Getenv("SIM")+"/__simulator/state", "")
	ts.Check(err)
	if strings.Contains(string(b), `"AddClientLinks"`) {
		ts.Fatalf("something was written: %s", b)
	}
}

// interrupting runs a command and interrupts it as often as it is told, first
// when the simulator at SIM has received a number of calls of an operation. It
// ends as the command does: interrupting AddClientLinks=2 TIMES linkbatch ….
func interrupting(args []string) int {
	cmd := begin(args[2:])
	waitForCall(args[0])
	for times, _ := strconv.Atoi(args[1]); times > 0; times-- {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			panic(err)
		}
		time.Sleep(100 * time.Millisecond) // two at once would be one
	}
	cmd.Wait()
	return cmd.ProcessState.ExitCode()
}

// questioned runs a command at a terminal and interrupts it when its standard
// error shows a text: questioned TEXT linkbatch …. The command does not get what
// was typed ahead. It ends as the command does.
func questioned(args []string) int {
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		panic(err)
	}
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Stdin, cmd.Stdout = os.Stdin, os.Stdout
	messages, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		panic(err)
	}
	var seen []byte
	for b := make([]byte, 1); !bytes.HasSuffix(seen, []byte(args[0])); seen = append(seen, b[0]) {
		if _, err := io.ReadFull(messages, b); err != nil {
			panic(fmt.Sprintf("it ended without asking: %s", seen))
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		panic(err)
	}
	begun := time.Now()
	rest, err := io.ReadAll(messages)
	os.Stderr.Write(append(seen, rest...))
	cmd.Wait()
	if took := time.Since(begun); err != nil || took > 5*time.Second {
		fmt.Fprintln(os.Stderr, "questioned: it ended after", took, err)
		return 1
	}
	return cmd.ProcessState.ExitCode()
}

// advancing runs a command and moves the simulator's clock when it has received
// a number of calls: advancing SearchClientLinks=3 SECONDS linkbatch …. It ends
// as the command does.
func advancing(args []string) int {
	cmd := begin(args[2:])
	waitForCall(args[0])
	if _, err := ask(http.MethodPost, os.Getenv("SIM")+"/__simulator/clock", `{"seconds": `+args[1]+`}`); err != nil {
		panic(err)
	}
	cmd.Wait()
	return cmd.ProcessState.ExitCode()
}

// killing runs a command and kills it when the simulator has received a number
// of calls: killing AddClientLinks=2 linkbatch …. It ends with 137, as a shell
// does then.
func killing(args []string) int {
	cmd := begin(args[1:])
	waitForCall(args[0])
	if err := cmd.Process.Kill(); err != nil {
		panic(err)
	}
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code >= 0 {
		return code // it had ended
	}
	return 137
}

// begin starts a command with the streams of this process.
func begin(args []string) *exec.Cmd {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	return cmd
}

// waitForCall returns when the simulator at SIM has received a number of calls
// of an operation, AddClientLinks=2, or after 20 seconds.
func waitForCall(spec string) {
	operation, number, _ := strings.Cut(spec, "=")
	want, _ := strconv.Atoi(number)
	var state struct{ Calls map[string]int }
	for begun := time.Now(); state.Calls[operation] < want && time.Since(begun) < 20*time.Second; time.Sleep(5 * time.Millisecond) {
		b, err := ask(http.MethodGet, os.Getenv("SIM")+"/__simulator/state", "")
		if err == nil {
			err = json.Unmarshal(b, &state)
		}
		if err != nil {
			panic(err)
		}
	}
}

func overwrite(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: overwrite FILE OFFSET BYTES")
	}
	offset, err := strconv.Atoi(args[1])
	ts.Check(err)
	text, err := strconv.Unquote(`"` + args[2] + `"`)
	ts.Check(err)
	b := []byte(ts.ReadFile(args[0]))
	copy(b[offset:], text)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o666))
}

func runName(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: runname FILE INDEX NAME")
	}
	var list struct{ Runs []struct{ Run string } }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &list))
	i, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Setenv(args[2], list.Runs[i].Run)
}

func editFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	before := ts.ReadFile(args[0])
	after := strings.Replace(before, args[1], args[2], 1)
	if after == before {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(after), 0o666))
}

func jsonEnv(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: jsonenv NAME FILE KEY")
	}
	var object map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &object))
	ts.Setenv(args[0], render(object[args[2]]))
}
