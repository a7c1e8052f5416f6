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
	state, allowed := c.sim.State(), c.allowed()
	c.checkCounts(state)
	for entity, ops := range state.Transitions {
		for op := range ops {
			if !allowed[claim{entity, op}] {
				c.fault(&c.wrong, "account %s: %s was applied, and no row asks for it", entity, op)
			}
		}
	}
	done := map[string]deeds{}
	for i, run := range c.runs {
		if done[run] == nil {
			done[run] = deeds{}
		}
		for made, n := range c.done[i] {
			done[run][made] += n
		}
	}
	last := c.runs[len(c.runs)-1]
	for _, run := range c.recorded(t) {
		c.compareRun(t, run, done[run.Run], run.Run == last)
		delete(done, run.Run)
	}
	for run, made := range done {
		if len(made) > 0 {
			c.fault(&c.lost, "%v was done, and the ledger has no run %q", made, run)
		}
	}
}

// compareRun holds what was done by the calls of a run against its report. A run
// of another path may wait for its roster to be applied again, if rows of it are
// open; nothing may be open in the last run.
func (c *tortureCase) compareRun(t *testing.T, run runJSON, done deeds, last bool) {
	report := c.lines(t, run)
	lost, wrong := wrongWords(report, done)
	for _, words := range lost {
		c.fault(&c.lost, "run %s: %s", run.Run, words)
	}
	for _, words := range wrong {
		c.fault(&c.wrong, "run %s: %s", run.Run, words)
	}
	open := slices.IndexFunc(report, func(l line) bool { return l.open() })
	if last && open >= 0 {
		c.fault(&c.wrong, "run %s: row %d is %s at the end: %s", run.Run, open, report[open].outcome, report[open].reason)
	}
	waits := run.State == "interrupted" || run.State == "stopped"
	if run.State != "finished" && run.State != "closed" && !(waits && open >= 0 && run.File == theCopy) {
		c.fault(&c.wrong, "run %s of %s is left %s, open row: %d", run.Run, run.File, run.State, open)
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
	for i := 0; c.prune && i < accounts; i++ {
		if c.named(i) == 0 {
			out[claim{simtest.AccountID(i).String(), "unlink"}] = true
			out[claim{simtest.AccountID(i).String(), "cancel"}] = true
		}
	}
	return out
}

// runJSON is a run in the list of runs.
type runJSON struct{ Run, State, File, Digest string }

// recorded lists the runs of the ledger.
func (c *tortureCase) recorded(t *testing.T) []runJSON {
	got := c.start(t, []string{"runs", "--output", "json", "--state-dir", "state"}, "", attack{}, nil)
	var list struct{ Runs []runJSON }
	if err := json.Unmarshal([]byte(got.stdout), &list); err != nil || got.code != 0 {
		c.fault(&c.wrong, "runs: exit code %d: %v %s", got.code, err, got.stderr)
	}
	return list.Runs
}

// lines are what a run's report says. It has every row of the roster, in order.
func (c *tortureCase) lines(t *testing.T, run runJSON) (out []line) {
	records, err := csv.NewReader(bytes.NewReader(c.report(t, run.Run))).ReadAll()
	roster := c.versions[run.Digest]
	if err != nil || len(records) != len(roster)+1 && !(c.prune && len(records) > len(roster)) {
		c.fault(&c.lost, "run %s: %d lines for %d rows: %v", run.Run, len(records), len(roster), err)
		return nil
	}
	at := func(record []string, name string) string { return record[slices.Index(records[0], name)] }
	for i, record := range records[1:] {
		entity := at(record, "entity_id") // of a link that no row names
		if i < len(roster) {
			entity = simtest.AccountID(roster[i].account).String()
		}
		if i < len(roster) && !slices.Equal(record[:len(tortureHeader)], roster[i].cells(i)) {
			c.fault(&c.lost, "run %s: row %d is %v, and the roster has %v", run.Run, i, record, roster[i].cells(i))
		}
		out = append(out, line{entity, strings.Split(at(record, "op"), "+"), at(record, "outcome"), at(record, "reason")})
	}
	return out
}
