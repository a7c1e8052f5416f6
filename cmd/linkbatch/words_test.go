package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// claim is an op on an account: what a row says, or what was applied.
type claim struct{ entity, op string }

// deeds counts what calls have brought about.
type deeds map[claim]int

// line is what a report says of one row.
type line struct {
	entity          string // of its account
	ops             []string
	outcome, reason string
}

// open reports whether the row waits for another run.
func (l *line) open() bool {
	return slices.Contains([]string{"unknown", "failed", "held"}, l.outcome)
}

// shares reports whether the row shares the outcome of another one.
func (l *line) shares() bool { return strings.HasPrefix(l.reason, "same as row ") }

// confirmed are the ops that the row says are done: all but the last one, which
// was tried; that one too if the row is done, or was not accepted after it.
func (l *line) confirmed() []string {
	if l.outcome == "done" || l.outcome == "waiting" || len(l.ops) == 1 && strings.HasPrefix(l.reason, "added; ") {
		return l.ops
	}
	return l.ops[:len(l.ops)-1]
}

// wrongWords compares what the report of a run says with what the calls of that
// run have done, and nobody else: each op that a row claims was applied by them,
// and each that they applied is claimed by one row, or is the last op of a row
// that says it is unknown.
func wrongWords(report []line, done deeds) (lost, wrong []string) {
	said, perhaps, about := deeds{}, map[claim]bool{}, map[string]string{}
	for i := range report {
		l := &report[i]
		if l.shares() {
			continue
		}
		words := fmt.Sprintf("row %d (account %s) says %s %s: %s", i, l.entity, strings.Join(l.ops, "+"), l.outcome, l.reason)
		about[l.entity] += "; " + words
		if strings.Contains(l.reason, "somebody else") || strings.Contains(l.reason, "the link changed after") {
			wrong = append(wrong, words+"; nobody else was here")
		}
		if ops := slices.Sorted(slices.Values(l.ops)); len(slices.Compact(ops)) < len(l.ops) {
			wrong = append(wrong, words+"; no op is done twice")
		}
		for _, op := range l.confirmed() {
			said[claim{l.entity, op}]++
		}
		if l.outcome == "unknown" {
			perhaps[claim{l.entity, l.ops[len(l.ops)-1]}] = true
		}
	}
	for made := range said {
		if said[made] != done[made] {
			wrong = append(wrong, fmt.Sprintf("%s of account %s is claimed %d times, and was done %d times%s", made.op, made.entity, said[made], done[made], about[made.entity]))
		}
	}
	for made := range done {
		if said[made] == 0 && !perhaps[made] {
			lost = append(lost, fmt.Sprintf("%s of account %s was done, and no row says so%s", made.op, made.entity, about[made.entity]))
		}
	}
	return lost, wrong
}

// witness stands before a simulator and notes what each request brings about.
type witness struct {
	sim  *simulator.Simulator
	note func(r *http.Request, done deeds)
}

func (w *witness) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if !isWrite(r) {
		w.sim.ServeHTTP(rw, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r = r.WithContext(context.WithoutCancel(r.Context())) // what a server has read it carries out
	r.Body = io.NopCloser(bytes.NewReader(body))
	before, done := w.sim.State().Transitions, deeds{}
	defer func() { // also when no reply is sent
		after := w.sim.State().Transitions
		for entity := range maps.Keys(entitiesOf(body)) {
			for op, n := range after[entity] {
				if n -= before[entity][op]; n > 0 {
					done[claim{entity, op}] = n
				}
			}
		}
		w.note(r, done)
	}()
	w.sim.ServeHTTP(rw, r)
}

// isWrite reports whether a request adds (POST) or updates (PUT) links; searches
// go to /Search.
func isWrite(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/ClientLinks") }

// entitiesOf are the ids of the accounts that a write is about.
func entitiesOf(body []byte) map[string]bool {
	var call struct {
		ClientLinks []struct {
			ClientEntityID     json.RawMessage // a text or a number
			ClientEntityNumber string
		}
	}
	json.Unmarshal(body, &call)
	ids := map[string]bool{}
	for _, l := range call.ClientLinks {
		if id := strings.Trim(string(l.ClientEntityID), `"`); id != "" && id != "null" {
			ids[id] = true
			continue
		}
		for i := range accounts {
			if simtest.AccountNumber(i) == l.ClientEntityNumber {
				ids[simtest.AccountID(i).String()] = true
			}
		}
	}
	return ids
}
