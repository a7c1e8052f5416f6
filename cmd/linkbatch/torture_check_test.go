package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// crashed is what no process may print, whatever happens to it.
var crashed = regexp.MustCompile(`goroutine \d|panic:|runtime error|DATA RACE|RT-(agency|client|second)|@example`)

// checkEnd looks at a process that ended by itself: how it ended, and that the
// ledger writes the same report as it did.
func (c *tortureCase) checkEnd(t *testing.T, got ended) {
	// A fault can call a token expired, and then its successor at the one repetition.
	expired := got.code == exitSignIn && strings.Contains(got.stderr, "AuthenticationTokenExpired")
	if !expired && !slices.Contains([]int{0, exitRun, exitRows, exitUnsettled, exitTryLater, exitInterrupted}, got.code) {
		c.fault(&c.wrong, "exit code %d: %s", got.code, got.stderr)
	}
	if found := crashed.FindString(got.stdout + got.stderr); found != "" {
		c.fault(&c.wrong, "it says %q: %s", found, got.stderr)
	}
	m := runLine.FindStringSubmatch(got.stdout)
	if m == nil {
		if got.code == 0 || got.code == exitRows || got.code == exitUnsettled {
			c.fault(&c.wrong, "exit code %d without a summary: %s", got.code, got.stdout)
		}
		return
	}
	first, err := os.ReadFile(filepath.Join(c.dir, "out.csv"))
	if err != nil {
		c.fault(&c.wrong, "no report: %v", err)
		return
	}
	if again := c.report(t, m[1]); !bytes.Equal(first, again) {
		c.fault(&c.wrong, "report %s is not what apply wrote:\n%s", m[1], difference(first, again))
	}
}

// difference shows the first line that differs.
func difference(a, b []byte) string {
	x, y := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range x {
		if i >= len(y) || x[i] != y[i] {
			return "apply:  " + x[i] + "\nreport: " + strings.Join(y[min(i, len(y)):min(i+1, len(y))], "")
		}
	}
	return "longer"
}

// report lets the program write the report of a run again.
func (c *tortureCase) report(t *testing.T, run string) []byte {
	name := filepath.Join(c.dir, "again.csv")
	os.Remove(name)
	got := c.start(t, []string{"report", run, "--state-dir", "state", "--report", "again.csv"}, "", attack{}, nil)
	b, err := os.ReadFile(name)
	if err != nil || got.code != 0 {
		c.fault(&c.wrong, "report %s: exit code %d: %v %s", run, got.code, err, got.stderr)
	}
	return b
}

// compare holds the simulator's account of what happened against the reports.
func (c *tortureCase) compare(t *testing.T) {
	state := c.sim.State()
	c.checkCounts(state)
	told, allowed := map[claim]int{}, c.allowed()
	runs := c.runs(t)
	for i, run := range runs {
		if run.State != "finished" && run.State != "closed" {
			c.fault(&c.wrong, "run %s is left %s", run.Run, run.State)
		}
		for _, claim := range c.claims(t, run, i == len(runs)-1) {
			told[claim]++
		}
	}
	for entity, ops := range state.Transitions {
		for op, n := range ops {
			switch {
			case !allowed[claim{entity, op}]:
				c.fault(&c.wrong, "account %s: %s was applied, and no row asks for it", entity, op)
			case told[claim{entity, op}] == 0:
				c.fault(&c.lost, "account %s: %s was applied %d times, and no report says so", entity, op, n)
			}
		}
	}
	for claim, n := range told {
		if applied := state.Transitions[claim.entity][claim.op]; n > applied {
			c.fault(&c.wrong, "account %s: %s is told done in %d runs, and was applied %d times", claim.entity, claim.op, n, applied)
		}
	}
}

// checkCounts holds what is true of every case by the simulator's counters.
func (c *tortureCase) checkCounts(state simulator.State) {
	for entity, n := range state.AddsByAccount {
		if n > 1 {
			c.fault(&c.twice, "account %s was invited %d times", entity, n)
		}
	}
	for entity, ops := range state.Transitions {
		for op, n := range ops {
			if n > 1 && op != "add" {
				c.fault(&c.twice, "account %s: %s was applied %d times", entity, op, n)
			}
		}
	}
	if state.LargestCall > msads.MaxLinksPerCall {
		c.fault(&c.wrong, "a call of %d links", state.LargestCall)
	}
	for _, v := range state.Violations {
		if v.Rule != "bad-search" || !c.has(simulator.OnePredicate) {
			c.fault(&c.wrong, "violation: %+v", v)
		}
	}
	for op, n := range state.Callers["second"] {
		if op != simulator.Token && op != simulator.GetUser {
			c.fault(&c.wrong, "the second process called %s %d times", op, n)
		}
	}
}

// claim is an op on an account: what a row says, or what was applied.
type claim struct{ entity, op string }

// allowed are the ops that any version of the roster can mean.
func (c *tortureCase) allowed() map[claim]bool {
	ops := map[string][]string{"link": {"add"}, "": {"add"}, "add": {"add"}, "unlink": {"unlink", "cancel"}, "cancel": {"cancel"}, "accept": {"accept"}, "decline": {"decline"}}
	out := map[claim]bool{}
	for _, rows := range c.versions {
		for _, row := range rows {
			for _, op := range ops[row.action] {
				out[claim{simtest.AccountID(row.account).String(), op}] = true
			}
			if row.profile != "" && (row.action == "link" || row.action == "") {
				out[claim{simtest.AccountID(row.account).String(), "accept"}] = true
			}
		}
	}
	return out
}

// runJSON is a run as runs prints it.
type runJSON struct{ Run, State, Digest string }

// runs lists the runs of the ledger, the oldest first.
func (c *tortureCase) runs(t *testing.T) []runJSON {
	got := c.start(t, []string{"runs", "--output", "json", "--state-dir", "state"}, "", attack{}, nil)
	var list struct{ Runs []runJSON }
	if err := json.Unmarshal([]byte(got.stdout), &list); err != nil || got.code != 0 {
		c.fault(&c.wrong, "runs: exit code %d: %v %s", got.code, err, got.stderr)
	}
	slices.Reverse(list.Runs)
	return list.Runs
}

// claims are what a run's report says is done. It has every row of the roster,
// in order; in that of the last run nothing is open.
func (c *tortureCase) claims(t *testing.T, run runJSON, last bool) (out []claim) {
	lines, err := csv.NewReader(bytes.NewReader(c.report(t, run.Run))).ReadAll()
	roster := c.versions[run.Digest]
	if err != nil || len(lines) != len(roster)+1 {
		c.fault(&c.lost, "run %s: %d lines for %d rows: %v", run.Run, len(lines), len(roster), err)
		return nil
	}
	at := func(line []string, name string) string { return line[slices.Index(lines[0], name)] }
	for i, line := range lines[1:] {
		if !slices.Equal(line[:len(tortureHeader)], roster[i].cells(i)) {
			c.fault(&c.lost, "run %s: row %d is %v, and the roster has %v", run.Run, i, line, roster[i].cells(i))
		}
		outcome, reason := at(line, "outcome"), at(line, "reason")
		if open := outcome == "unknown" || outcome == "failed" || outcome == "held"; last && open {
			c.fault(&c.wrong, "run %s: row %d is %s at the end: %s; %s", run.Run, i, outcome, reason, at(line, "error"))
		}
		ops := strings.Split(at(line, "op"), "+")
		if added := strings.HasPrefix(reason, "added; "); outcome != "done" && !added {
			ops = ops[:len(ops)-1] // the last one was tried
		}
		for _, op := range ops {
			made := claim{simtest.AccountID(roster[i].account).String(), op}
			if !slices.Contains(out, made) { // else it repeats another row
				out = append(out, made)
			}
		}
	}
	return out
}
