package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"linkbatch/internal/simulator"
)

// mutants are builds of linkbatch in which one thing that keeps the promise is
// broken: each is a file and pairs of what is in it and what replaces it.
var mutants = []struct {
	name, file string
	pairs      []string
}{
	{"sends again without searching", "../../internal/run/settle.go", []string{
		"\tvar passed time.Duration\n", `	for _, q := range open {
		if q.about == lost && r.searchOnly {
			r.end(q.work, executor.Failed, "sent, and no reply came")
		} else if q.about == lost {
			todo = append(todo, q.work)
		}
	}
	open = slices.DeleteFunc(open, func(q *inquiry) bool { return q.about == lost })
	var passed time.Duration
`}},
	{"believes one search", "../../internal/run/settle.go", []string{"q.asBefore < 2", "q.asBefore < 1"}},
	{"records a call after it was sent", "../../executor/executor.go", []string{
		`	if err := e.Journal.Sending(c); err != nil {
		return c, e.halt(fmt.Errorf("record call %d: %w", c.Number, err))
	}
`, "",
		"if err := e.Journal.Returned(c, answers); err != nil {", "if err := cmp.Or(e.Journal.Sending(c), e.Journal.Returned(c, answers)); err != nil {"}},
	{"does not settle what a dead process left", "../../internal/run/turn.go", []string{"err := t.settlePast(ctx, p)", "err := error(nil)"}},
	{"plans at once after a run", "../../internal/run/turn.go", []string{"return t.awaitRecent(ctx)", "return nil"}},
}

// mutantSeeds is how many seeds a mutant goes through; one finding is enough.
const mutantSeeds = 4

// TestTortureCatchesABrokenBuild holds that the torture can fail: each mutant
// loses something, does something twice or says something that is wrong, and
// linkbatch as it is does not. The seeds are those where mistakes count: lenient
// ones with searches that lag, killed when a write was carried out and its
// reply was not sent yet. Half of them are resumed, half replaced by a new run.
func TestTortureCatchesABrokenBuild(t *testing.T) {
	t.Parallel()
	builds := make([][]*tortureCase, len(mutants)+1)
	var all sync.WaitGroup
	for i := range builds {
		program := thisProgram(t)
		if i > 0 {
			program = buildMutant(t, mutants[i-1].file, mutants[i-1].pairs)
		}
		seeds := uint64(mutantSeeds)
		if i == len(mutants) {
			seeds *= 5 // few of them run again while a search still lags
		}
		for n := range seeds {
			c := newTortureCase(program, 2*n)
			c.lag = 6*time.Second + c.lag/4 // a slow computer needs a while to start a process
			if !c.has(simulator.Lag) {
				c.modes = append(c.modes, simulator.Lag)
			}
			c.attacks = []attack{{signal: syscall.SIGKILL, trap: &trap{writes: true, n: 1 + int(n)%3, phase: onApplied}}, {fresh: n%2 == 0}}
			builds[i] = append(builds[i], c)
		}
		all.Go(func() { tortureAll(t, builds[i]) })
	}
	all.Wait()
	for i, cases := range builds {
		sum, name := judge(cases), "linkbatch as it is"
		if i > 0 {
			name = "mutant that " + mutants[i-1].name
		}
		found := sum.all()
		t.Logf("%s: seeds=%d kills=%d lost=%d twice=%d wrong=%d", name, len(cases), sum.kills, len(sum.lost), len(sum.twice), len(sum.wrong))
		switch {
		case i == 0 && len(found) > 0:
			t.Errorf("%s\n%s", strings.Join(found, "\n"), strings.Join(sum.stories, "\n"))
		case i > 0 && len(found) == 0:
			t.Error("the torture does not catch it")
		case i > 0:
			t.Logf("such as %s", found[0])
		}
	}
}

// buildMutant compiles the test binary with another text of one file.
func buildMutant(t *testing.T, file string, pairs []string) string {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for pair := range slices.Chunk(pairs, 2) {
		if strings.Count(text, pair[0]) != 1 {
			t.Fatalf("%s: not there once: %s", file, pair[0])
		}
		text = strings.Replace(text, pair[0], pair[1], 1)
	}
	dir := t.TempDir()
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{path: filepath.Join(dir, "mutant.go")}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"mutant.go": []byte(text), "overlay.json": overlay} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "mutant.exe")
	if out, err := exec.Command("go", "test", "-c", "-overlay", filepath.Join(dir, "overlay.json"), "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}
