package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/internal/simulator/simtest"
)

// TestMain lets scripts run the program itself as linkbatch; interrupting and
// killing, which run a command and end it; questioned, which interrupts a command
// that asks something; advancing, which moves the clock
// meanwhile; waiting, which waits for a call; pasting, which runs a command and
// pastes what it asks for; and what opens a browser.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "8"); err != nil { // most tests wait; -parallel says otherwise
		panic(err)
	}
	testscript.Main(m, map[string]func(){
		"linkbatch":    func() { armDeath(); main() },
		"interrupting": func() { os.Exit(interrupting(os.Args[1:])) },
		"questioned":   func() { os.Exit(questioned(os.Args[1:])) },
		"advancing":    func() { os.Exit(advancing(os.Args[1:])) },
		"pasting":      func() { os.Exit(pasting(os.Args[1:])) },
		"xdg-open":     func() { os.Exit(browsing(os.Args[1:])) }, // a browser on Linux
		"open":         func() { os.Exit(browsing(os.Args[1:])) }, // and on a Mac
		"killing":      func() { os.Exit(killing(os.Args[1:])) },
		"waiting":      func() { waitForCall(os.Args[1]) },
	})
}

// TestScript runs testdata/script: the manual as tests, one behaviour a file.
// Each script has a folder of its own with samples/ and world.json, its home
// and state folder in it, and none of the caller's LINKBATCH_ variables. The
// commands beyond testscript's own:
//
//	exits CODE PROGRAM ARG…    run it: it must end with CODE, and leave and say nothing that it must not
//	json FILE PATH [VALUE]     FILE has a value at PATH, and it is VALUE; ! for the contrary
//	rows FILE [COLUMN…]        print the rows of a CSV or XLSX file as JSON objects
//	state [KEY…]               print the simulator's counters and links: at $SIM, else of --env simulator
//	http METHOD URL [FILE]     send FILE as soon as somebody listens, and print the answer
//	freeport NAME              set NAME to a port that nobody listens on
//	source FILE                set the variables that FILE exports
//	meets MESSAGE HINT FAULTS  with these faults every command that signs in says so
//	unhex DST SRC              copy SRC with each \xNN as that byte
//	overwrite FILE OFFSET TEXT put bytes, written \xNN, in the place of others
//	edit FILE OLD NEW          replace the first OLD in FILE
//	jsonenv NAME FILE KEY      set NAME to a member of the object in FILE
//	runname FILE INDEX NAME    set NAME to a run of what runs --output json printed
//
// A PATH is keys and indexes with dots between them; key=value is the element
// of a list that has it, * the length of a list, *key=value how many have it.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                filepath.Join("testdata", "script"),
		Setup:              furnish,
		RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "json": jsonAt, "rows": rowsOf, "state": stateOf,
			"http": send, "freeport": freePorts(), "source": sourceEnv, "unhex": unhex, "meets": meets,
			"overwrite": overwrite, "runname": runName, "edit": editFile, "jsonenv": jsonEnv,
		},
	})
}

// furnish puts into a script's folder what every script may use.
func furnish(env *testscript.Env) error {
	env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
	env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
	env.Setenv("LINKBATCH_TOKEN_STORE", "file") // the tester's keyring is not ours
	env.Setenv("GORACE", "atexit_sleep_ms=10")  // under the race detector a process else takes a second to end
	if err := os.CopyFS(filepath.Join(env.WorkDir, "samples"), os.DirFS(filepath.Join("..", "..", "samples"))); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(env.WorkDir, "world.json"), scriptWorld(), 0o666)
}

// scriptWorld is a small world for scripts: accounts 1000001 to 1000040,
// X0000001 to X0000040, of the client 9200001 (F200000001) and the agency
// 9100001. The first 20 have no link.
func scriptWorld() []byte {
	w := simtest.World(40)
	for i := 20; i < 33; i++ { // 1000021 to 1000033
		w.Links = append(w.Links, simtest.Link(i, msads.Active))
	}
	w.Links[12].IsBillToClient = new(false) // 1000033: the agency pays
	w.Links = append(w.Links,
		simtest.Link(33, msads.LinkPending),  // 1000034
		simtest.Link(34, msads.LinkDeclined), // 1000035
		simtest.Link(38, msads.LinkPending),  // 1000039
	)
	w.Accounts[35].Prepaid = true        // 1000036
	w.Accounts[36].ManagedByOther = true // 1000037
	w.Accounts[37].Busy = true           // 1000038
	w.Accounts[39].Name = "Quartz Bay"   // 1000040
	return w.JSON()
}

// forbidden is what no run may print where nobody looks on: secrets and what
// is made of them, e-mail addresses, colours and cursor movements, a stack.
var forbidden = regexp.MustCompile(`\b(AT|RT|OC)-\w{6}|UlQt|SIMULATOR|Bearer|@example|\x1b|goroutine \d|panic:|runtime error`)

func exits(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
	for _, stream := range []string{"stdout", "stderr"} {
		if found := forbidden.FindString(ts.ReadFile(stream)); found != "" {
			ts.Fatalf("%s has %q in it", stream, found)
		}
	}
	ts.Check(filepath.WalkDir(ts.Getenv("WORK"), func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".tmp") && filepath.Base(path) != ".tmp" {
			return fmt.Errorf("a file is left behind: %s", path)
		}
		return err
	}))
}

func jsonAt(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: json FILE PATH [VALUE]")
	}
	value, found := any(nil), true
	d := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	d.UseNumber()
	ts.Check(d.Decode(&value))
	if d.More() {
		ts.Fatalf("%s: more than one JSON value", args[0])
	}
	for key := range strings.SplitSeq(args[1], ".") {
		if value, found = member(value, key); !found {
			break
		}
	}
	text := render(value)
	if same := found && (len(args) == 2 || text == args[2]); same == neg {
		ts.Fatalf("%s: there: %t: %s", args[1], found, text)
	}
}

// member is one step along a path.
func member(value any, key string) (any, bool) {
	switch v := value.(type) {
	case map[string]any:
		found, ok := v[key]
		return found, ok
	case []any:
		key, counts := strings.CutPrefix(key, "*")
		if key == "" {
			return len(v), true
		}
		if i, err := strconv.Atoi(key); err == nil && i < len(v) {
			return v[i], true
		}
		name, want, _ := strings.Cut(key, "=")
		var matches []any
		for _, element := range v {
			if got, ok := member(element, name); ok && render(got) == want {
				matches = append(matches, element)
			}
		}
		if counts {
			return len(matches), true
		}
		if len(matches) > 0 {
			return matches[0], true
		}
	}
	return nil, false
}

// render is a string as it is, anything else as JSON.
func render(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	b, err := json.Marshal(value)
	if err != nil {
		panic(err) // it came out of JSON
	}
	return string(b)
}

func rowsOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: rows FILE [COLUMN…]")
	}
	lines := readTable(ts, args[0])
	header, out := lines[0], []map[string]string{}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range header {
			if len(args) == 1 || slices.Contains(args[1:], name) {
				row[name] = line[i]
			}
		}
		out = append(out, row)
	}
	e := json.NewEncoder(ts.Stdout())
	e.SetIndent("", " ")
	ts.Check(e.Encode(out))
}

// readTable reads a file of rows, all as wide as the header.
func readTable(ts *testscript.TestScript, name string) (lines [][]string) {
	if filepath.Ext(name) == ".csv" {
		lines, err := csv.NewReader(strings.NewReader(ts.ReadFile(name))).ReadAll()
		ts.Check(err)
		return lines
	}
	roster, err := ingest.Open(ts.MkAbs(name), nil, ingest.Options{})
	ts.Check(err)
	defer roster.Close()
	lines = [][]string{roster.Header}
	for row, err := range roster.Rows() {
		ts.Check(err)
		line := make([]string, len(roster.Header))
		copy(line, row.Cells)
		lines = append(lines, line)
	}
	return lines
}

func stateOf(ts *testscript.TestScript, neg bool, args []string) {
	var state map[string]json.RawMessage
	if sim := ts.Getenv("SIM"); sim != "" {
		b, err := ask(http.MethodGet, sim+"/__simulator/state", "")
		ts.Check(err)
		ts.Check(json.Unmarshal(b, &state))
	} else {
		files, err := filepath.Glob(filepath.Join(ts.Getenv("XDG_STATE_HOME"), "linkbatch", "simulator-*.json"))
		ts.Check(err)
		if len(files) != 1 {
			ts.Fatalf("state: %d state files", len(files))
		}
		var saved struct{ Counters, Links json.RawMessage }
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(files[0])), &saved))
		ts.Check(json.Unmarshal(saved.Counters, &state))
		state["links"] = saved.Links
	}
	maps.DeleteFunc(state, func(key string, _ json.RawMessage) bool { return len(args) > 0 && !slices.Contains(args, key) })
	ts.Check(json.NewEncoder(ts.Stdout()).Encode(state))
}

func send(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: http METHOD URL [FILE]")
	}
	body := ""
	if len(args) == 3 {
		body = ts.ReadFile(args[2])
	}
	b, err := ask(args[0], args[1], body)
	ts.Check(err)
	ts.Stdout().Write(b)
}

// ask sends a request as soon as somebody listens, and wants a good answer.
func ask(method, url, body string) ([]byte, error) {
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		req, err := http.NewRequest(method, url, strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		reply, err := http.DefaultClient.Do(req)
		if err != nil && time.Now().Before(end) {
			continue
		} else if err != nil {
			return nil, err
		}
		defer reply.Body.Close()
		b, err := io.ReadAll(reply.Body)
		if err == nil && reply.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s %s: HTTP %d: %s", method, url, reply.StatusCode, b)
		}
		return b, err
	}
}

// freePorts hands out each port once. They lie below those that systems give
// out by themselves, so that nobody takes one between here and its use.
func freePorts() func(*testscript.TestScript, bool, []string) {
	var last atomic.Int32
	last.Store(int32(15000 + os.Getpid()%10000))
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: freeport NAME")
		}
		for range 1000 {
			port := last.Add(1)
			if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
				l.Close()
				ts.Setenv(args[0], fmt.Sprint(port))
				return
			}
		}
		ts.Fatalf("no free port")
	}
}

func sourceEnv(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: source FILE")
	}
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		name, value, ok := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(line, "export "), "\n"), "=")
		if !ok {
			ts.Fatalf("%s: %q is not an export", args[0], line)
		}
		ts.Setenv(name, value)
	}
}
